"""The few statements that SQLite and PostgreSQL spell differently."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

__all__ = ["insert_or_skip", "insert_rows", "queue_behind", "refresh_statistics", "widen_cache"]


def insert_or_skip(
    connection: sa.Connection,
    table: sa.Table,
    *,
    columns: Sequence[str] | None = None,
    rows: sa.Select[*tuple[Any, ...]] | None = None,
) -> Any:
    """Return an INSERT that leaves out what is there already, of values or of a select's rows."""
    build: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = build(table)
    if rows is not None:
        statement = statement.from_select(columns, rows)
    return statement.on_conflict_do_nothing()


def insert_rows(
    connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[Any]
) -> None:
    """Insert many rows (tuples in the order of `columns`) in the fastest way there is.

    PostgreSQL: COPY, ten times an INSERT's pace. SQLite: the driver's own `executemany`.
    """
    if not rows:
        return
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        raw: Any = connection.connection.driver_connection
        with raw.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(columns))
    connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", list(rows))  # noqa: S608 - names come from the schema


def queue_behind(connection: sa.Connection, name: str) -> None:
    """Wait until no other transaction holds the queue `name`; released when this one ends.

    On SQLite a writing transaction holds the database's write lock already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})


def widen_cache(connection: sa.Connection) -> None:
    """Let this connection keep 64 MB of pages: many rows touch many places of an index.

    SQLite's own 2 MB makes it read the same pages again and again; PostgreSQL shares its cache.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA cache_size=-65536")


def refresh_statistics(engine: sa.Engine) -> None:
    """Tell the query planner how many rows there are now, from a sample; takes a second or two."""
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA analysis_limit=2000")
        connection.exec_driver_sql("ANALYZE")
