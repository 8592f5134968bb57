"""What people say: in direct messages, by mentioning Placet, or in answer to its question."""

from __future__ import annotations

import re

from slack_sdk.web.async_client import AsyncWebClient

from placet.ids import ThreadId
from placet.slack.payloads import Heard
from placet.slack.room import Room
from placet.slack.text import said
from placet.store.cards import read_asked

__all__ = ["mentioned", "stopped", "written"]

_SPOKEN = {None, "file_share", "thread_broadcast"}
"""Subtypes of messages that somebody wrote; edits, joins and the like are no requests."""


async def written(room: Room, _client: AsyncWebClient, heard: Heard) -> None:
    """Take a direct message as a request; in a channel only the answer to an open question.

    What people say to each other in a channel is not meant for Placet: there it reads on only
    where it asked something, and only what the person who was asked says.
    """
    event = heard.event
    if event.get("bot_id") or event.get("subtype") not in _SPOKEN:
        return
    text = str(event.get("text") or "")
    if event.get("channel_type") == "im":
        await _take(room, heard, text)
    elif event.get("thread_ts") and f"<@{heard.bot_user}>" not in text:
        asked = await room.sql(_who_was_asked, room, heard)
        if asked == heard.person.key:
            await _take(room, heard, text)


async def mentioned(room: Room, _client: AsyncWebClient, heard: Heard) -> None:
    """Take a mention as a request."""
    if not heard.event.get("bot_id"):
        mention = re.compile(rf"<@{re.escape(heard.bot_user)}(?:\|[^>]*)?>")
        await _take(room, heard, mention.sub(" ", str(heard.event.get("text") or "")))


async def stopped(room: Room, _client: AsyncWebClient, heard: Heard) -> None:
    """Stop the drafting in a conversation: somebody pressed Slack's own Stop button."""
    thread = ThreadId(heard.thread.id)
    await room.sql(room.placet.desk.stop, thread, person=heard.person)
    room.nudge()


async def _take(room: Room, heard: Heard, text: str) -> None:
    request = said(text) or "help"
    await room.sql(
        room.placet.desk.ask_once,
        heard.id,
        request[:10_000],
        person=heard.person,
        place="slack",
        thread=ThreadId(heard.thread.id),
    )
    room.nudge()


def _who_was_asked(room: Room, heard: Heard) -> str | None:
    with room.placet.book.reader.connect() as connection:
        return read_asked(connection, heard.thread.id)
