"""What people and the network said, taken into the embedded CRM: events, suppressions, topics.

Nobody approves this, because nobody else decides it. A statement is taken once, by its key. What a
person said last about a topic counts, whatever order the news arrives in; a complaint or a bounce
counts for good, and no click of the person's own lifts it. What is said at an address that was
corrected or merged away counts for the address that took its place as well; a bounce does not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa

from placet.clock import Clock
from tools.crm.local.schema import (
    contacts,
    effects,
    events,
    former_emails,
    suppressions,
    topics,
)
from tools.email.port import Statement
from tools.email.sending.times import micros
from tools.portable import insert_or_skip, queue_behind
from tools.sql import reading

__all__ = ["SqlStatements"]

_EVENTS = {
    "unsubscribed": "unsubscribed",
    "complained": "complaint",
    "bounced": "bounced",
    "opened": "email_open",
    "clicked": "email_click",
}
_STRENGTH = {"unsubscribed": 0, "bounced": 1, "hard_bounce": 1, "complained": 2, "complaint": 2}
"""A stronger reason replaces a weaker one; any other reason is an operator's and stays."""
_EVERYTHING = ""


class SqlStatements:
    """`Statements` over the embedded CRM's database, SQLite or PostgreSQL."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        self._engine, self._reader, self._clock = engine, reading(engine), clock

    def take(self, statement: Statement) -> bool:
        """Record it as an event and in the suppressions; False where it was known already."""
        said = statement.model_copy(update={"email": statement.email.strip().lower()})
        while True:
            with self._reader.connect() as connection:
                heirs = _heirs(connection, said.email)
            with self._alone(said.email, *heirs.values()) as connection:
                if _heirs(connection, said.email) == heirs:  # else an address changed meanwhile
                    return self._take(connection, said, heirs)

    def _take(self, connection: sa.Connection, said: Statement, heirs: Mapping[str, str]) -> bool:
        if not self._is_news(connection, said):
            return False
        _note_event(connection, said, heirs)
        match said.said:
            case "complained" | "bounced":
                _suppress(connection, said.email, said.said, said.at)
            case "unsubscribed" | "resubscribed":
                _choose(connection, said)
            case "opened" | "clicked":
                pass
        for address in sorted(set(heirs.values()) - {said.email}):
            _say_again(connection, said.model_copy(update={"email": address}))
        return True

    def topics(self, email: str) -> Mapping[str, bool]:
        """Return for each topic that was ever spoken of whether the address takes it.

        The key "" stands for everything: False there means no email at all, whatever the topics.
        """
        address = email.strip().lower()
        query = sa.select(topics.c.topic, topics.c.takes).where(topics.c.email == address)
        barred = sa.select(suppressions.c.email).where(suppressions.c.email == address)
        with self._reader.connect() as connection:
            found = {row.topic: bool(row.takes) for row in connection.execute(query)}
            if connection.scalar(barred) is not None:
                found[_EVERYTHING] = False
        return found

    def record_event(
        self, email: str, said: str, *, at: datetime, asset: str, detail: str, key: str
    ) -> bool:
        """Record an opening or a click; False where it was known already."""
        return self.take(
            Statement.model_validate(
                {
                    "email": email.strip().lower(),
                    "said": said,
                    "at": at,
                    "asset": asset,
                    "detail": detail,
                    "key": key,
                }
            )
        )

    @contextmanager
    def hold(self, email: str) -> Iterator[None]:
        """Keep statements about this address waiting for the length of a block.

        A statement that was taken before is seen inside of it, one that comes later waits until it
        ends: between a last look at an address and the message's end nothing is said. Held for
        microseconds; on SQLite it is the write lock itself, and writes nothing.
        """
        with self._alone(email.strip().lower()):
            yield

    @contextmanager
    def _alone(self, *addresses: str) -> Iterator[sa.Connection]:
        with self._engine.begin() as connection:
            for address in sorted(set(addresses)):  # in one order, so that nobody waits in a ring
                queue_behind(connection, f"mail:{address}")
            yield connection

    def _is_news(self, connection: sa.Connection, said: Statement) -> bool:
        key = "said:" + _hash(said.key)
        known = connection.scalar(sa.select(effects.c.key).where(effects.c.key == key))
        if known is None:
            row = {"key": key, "result": said.said, "at": micros(self._clock.now())}
            connection.execute(insert_or_skip(connection, effects), row)
        return known is None


def _heirs(connection: sa.Connection, address: str) -> Mapping[str, str]:
    """Return the contacts that had this address before, with the one that each has now."""
    query = (
        sa.select(contacts.c.id, contacts.c.email)
        .join(former_emails, former_emails.c.contact_id == contacts.c.id)
        .where(former_emails.c.email == address)
    )
    return {row.id: str(row.email).lower() for row in connection.execute(query)}


def _say_again(connection: sa.Connection, said: Statement) -> None:
    """Let an opt-out count for the address that a person has now; nothing else carries over."""
    if said.said == "complained":
        _suppress(connection, said.email, said.said, said.at)
    elif said.said == "unsubscribed":
        _choose(connection, said)


def _note_event(connection: sa.Connection, said: Statement, heirs: Mapping[str, str]) -> None:
    """Write the event where the CRM knows the person and has such events."""
    kind = _EVENTS.get(said.said)
    contact = connection.scalar(
        sa.select(contacts.c.id).where(sa.func.lower(contacts.c.email) == said.email).limit(1)
    )
    if contact is None and said.said != "bounced":  # a bounce says nothing of the present address
        contact = min(heirs, default=None)
    if kind is None or contact is None:
        return
    row = {
        "contact_id": contact,
        "type": kind,
        "occurred_at": micros(said.at),
        "asset": said.asset or None,
        "key": _hash(f"said\n{said.key}"),
    }
    connection.execute(insert_or_skip(connection, events), row)


def _choose(connection: sa.Connection, said: Statement) -> None:
    """Take in what a person chose, where it is their last word about the topic."""
    topic, takes, at = said.topic or _EVERYTHING, said.said == "resubscribed", micros(said.at)
    mine = topics.c.email == said.email, topics.c.topic == topic
    last = connection.execute(sa.select(topics.c.takes, topics.c.at).where(*mine)).first()
    if last is None:
        row = {"email": said.email, "topic": topic, "takes": takes, "at": at}
        connection.execute(insert_or_skip(connection, topics), row)
    elif at > last.at or (at == last.at and not takes):  # in doubt, no
        connection.execute(topics.update().where(*mine).values(takes=takes, at=at))
    else:
        return
    if topic != _EVERYTHING:
        return
    if takes:
        _lift(connection, said.email, at)
    else:
        _suppress(connection, said.email, "unsubscribed", said.at)


def _suppress(connection: sa.Connection, email: str, reason: str, at: datetime) -> None:
    """Put an address on the list; a stronger reason replaces a weaker one."""
    mine = suppressions.c.email == email
    before = connection.scalar(sa.select(suppressions.c.reason).where(mine))
    if before is None:
        row = {"email": email, "reason": reason, "at": micros(at)}
        connection.execute(insert_or_skip(connection, suppressions), row)
    elif before in _STRENGTH and _STRENGTH[before] < _STRENGTH[reason]:
        connection.execute(suppressions.update().where(mine).values(reason=reason, at=micros(at)))


def _lift(connection: sa.Connection, email: str, at: int) -> None:
    """Take an address off the list where only its owner's own unsubscribing put it there."""
    own = suppressions.c.reason == "unsubscribed", suppressions.c.at < at
    connection.execute(suppressions.delete().where(suppressions.c.email == email, *own))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
