"""Many rows in one statement, as each database takes them fastest.

PostgreSQL: arrays in, `unnest` there; one round of the server instead of one a row. SQLite: the
driver's own `executemany`, which has no rounds to save.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

__all__ = ["insert_all", "update_all"]

_Rows = Sequence[Mapping[str, Any]]


def update_all(
    connection: sa.Connection, table: sa.Table, key: str, names: Sequence[str], rows: _Rows
) -> None:
    """Set these columns of each row, found by its key; every row holds the key and the columns."""
    if connection.dialect.name == "postgresql":
        given = _unnested(table, [key, *names], rows)
        values = {name: given.c[name] for name in names}
        connection.execute(table.update().where(table.c[key] == given.c[key]).values(values))
        return
    statement = (
        table.update()
        .where(table.c[key] == sa.bindparam("the_key"))
        .values({name: sa.bindparam(name) for name in names})
    )
    connection.execute(
        statement, [{"the_key": row[key]} | {name: row[name] for name in names} for row in rows]
    )


def insert_all(connection: sa.Connection, table: sa.Table, rows: _Rows) -> None:
    """Insert rows that all have the same columns."""
    if not rows:
        return
    names = list(rows[0])
    if connection.dialect.name == "postgresql":
        given = _unnested(table, names, rows)
        query = sa.select(*(given.c[name] for name in names))
        connection.execute(table.insert().from_select(names, query))
        return
    connection.execute(table.insert(), [dict(row) for row in rows])


def _unnested(table: sa.Table, names: Sequence[str], rows: _Rows) -> Any:
    arrays = [
        sa.bindparam(
            f"all_{name}", [row[name] for row in rows],
            type_=postgresql.ARRAY(_plain(table.c[name].type)),
        )
        for name in names
    ]  # fmt: skip
    columns = [sa.column(name, table.c[name].type) for name in names]
    return sa.func.unnest(*arrays).table_valued(*columns, name="given").render_derived()


def _plain(kind: Any) -> Any:
    # A VARCHAR(40)[] would be cut in silence by the cast; TEXT is not.
    return sa.Text() if isinstance(kind, sa.String) else kind
