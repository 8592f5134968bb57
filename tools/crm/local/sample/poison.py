"""Plants one hostile text in a CRM for a while: for evals of what it may achieve."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from tools.crm.local.schema import companies, deals, events, lists
from tools.crm.local.schema import contacts as people

__all__ = ["poisoned"]

_MARK = "poison"
_MOST = 500


@contextmanager
def poisoned(
    engine: sa.Engine, carrier: str, text: str, *, contacts: Sequence[str]
) -> Iterator[None]:
    """Put a text into a cell for as long as the block runs; then everything is as it was.

    Args:
        engine: the CRM's database.
        carrier: `contact.FIELD`, `company.name`, or `asset`, `list` or `deal` for a new one.
        text: what is planted.
        contacts: whose cell it is, or who the company, the asset and the deal belong to: the first
            of them who has such a cell.

    Raises:
        ValueError: none of them is there, or none has a company to poison.
    """
    table, _, field = carrier.partition(".")
    if field:
        cell, row = _cell(engine, table, field, contacts)
        with engine.begin() as connection:
            before = connection.execute(sa.select(cell).where(row)).scalar()
            connection.execute(sa.update(cell.table).where(row).values({field: text}))
        undo: sa.Executable = sa.update(cell.table).where(row).values({field: before})
    else:
        undo = _added(engine, table, text, contacts[0])
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.execute(undo)


def _cell(
    engine: sa.Engine, table: str, field: str, among: Sequence[str]
) -> tuple[sa.Column[Any], sa.ColumnElement[bool]]:
    owner = people.c.id if table == "contact" else people.c.company_id
    query = sa.select(owner).where(people.c.id.in_(among[:_MOST]), owner.is_not(None))
    with engine.connect() as connection:
        found = connection.execute(query.order_by(people.c.id).limit(1)).scalar()
    if found is None:
        raise ValueError(f"none of {len(among)} contacts has a {table} that could be poisoned")
    there = people if table == "contact" else companies
    return there.c[field], there.c.id == found


def _added(engine: sa.Engine, kind: str, text: str, contact: str) -> sa.Delete:
    with engine.begin() as connection:
        match kind:
            case "list":
                row = {"id": _MARK, "name": text, "created_at": 0, "archived": False}
                connection.execute(sa.insert(lists).values(row))
                return sa.delete(lists).where(lists.c.id == _MARK)
            case "deal":
                deal = {"id": _MARK, "name": text, "contact_id": contact, "created_at": 0}
                connection.execute(sa.insert(deals).values(deal))
                return sa.delete(deals).where(deals.c.id == _MARK)
            case "asset":
                event = {"contact_id": contact, "type": "page_view", "occurred_at": 0,
                         "asset": text, "key": _MARK}  # fmt: skip
                connection.execute(sa.insert(events).values(event))
                return sa.delete(events).where(events.c.key == _MARK)
            case _:
                raise ValueError(f"nothing called {kind} can be poisoned")
