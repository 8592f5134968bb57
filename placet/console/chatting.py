"""The chat methods: posting, changing and deleting messages, in Slack's shapes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from .calls import Call, Refused
from .limits import check_blocks, with_ids
from .room import Message, Room, micros
from .sessions import Sessions
from .workspace import APP, BOT, BOT_USER, Channel, Workspace

__all__ = ["CHAT", "Desk", "bot_body", "checked_blocks"]

_LONGEST = 40_000
_LONGEST_MARKDOWN = 12_000


class Desk(Protocol):
    """What the chat methods work on."""

    workspace: Workspace
    room: Room
    sessions: Sessions


def post_message(desk: Desk, call: Call) -> dict[str, Any]:
    """chat.postMessage."""
    channel = channel_of(desk, call, also_people=True)
    thread_ts = thread_of(desk, call, channel)
    message = desk.room.post(
        channel.id,
        BOT_USER,
        bot_body(call.args),
        thread_ts=thread_ts,
        client_msg_id=call.maybe("client_msg_id"),
    )
    desk.sessions.quiet(channel.id, thread_ts)
    return {"channel": channel.id, "ts": message.ts, "message": message.body}


def post_ephemeral(desk: Desk, call: Call) -> dict[str, Any]:
    """chat.postEphemeral."""
    channel = channel_of(desk, call, also_people=True)
    user = call.text("user")
    if desk.workspace.person(user) is None or user not in channel.members:
        raise Refused("user_not_in_channel")
    thread_ts = thread_of(desk, call, channel)
    message = desk.room.post(
        channel.id, BOT_USER, bot_body(call.args), thread_ts=thread_ts, to_user=user
    )
    return {"message_ts": message.ts}


def update(desk: Desk, call: Call) -> dict[str, Any]:
    """chat.update."""
    channel = channel_of(desk, call)
    message = _own(desk, call, channel, "cant_update_message")
    if not any(call.args.get(key) for key in ("text", "blocks", "markdown_text", "attachments")):
        raise Refused("no_text")
    body = {key: message.body[key] for key in _KEPT if key in message.body} | bot_body(call.args)
    body["edited"] = {"user": BOT_USER, "ts": message.ts}
    desk.room.change(message, body)
    answer = {"channel": channel.id, "ts": message.ts, "text": body["text"]}
    return {**answer, "message": body}


_KEPT = ("type", "ts", "team", "thread_ts", "reactions", "files")


def delete(desk: Desk, call: Call) -> dict[str, Any]:
    """chat.delete."""
    channel = channel_of(desk, call)
    message = _own(desk, call, channel, "cant_delete_message")
    desk.room.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(desk: Desk, call: Call) -> dict[str, Any]:
    """chat.getPermalink."""
    channel = channel_of(desk, call)
    message = desk.room.message(channel.id, call.text("message_ts"))
    if message is None:
        raise Refused("message_not_found")
    number = micros(message.ts)
    return {"channel": channel.id, "permalink": f"{call.base}/archives/{channel.id}/p{number}"}


CHAT = {
    "chat.postMessage": (post_message, ("chat:write",)),
    "chat.postEphemeral": (post_ephemeral, ("chat:write",)),
    "chat.update": (update, ("chat:write",)),
    "chat.delete": (delete, ("chat:write",)),
    "chat.getPermalink": (get_permalink, ()),
}


# --- shared --------------------------------------------------------------------------------------


def channel_of(
    desk: Desk, call: Call, name: str = "channel", *, also_people: bool = False
) -> Channel:
    """Return the channel that a call names; a person's id is their direct channel.

    Raises:
        Refused: there is none, or the app is not in it.
    """
    key = call.text(name)
    channel = desk.workspace.channel(key)
    if channel is None and also_people and desk.workspace.person(key) is not None:
        channel = desk.workspace.direct(key)
    if channel is None:
        channel = next((c for c in desk.workspace.rooms if f"#{c.name}" == key), None)
    if channel is None:
        raise Refused("channel_not_found")
    if BOT_USER not in channel.members:
        raise Refused("not_in_channel")
    return channel


def thread_of(desk: Desk, call: Call, channel: Channel) -> str | None:
    """Return the thread that a call names, by its first message.

    Raises:
        Refused: there is no such message.
    """
    given = call.maybe("thread_ts")
    if given is None:
        return None
    first = desk.room.message(channel.id, given)
    if first is None:
        raise Refused("thread_not_found")
    return first.thread_ts or first.ts


def bot_body(args: Mapping[str, Any]) -> dict[str, Any]:
    """Return the app's message in Slack's JSON.

    Raises:
        Refused: Slack would not take it.
    """
    text, markdown = str(args.get("text") or ""), args.get("markdown_text")
    blocks = args.get("blocks")
    if markdown:
        if text or blocks:
            raise Refused("markdown_text_conflict")
        if len(str(markdown)) > _LONGEST_MARKDOWN:
            raise Refused("msg_too_long")
        blocks, text = [{"type": "markdown", "text": str(markdown)}], str(markdown)
    if not text and not blocks and not args.get("attachments"):
        raise Refused("no_text")
    if len(text) > _LONGEST:
        raise Refused("msg_too_long")
    body: dict[str, Any] = {**_author(), "text": text}
    if blocks is not None:
        body["blocks"] = checked_blocks(blocks)
    if str(args.get("mrkdwn", True)).lower() in ("false", "0"):
        body["mrkdwn"] = False
    for key in ("metadata", "attachments"):
        if args.get(key):
            body[key] = args[key]
    return body


def checked_blocks(blocks: Any) -> list[dict[str, Any]]:
    """Return blocks with ids.

    Raises:
        Refused: Slack would not take them.
    """
    faults = check_blocks(blocks, "message")
    if faults:
        raise Refused("invalid_blocks", faults, errors=faults)
    return with_ids(blocks)


def _author() -> dict[str, Any]:
    return {"user": BOT_USER, "bot_id": BOT, "app_id": APP}


def _own(desk: Desk, call: Call, channel: Channel, code: str) -> Message:
    message = desk.room.message(channel.id, call.text("ts"))
    if message is None or message.to_user is not None:  # Slack finds no ephemeral message by ts
        raise Refused("message_not_found")
    if message.author != BOT_USER:
        raise Refused(code)
    return message
