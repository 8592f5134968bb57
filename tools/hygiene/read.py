"""Read the columns that detectors ask for from the embedded CRM, once, in chunks.

SQLite and PostgreSQL alike; one transaction, so that every column shows the same moment. What is
not a stored field is derived from events, deals, lists and companies, with one grouped query each.
"""

import gc
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache

import sqlalchemy as sa

from tools.crm.local.schema import (
    companies,
    contacts,
    deals,
    events,
    list_members,
    lists,
    suppressions,
)
from tools.sql import reading

from .change import Subject
from .column import Column, ColumnBuilder, Value
from .columns import Columns, Scope
from .detector import Detector, Reference

__all__ = ["fields_of", "read_columns"]

_CHUNK = 20_000
_TABLES: dict[Subject, sa.Table] = {"contact": contacts, "company": companies}
_ENGAGED = (
    "email_open", "email_click", "page_view", "form_submit", "webinar_registered",
    "webinar_attended",
)  # fmt: skip


def fields_of(detectors: Iterable[Detector]) -> frozenset[Reference]:
    """Return every field that these detectors read."""
    return frozenset(field for detector in detectors for field in detector.fields)


def read_columns(
    engine: sa.Engine,
    fields: Collection[Reference],
    *,
    as_of: datetime,
    scope: Scope | None = None,
    active_owners: Collection[str] | None = None,
) -> Columns:
    """Return these columns of every record.

    Args:
        engine: the CRM's database.
        fields: what to read, stored or derived; `fields_of(detectors)`.
        as_of: the moment that "in the future" and "stale" are told from.
        scope: which records findings may be about; None for all.
        active_owners: who owns records today, where it is known.

    """
    options = {"isolation_level": "REPEATABLE READ"} if engine.name == "postgresql" else {}
    with (
        _uncollected(),
        reading(engine).connect().execution_options(**options) as connection,
        connection.begin(),
    ):
        ids: dict[Subject, list[str]] = {}
        columns: dict[Reference, Column] = {}
        for subject in _TABLES:
            wanted = [field for owner, field in fields if owner == subject]
            links = {"company_id"} if _needs_company(wanted, subject, fields) else set()
            ids[subject] = _read_stored(connection, subject, {*wanted, *links}, columns)
        for subject, field in sorted(fields):
            if (subject, field) not in columns:
                _derive(connection, subject, field, ids, columns)
    return Columns(as_of=as_of, ids=ids, columns=columns, scope=scope, active_owners=active_owners)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector of cycles still: it would look at millions of plain values in vain.

    It took a quarter of the time to read a million contacts.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _needs_company(
    wanted: Collection[str], subject: Subject, fields: Collection[Reference]
) -> bool:
    joined = any(field.startswith("company.") for field in wanted)
    return subject == "contact" and (joined or ("company", "contacts") in fields)


def _read_stored(
    connection: sa.Connection, subject: Subject, fields: Collection[str],
    columns: dict[Reference, Column],
) -> list[str]:  # fmt: skip
    table = _TABLES[subject]
    names = sorted({field for field in fields if field in table.c and field != "id"})
    ids: list[str] = []
    builders = [ColumnBuilder() for _ in names]
    query = sa.select(table.c.id, *(table.c[name] for name in names))
    with connection.execution_options(yield_per=_CHUNK).execute(query) as result:
        for part in result.partitions():
            first, *rest = zip(*part, strict=True)
            ids.extend(first)
            for builder, values in zip(builders, rest, strict=True):
                builder.extend(values)
    for name, builder in zip(names, builders, strict=True):
        columns[subject, name] = builder.build()
    return ids


def _pairs(connection: sa.Connection, query: sa.Select[str, Value]) -> dict[str, Value]:
    with connection.execution_options(yield_per=_CHUNK).execute(query) as result:
        return {row[0]: row[1] for row in result}


@cache
def _queries() -> dict[Reference, sa.Select[str, Value]]:
    """One grouped query for each derived field that other tables tell: record id, value."""
    event = events.c

    def last(*types: str) -> sa.Select[str, Value]:
        return (
            sa.select(event.contact_id, sa.func.max(event.occurred_at))
            .where(event.type.in_(types))
            .group_by(event.contact_id)
        )

    def count(*stages: str) -> sa.Select[str, Value]:
        return (
            sa.select(deals.c.contact_id, sa.func.count())
            .where(deals.c.contact_id.is_not(None), deals.c.stage.in_(stages))
            .group_by(deals.c.contact_id)
        )

    return {
        ("contact", "engaged_at"): last(*_ENGAGED),
        ("contact", "bounced_at"): last("bounced"),
        ("contact", "left_at"): last("unsubscribed", "complaint"),
        ("contact", "first_event_at"): sa.select(
            event.contact_id, sa.func.min(event.occurred_at)
        ).group_by(event.contact_id),
        ("contact", "won_deals"): count("closed_won"),
        ("contact", "open_deals"): count(
            "appointment_scheduled", "qualified_to_buy", "presentation_scheduled",
            "decision_maker_bought_in", "contract_sent",
        ),
        ("contact", "suppressed"): sa.select(contacts.c.id, suppressions.c.reason).join(
            suppressions, suppressions.c.email == contacts.c.email
        ),
        ("contact", "on_lists"): sa.select(list_members.c.contact_id, sa.func.min(lists.c.name))
        .join(lists, lists.c.id == list_members.c.list_id)
        .where(sa.not_(lists.c.archived))
        .group_by(list_members.c.contact_id),
        ("company", "won_deals"): sa.select(deals.c.company_id, sa.func.count())
        .where(deals.c.company_id.is_not(None), deals.c.stage == "closed_won")
        .group_by(deals.c.company_id),
    }  # fmt: skip


def _derive(
    connection: sa.Connection, subject: Subject, field: str, ids: dict[Subject, list[str]],
    columns: dict[Reference, Column],
) -> None:  # fmt: skip
    if (subject, field) in _queries():
        found = _pairs(connection, _queries()[subject, field])
        columns[subject, field] = Column.of(map(found.get, ids[subject]))
    elif (subject, field) == ("company", "contacts"):
        many = Counter(columns["contact", "company_id"])
        columns[subject, field] = Column.of(many[one] for one in ids[subject])
    elif subject == "contact" and field.startswith("company."):
        _join_company(connection, field, columns)


def _join_company(connection: sa.Connection, field: str, columns: dict[Reference, Column]) -> None:
    column = companies.c[field.removeprefix("company.")]
    query = sa.select(companies.c.id, column).where(column.is_not(None))
    found: dict[str | None, Value] = {None: None}
    found.update(_pairs(connection, query))
    link = columns["contact", "company_id"]
    if link.shared:  # one look-up for each company, the contacts' codes shared
        columns["contact", field] = Column([found.get(one) for one in link.values], link.codes)
    else:
        columns["contact", field] = Column.of(map(found.get, link))
