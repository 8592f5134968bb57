"""Many rows in one statement, as each database takes them fastest, its text made once.

PostgreSQL: arrays in, `unnest` there; one round of the server instead of one a row. SQLite: the
driver's own `executemany`, which has no rounds to save. Values go to the driver as the column
stores them (a moment as its microseconds), in the order in which the columns are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

__all__ = ["insert_all", "select_all", "update_all"]

_Rows = Sequence[tuple[Any, ...]]
_AT_ONCE = 5_000  # SQLite allows 32,766 bound values in one statement


def insert_all(
    connection: sa.Connection, table: sa.Table, names: Sequence[str], rows: _Rows, *,
    skip: bool = False,
) -> int:  # fmt: skip
    """Insert rows; returns how many were written.

    Args:
        connection: where.
        table: into what.
        names: the columns that are given.
        rows: their values.
        skip: leave out rows whose key is there already, instead of raising.
    """
    if not rows:
        return 0
    lite = connection.dialect.name == "sqlite"
    return _run(connection, _insert(table, tuple(names), lite=lite, skip=skip), rows)


def update_all(
    connection: sa.Connection, table: sa.Table, names: Sequence[str], keys: Sequence[str],
    rows: _Rows, *, unless: tuple[str, str] | None = None,
) -> None:  # fmt: skip
    """Set columns of rows found by their keys.

    Args:
        connection: where.
        table: of what.
        names: the columns that are set.
        keys: the columns by which a row is found.
        rows: the values of `names`, then of `keys`.
        unless: a column and a value: rows that hold it are left alone. Never outside text.
    """
    if rows:
        lite = connection.dialect.name == "sqlite"
        _run(connection, _update(table, tuple(names), tuple(keys), unless, lite=lite), rows)


def select_all(
    connection: sa.Connection, table: sa.Table, names: Sequence[str], key: str,
    wanted: Iterable[str], *, lock: bool = False,
) -> list[sa.Row[Any]]:  # fmt: skip
    """Return columns of the rows whose key is among these, by key where they are locked."""
    found: list[sa.Row[Any]] = []
    ids = list(wanted)
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        lite = connection.dialect.name == "sqlite"
        text = _select(table, tuple(names), key, len(part) if lite else 0, lock=lock)
        given = tuple(part) if lite else (part,)
        found += connection.exec_driver_sql(text, given).all()
    return found


def _run(connection: sa.Connection, text: str, rows: _Rows) -> int:
    lite = connection.dialect.name == "sqlite"
    given: Any = list(rows) if lite else tuple(map(list, zip(*rows, strict=True)))
    options = {"preserve_rowcount": True}
    return connection.exec_driver_sql(text, given, execution_options=options).rowcount


# --- the text of the statements; every name comes from the schema --------------------------------


@lru_cache(maxsize=256)
def _insert(table: sa.Table, names: tuple[str, ...], *, lite: bool, skip: bool) -> str:
    columns = ", ".join(table.c[name].name for name in names)
    if lite:
        given = f"VALUES ({', '.join('?' * len(names))})"
    else:
        given = f"SELECT {columns} FROM {_unnested(table, names)}"  # noqa: S608 - names of the schema
    rest = " ON CONFLICT DO NOTHING" if skip else ""
    return f"INSERT INTO {table.name} ({columns}) {given}{rest}"


@lru_cache(maxsize=256)
def _update(
    table: sa.Table, names: tuple[str, ...], keys: tuple[str, ...],
    unless: tuple[str, str] | None, *, lite: bool,
) -> str:  # fmt: skip
    one, sources = ("?", "") if lite else ("given.{0}", f" FROM {_unnested(table, names + keys)}")
    sets = ", ".join(f"{table.c[name].name} = {one.format(name)}" for name in names)
    where = [f"{table.name}.{table.c[key].name} = {one.format(key)}" for key in keys]
    if unless is not None:
        where.append(f"{table.name}.{table.c[unless[0]].name} <> '{unless[1]}'")
    found = " AND ".join(where)
    return f"UPDATE {table.name} SET {sets}{sources} WHERE {found}"  # noqa: S608 - names of the schema


@lru_cache(maxsize=256)
def _select(table: sa.Table, names: tuple[str, ...], key: str, marks: int, *, lock: bool) -> str:
    columns = ", ".join(table.c[name].name for name in names)
    among = f"IN ({', '.join('?' * marks)})" if marks else "= ANY(%s)"
    text = f"SELECT {columns} FROM {table.name} WHERE {table.c[key].name} {among}"  # noqa: S608 - names of the schema
    if lock:  # in one order, so that two writers never wait for each other
        text += f" ORDER BY {key}" + ("" if marks else " FOR UPDATE")
    return text


def _unnested(table: sa.Table, names: Sequence[str]) -> str:
    arrays = ", ".join(f"%s::{_plain(table.c[name].type)}[]" for name in names)
    return f"unnest({arrays}) AS given ({', '.join(names)})"


def _plain(kind: Any) -> str:
    stored = kind.impl if isinstance(kind, sa.types.TypeDecorator) else kind
    # A VARCHAR(40)[] would be cut in silence by the cast; TEXT is not.
    return "TEXT" if isinstance(stored, sa.String) else str(stored)
