"""A workspace that removed Placet: its token is forgotten."""

from __future__ import annotations

from slack_sdk.web.async_client import AsyncWebClient

from placet.log import get_logger
from placet.slack.payloads import Heard
from placet.slack.room import Room

__all__ = ["removed"]

_log = get_logger(__name__)


async def removed(room: Room, _client: AsyncWebClient, heard: Heard) -> None:
    """Forget what a workspace's installation left here."""
    if room.installations is not None:
        await room.installations.async_delete_all(enterprise_id=None, team_id=heard.team)
        _log.warning("the workspace %s removed Placet; its token is forgotten", heard.team)
