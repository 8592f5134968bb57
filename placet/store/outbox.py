"""The outbox: what is still to be said, written in the transaction that gave the reason for it.

A row holds a kind and ids: a card is rendered when it is sent, from what stands then. Rows of one
lane (a channel) are sent one after the other, in order. A row that is being sent is hidden from
other senders by its `due_at`, so that a sender that dies delays it and loses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from . import bucket
from .slack_schema import outbox, seen

__all__ = [
    "LEASE",
    "NewPost",
    "Post",
    "claim",
    "due",
    "finish",
    "first_time",
    "insert_once",
    "later",
    "postpone",
    "prune",
    "put",
    "waiting",
]

LEASE = timedelta(seconds=60)
"""How long a sender may take for one row before another tries."""
_KEEP = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Post:
    """One thing to be said."""

    seq: int
    key: str
    lane: str
    kind: str
    body: Mapping[str, Any]
    tries: int
    """How often it was tried before; above zero it may have been said already."""
    due_at: datetime
    at: datetime


@dataclass(frozen=True, kw_only=True)
class NewPost:
    """One thing to be said, before it is written down."""

    key: str
    """Said once for equal keys."""
    lane: str
    kind: str
    body: Mapping[str, Any]


def put(connection: sa.Connection, posts: Sequence[NewPost], *, at: datetime) -> None:
    """Write down what is to be said, all in one statement: a click waits for it."""
    rows = [
        {
            "key": post.key,
            "lane": post.lane,
            "kind": post.kind,
            "body": json.dumps(dict(post.body), ensure_ascii=False),
            "state": "waiting",
            "tries": 0,
            "due_at": at,
            "at": at,
        }
        for post in posts
    ]
    if rows:
        insert = _insert(connection)
        connection.execute(insert(outbox).values(rows).on_conflict_do_nothing())


LOCAL = "local"
"""The team of the console: what is for it never goes to Slack, and the other way round."""


def due(
    connection: sa.Connection, *, now: datetime, local: bool | None = None, limit: int = 50
) -> Sequence[Post]:
    """Return the first waiting row of each lane, where it is due; `local` keeps to one side."""
    heads = (
        sa.select(sa.func.min(outbox.c.seq))
        .where(outbox.c.state == "waiting")
        .group_by(outbox.c.lane)
    )
    if local is not None:
        here = outbox.c.lane.startswith(f"{LOCAL}/")
        heads = heads.where(here if local else sa.not_(here))
    query = (
        sa.select(outbox)
        .where(outbox.c.seq.in_(heads), outbox.c.due_at <= now)
        .order_by(outbox.c.seq)
        .limit(limit)
    )
    return [_post(row) for row in connection.execute(query).mappings()]


def waiting(connection: sa.Connection) -> int:
    """Return how many rows are still to be sent."""
    query = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.state == "waiting")
    return connection.scalar(query) or 0


def later(connection: sa.Connection, post: Post) -> bool:
    """Return whether the same is to be said once more in this lane: then this row can go."""
    query = sa.select(outbox.c.seq).where(
        outbox.c.state == "waiting",
        outbox.c.lane == post.lane,
        outbox.c.kind == post.kind,
        outbox.c.seq > post.seq,
        outbox.c.body == json.dumps(dict(post.body), ensure_ascii=False),
    )
    return connection.scalar(query.limit(1)) is not None


def claim(
    connection: sa.Connection, post: Post, *, now: datetime, per_second: float
) -> float | None:
    """Take a row for sending; returns the seconds to wait first, or None where another has it."""
    taken = connection.execute(
        outbox.update()
        .where(
            outbox.c.seq == post.seq,
            outbox.c.state == "waiting",
            outbox.c.due_at == post.due_at,
            outbox.c.tries == post.tries,
        )
        .values(due_at=now + LEASE, tries=post.tries + 1)
    )
    if taken.rowcount != 1:
        return None
    if not per_second:
        return 0.0
    name = f"say:{post.lane}"[:80]
    return bucket.take(connection, name, 1, per_second=per_second, now=now)


def finish(connection: sa.Connection, post: Post, *, error: str | None = None) -> None:
    """Note that a row was sent, or why it never will be."""
    connection.execute(
        outbox.update()
        .where(outbox.c.seq == post.seq)
        .values(state="dropped" if error else "sent", error=error)
    )


def postpone(
    connection: sa.Connection, post: Post, *, until: datetime, error: str, counts: bool = True
) -> None:
    """Let a row, and with it its lane, wait; `counts` is False where it certainly was not said."""
    values: dict[str, Any] = {"due_at": until, "error": error}
    if not counts:
        values["tries"] = post.tries
    connection.execute(outbox.update().where(outbox.c.seq == post.seq).values(**values))


def prune(connection: sa.Connection, *, now: datetime) -> int:
    """Forget what was said, and what was taken in, long ago."""
    old = now - _KEEP
    gone = connection.execute(
        outbox.delete().where(outbox.c.state != "waiting", outbox.c.at < old)
    ).rowcount
    return gone + connection.execute(seen.delete().where(seen.c.at < old)).rowcount


def first_time(connection: sa.Connection, what: str, *, at: datetime) -> bool:
    """Return whether `what` (an event's id) is taken in for the first time, and note that it is.

    Of two who ask at the same moment the second waits until the first has committed.
    """
    return insert_once(connection, seen, id=what[:120], at=at)


def insert_once(connection: sa.Connection, table: sa.Table, **values: Any) -> bool:
    """Insert a row unless one of its key is there; returns whether it was inserted."""
    row = (
        _insert(connection)(table).values(values).on_conflict_do_nothing().returning(sa.literal(1))
    )
    return connection.execute(row).first() is not None  # drivers count inserted rows differently


def _insert(connection: sa.Connection) -> Any:
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert


def _post(row: Any) -> Post:
    return Post(
        seq=row["seq"],
        key=row["key"],
        lane=row["lane"],
        kind=row["kind"],
        body=json.loads(row["body"]),
        tries=row["tries"],
        due_at=row["due_at"],
        at=row["at"],
    )
