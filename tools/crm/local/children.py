"""What hangs on a record: events, deals, memberships, former addresses; moved and moved back.

The tables are found by their foreign keys, so that a new one is moved without a line here. Where
the record is part of a child's primary key (a list holds a contact once), the survivor gets one row
for those that several parts had.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tools.crm.port import RecordSubject

from .schema import metadata
from .stored import TABLES

__all__ = ["Moved", "children_of", "move", "move_back"]

Moved = dict[str, Any]
"""What was moved in one table: `table`, `column`, and either `moved` (primary key and former
owner) or, where the owner is part of the key, `gone` and `added` (whole rows)."""

_CHUNK = 5_000
_Link = tuple[sa.Table, sa.Column[Any]]


def children_of(subject: RecordSubject) -> Iterator[_Link]:
    """Yield each table whose rows belong to such records, with the column that says whose."""
    target = TABLES[subject]
    for table in metadata.sorted_tables:
        for column in table.c:
            if any(key.column.table is target for key in column.foreign_keys):
                yield table, column


def move(
    connection: sa.Connection, subject: RecordSubject, losers: Sequence[str], survivor: str
) -> list[Moved]:
    """Give everything that the losers have to the survivor; return what was moved."""
    moved: list[Moved] = []
    for table, column in children_of(subject):
        step = _shared if column.primary_key else _plain
        one = step(connection, (table, column), losers, survivor)
        if any(one.get(part) for part in ("moved", "gone")):
            moved.append(one)
    return moved


def _plain(connection: sa.Connection, link: _Link, losers: Sequence[str], survivor: str) -> Moved:
    table, column = link
    (key,) = table.primary_key
    query = sa.select(key, column).where(column.in_(losers)).order_by(key)
    rows = [[row[0], row[1]] for row in connection.execute(query)]
    if rows:
        statement = table.update().where(column.in_(losers)).values({column.name: survivor})
        connection.execute(statement)
    return {"table": table.name, "column": column.name, "moved": rows}


def _shared(connection: sa.Connection, link: _Link, losers: Sequence[str], survivor: str) -> Moved:
    table, column = link
    gone = _whole(connection, table, column.in_(losers))
    others = [one.name for one in table.primary_key if one is not column]
    mine = _whole(connection, table, column == survivor)
    had = {tuple(row[name] for name in others) for row in mine}
    added: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in gone:  # the earliest first: that is when the person came onto the list
        key = tuple(row[name] for name in others)
        if key not in had:
            added.setdefault(key, row | {column.name: survivor})
    if gone:
        connection.execute(table.delete().where(column.in_(losers)))
    if added:
        connection.execute(table.insert(), list(added.values()))
    return {
        "table": table.name, "column": column.name, "gone": gone, "added": list(added.values()),
    }  # fmt: skip


def _whole(
    connection: sa.Connection, table: sa.Table, where: sa.ColumnElement[bool]
) -> list[dict[str, Any]]:
    order = [one for one in table.c if one.name.endswith("at")] + list(table.primary_key)
    query = sa.select(table).where(where).order_by(*order)
    return [dict(row) for row in connection.execute(query).mappings()]


def move_back(connection: sa.Connection, moved: Sequence[Moved], survivor: str) -> list[str]:
    """Give the losers back what was theirs; return in words what is no longer there to give."""
    missing: list[str] = []
    for one in reversed(moved):
        table = metadata.tables[one["table"]]
        column = table.c[one["column"]]
        back = (
            _plain_back(connection, (table, column), one, survivor)
            if "moved" in one
            else _shared_back(connection, (table, column), one)
        )
        if back:
            what = table.name.removeprefix("crm_").replace("_", " ")
            missing.append(f"{back:,} of the {what} changed hands since and stay where they are")
    return missing


def _plain_back(connection: sa.Connection, link: _Link, one: Moved, survivor: str) -> int:
    table, column = link
    (key,) = table.primary_key
    owners: dict[str, list[Any]] = {}
    for row, owner in one["moved"]:
        owners.setdefault(owner, []).append(row)
    found = 0
    for owner, rows in owners.items():
        for start in range(0, len(rows), _CHUNK):
            mine = key.in_(rows[start : start + _CHUNK]), column == survivor
            change = table.update().where(*mine).values({column.name: owner})
            found += connection.execute(change).rowcount
    return len(one["moved"]) - found


def _shared_back(connection: sa.Connection, link: _Link, one: Moved) -> int:
    """Put the losers' rows back; the survivor keeps a row that is not as the merge wrote it."""
    table, _ = link
    for row in one["added"]:
        connection.execute(table.delete().where(*(table.c[name] == row[name] for name in row)))
    if one["gone"]:
        rows: Sequence[Mapping[str, Any]] = one["gone"]
        connection.execute(table.insert(), [dict(row) for row in rows])
    return 0
