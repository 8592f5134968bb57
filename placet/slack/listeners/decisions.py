"""The buttons that act at once: approve, withdraw, stop, undo, test. Each is answered in words."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.web.async_client import AsyncWebClient

from gates.decision import Verb
from gates.draft import State
from gates.people import Person
from placet.errors import Conflict, NotAllowed, NotFound
from placet.slack.cards import read_card
from placet.slack.names import Seen
from placet.slack.payloads import Click
from placet.slack.room import Room
from placet.slack.text import inert
from placet.store.cards import read_opened, read_receipt_of

__all__ = ["approve", "check_read", "decide", "stop", "test", "undo", "withdraw"]


async def approve(room: Room, _client: AsyncWebClient, click: Click) -> None:
    """Approve what the card showed, and nothing else."""
    await room.whisper(click, await room.sql(_approve, room, click.person, click.seen))


async def withdraw(room: Room, _client: AsyncWebClient, click: Click) -> None:
    """Take one's own request back."""
    seen = click.seen
    words = await room.sql(decide, room, seen, Verb.WITHDRAW, click.person)
    await room.whisper(click, words)


async def stop(room: Room, _client: AsyncWebClient, click: Click) -> None:
    """Stop what was approved: nothing more starts, and what is done already stays."""
    words = await room.sql(decide, room, click.seen, Verb.STOP, click.person)
    await room.whisper(click, words)


async def test(room: Room, _client: AsyncWebClient, click: Click) -> None:
    """Send the email to the person who pressed, and to nobody else."""
    await room.whisper(click, await room.sql(_test, room, click.person, click.seen))


async def undo(room: Room, _client: AsyncWebClient, click: Click) -> None:
    """Draft the undoing of what was carried out; it waits for approval like any other draft."""
    await room.whisper(click, await room.sql(_undo, room, click.person, click.seen))


def decide(
    room: Room,
    seen: Seen,
    verb: Verb,
    person: Person,
    *,
    reason: str | None = None,
    follow_up: bool = True,
    override: Sequence[str] = (),
) -> str:
    """Press a button of the desk on what was seen; returns its words.

    Raises:
        PersonError: it did not count; the message says why.
    """
    decided = room.placet.desk.decide(
        seen.draft_id,
        verb,
        person=person,
        seen=(seen.revision, seen.digest),
        reason=reason,
        follow_up=follow_up,
        override=override,
    )
    return decided.words


def _approve(room: Room, person: Person, seen: Seen) -> str:
    check_read(room, person, seen)
    return decide(room, seen, Verb.APPROVE, person)


def check_read(room: Room, person: Person, seen: Seen) -> None:
    """Hold an approval back until the whole draft was opened, where the card cannot hold it."""
    facts = room.facts(seen.draft_id)
    if facts.draft.state is not State.PENDING or facts.draft.digest != seen.digest:
        return  # the gate says what stands
    if read_card(facts).whole:
        return
    with room.placet.book.reader.connect() as connection:
        read = read_opened(connection, person, facts.draft.digest)
    if not read:
        raise NotAllowed(
            "The card cannot hold all of this draft: press View all and read it, then approve."
        )


def _test(room: Room, person: Person, seen: Seen) -> str:
    draft = room.draft(seen.draft_id)
    if draft.digest != seen.digest:
        raise Conflict(f"This is revision {seen.revision}; see revision {draft.revision.revision}.")
    room.placet.desk.test(seen.draft_id, person=person)
    address = room.placet.policy.address_of(person)
    return (
        f"A test of revision {seen.revision} goes to {inert(address)}, and to nobody else. "
        "It needs no approval, and approves nothing."
    )


def _undo(room: Room, person: Person, seen: Seen) -> str:
    with room.placet.book.reader.connect() as connection:
        receipt_id = read_receipt_of(connection, seen.draft_id)
    if receipt_id is None:
        draft = room.draft(seen.draft_id)
        raise NotFound(f"Nothing of it was carried out: it is {draft.state.value}.")
    draft = room.placet.desk.undo(receipt_id, person=person)
    return f"Draft {draft.revision.draft_id} would undo it; it waits for approval."
