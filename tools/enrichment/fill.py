"""From gaps and sources to changes: within a budget, never over a value, never between two."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from placet.errors import BadInput, EffectRefused
from tools.crm.fitting import fit, writable
from tools.crm.port import Catalogue
from tools.hygiene.change import FieldChange
from tools.segments.inert import show

from .port import Enricher, EnrichField, Gap, Lookup, Sourced

__all__ = ["RULE", "Enrichment", "fill_gaps"]

RULE = "enrichment"
_BATCH = 100
"""Domains in one call of a source that has its price."""
_MOST = 0.95
"""No value from elsewhere is certain: a person looks through enrichment."""
_ELSEWHERE = 0.7
"""A company's country is not everybody's who works there."""
_FIELDS: Mapping[tuple[str, str], EnrichField] = {
    ("contact", "company_name"): "company",
    ("contact", "country"): "country",
    ("company", "industry"): "industry",
    ("company", "employees"): "employees",
    ("company", "country"): "country",
}
_Known = dict[tuple[str, EnrichField], Sourced]


@dataclass(frozen=True, kw_only=True)
class Enrichment:
    """What may be filled in, and what finding out has cost."""

    changes: tuple[FieldChange, ...]
    gaps: int
    """How many empty fields there were."""
    disputed: int
    """How many stay empty because sources, or one source, say several things."""
    budget: int
    """How many credits might be spent."""
    spent: Mapping[str, int]
    """How many were, by source that was asked; free ones too."""
    not_asked: int
    """About how many domains a source was not asked, because the budget was used up."""
    trouble: tuple[str, ...] = ()
    """Which source did not answer, and why."""

    @property
    def credits(self) -> int:
        """How many credits were spent in all."""
        return sum(self.spent.values())

    def words(self) -> str:
        """Return the account as one line for the card."""
        said = f"{self.credits:,} of {self.budget:,} credits spent"
        return f"{said}; {self.not_asked:,} look-ups left out" if self.not_asked else said


def fill_gaps(
    gaps: Sequence[Gap], enrichers: Sequence[Enricher], catalogue: Catalogue, *, budget: int = 0
) -> Enrichment:
    """Return a change for every gap of which the sources agree what belongs there.

    Sources are asked in order, a later one only about what is open still; the domains with the most
    gaps first. No call is made that could cost more than what is left of the budget.

    Args:
        gaps: the empty fields.
        enrichers: the sources, the cheapest first.
        catalogue: the CRM's fields; a value that does not fit its field is no value.
        budget: how many credits may be spent.

    Raises:
        BadInput: the budget is negative.
    """
    if budget < 0:
        raise BadInput(f"A credit budget is 0 or more, and {budget} is not.")
    gaps = [one for one in gaps if (one.subject, one.field) in _FIELDS]
    ask = _Asking(gaps, catalogue, budget)
    for enricher in enrichers:
        ask.everybody(enricher)
    return Enrichment(
        changes=tuple(ask.changes()), gaps=len(gaps), disputed=ask.disputed_gaps(), budget=budget,
        spent=dict(ask.spent), not_asked=ask.not_asked, trouble=tuple(ask.trouble),
    )  # fmt: skip


class _Asking:
    def __init__(self, gaps: Sequence[Gap], catalogue: Catalogue, budget: int) -> None:
        self._gaps, self._catalogue, self._left = gaps, catalogue, budget
        self._wanted: defaultdict[str, set[EnrichField]] = defaultdict(set)
        for one in gaps:
            self._wanted[one.domain].add(_FIELDS[one.subject, one.field])
        many = Counter(one.domain for one in gaps)
        self._order = sorted(many, key=lambda one: (-many[one], one))
        self._known: _Known = {}
        self._disputed: set[tuple[str, EnrichField]] = set()
        self.spent: Counter[str] = Counter()
        self.not_asked = 0
        self.trouble: list[str] = []

    def everybody(self, enricher: Enricher) -> None:
        """Ask one source about every domain that is open still, as far as the budget goes."""
        open_ = [one for one in self._order if self._open(one)]
        self.spent[enricher.name] += 0
        while open_:
            size = self._affordable(enricher, len(open_))
            batch, open_ = open_[:size], open_[size:]
            if not batch:
                self.not_asked += len(open_)
                return
            try:
                answers = enricher.look_up(batch)
            except EffectRefused as error:
                self.trouble.append(f"{enricher.name}: {error}")
                return
            self._take(enricher, batch, answers)

    def _affordable(self, enricher: Enricher, wanted: int) -> int:
        """Return how many domains the next call may name; what is free is asked once for all."""
        if enricher.price <= 0:
            return wanted
        return max(0, min(_BATCH, self._left // enricher.price))

    def _open(self, domain: str) -> bool:
        return any(
            (domain, name) not in self._known and (domain, name) not in self._disputed
            for name in self._wanted[domain]
        )

    def _take(self, enricher: Enricher, batch: Sequence[str], answers: Sequence[Lookup]) -> None:
        asked = set(batch)
        for answer in answers:
            self.spent[enricher.name] += answer.credits
            self._left -= answer.credits
            if answer.domain not in asked:
                continue
            self._disputed.update((answer.domain, name) for name in answer.disputed)
            for one in answer.values:
                self._learn(answer.domain, one)

    def _learn(self, domain: str, value: Sourced) -> None:
        there = self._known.get((domain, value.field))
        if there is None:
            self._known[domain, value.field] = value
        elif there.value.casefold() != value.value.casefold():
            self._disputed.add((domain, value.field))

    def changes(self) -> Iterator[FieldChange]:
        """Yield what may be filled in, by record."""
        for gap in self._gaps:
            value = self._known.get(key := (gap.domain, _FIELDS[gap.subject, gap.field]))
            if value is not None and key not in self._disputed and self._fits(gap, value):
                yield _change(gap, value)

    def _fits(self, gap: Gap, value: Sourced) -> bool:
        try:
            fit(writable(self._catalogue, gap.subject, gap.field), value.value)
        except BadInput:
            return False
        return True

    def disputed_gaps(self) -> int:
        """Return how many gaps stay open because it is not settled what belongs there."""
        return sum(
            (one.domain, _FIELDS[one.subject, one.field]) in self._disputed for one in self._gaps
        )


def _change(gap: Gap, value: Sourced) -> FieldChange:
    personal = (gap.subject, gap.field) == ("contact", "country")
    confidence = min(value.confidence, _ELSEWHERE if personal else _MOST)
    when = "" if value.as_of is None else f", as of {value.as_of:%Y-%m-%d}"
    why = f"It is empty, and {gap.domain} stands for {show(value.value, 80)} there."
    if personal:
        why += " The person may work elsewhere than where the company sits."
    return FieldChange(
        record=gap.record, subject=gap.subject, field=gap.field, before=None, after=value.value,
        rule=RULE, confidence=confidence, why=why,
        evidence=f"{value.source}{when}. {value.evidence}".strip(),
    )  # fmt: skip
