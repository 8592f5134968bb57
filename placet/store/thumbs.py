"""Thumbs: what people thought of drafts and of replies, counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gates.people import Person
from placet.errors import NotFound

from .cards import Thumb
from .outbox import insert_once
from .quality_schema import reply_thumbs
from .schema import requests
from .slack_schema import feedback

__all__ = ["Thumbs", "keep_reply_thumb", "read_thumbs"]


@dataclass(frozen=True, kw_only=True)
class Thumbs:
    """How many people were content, and how many were not."""

    up: int
    down: int


def keep_reply_thumb(
    connection: sa.Connection, request_id: str, person: Person, value: Thumb, *, at: datetime
) -> None:
    """Keep a person's thumb on a reply; a later one takes the place of the earlier.

    Raises:
        NotFound: there is no such request, or it has no reply.
    """
    query = sa.select(requests.c.reply).where(requests.c.id == request_id)
    if not connection.scalar(query):
        raise NotFound(f"There is no reply to a request {request_id[:40]}; ask again.")
    values = {"value": value, "at": at}
    if not insert_once(
        connection, reply_thumbs, request_id=request_id, person=person.key, **values
    ):
        connection.execute(
            reply_thumbs.update()
            .where(reply_thumbs.c.request_id == request_id, reply_thumbs.c.person == person.key)
            .values(**values)
        )


def read_thumbs(connection: sa.Connection, *, since: datetime) -> tuple[Thumbs, Thumbs]:
    """Return the thumbs on drafts and on replies since a moment."""
    return _count(connection, feedback, since), _count(connection, reply_thumbs, since)


def _count(connection: sa.Connection, table: sa.Table, since: datetime) -> Thumbs:
    query = (
        sa.select(table.c.value, sa.func.count()).where(table.c.at >= since).group_by(table.c.value)
    )
    found = {row[0]: row[1] for row in connection.execute(query)}
    return Thumbs(up=found.get("up", 0), down=found.get("down", 0))
