"""The mail journal: one row per message, its state committed before the world can know of it.

`waiting -> sending -> sent | refused`, and back from `sending` to `waiting` only by a certain
answer. Functions on a connection: whoever calls them holds the transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from tools.email.store.schema import campaigns, messages
from tools.portable import insert_or_skip

from .times import micros, moment

if TYPE_CHECKING:
    from tools.email.checks.port import SentBefore

__all__ = [
    "Campaign",
    "Mark",
    "Message",
    "State",
    "campaign_of",
    "counts",
    "defer",
    "message_by",
    "message_to",
    "open_messages",
    "recent_campaigns",
    "refuse",
    "register",
    "release",
    "set_logged",
    "set_sending",
    "set_sent",
    "states",
]

State = Literal["waiting", "sending", "sent", "refused"]


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """One campaign as it was begun: what a later one may be a duplicate of."""

    campaign: str
    key: str
    name: str
    topic: str
    subject: str
    content: str
    """Hash of what its recipients read: `tools.email.checks.content_of`."""
    members: int
    members_sha256: str
    sketch: tuple[int, ...]
    """Stands for the members when audiences are compared."""
    brand: str
    """The brand as JSON: what its messages were approved with."""
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message on its way."""

    key: str
    campaign: str
    asset: str
    contact: str
    address: str
    domain: str
    message_id: str
    tag: str


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Where a message stands."""

    message: Message
    state: State
    tries: int
    until: datetime | None
    note: str
    first_at: datetime
    at: datetime
    logged: bool
    """Whether the CRM has its event."""


_NAMES = tuple(Message.__dataclass_fields__)


# --- campaigns -------------------------------------------------------------------------------


def register(connection: sa.Connection, campaign: Campaign) -> bool:
    """Note that a campaign begins; False where another permit began it before."""
    sketch = json.dumps(campaign.sketch)
    row = {**vars(campaign), "sketch": sketch, "at": micros(campaign.at)}
    connection.execute(insert_or_skip(connection, campaigns), row)
    query = sa.select(campaigns.c.key).where(campaigns.c.campaign == campaign.campaign)
    return bool(connection.scalar(query) == campaign.key)


def campaign_of(connection: sa.Connection, campaign: str) -> Campaign | None:
    """Return a campaign, or None before it began."""
    query = sa.select(campaigns).where(campaigns.c.campaign == campaign)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _campaign(row)


def recent_campaigns(connection: sa.Connection, since: datetime) -> Sequence[SentBefore]:
    """Return the campaigns begun since then, newest first, as the check for duplicates reads."""
    from tools.email.checks.port import SentBefore  # late: loads every check

    query = (
        sa.select(campaigns)
        .where(campaigns.c.at >= micros(since))
        .order_by(campaigns.c.at.desc(), campaigns.c.campaign)
    )
    found = [_campaign(row) for row in connection.execute(query).mappings()]
    return [
        SentBefore(
            campaign=one.campaign,
            name=one.name,
            sent_at=one.at,
            subject=one.subject,
            content=one.content,
            sketch=one.sketch,
            members=one.members,
        )
        for one in found
    ]


# --- messages --------------------------------------------------------------------------------


def open_messages(
    connection: sa.Connection, wanted: Sequence[Message], *, now: datetime
) -> Mapping[str, Mark]:
    """Make sure that each message has a row; return where each of them stands, by key."""
    at = micros(now)
    fresh = {"state": "waiting", "tries": 0, "logged": False, "first_at": at, "at": at}
    if wanted:
        rows = [{**vars(message), **fresh} for message in wanted]
        connection.execute(insert_or_skip(connection, messages), rows)
    return states(connection, [message.key for message in wanted])


def states(connection: sa.Connection, keys: Sequence[str]) -> Mapping[str, Mark]:
    """Return where these messages stand, by key; those never begun are left out."""
    if not keys:
        return {}
    query = sa.select(messages).where(messages.c.key.in_(keys))
    return {row["key"]: _mark(row) for row in connection.execute(query).mappings()}


def message_by(connection: sa.Connection, *, tag: str = "", message_id: str = "") -> Mark | None:
    """Return the message of a tag or a Message-ID; None where we wrote no such one."""
    column, wanted = (messages.c.tag, tag) if tag else (messages.c.message_id, message_id)
    if not wanted:
        return None
    query = sa.select(messages).where(column == wanted).order_by(messages.c.first_at).limit(1)
    row = connection.execute(query).mappings().first()
    return None if row is None else _mark(row)


def message_to(connection: sa.Connection, campaign: str, address: str) -> Mark | None:
    """Return a campaign's message to an address; None where it wrote to no such one."""
    query = (
        sa.select(messages)
        .where(messages.c.campaign == campaign, sa.func.lower(messages.c.address) == address)
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else _mark(row)


def set_sending(connection: sa.Connection, key: str, *, now: datetime) -> bool:
    """Claim a waiting message for the moment of sending; False where it is not waiting."""
    change = (
        messages.update()
        .where(messages.c.key == key, messages.c.state == "waiting")
        .values(state="sending", at=micros(now), until=None)
    )
    return connection.execute(change).rowcount == 1


def set_sent(connection: sa.Connection, replies: Mapping[str, tuple[str, datetime]]) -> None:
    """Note that the server took these: what it replied, and when."""
    if not replies:
        return
    change = (
        messages.update()
        .where(messages.c.key == sa.bindparam("of_key"), messages.c.state == "sending")
        .values(state="sent", note=sa.bindparam("the_note"), at=sa.bindparam("the_time"))
    )
    rows = [
        {"of_key": key, "the_note": reply, "the_time": micros(at)}
        for key, (reply, at) in replies.items()
    ]
    connection.execute(change, rows)


def defer(
    connection: sa.Connection, key: str, *, until: datetime, why: str, now: datetime, tries: int
) -> None:
    """Note a certain "not now" after the `tries`-th try."""
    _move(connection, key, now, state="waiting", until=micros(until), note=why, tries=tries)


def refuse(connection: sa.Connection, key: str, *, why: str, now: datetime) -> None:
    """Note a certain "never"."""
    _move(connection, key, now, state="refused", note=why)


def release(connection: sa.Connection, key: str, *, now: datetime) -> None:
    """Note that a message in doubt was certainly not sent."""
    _move(connection, key, now, state="waiting", note="it never arrived")


def _move(connection: sa.Connection, key: str, now: datetime, **values: Any) -> None:
    open_states = messages.c.state.in_(("waiting", "sending"))
    change = messages.update().where(messages.c.key == key, open_states)
    connection.execute(change.values(at=micros(now), **values))


def set_logged(connection: sa.Connection, keys: Sequence[str]) -> None:
    """Note that the CRM has its events of these."""
    if keys:
        connection.execute(messages.update().where(messages.c.key.in_(keys)).values(logged=True))


def counts(connection: sa.Connection, campaign: str) -> Mapping[str, int]:
    """Return how many messages of a campaign stand in each state."""
    query = (
        sa.select(messages.c.state, sa.func.count())
        .where(messages.c.campaign == campaign)
        .group_by(messages.c.state)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _campaign(row: sa.RowMapping) -> Campaign:
    sketch = tuple(json.loads(row["sketch"]))
    return Campaign(**{**row, "sketch": sketch, "at": moment(row["at"])})


def _mark(row: sa.RowMapping) -> Mark:
    return Mark(
        message=Message(**{name: row[name] for name in _NAMES}),
        state=row["state"],
        tries=row["tries"],
        until=None if row["until"] is None else moment(row["until"]),
        note=row["note"] or "",
        first_at=moment(row["first_at"]),
        at=moment(row["at"]),
        logged=row["logged"],
    )
