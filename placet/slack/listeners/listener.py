"""A listener, as the catalogue lists it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from slack_sdk.web.async_client import AsyncWebClient

from placet.slack.payloads import Click, Command, Heard, Submission
from placet.slack.room import Room

__all__ = ["Listener", "OnClick", "OnCommand", "OnEvent", "OnSubmit", "Validate"]

OnEvent = Callable[[Room, AsyncWebClient, Heard], Awaitable[None]]
OnClick = Callable[[Room, AsyncWebClient, Click], Awaitable[None]]
OnSubmit = Callable[[Room, AsyncWebClient, Submission], Awaitable[None]]
OnCommand = Callable[[Room, AsyncWebClient, Command], Awaitable[None]]
Validate = Callable[[Room, Submission], Awaitable[dict[str, Any]]]
"""Returns how a form is acknowledged: `response_action` and what belongs to it, or nothing."""


@dataclass(frozen=True, kw_only=True)
class Listener:
    """One thing that people do in Slack, and what Placet does then."""

    kind: Literal["event", "command", "shortcut", "action", "view"]
    name: str
    """The event's type, the command, or the callback or action id."""
    does: Any
    """`OnEvent`, `OnClick`, `OnSubmit` or `OnCommand`, by kind."""
    subscribes: tuple[str, ...] = ()
    """For an event: the subscriptions it comes from, where they are named differently."""
    scopes: tuple[str, ...] = ()
    """The bot scopes that Slack asks for before it sends this."""
    first: bool = False
    """For an event: done before it is acknowledged, so that Slack sends it again where Placet dies
    in between; what it writes, it writes once for one event id."""
    validate: Validate | None = None
    """For a form: what is checked before the modal closes."""
