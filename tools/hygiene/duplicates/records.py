"""The whole stored rows of the records that may be merged, and what hangs on each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

import sqlalchemy as sa

from tools.crm.local.schema import (
    companies,
    contacts,
    deals,
    events,
    list_members,
    suppressions,
    topics,
)
from tools.hygiene.change import Subject
from tools.sql import reading

from .plan import Value

__all__ = ["Part", "read_parts"]

_CHUNK = 500
_TABLES: dict[Subject, sa.Table] = {"contact": contacts, "company": companies}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One record that may be merged with others."""

    row: Mapping[str, Value]
    """Every stored column by name."""
    deals: int = 0
    events: int = 0
    """Of a contact; always 0 for a company."""
    others: int = 0
    """List memberships of a contact; contacts of a company."""
    suppressed: str | None = None
    """Why its address is suppressed."""
    topics_off: tuple[str, ...] = ()
    """The topics that its address refused, sorted."""
    refused: bool = field(default=False)
    """Whether its person said no: suppressed for another reason than a bounce."""

    @property
    def id(self) -> str:
        """Return the record's id."""
        return str(self.row["id"])


def read_parts(engine: sa.Engine, subject: Subject, ids: Collection[str]) -> dict[str, Part]:
    """Return these records by id, read in one transaction, 500 at a time."""
    found: dict[str, Part] = {}
    options = {"isolation_level": "REPEATABLE READ"} if engine.name == "postgresql" else {}
    with reading(engine).connect().execution_options(**options) as connection, connection.begin():
        for chunk in _chunks(sorted(ids)):
            rows = [dict(row) for row in _rows(connection, subject, chunk)]
            make = _contacts if subject == "contact" else _companies
            found |= make(connection, rows, chunk)
    return found


def _chunks(ids: list[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def _rows(connection: sa.Connection, subject: Subject, ids: list[str]) -> sa.MappingResult:
    table = _TABLES[subject]
    return connection.execute(sa.select(table).where(table.c.id.in_(ids))).mappings()


def _count(
    connection: sa.Connection, column: sa.Column[str | None], ids: list[str]
) -> dict[str, int]:
    query = sa.select(column, sa.func.count()).where(column.in_(ids)).group_by(column)
    return {str(owner): int(many) for owner, many in connection.execute(query)}


def _contacts(
    connection: sa.Connection, rows: list[dict[str, Value]], ids: list[str]
) -> dict[str, Part]:
    mails = sorted({str(row["email"]).lower() for row in rows})
    reasons = {
        str(mail): str(why)
        for mail, why in connection.execute(
            sa.select(suppressions.c.email, suppressions.c.reason)
            .where(suppressions.c.email.in_(mails))
        )
    }  # fmt: skip
    refused: defaultdict[str, list[str]] = defaultdict(list)
    query = sa.select(topics.c.email, topics.c.topic).where(
        topics.c.email.in_(mails), sa.not_(topics.c.takes)
    )
    for mail, topic in connection.execute(query.order_by(topics.c.email, topics.c.topic)):
        refused[mail].append(topic)
    counts = [
        _count(connection, column, ids)
        for column in (deals.c.contact_id, events.c.contact_id, list_members.c.contact_id)
    ]
    made: dict[str, Part] = {}
    for row in rows:
        mail, record = str(row["email"]).lower(), str(row["id"])
        held, happened, listed = (count.get(record, 0) for count in counts)
        why = reasons.get(mail)
        made[record] = Part(
            row=row, deals=held, events=happened, others=listed, suppressed=why,
            topics_off=tuple(refused[mail]), refused=why is not None and why != "bounced",
        )  # fmt: skip
    return made


def _companies(
    connection: sa.Connection, rows: list[dict[str, Value]], ids: list[str]
) -> dict[str, Part]:
    held = _count(connection, deals.c.company_id, ids)
    people = _count(connection, contacts.c.company_id, ids)
    return {
        str(row["id"]): Part(
            row=row, deals=held.get(str(row["id"]), 0), others=people.get(str(row["id"]), 0)
        )
        for row in rows
    }
