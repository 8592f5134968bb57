"""The audit's buttons: ask for a draft that it names. It is drafted and waits like any other."""

from __future__ import annotations

from slack_sdk.web.async_client import AsyncWebClient

from placet.errors import BadInput, NotFound
from placet.ids import ThreadId
from placet.slack.names import Asked
from placet.slack.payloads import Click, Command
from placet.slack.room import Room
from placet.store import outbox
from placet.store.announce import Thread, direct, lane_of
from placet.store.outbox import NewPost
from placet.wiring.audits import auditor_of

__all__ = ["ask", "last"]

_OLD = "This button is not one of Placet's, or from a time before it; ask for an audit again."


async def ask(room: Room, _client: AsyncWebClient, click: Click) -> None:
    """Ask for the draft, in the thread of the card, as the person who pressed.

    Raises:
        BadInput: the button stands for no draft.
    """
    asked = Asked.unpack(click.value)
    if asked is None or not click.channel or not click.thread_ts:
        raise BadInput(_OLD)
    thread = Thread(team=click.team, channel=click.channel, ts=click.thread_ts)
    await room.whisper(click, await room.sql(_ask, room, click, asked, thread))


def _ask(room: Room, click: Click, asked: Asked, thread: Thread) -> str:
    helps = auditor_of(room.placet).audits.read(asked.audit_id).audit.helps
    if not 0 < asked.number <= len(helps):
        raise NotFound(_OLD)
    request = helps[asked.number - 1].request
    event = f"asked:{asked.audit_id}:{asked.number}:{thread.channel}:{thread.ts}"
    taken = room.placet.desk.ask_once(
        event, request, person=click.person, place="slack", thread=ThreadId(thread.id)
    )
    if taken is None:
        return f"That was asked for here already: {request}."
    return f"Asked: {request}. The draft comes in this thread."


def last(room: Room, given: Command) -> str:
    """Have the last audit's card posted where it was asked for; returns what to say meanwhile."""
    kept = auditor_of(room.placet).audits.last()
    if kept is None:
        return "There was no audit yet; ask: what is wrong with our CRM?"
    place = f"{given.team}/{given.channel}" if given.channel else direct(given.person)
    body = {"audit": kept.id, "place": place, "user": given.person.user, "drafted": False}
    key = f"audit:{kept.id}:{place}:{given.id}"
    post = NewPost(key=key, lane=lane_of(place), kind="audit", body=body)
    with room.placet.book.engine.begin() as connection:
        outbox.put(connection, [post], at=room.placet.clock.now())
    return f"The last audit is of {kept.audit.at:%-d %b %Y, %H:%M} UTC; its card is here."
