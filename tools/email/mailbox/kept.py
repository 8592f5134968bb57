"""What arrived, in SQL: written by every process that runs an embedded mailbox, read by the inbox.

Each arrival is a row, also where the same message arrives twice: whether everybody got exactly one
is counted here. The newest messages are kept whole, older ones by their envelope alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import Message
from typing import Any

import sqlalchemy as sa

from placet.clock import Clock
from tools.sql import reading

from .parts import campaign_of, header
from .schema import posts

__all__ = ["WHOLE", "Envelope", "Mailbox", "Post", "id_of"]

WHOLE = 20_000
"""How many messages are kept whole."""
_PRUNE_EVERY = 500
_KEPT_DAYS = 90
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LISTED = [column for column in posts.c if column.name != "raw"]


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """One message as a list shows it."""

    id: int
    at: datetime
    recipient: str
    sender: str
    message_id: str
    author: str
    """The From header, decoded."""
    subject: str
    campaign: str
    """`cp_...`, or empty where the message names none."""
    size: int
    """In bytes, as it arrived."""


@dataclass(frozen=True, kw_only=True)
class Post(Envelope):
    """One message whole."""

    raw: bytes | None
    """As it arrived; None once it is too old to be kept whole."""


class Mailbox:
    """Takes in and lists messages; safe to use from several threads and processes."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        self._engine, self._reader, self._clock = engine, reading(engine), clock

    # --- writing -------------------------------------------------------------------------------

    def take(self, raw: bytes, *, sender: str, recipients: Sequence[str]) -> None:
        """Keep a message for each of its recipients, in one transaction."""
        row = _row(raw, sender, self._clock.now())
        to = [one.lower()[:320] for one in recipients]
        with self._engine.begin() as connection:
            connection.execute(posts.insert(), [{**row, "recipient": one} for one in to])
            last = int(connection.scalar(sa.select(sa.func.max(posts.c.id))) or 0)
            if last % _PRUNE_EVERY < len(to):
                self._prune(connection, last)

    def empty(self) -> int:
        """Throw everything away; returns how many messages there were."""
        with self._engine.begin() as connection:
            return connection.execute(posts.delete()).rowcount

    def _prune(self, connection: sa.Connection, last: int) -> None:
        oldest = _micros(self._clock.now() - timedelta(days=_KEPT_DAYS))
        connection.execute(posts.delete().where(posts.c.at < oldest))
        whole = posts.c.id <= last - WHOLE
        connection.execute(posts.update().where(whole, posts.c.raw.is_not(None)).values(raw=None))

    # --- reading -------------------------------------------------------------------------------

    def seen(self, message_id: str) -> bool:
        """Return whether a message with this id arrived; its angle brackets do not matter."""
        query = sa.select(posts.c.id).where(posts.c.message_id == _bare(message_id)).limit(1)
        with self._reader.connect() as connection:
            return connection.execute(query).one_or_none() is not None

    def count(self, *, to: str = "", campaign: str = "", after: int = 0) -> int:
        """Return how many messages there are; the filters are those of `page`."""
        query = sa.select(sa.func.count()).where(*_where(to, campaign), posts.c.id > after)
        with self._reader.connect() as connection:
            return int(connection.scalar(query.select_from(posts)) or 0)

    def page(
        self, *, to: str = "", campaign: str = "", before: int | None = None, size: int = 50
    ) -> list[Envelope]:
        """Return messages, the newest first.

        Args:
            to: part of the recipient's address; empty: everybody.
            campaign: `cp_...`; empty: every campaign.
            before: the id of the last one on the page before; None: from the newest.
            size: how many at most.
        """
        where = _where(to, campaign)
        if before is not None:
            where.append(posts.c.id < before)
        query = sa.select(*_LISTED).where(*where).order_by(posts.c.id.desc()).limit(size)
        with self._reader.connect() as connection:
            return [Envelope(**_shown(row)) for row in connection.execute(query).mappings()]

    def post(self, number: int) -> Post | None:
        """Return one message whole."""
        query = sa.select(posts).where(posts.c.id == number)
        with self._reader.connect() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            return None
        raw = None if row["raw"] is None else zlib.decompress(row["raw"])
        return Post(**_shown(row), raw=raw)

    def newest(self) -> int:
        """Return the id of the newest message; 0 where there is none."""
        with self._reader.connect() as connection:
            return int(connection.scalar(sa.select(sa.func.max(posts.c.id))) or 0)


def _row(raw: bytes, sender: str, at: datetime) -> dict[str, object]:
    message: Message = message_from_bytes(raw.partition(b"\r\n\r\n")[0], policy=policy.default)
    return {
        "at": _micros(at),
        "sender": sender[:320],
        "message_id": _bare(header(message, "Message-ID"))[:255],
        "author": header(message, "From")[:1_000],
        "subject": header(message, "Subject")[:1_000],
        "campaign": campaign_of(message)[:80],
        "size": len(raw),
        "raw": zlib.compress(raw, 6),
    }


def _where(to: str, campaign: str) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = []
    if to:
        where.append(posts.c.recipient.contains(to.lower(), autoescape=True))
    if campaign:
        where.append(posts.c.campaign == campaign)
    return where


def _shown(row: sa.RowMapping) -> dict[str, Any]:
    values = {name: row[name] for name in row if name not in ("raw", "at")}
    return {**values, "at": _EPOCH + timedelta(microseconds=row["at"])}


def id_of(raw: bytes) -> str:
    """Return a message's Message-ID without its brackets; empty where it has none."""
    head = message_from_bytes(raw.partition(b"\r\n\r\n")[0], policy=policy.default)
    return _bare(header(head, "Message-ID"))[:255]


def _bare(message_id: str) -> str:
    return message_id.strip().removeprefix("<").removesuffix(">")


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
