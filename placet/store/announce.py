"""What people hear, and where: each change of a draft or a request becomes rows of the outbox.

A card goes to the thread in which the work was asked for, and to each person who may approve it, so
that nobody has to find it. All copies are updated on every change. Requests from other doors (the
command line) have no thread here and nothing is written for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from typing_extensions import override

from gates.draft import Draft
from gates.ledger import Head
from gates.people import Person
from gates.policy import Policy
from placet.clock import Clock

from . import outbox
from .outbox import NewPost
from .port import Announcer
from .schema import drafts, receipts, requests
from .slack_schema import cards

__all__ = ["PROMOTED", "ChatAnnouncer", "Thread", "direct", "lane_of", "read_thread_of"]

_PLACE = "slack"
PROMOTED = "promote:"
"""How the source of a proposed prompt begins: it has no thread, and its approvers must hear."""


@dataclass(frozen=True, kw_only=True)
class Thread:
    """A conversation in a channel: its first message."""

    team: str
    channel: str
    ts: str

    @property
    def id(self) -> str:
        """The conversation's name, as requests keep it."""
        return f"{_PLACE}:{self.team}:{self.channel}:{self.ts}"

    @property
    def place(self) -> str:
        """Where a card in it stands."""
        return f"{self.team}/{self.channel}/{self.ts}"

    @property
    def lane(self) -> str:
        """What is paced together: the channel."""
        return f"{self.team}/{self.channel}"

    @classmethod
    def read(cls, thread_id: str) -> Thread | None:
        """Read what `id` gave; None where the conversation is not in a channel."""
        parts = thread_id.split(":")
        if len(parts) != 4 or parts[0] != _PLACE:
            return None
        return cls(team=parts[1], channel=parts[2], ts=parts[3])


def direct(person: Person) -> str:
    """Return the place of a copy for one person alone: their direct messages."""
    return f"{person.team}/@{person.user}"


class ChatAnnouncer(Announcer):
    """Writes the outbox for conversations in channels."""

    def __init__(self, *, policy: Policy, clock: Clock) -> None:
        self._policy, self._clock = policy, clock

    @override
    def asked(self, connection: sa.Connection, request_id: str) -> None:
        thread = _thread_of_request(connection, request_id)
        if thread is not None:
            self._put(connection, [_session(thread, f"{request_id}:asked")])

    @override
    def answered(self, connection: sa.Connection, request_id: str) -> None:
        thread = _thread_of_request(connection, request_id)
        if thread is None:
            return
        reply = NewPost(
            key=f"reply:{request_id}",
            lane=thread.lane,
            kind="reply",
            body={"request": request_id},
        )
        self._put(connection, [reply, _session(thread, f"{request_id}:answered")])

    @override
    def opened(self, connection: sa.Connection, draft: Draft, source: str) -> None:
        thread = _thread_of_draft(connection, draft, source)
        if thread is None and not (draft.revision.requester.bot or source.startswith(PROMOTED)):
            return
        for place, viewer in self._copies(draft, thread):
            connection.execute(
                cards.insert().values(
                    draft_id=draft.revision.draft_id, place=place, viewer=viewer, wanted=0, shown=0
                )
            )
        self.changed(connection, draft)

    @override
    def changed(self, connection: sa.Connection, draft: Draft) -> None:
        draft_id = draft.revision.draft_id
        turned = (
            cards.update()
            .where(cards.c.draft_id == draft_id)
            .values(wanted=cards.c.wanted + 1)
            .returning(cards.c.place, cards.c.wanted)
        )
        rows = connection.execute(turned).all()
        posts = [
            NewPost(
                key=f"card:{draft_id}:{place}:{turn}",
                lane=lane_of(place),
                kind="card",
                body={"draft": draft_id, "place": place, "turn": turn},
            )
            for place, turn in sorted(rows)
        ]
        posts += [
            _session(thread, f"{draft_id}:{turn}")
            for place, turn in rows
            if (thread := _thread_at(place)) is not None
        ]
        self._put(connection, posts)

    @override
    def noted(self, connection: sa.Connection, head: Head) -> None:
        day = f"{self._clock.now():%Y-%m-%d}"
        admins = [m.person for m in self._policy.people.values() if m.admin]
        posts = [
            NewPost(
                key=f"head:{day}:{person.key}",
                lane=direct(person),
                kind="head",
                body={"place": direct(person), "seq": head.seq, "hash": head.hash},
            )
            for person in admins
            if person.team != outbox.LOCAL  # the console is in the same database: no witness
        ]
        self._put(connection, posts)

    def _copies(self, draft: Draft, thread: Thread | None) -> list[tuple[str, str | None]]:
        """Return where the cards of a draft go, and whose eyes a copy is for.

        What a bot asked for has no thread: it goes to those who may approve it, and to them alone.
        """
        revision = draft.revision
        team = revision.requester.team if thread is None else thread.team
        copies: list[tuple[str, str | None]] = []
        if thread is not None:
            private = thread.channel.startswith("D")
            copies.append((thread.place, revision.requester.key if private else None))
        copies.extend(
            (direct(person), person.key)
            for person in self._policy.eligible(revision.kind, requester=revision.requester)
            if person.team == team and person.key != revision.requester.key
        )
        return copies

    def _put(self, connection: sa.Connection, posts: Sequence[NewPost]) -> None:
        outbox.put(connection, posts, at=self._clock.now())


def _session(thread: Thread, why: str) -> NewPost:
    return NewPost(
        key=f"session:{thread.place}:{why}",
        lane=f"{thread.lane}/session",
        kind="session",
        body={"thread": thread.id},
    )


def lane_of(place: str) -> str:
    """Return what a place is paced with: its channel, or the person's direct messages."""
    return "/".join(place.split("/")[:2])


def _thread_at(place: str) -> Thread | None:
    team, channel, *ts = place.split("/")
    return Thread(team=team, channel=channel, ts=ts[0]) if ts else None


def _thread_of_request(connection: sa.Connection, request_id: str) -> Thread | None:
    query = sa.select(requests.c.thread_id).where(requests.c.id == request_id)
    thread_id = connection.scalar(query)
    return None if thread_id is None else Thread.read(thread_id)


def _thread_of_draft(connection: sa.Connection, draft: Draft, source: str) -> Thread | None:
    """Return where a draft was asked for; an undo belongs to the draft that it takes back."""
    thread = _thread_of_request(connection, draft.revision.request_id)
    if thread is not None or not source.startswith("undo:"):
        return thread
    receipt_id = source.split(":")[1]
    undone = (
        sa.select(drafts.c.request_id)
        .join(receipts, receipts.c.draft_id == drafts.c.id)
        .where(receipts.c.id == receipt_id)
    )
    request_id = connection.scalar(undone)
    return None if request_id is None else _thread_of_request(connection, request_id)


def read_thread_of(connection: sa.Connection, draft: Draft) -> Thread | None:
    """Return the conversation in which a draft stands, or None."""
    query = sa.select(cards.c.place).where(cards.c.draft_id == draft.revision.draft_id)
    return next(
        (found for place in connection.scalars(query) if (found := _thread_at(place))), None
    )
