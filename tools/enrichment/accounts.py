"""The embedded source: what the CRM itself knows about a domain, from its accounts and colleagues.

Free, and only as good as the CRM: a value is given where nearly everything that stands there agrees
on it, and named as disputed where it does not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from tools.crm.local.schema import companies, contacts
from tools.crm.values import squash
from tools.segments.inert import show
from tools.sql import reading

from .domains import country_of_ending, domain_of, own_domain
from .port import EnrichField, Gap, Lookup, Sourced

__all__ = ["AccountEnricher", "AccountGaps"]

_CHUNK = 20_000
_AGREE = 0.9
"""Share of those who say anything that must say the same."""
_COLLEAGUES = 3
"""So many colleagues must say the same where no account does."""
_BY_ACCOUNT, _BY_COLLEAGUES = 0.95, 0.85
_AGAINST_ENDING = 0.15
_DISPUTED = "disputed"
_COLUMNS: dict[EnrichField, str] = {
    "company": "name", "industry": "industry", "employees": "employees", "country": "country",
}  # fmt: skip
_GAPS: tuple[tuple[EnrichField, sa.Table, str], ...] = (
    ("company", contacts, "company_name"),
    ("country", contacts, "country"),
    ("industry", companies, "industry"),
    ("employees", companies, "employees"),
    ("country", companies, "country"),
)


@dataclass
class _Told:
    """What accounts and colleagues say about one domain: value, who says it, when."""

    accounts: list[Any] = field(default_factory=list)
    colleagues: dict[EnrichField, list[tuple[str, int | None]]] = field(
        default_factory=lambda: defaultdict(list)
    )


class AccountEnricher:
    """An `Enricher` over the embedded CRM; costs nothing."""

    name = "CRM accounts"
    price = 0

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = reading(engine)

    def look_up(self, domains: Sequence[str]) -> Sequence[Lookup]:
        """Return what the CRM says of these domains; two passes over it, whatever their number."""
        told = {one: _Told() for one in domains}
        with self._engine.connect() as connection:
            for row in _pages(
                connection, sa.select(companies).where(companies.c.domain.is_not(None))
            ):
                if (found := told.get(own_domain(row.domain) or "")) is not None:
                    found.accounts.append(row)
            people = sa.select(
                contacts.c.email, contacts.c.company_name, contacts.c.country,
                contacts.c.updated_at,
            )  # fmt: skip
            for row in _pages(connection, people):
                if (found := told.get(domain_of(row.email))) is not None:
                    _note(found, row)
        return [_answer(domain, one) for domain, one in told.items()]


def _note(told: _Told, row: Any) -> None:
    given: tuple[tuple[EnrichField, str | None], ...] = (
        ("company", row.company_name), ("country", row.country),
    )  # fmt: skip
    for name, value in given:
        if value:
            told.colleagues[name].append((value, row.updated_at))


def _pages(connection: sa.Connection, query: sa.Select[*tuple[Any, ...]]) -> Iterator[Any]:
    with connection.execution_options(yield_per=_CHUNK).execute(query) as result:
        for part in result.partitions():
            yield from part


def _answer(domain: str, told: _Told) -> Lookup:
    values: list[Sourced] = []
    disputed: list[EnrichField] = []
    for name in _COLUMNS:
        found = _settle(domain, name, told)
        if isinstance(found, Sourced):
            values.append(found)
        elif found == _DISPUTED:
            disputed.append(name)
    return Lookup(domain=domain, values=tuple(values), disputed=tuple(disputed))


def _settle(domain: str, name: EnrichField, told: _Told) -> Sourced | str | None:
    """Return what belongs there, that it is disputed, or None where too few say anything."""
    people, column = told.colleagues[name], _COLUMNS[name]
    said = [(str(value), one) for one in told.accounts if (value := getattr(one, column))]
    if not said and len(people) < _COLLEAGUES:
        return None
    found = _by_accounts(domain, name, said) if said else _by_colleagues(domain, name, people)
    if found is None or _outvoted(name, found.value, people):
        return _DISPUTED
    return found


def _by_accounts(
    domain: str, name: EnrichField, said: Sequence[tuple[str, Any]]
) -> Sourced | None:  # fmt: skip
    """Return what every account of the domain says, or None where they differ."""
    if len({_same(name, value) for value, _ in said}) != 1:
        return None
    value, account = max(said, key=lambda one: (one[1].updated_at or 0, one[1].id))
    return _sourced(
        domain, name, value, _BY_ACCOUNT,
        source=f"CRM account {account.id} ({show(account.name, 60)})",
        at=account.updated_at,
        more=f"{len(said):,} accounts with this domain say so." if len(said) > 1 else "",
    )  # fmt: skip


def _by_colleagues(
    domain: str, name: EnrichField, said: Sequence[tuple[str, int | None]]
) -> Sourced | None:  # fmt: skip
    """Return what nearly all contacts at the domain say, or None."""
    winner, votes, voters = _vote(name, (value for value, _ in said))
    if votes < _COLLEAGUES or votes < _AGREE * voters:
        return None
    spelt = Counter(value for value, _ in said if _same(name, value) == winner)
    value = min(spelt, key=lambda one: (-spelt[one], one))
    dates = [at for text, at in said if _same(name, text) == winner and at is not None]
    return _sourced(
        domain, name, value, _BY_COLLEAGUES, source=f"CRM contacts at {domain}",
        at=max(dates, default=None), more=f"{votes:,} of {voters:,} contacts there say so.",
    )  # fmt: skip


def _outvoted(name: EnrichField, value: str, said: Sequence[tuple[str, int | None]]) -> bool:
    """Return whether most colleagues say something else than the account does.

    A person's country is where they work; it is held against the company's only where all agree.
    """
    if len(said) < _COLLEAGUES:
        return False
    winner, votes, voters = _vote(name, (text for text, _ in said))
    return votes >= _AGREE * voters and winner != _same(name, value)


def _vote(name: EnrichField, values: Iterable[str]) -> tuple[str, int, int]:
    count = Counter(_same(name, value) for value in values)
    winner = min(count, key=lambda one: (-count[one], one))
    return winner, count[winner], count.total()


def _same(name: EnrichField, value: str) -> str:
    """Return what two spellings of one value have in common."""
    return squash(value) or value if name == "company" else value


def _sourced(
    domain: str, name: EnrichField, value: str, confidence: float, *, source: str, at: int | None,
    more: str,
) -> Sourced:  # fmt: skip
    ending = country_of_ending(domain) if name == "country" else None
    if ending is not None and ending != value:
        confidence -= _AGAINST_ENDING
        more += f" The domain's ending is that of {ending}."
    elif ending is not None:
        more += " The domain's ending is that country's."
    return Sourced(
        field=name, value=value, source=source, confidence=confidence, evidence=more.strip(),
        as_of=None if at is None else datetime.fromtimestamp(at / 1e6, UTC),
    )  # fmt: skip


class AccountGaps:
    """A `GapReader` over the embedded CRM."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = reading(engine)

    def gaps(
        self, fields: Collection[EnrichField], *, contacts: Collection[str] | None = None,
        companies: Collection[str] | None = None,
    ) -> Sequence[Gap]:  # fmt: skip
        """Return the empty fields of records whose domain is a company's own, by record."""
        found: list[Gap] = []
        scopes = {"contact": contacts, "company": companies}
        with self._engine.connect() as connection:
            for name, table, column in _GAPS:
                subject = "contact" if "email" in table.c else "company"
                scope = scopes[subject]
                if name in fields and (scope is None or len(scope)):
                    found += _empty(connection, table, column, scope)
        return sorted(found, key=lambda one: (one.subject, one.record, one.field))


def _empty(
    connection: sa.Connection, table: sa.Table, column: str, scope: Collection[str] | None
) -> Iterator[Gap]:  # fmt: skip
    is_contact = "email" in table.c
    domain: Callable[[Any], str | None] = (
        (lambda row: own_domain(domain_of(row.told))) if is_contact
        else (lambda row: own_domain(row.told))
    )  # fmt: skip
    told = (table.c.email if is_contact else table.c.domain).label("told")
    wanted = None if scope is None else frozenset(scope)
    query = sa.select(table.c.id, told).where(table.c[column].is_(None), told.is_not(None))
    for row in _pages(connection, query):
        if (wanted is None or row.id in wanted) and (bare := domain(row)) is not None:
            yield Gap(
                subject="contact" if is_contact else "company", record=row.id, field=column,
                domain=bare,
            )  # fmt: skip
