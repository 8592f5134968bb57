"""The app manifest, generated from the listeners and the methods: what is not handled is not asked.

Slack reads it at api.slack.com/apps, "Create from manifest". Scopes are the least that the
catalogues need; a listener or a method more is a scope more, here and nowhere else.
"""

from __future__ import annotations

from typing import Any

from .listeners import CATALOGUE
from .methods import METHODS
from .names import COMMAND, SHORTCUT
from .prompts import PROMPTS

__all__ = ["bot_events", "bot_scopes", "build_manifest"]

_SAYS = "Drafts marketing-operations work in plain words; a person approves; it runs exactly once."


def bot_events() -> list[str]:
    """Return the event subscriptions: exactly what the listeners handle."""
    names = {
        name
        for listener in CATALOGUE
        if listener.kind == "event"
        for name in listener.subscribes or (listener.name,)
    }
    return sorted(names)


def bot_scopes() -> list[str]:
    """Return the bot scopes: exactly what the listeners and the methods need."""
    scopes = {scope for listener in CATALOGUE for scope in listener.scopes}
    return sorted(scopes | {scope for needed in METHODS.values() for scope in needed})


def build_manifest(url: str | None = None) -> dict[str, Any]:
    """Return the manifest; with a public `url` for HTTP and OAuth, without one for Socket Mode."""
    events = f"{url.rstrip('/')}/slack/events" if url else None
    command = {
        "command": COMMAND,
        "description": "Ask Placet for work, or see what waits",
        "usage_hint": "VPs of marketing in Germany | waiting | help",
        "should_escape": True,
    }
    manifest: dict[str, Any] = {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Placet",
            "description": _SAYS,
            "background_color": "#1f3a34",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Placet", "always_online": True},
            "agent_view": {"agent_description": _SAYS, "suggested_prompts": list(PROMPTS)},
            "slash_commands": [command | ({"url": events} if events else {})],
            "shortcuts": [
                {
                    "name": "Draft from this message",
                    "type": "message",
                    "callback_id": SHORTCUT,
                    "description": "Ask Placet to draft what this message asks for",
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": bot_scopes()}},
        "settings": {
            "event_subscriptions": {"bot_events": bot_events()},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": url is None,
            "token_rotation_enabled": False,
        },
    }
    if url and events:
        manifest["oauth_config"]["redirect_urls"] = [f"{url.rstrip('/')}/slack/oauth_redirect"]
        manifest["settings"]["event_subscriptions"]["request_url"] = events
        manifest["settings"]["interactivity"]["request_url"] = events
    return manifest
