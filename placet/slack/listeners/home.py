"""Opening Placet: the home tab, and the prompts that are suggested for a new conversation."""

from __future__ import annotations

from slack_sdk.web.async_client import AsyncWebClient

from gates.people import Person
from placet.log import get_logger
from placet.slack.check import view_faults
from placet.slack.home import home_view
from placet.slack.modals import View
from placet.slack.payloads import Heard
from placet.slack.prompts import PROMPTS
from placet.slack.room import Room

__all__ = ["opened", "publish"]

_log = get_logger(__name__)


async def opened(room: Room, client: AsyncWebClient, heard: Heard) -> None:
    """Show the home tab, or suggest what to ask for."""
    if heard.event.get("tab") == "messages":
        await client.assistant_threads_setSuggestedPrompts(
            channel_id=heard.channel, title="Try one of these", prompts=list(PROMPTS)
        )
    else:
        await publish(room, client, heard.person)


async def publish(room: Room, client: AsyncWebClient, person: Person) -> None:
    """Publish a person's home tab as things stand now."""
    view = await room.sql(_view, room, person)
    wrong = view_faults(view)
    if wrong:
        _log.error("the home tab cannot be shown: %s", "; ".join(wrong[:3]))
        return
    await client.views_publish(user_id=person.user, view=view)


def _view(room: Room, person: Person) -> View:
    with room.placet.book.reader.connect() as connection:
        return home_view(room.placet, connection, person)
