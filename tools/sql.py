"""Connections as Placet needs them, for every SQL engine under `tools/` and for the store.

SQLite: WAL, `synchronous=FULL`, a busy timeout, foreign keys, and BEGIN IMMEDIATE for transactions
that write, so that a read-then-write never fails half way with "database is locked". Sources:
sqlite.org/pragma.html, SQLAlchemy's pysqlite dialect notes on transaction control.
"""

import hashlib
import sqlite3
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError
from typing_extensions import override

from placet.errors import BadSetting

from .line import Line

__all__ = ["IDLE_SECONDS", "bucket_of", "create_engine", "fold", "reading"]

IDLE_SECONDS = 5.0
"""How long a transaction of Placet's own database may stand idle in PostgreSQL before the server
ends it: a stopped process (SIGSTOP, a frozen VM) must not keep its row locks."""

BUSY_TIMEOUT_MS = 30_000


def bucket_of(salt: str, key: str, of: int) -> int:
    """Return which of `of` buckets `key` falls into: even, stable, the same on every database."""
    digest = hashlib.md5(f"{salt}:{key}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) % of


def fold(text: str) -> str:
    """Return `text` with its case taken away, character by character: how text is compared.

    Unicode's simple case folding: a character whose folding is several characters long keeps to
    its lower case, or to itself, so that no text changes its length. "STRAẞE" equals "straße" but
    not "strasse"; the three sigmas are equal; the Turkish dotted and dotless i equal only
    themselves. No trimming and no normalisation.
    """
    if text.isascii():
        return text.lower()
    return "".join(map(_fold_character, text))


def _fold_character(char: str) -> str:
    folded = char.casefold()
    if len(folded) == 1:
        return folded
    lower = char.lower()
    return lower if len(lower) == 1 else char


def _fold_or_none(text: str | None) -> str | None:
    return fold(text) if isinstance(text, str) else text


def create_engine(url: str, *, pool_size: int = 5, idle_seconds: float | None = None) -> sa.Engine:
    """Return an engine for `url` (SQLite or PostgreSQL), set up as the module says.

    Args:
        url: which database.
        pool_size: how many connections are kept open.
        idle_seconds: how long a transaction may stand idle before PostgreSQL ends its session;
            None: for ever.

    Raises:
        BadSetting: the URL is not one of these; the message never shows its password.
    """
    try:
        parsed = sa.make_url(url)
    except ArgumentError:
        raise BadSetting(
            "PLACET_DATABASE_URL or PLACET_CRM_URL is no database URL; "
            "use sqlite:///path/to/file.db or postgresql://user:password@host/name."
        ) from None
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        engine = sa.create_engine(parsed, pool_size=pool_size, max_overflow=10, pool_pre_ping=True)
        if idle_seconds is not None:
            event.listen(engine, "connect", partial(_limit_idling, seconds=idle_seconds))
        return engine
    if parsed.get_backend_name() != "sqlite":
        raise BadSetting(
            f"{parsed.get_backend_name()} is not supported as a database; use SQLite or PostgreSQL."
        )
    line = Line()
    engine = sa.create_engine(
        parsed,
        pool_size=pool_size,
        max_overflow=10,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "factory": partial(_InLine, line=line)},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _limit_idling(connection: Any, _record: Any, *, seconds: float) -> None:
    # By SET and not by a start-up option, which connection poolers refuse.
    connection.autocommit = True
    connection.execute(f"SET idle_in_transaction_session_timeout = {round(seconds * 1000)}")
    connection.autocommit = False


class _InLine(sqlite3.Connection):
    """A connection whose writers wait in line within their process.

    SQLite makes writers sleep and try again, which serves them out of turn: with 50 at once the
    unluckiest waited 1.6 s (benchmarks/gate.py). Other processes still meet at SQLite's own lock.
    """

    def __init__(self, *args: Any, line: Line, **options: Any) -> None:
        super().__init__(*args, **options)
        self._line, self._in_turn = line, False

    def take_turn(self) -> None:
        self._in_turn = self._line.enter(BUSY_TIMEOUT_MS / 1000)

    def _end_turn(self) -> None:
        if self._in_turn:
            self._in_turn = False
            self._line.leave()

    @override
    def commit(self) -> None:
        try:
            super().commit()
        finally:
            self._end_turn()

    @override
    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._end_turn()

    @override
    def close(self) -> None:
        super().close()
        self._end_turn()


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # We send BEGIN ourselves (below); the driver must not send its own deferred one.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    connection.create_function("placet_bucket", 3, bucket_of, deterministic=True)
    connection.create_function("placet_fold", 1, _fold_or_none, deterministic=True)


def _begin(connection: sa.Connection) -> None:
    if connection.get_execution_options().get("placet_reading", False):
        connection.exec_driver_sql("BEGIN")
        return
    held = connection.connection.dbapi_connection
    if isinstance(held, _InLine):
        held.take_turn()
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except BaseException:
        connection.connection.rollback()
        raise


def reading(engine: sa.Engine) -> sa.Engine:
    """Return the same engine for reading: on SQLite its transactions do not take the write lock."""
    return engine.execution_options(placet_reading=True)
