"""The local workspace: who is in it, which channels there are, and what the app may do.

People and their ids are the policy's for team `local`, so that (team id, user id) is the same
identity at this door as at every other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gates.policy import Policy

__all__ = [
    "APP",
    "BOT",
    "BOT_NAME",
    "BOT_USER",
    "TEAM",
    "Channel",
    "Features",
    "Someone",
    "Workspace",
]

TEAM = "local"
APP, BOT, BOT_USER = "A0PLACET", "B0PLACET", "U0PLACET"
BOT_NAME = "Placet"


@dataclass(frozen=True, kw_only=True)
class Someone:
    """A person of the workspace."""

    id: str
    name: str
    """How they are called in a mention: `ana`."""
    real_name: str
    role: str
    """What the policy lets them do, for the switch: requester, approver, admin."""


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A channel, or a person's direct messages with the app."""

    id: str
    name: str
    members: tuple[str, ...]
    """Who is in it, the app's user included where it is."""
    direct: bool = False


@dataclass(frozen=True, kw_only=True)
class Features:
    """What the app's manifest declares: the console offers exactly this."""

    scopes: frozenset[str]
    events: frozenset[str]
    commands: tuple[str, ...] = ()
    shortcuts: tuple[tuple[str, str], ...] = ()
    """Message shortcuts: callback id and name."""
    prompts: tuple[tuple[str, str], ...] = ()
    """What is suggested to whoever opens a conversation: title and message."""

    @staticmethod
    def of(manifest: Mapping[str, Any]) -> Features:
        """Read them from an app manifest."""
        features, settings = manifest.get("features", {}), manifest.get("settings", {})
        scopes = manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])
        prompts = features.get("agent_view", {}).get("suggested_prompts", [])
        return Features(
            prompts=tuple((one["title"], one["message"]) for one in prompts),
            scopes=frozenset(scopes),
            events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
            commands=tuple(one["command"] for one in features.get("slash_commands", [])),
            shortcuts=tuple(
                (one["callback_id"], one["name"])
                for one in features.get("shortcuts", [])
                if one["type"] == "message"
            ),
        )


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """Everybody, every channel."""

    people: tuple[Someone, ...]
    rooms: tuple[Channel, ...]
    name: str = "Placet — local"
    domain: str = "placet-local"

    @staticmethod
    def of(policy: Policy, *, rooms: tuple[Channel, ...] = ()) -> Workspace:
        """Return the workspace of the policy's local people: one direct channel each, one room."""
        people = tuple(
            Someone(id=m.user, name=name, real_name=m.name or name, role=_role(policy, name))
            for name, m in policy.people.items()
            if m.team == TEAM
        )
        everyone = (*(one.id for one in people), BOT_USER)
        room = Channel(id="C0MARKETING", name="marketing-ops", members=everyone)
        return Workspace(people=people, rooms=(room, *rooms))

    def person(self, user_id: str) -> Someone | None:
        """Return the person with that id."""
        return next((one for one in self.people if one.id == user_id), None)

    def direct(self, user_id: str) -> Channel:
        """Return the direct messages between a person and the app."""
        return Channel(id=f"D0{user_id}", name=BOT_NAME, members=(user_id, BOT_USER), direct=True)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Return every channel, direct ones last."""
        return (*self.rooms, *(self.direct(one.id) for one in self.people))

    def channel(self, channel_id: str) -> Channel | None:
        """Return the channel with that id."""
        return next((one for one in self.channels if one.id == channel_id), None)

    def seen_by(self, user_id: str) -> tuple[Channel, ...]:
        """Return the channels that a person is in."""
        return tuple(one for one in self.channels if user_id in one.members)

    def called(self, user_id: str) -> str:
        """Return how to call a user id, the app's included."""
        if user_id == BOT_USER:
            return BOT_NAME
        person = self.person(user_id)
        return person.name if person else user_id


def _role(policy: Policy, name: str) -> str:
    approves = any(name in rule.approvers for rule in policy.rules.values())
    if policy.people[name].admin:
        return "admin"
    return "approver" if approves else "requester"
