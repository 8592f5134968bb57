"""`/placet`: a request from anywhere, and the few words that are no request."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from placet.errors import Conflict
from placet.ids import ThreadId
from placet.slack.answers import code_of, told
from placet.slack.facts import who
from placet.slack.messages import QUIET, Message, words_message
from placet.slack.names import COMMAND
from placet.slack.payloads import Click, Command
from placet.slack.room import Room
from placet.slack.text import said
from placet.store.announce import Thread
from placet.store.cards import open_drafts

from .auditing import last

__all__ = ["command", "shortcut"]

_HELP = (
    f"{COMMAND} followed by what you need, in plain words: for example {COMMAND} VPs of marketing "
    "in Germany who are not customers.\n"
    f"{COMMAND} waiting: what waits for a decision.\n"
    f"{COMMAND} audit: what is wrong in the CRM, as of the last audit.\n"
    f"{COMMAND} pause, {COMMAND} resume: stop all execution, and let it go on (admins)."
)
_ELSEWHERE = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action"})


async def command(room: Room, client: AsyncWebClient, given: Command) -> None:
    """Carry out a word, or take the text as a request."""
    match given.text.lower():
        case "" | "help" | "?":
            await room.whisper(given, _HELP)
        case "waiting":
            await room.whisper(given, await room.sql(_waiting, room))
        case "audit":
            await room.whisper(given, await room.sql(last, room, given))
        case "pause":
            await room.whisper(given, await room.sql(room.placet.desk.pause, person=given.person))
        case "resume":
            await room.whisper(given, await room.sql(room.placet.desk.resume, person=given.person))
        case _:
            await _ask(room, client, given)


def _waiting(room: Room) -> str:
    with room.placet.book.reader.connect() as connection:
        drafts = open_drafts(connection, limit=20)
    if not drafts:
        return "Nothing waits for a decision."
    return "\n".join(
        f"{draft.revision.draft_id}: {draft.revision.title} ({draft.state.value}, asked for by "
        f"{who(room.placet, draft.revision.requester)})"
        for draft in drafts
    )


async def _ask(room: Room, client: AsyncWebClient, given: Command) -> None:
    """Say what was asked in the channel, and go on in that message's thread."""
    request = said(given.text)
    message = words_message(f"{who(room.placet, given.person)} asked: {request}")
    channel, ts = await _begin(client, given, message)
    thread = Thread(team=given.team, channel=channel, ts=ts)
    await room.sql(
        room.placet.desk.ask, request, person=given.person, place="slack",
        thread=ThreadId(thread.id),
    )  # fmt: skip
    room.nudge()


async def _begin(client: AsyncWebClient, given: Command, message: Message) -> tuple[str, str]:
    """Post the first message: in the channel, or where Placet is no member in a direct message."""
    try:
        if given.channel:
            return await _post(client, given.channel, message)
    except SlackApiError as error:
        if code_of(error) not in _ELSEWHERE:
            raise
    opened = await client.conversations_open(users=given.person.user)
    return await _post(client, told(opened, "channel", "id"), message)


async def _post(client: AsyncWebClient, channel: str, message: Message) -> tuple[str, str]:
    posted = await client.chat_postMessage(channel=channel, **message, **QUIET)
    return told(posted, "channel"), told(posted, "ts")


async def shortcut(room: Room, _client: AsyncWebClient, click: Click) -> None:
    """Take somebody's message as a request of the person who pressed the shortcut.

    Raises:
        Conflict: the message holds no text.
    """
    text = said(click.value)
    if not text:
        raise Conflict("There is no text in that message to draft from.")
    thread = Thread(team=click.team, channel=click.channel or "", ts=click.thread_ts or "")
    await room.sql(
        room.placet.desk.ask, text[:10_000], person=click.person, place="slack",
        thread=ThreadId(thread.id),
    )  # fmt: skip
    room.nudge()
