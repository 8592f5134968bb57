"""Filling in empty fields: what the sources of `tools.enrichment` know, within a credit budget."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tools.crm.port import CrmReader, RecordSubject
from tools.enrichment.fill import Enrichment, fill_gaps
from tools.enrichment.port import ENRICH_FIELDS, Enricher, EnrichField, GapReader
from tools.hygiene.change import FieldChange

__all__ = ["Filled", "Filling"]

_NAMES: Mapping[str, EnrichField] = {"company_name": "company"}
"""What a field of the CRM is called by the sources, where they call it otherwise."""


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What the sources know of empty fields."""

    changes: Sequence[FieldChange]
    """One for each value, its source and date in the evidence; none overwrites a value."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What a card says of the sources, by label."""
    notes: Sequence[str] = ()
    """What is not filled in, and why."""


class Filling:
    """Asks the sources in order; reads only."""

    def __init__(
        self, *, crm: CrmReader, gaps: GapReader, enrichers: Sequence[Enricher], budget: int = 0
    ) -> None:
        self._crm, self._gaps, self._enrichers = crm, gaps, enrichers
        self._budget = budget

    def fill(
        self, ids: Mapping[RecordSubject, Collection[str] | None], fields: Sequence[str]
    ) -> Filled:
        """Return values for the empty fields of these records.

        Args:
            ids: by subject; None for every record, a subject that is not named has none.
            fields: as the CRM names them; none for all that the sources know.
        """
        wanted = {_NAMES.get(one, one) for one in fields}
        names: list[EnrichField] = [one for one in ENRICH_FIELDS if not wanted or one in wanted]
        gaps = self._gaps.gaps(
            names, contacts=ids.get("contact", ()), companies=ids.get("company", ())
        )
        got = fill_gaps(gaps, self._enrichers, self._crm.catalogue(), budget=self._budget)
        sources = ", ".join(one.name for one in self._enrichers)
        facts = {"Empty fields": f"{got.gaps:,}", "Sources": sources, "Credits": got.words()}
        return Filled(changes=got.changes, facts=facts, notes=tuple(_notes(got)))


def _notes(got: Enrichment) -> Iterator[str]:
    if got.disputed:
        yield f"{got.disputed:,} stay empty because the sources say several things."
    unknown = got.gaps - got.disputed - len(got.changes)
    if unknown > 0:
        yield f"{unknown:,} stay empty because no source knows them."
    yield from got.trouble
