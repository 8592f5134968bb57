"""What Slack sends, read into values. Whoever pressed is taken from the signed payload alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gates.people import Person
from placet.errors import BadInput
from placet.ids import new_id
from placet.store.announce import Thread

from .modals import Back
from .names import Seen

__all__ = ["Click", "Command", "Heard", "Submission"]

_OLD = "This button is not one of Placet's, or from a time before it; ask for the work again."


@dataclass(frozen=True, kw_only=True)
class Heard:
    """An event: something was said, opened or stopped."""

    id: str
    """The event's id: a retry of the same event has the same one."""
    event: Mapping[str, Any]
    person: Person
    team: str
    bot_user: str

    @property
    def channel(self) -> str:
        """Where it happened."""
        return str(self.event.get("channel") or "")

    @property
    def thread(self) -> Thread:
        """The conversation it belongs to: its thread, or the one that it begins."""
        ts = str(self.event.get("thread_ts") or self.event.get("ts") or "")
        return Thread(team=self.team, channel=self.channel, ts=ts)

    @classmethod
    def read(cls, body: Mapping[str, Any], *, bot_user: str) -> Heard:
        """Read an event callback."""
        event = body["event"]
        team = str(body["team_id"])
        whose = str(event.get("user_team") or event.get("source_team") or team)
        return cls(
            id=f"{team}:{body['event_id']}",
            event=event,
            person=Person(team=whose, user=str(event.get("user") or "unknown")),
            team=team,
            bot_user=bot_user,
        )


@dataclass(frozen=True, kw_only=True)
class _Pressed:
    id: str
    """Fresh for each press: names its answer."""
    person: Person
    team: str
    """The workspace it was pressed in; the person may be from another."""
    channel: str | None
    thread_ts: str | None


@dataclass(frozen=True, kw_only=True)
class Click(_Pressed):
    """A press of a button."""

    trigger_id: str
    value: str
    view_id: str | None
    """The modal or home tab it stands on, if any."""
    home: bool

    @property
    def seen(self) -> Seen:
        """The draft and the digest that the button stands for.

        Raises:
            BadInput: it stands for none.
        """
        seen = Seen.unpack(self.value)
        if seen is None:
            raise BadInput(_OLD)
        return seen

    @property
    def back(self) -> Back:
        """Where a form that is opened now answers to."""
        return Back(seen=self.seen, channel=self.channel, thread_ts=self.thread_ts)

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Click:
        """Read a block action or a message shortcut."""
        action = (body.get("actions") or [{}])[0]
        if body.get("type") == "message_action":  # a shortcut: its value is the message itself
            action = {"value": (body.get("message") or {}).get("text")}
        view = body.get("view") or {}
        back = Back.unpack(view.get("private_metadata") or "")
        channel, thread = _where(body)
        return cls(
            **_common(body),
            channel=channel or (back.channel if back else None),
            thread_ts=thread or (back.thread_ts if back else None),
            trigger_id=str(body.get("trigger_id") or ""),
            value=str(action.get("value") or ""),
            view_id=view.get("id"),
            home=view.get("type") == "home",
        )


@dataclass(frozen=True, kw_only=True)
class Submission(_Pressed):
    """A form that was sent."""

    back: Back
    view_id: str
    values: Mapping[str, Any]
    """The fields by block id: text, a number as text, an option's value, or several."""

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Submission:
        """Read a view submission.

        Raises:
            BadInput: it is no form of Placet's.
        """
        view = body["view"]
        back = Back.unpack(view.get("private_metadata") or "")
        if back is None:
            raise BadInput(_OLD)
        state = (view.get("state") or {}).get("values") or {}
        return cls(
            **_common(body),
            channel=back.channel,
            thread_ts=back.thread_ts,
            back=back,
            view_id=str(view["id"]),
            values={
                block: _value(next(iter(held.values()))) for block, held in state.items() if held
            },
        )


@dataclass(frozen=True, kw_only=True)
class Command(_Pressed):
    """A slash command."""

    text: str

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Command:
        """Read a slash command."""
        team = str(body["team_id"])
        return cls(
            id=new_id("cl"),
            person=Person(team=team, user=str(body["user_id"])),
            team=team,
            channel=str(body.get("channel_id") or "") or None,
            thread_ts=body.get("thread_ts") or None,
            text=str(body.get("text") or "").strip(),
        )


def _common(body: Mapping[str, Any]) -> dict[str, Any]:
    user = body["user"]
    team = str((body.get("team") or {}).get("id") or user.get("team_id"))
    person = Person(team=str(user.get("team_id") or team), user=str(user["id"]))
    return {"id": new_id("cl"), "person": person, "team": team}


def _where(body: Mapping[str, Any]) -> tuple[str | None, str | None]:
    container = body.get("container") or {}
    message = body.get("message") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id")
    thread = message.get("thread_ts") or container.get("thread_ts") or message.get("ts")
    return channel, thread or container.get("message_ts")


def _value(held: Mapping[str, Any]) -> Any:
    """Return what a field holds, whatever its element is."""
    match held.get("type"):
        case "checkboxes" | "multi_static_select":
            return tuple(option["value"] for option in held.get("selected_options") or ())
        case "static_select" | "radio_buttons":
            return (held.get("selected_option") or {}).get("value")
        case "datetimepicker":
            return held.get("selected_date_time")
        case _:
            return held.get("value")
