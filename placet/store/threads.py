"""Conversation threads: LangGraph's checkpointer, in the same database, as plain JSON.

A thread remembers turns, a pending question and what a run already paid for. It never holds an
approval, a body or a member list, and it can be thrown away without losing a draft.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import sqlalchemy as sa
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.checkpoint.sqlite import SqliteSaver
from psycopg import Connection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

__all__ = ["PlainJson", "close_threads", "open_threads"]


class PlainJson:
    """A serializer for checkpoints that takes JSON values and nothing else."""

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        """Return `obj` as JSON bytes.

        Raises:
            TypeError: it is no JSON value.
        """
        if isinstance(obj, bytes):
            return "bytes", obj
        return "json", json.dumps(obj, ensure_ascii=False).encode("utf-8", "surrogatepass")

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        """Return what `dumps_typed` was given."""
        kind, body = data
        return body if kind == "bytes" else json.loads(body.decode("utf-8", "surrogatepass"))


def open_threads(engine: sa.Engine) -> BaseCheckpointSaver[Any]:
    """Return a checkpointer over the engine's database; missing tables are created."""
    if engine.dialect.name == "sqlite":
        return _sqlite(str(engine.url.database))
    return _postgres(engine.url.set(drivername="postgresql"))


def _sqlite(path: str) -> SqliteSaver:
    # Its own connection, because the saver guards one with a lock; pragmas as in tools.sql.
    connection = sqlite3.connect(path, timeout=30, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")
    saver = SqliteSaver(connection, serde=PlainJson())
    saver.setup()
    return saver


def _postgres(url: sa.URL) -> PostgresSaver:
    pool: ConnectionPool[Connection[DictRow]] = ConnectionPool(
        url.render_as_string(hide_password=False),
        kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row},
        min_size=0,
        max_size=4,
        open=True,
    )
    saver = PostgresSaver(pool, serde=PlainJson())
    saver.setup()
    return saver


def close_threads(saver: BaseCheckpointSaver[Any]) -> None:
    """Let go of the checkpointer's connections."""
    held = getattr(saver, "conn", None)
    if held is not None:
        held.close()
