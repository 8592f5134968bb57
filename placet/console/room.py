"""The room: messages and threads of the local workspace, in SQL.

A message is kept as Slack's JSON; beside it stands what is searched for. `ts` is unique and
increasing over the whole workspace, also where the clock stands still or goes back.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from placet.clock import Clock
from placet.store.console_schema import messages
from tools.sql import reading

from .hub import Hub

__all__ = ["Message", "Room", "Summary", "micros", "ts_of"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TRIES = 20


def ts_of(number: int) -> str:
    """Return a moment in epoch microseconds as Slack writes it: `1700000000.000001`."""
    return f"{number // 1_000_000}.{number % 1_000_000:06d}"


def micros(ts: object) -> int | None:
    """Read what `ts_of` wrote; None where it is no `ts`."""
    seconds, point, rest = str(ts).partition(".")
    if not (point and seconds.isascii() and seconds.isdigit() and len(seconds) <= 11):
        return None
    if not (rest.isascii() and rest.isdigit() and len(rest) == 6):
        return None
    return int(seconds) * 1_000_000 + int(rest)


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message as it stands."""

    ts: str
    channel: str
    thread_ts: str | None
    author: str
    to_user: str | None
    body: dict[str, Any]

    @property
    def at(self) -> datetime:
        """When it was posted."""
        return _EPOCH + _MICROSECOND * (micros(self.ts) or 0)


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What the first message of a thread says about the thread."""

    count: int
    latest: str
    users: tuple[str, ...]


class Room:
    """Posts, changes and reads messages; tells the hub after each commit."""

    def __init__(self, engine: sa.Engine, clock: Clock, hub: Hub) -> None:
        self._engine, self._reader = engine, reading(engine)
        self._clock, self._hub = clock, hub
        self._turn = threading.Lock()  # the next ts is read, then written: one at a time

    # --- writing -------------------------------------------------------------------------------

    def post(
        self,
        channel: str,
        author: str,
        body: dict[str, Any],
        *,
        thread_ts: str | None = None,
        to_user: str | None = None,
        client_msg_id: str | None = None,
    ) -> Message:
        """Post a message; the same `client_msg_id` in a channel is the same message."""
        for attempt in range(_TRIES):
            try:
                with self._turn:
                    message, fresh = self._post(
                        channel, author, body, thread_ts, to_user, client_msg_id
                    )
            except IntegrityError:  # another process took the ts; PostgreSQL only
                if attempt == _TRIES - 1:
                    raise
                continue
            if fresh:
                self._tell("new", message)
            return message
        raise AssertionError("the loop returns or raises")

    def _post(
        self,
        channel: str,
        author: str,
        body: dict[str, Any],
        thread_ts: str | None,
        to_user: str | None,
        client_msg_id: str | None,
    ) -> tuple[Message, bool]:
        with self._engine.begin() as connection:
            if client_msg_id is not None:
                known = self._one(
                    connection,
                    messages.c.channel == channel,
                    messages.c.client_msg_id == client_msg_id,
                )
                if known is not None:
                    return known, False
            number = self._next(connection)
            full = {"type": "message", "ts": ts_of(number), "team": "local", **body}
            if thread_ts is not None:
                full["thread_ts"] = thread_ts
            connection.execute(
                messages.insert().values(
                    ts=number,
                    channel=channel,
                    thread_ts=micros(thread_ts) if thread_ts else None,
                    author=author,
                    to_user=to_user,
                    client_msg_id=client_msg_id,
                    body=json.dumps(full, ensure_ascii=False),
                    deleted=False,
                )
            )
        return Message(
            ts=ts_of(number), channel=channel, thread_ts=thread_ts, author=author,
            to_user=to_user, body=full,
        ), True  # fmt: skip

    def _next(self, connection: sa.Connection) -> int:
        last = connection.scalar(sa.select(sa.func.max(messages.c.ts))) or 0
        return max(self._micros_now(), last + 1)

    def now(self) -> str:
        """Return the present moment as a `ts`, for what is no message."""
        return ts_of(self._micros_now())

    def _micros_now(self) -> int:
        return (self._clock.now() - _EPOCH) // _MICROSECOND

    def change(self, message: Message, body: dict[str, Any]) -> None:
        """Put another body in place of a message's."""
        self._write(message, body=json.dumps(body, ensure_ascii=False))
        self._tell("edited", message)

    def delete(self, message: Message) -> None:
        """Take a message away; its row stays, so that its `ts` is never used again."""
        self._write(message, deleted=True)
        self._tell("deleted", message)

    def _write(self, message: Message, **values: Any) -> None:
        statement = messages.update().where(messages.c.ts == micros(message.ts))
        with self._engine.begin() as connection:
            connection.execute(statement.values(**values))

    def _tell(self, change: str, message: Message) -> None:
        self._hub.publish(
            "message",
            change=change,
            channel=message.channel,
            ts=message.ts,
            thread_ts=message.thread_ts,
            by=message.author,
            to_user=message.to_user,
        )

    # --- reading -------------------------------------------------------------------------------

    def message(self, channel: str, ts: object) -> Message | None:
        """Return one message, unless it was deleted."""
        number = micros(ts)
        if number is None:
            return None
        with self._reader.connect() as connection:
            return self._one(connection, messages.c.channel == channel, messages.c.ts == number)

    def history(self, channel: str, viewer: str | None, *, limit: int = 200) -> Sequence[Message]:
        """Return a channel's newest messages outside threads, oldest first.

        Args:
            channel: whose.
            viewer: whose ephemeral messages to include; None for nobody's.
            limit: the most to return.
        """
        query = self._visible(channel, viewer).where(messages.c.thread_ts.is_(None))
        query = query.order_by(messages.c.ts.desc()).limit(limit)
        with self._reader.connect() as connection:
            return [_message(row) for row in connection.execute(query)][::-1]

    def replies(self, channel: str, ts: str, viewer: str | None) -> Sequence[Message]:
        """Return a thread: its first message, then the answers, oldest first."""
        number = micros(ts)
        query = (
            self._visible(channel, viewer)
            .where(sa.or_(messages.c.ts == number, messages.c.thread_ts == number))
            .order_by(messages.c.ts)
        )
        with self._reader.connect() as connection:
            return [_message(row) for row in connection.execute(query)]

    def summaries(self, channel: str, viewer: str | None) -> dict[str, Summary]:
        """Return what stands below each message that began a thread."""
        query = (
            self._visible(channel, viewer)
            .with_only_columns(messages.c.thread_ts, messages.c.ts, messages.c.author)
            .where(messages.c.thread_ts.is_not(None))
            .order_by(messages.c.ts)
        )
        found: dict[str, list[tuple[int, str]]] = {}
        with self._reader.connect() as connection:
            for thread, number, author in connection.execute(query):
                found.setdefault(ts_of(thread), []).append((number, author))
        return {
            thread: Summary(
                count=len(rows),
                latest=ts_of(rows[-1][0]),
                users=tuple(dict.fromkeys(author for _, author in rows)),
            )
            for thread, rows in found.items()
        }

    def _visible(self, channel: str, viewer: str | None) -> sa.Select[Any]:
        return sa.select(messages).where(
            messages.c.channel == channel,
            messages.c.deleted.is_(False),
            sa.or_(messages.c.to_user.is_(None), messages.c.to_user == viewer),
        )

    def _one(self, connection: sa.Connection, *where: sa.ColumnElement[bool]) -> Message | None:
        query = sa.select(messages).where(messages.c.deleted.is_(False), *where)
        row = connection.execute(query).one_or_none()
        return None if row is None else _message(row)


def _message(row: Any) -> Message:
    return Message(
        ts=ts_of(row.ts),
        channel=row.channel,
        thread_ts=None if row.thread_ts is None else ts_of(row.thread_ts),
        author=row.author,
        to_user=row.to_user,
        body=json.loads(row.body),
    )
