"""Where the cards of drafts stand, who read which one whole, and what people thought of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from gates.draft import Draft, State
from gates.people import Person
from placet.clock import iso
from placet.errors import NotFound

from .book import read_draft
from .outbox import insert_once
from .schema import drafts, receipts, requests
from .slack_schema import cards, feedback, opened

__all__ = [
    "Copy",
    "Standing",
    "forget_card",
    "open_drafts",
    "own_requests",
    "read_asked",
    "read_copies",
    "read_copy",
    "read_opened",
    "read_receipt_of",
    "recent_receipts",
    "show_card",
    "thread_states",
    "write_feedback",
    "write_opened",
]

Thumb = Literal["up", "down"]
_OPEN = (State.PENDING.value, State.REVISING.value)
_WAITING = {State.PENDING.value}
_BUSY = {State.REVISING.value, State.APPROVED.value, State.EXECUTING.value}


@dataclass(frozen=True, kw_only=True)
class Copy:
    """One copy of a draft's card."""

    draft_id: str
    place: str
    viewer: str | None
    """Whose eyes only, where one person alone sees it."""
    channel: str | None
    ts: str | None
    wanted: int
    """Counts the changes of what it should show."""
    shown: int
    """The last of them that it does show."""


def read_copies(connection: sa.Connection, draft_id: str) -> Sequence[Copy]:
    """Return every copy of a draft's card."""
    query = sa.select(cards).where(cards.c.draft_id == draft_id).order_by(cards.c.place)
    return [Copy(**row) for row in connection.execute(query).mappings()]


def read_copy(connection: sa.Connection, draft_id: str, place: str) -> Copy | None:
    """Return one copy as it stands."""
    return next((c for c in read_copies(connection, draft_id) if c.place == place), None)


def show_card(connection: sa.Connection, copy: Copy, *, channel: str, ts: str) -> None:
    """Note where a copy was posted and what it shows."""
    connection.execute(_this(copy).values(channel=channel, ts=ts, shown=copy.wanted))


def forget_card(connection: sa.Connection, copy: Copy) -> None:
    """Note that a copy is gone: somebody deleted it, so that the next one is posted anew."""
    connection.execute(_this(copy).values(channel=None, ts=None))


def _this(copy: Copy) -> sa.Update:
    return cards.update().where(cards.c.draft_id == copy.draft_id, cards.c.place == copy.place)


# --- who read it whole ---------------------------------------------------------------------------


def write_opened(connection: sa.Connection, person: Person, digest: str, *, at: datetime) -> None:
    """Note that a person opened the full view of this digest."""
    insert_once(connection, opened, person=person.key, digest=digest, at=at)


def read_opened(connection: sa.Connection, person: Person, digest: str) -> bool:
    """Return whether a person opened the full view of this digest."""
    query = sa.select(opened.c.at).where(opened.c.person == person.key, opened.c.digest == digest)
    return connection.scalar(query) is not None


# --- what people thought -------------------------------------------------------------------------


def write_feedback(
    connection: sa.Connection,
    draft: Draft,
    revision: int,
    person: Person,
    value: Thumb,
    *,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Keep a person's thumb on a revision; a later one takes the place of the earlier.

    Raises:
        NotFound: the draft never had such a revision.
    """
    draft_id = draft.revision.draft_id
    if not 1 <= revision <= draft.revision.revision:
        raise NotFound(f"Draft {draft_id} has no revision {revision}.")
    mine = (
        feedback.c.draft_id == draft_id,
        feedback.c.revision == revision,
        feedback.c.person == person.key,
    )
    values = {"value": value, "reason": reason, "at": at}
    if connection.execute(feedback.update().where(*mine).values(values)).rowcount == 0:
        connection.execute(
            feedback.insert().values(
                draft_id=draft_id,
                revision=revision,
                person=person.key,
                **values,
            )
        )


# --- what there is to see ------------------------------------------------------------------------


def open_drafts(connection: sa.Connection, *, limit: int = 100) -> Sequence[Draft]:
    """Return the drafts that wait for a person, oldest first."""
    query = sa.select(drafts.c.id).where(drafts.c.state.in_(_OPEN)).order_by(drafts.c.id)
    return [read_draft(connection, one) for one in connection.scalars(query.limit(limit)).all()]


def own_requests(
    connection: sa.Connection, person: Person, *, limit: int = 5
) -> Sequence[dict[str, Any]]:
    """Return what a person asked for lately, newest first, each with the state of its draft."""
    query = (
        sa.select(requests.c.id, requests.c.text, requests.c.state, requests.c.at)
        .add_columns(drafts.c.id.label("draft_id"), drafts.c.state.label("draft_state"))
        .outerjoin(drafts, drafts.c.request_id == requests.c.id)
        .where(requests.c.person == person.key)
        .order_by(requests.c.at.desc(), requests.c.id.desc())
        .limit(limit)
    )
    rows = connection.execute(query).mappings()
    return [{**row, "at": iso(row["at"])} for row in rows]


def recent_receipts(connection: sa.Connection, *, limit: int = 5) -> Sequence[tuple[str, Draft]]:
    """Return what was carried out lately, newest first: the receipt's id and its draft."""
    query = sa.select(receipts.c.id, receipts.c.draft_id).order_by(receipts.c.at.desc())
    rows = connection.execute(query.limit(limit)).all()
    return [(row.id, read_draft(connection, row.draft_id)) for row in rows]


def read_receipt_of(connection: sa.Connection, draft_id: str) -> str | None:
    """Return the id of a draft's receipt, if it was carried out."""
    return connection.scalar(
        sa.select(receipts.c.id).where(receipts.c.draft_id == draft_id).limit(1)
    )


def read_asked(connection: sa.Connection, thread_id: str) -> str | None:
    """Return who was asked a question in a conversation and has not answered it, if anyone."""
    query = (
        sa.select(requests.c.person, requests.c.clarification)
        .where(requests.c.thread_id == thread_id)
        .order_by(requests.c.at.desc(), requests.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return row.person if row is not None and row.clarification else None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a conversation stands."""

    session: Literal["processing", "suspended", "active", "closed"]
    """Working; waiting for a person's decision; waiting for an answer; all done."""
    title: str
    """What was asked first."""
    user: str
    """Who asked it."""


def thread_states(connection: sa.Connection, thread_id: str) -> Standing:
    """Return how a conversation stands."""
    asked = sa.select(requests).where(requests.c.thread_id == thread_id)
    rows = connection.execute(asked.order_by(requests.c.at, requests.c.id)).mappings().all()
    made = sa.select(drafts.c.state).where(drafts.c.request_id.in_([row["id"] for row in rows]))
    states = set(connection.scalars(made))
    if any(row["state"] == "drafting" for row in rows) or states & _BUSY:
        session: Literal["processing", "suspended", "active", "closed"] = "processing"
    elif states & _WAITING:
        session = "suspended"
    else:
        session = "closed" if states and not rows[-1]["clarification"] else "active"
    first = rows[0] if rows else {"text": "Placet", "person": "unknown/unknown"}
    return Standing(
        session=session, title=first["text"], user=Person.from_key(first["person"]).user
    )
