"""The views, conversation, people, file and agent methods, in Slack's shapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol

from .calls import Call, Refused
from .chatting import bot_body, channel_of, thread_of
from .limits import check_blocks, check_view, too_large, with_ids
from .panes import PaneError, Panes
from .room import Message, Room, micros
from .sessions import Sessions
from .shelf import File, Shelf
from .triggers import Triggers
from .workspace import APP, BOT, BOT_USER, TEAM, Channel, Someone, Workspace

__all__ = ["LARGEST_FILE", "SHOW", "Desk", "read_view"]

_MOST_PROMPTS = 4
LARGEST_FILE = 32_000_000
_LIFECYCLES = ("active", "suspended", "closed", "processing")


class Desk(Protocol):
    """What these methods work on."""

    workspace: Workspace
    room: Room
    sessions: Sessions
    panes: Panes
    shelf: Shelf
    triggers: Triggers


# --- auth and people -----------------------------------------------------------------------------


def auth_test(desk: Desk, call: Call) -> dict[str, Any]:
    """auth.test."""
    return {
        "url": f"{call.base}/",
        "team": desk.workspace.name,
        "team_id": TEAM,
        "user": "placet",
        "user_id": BOT_USER,
        "bot_id": BOT,
        "is_enterprise_install": False,
    }


def users_info(desk: Desk, call: Call) -> dict[str, Any]:
    """users.info."""
    user_id = call.text("user")
    if user_id == BOT_USER:
        bot = Someone(id=BOT_USER, name="placet", real_name="Placet", role="app")
        return {"user": _user(bot, bot=True)}
    person = desk.workspace.person(user_id)
    if person is None:
        raise Refused("user_not_found")
    return {"user": _user(person)}


def _user(person: Someone, *, bot: bool = False) -> dict[str, Any]:
    return {
        "id": person.id,
        "team_id": TEAM,
        "name": person.name,
        "real_name": person.real_name,
        "deleted": False,
        "is_bot": bot,
        "is_admin": person.role == "admin",
        "tz": "Etc/UTC",
        "tz_offset": 0,
        "profile": {"display_name": person.name, "real_name": person.real_name},
    }


# --- conversations -------------------------------------------------------------------------------


def conversations_open(desk: Desk, call: Call) -> dict[str, Any]:
    """conversations.open, for one person."""
    users = [one for one in call.text("users").split(",") if one]
    if len(users) != 1:
        raise Refused("not_enough_users" if not users else "too_many_users")
    if desk.workspace.person(users[0]) is None:
        raise Refused("user_not_found")
    return {"channel": {"id": desk.workspace.direct(users[0]).id}}


def conversations_replies(desk: Desk, call: Call) -> dict[str, Any]:
    """conversations.replies: the thread's first message, then answers, oldest first."""
    channel = channel_of(desk, call)
    ts = call.text("ts")
    if desk.room.message(channel.id, ts) is None:
        raise Refused("thread_not_found")
    first, *answers = desk.room.replies(channel.id, ts, None)
    return _listed(call, [first, *_since(call, answers)])


def conversations_history(desk: Desk, call: Call) -> dict[str, Any]:
    """conversations.history: newest first."""
    channel = channel_of(desk, call)
    found = desk.room.history(channel.id, None, limit=min(call.number("limit", 100), 999))
    return _listed(call, _since(call, found)[::-1])


def _since(call: Call, found: Sequence[Message]) -> Sequence[Message]:
    """Return what was posted after `oldest`."""
    oldest = micros(call.maybe("oldest") or "0.000000") or 0
    return [one for one in found if (micros(one.ts) or 0) > oldest]


def _listed(call: Call, found: Sequence[Message]) -> dict[str, Any]:
    """Return messages, with their metadata only where it was asked for."""
    bodies = [one.body for one in found]
    if not call.flag("include_all_metadata"):
        bodies = [{k: v for k, v in body.items() if k != "metadata"} for body in bodies]
    return {"messages": bodies, "has_more": False}


# --- views ---------------------------------------------------------------------------------------


def views_open(desk: Desk, call: Call) -> dict[str, Any]:
    """views.open."""
    body, user = read_view(call.args.get("view"), "modal"), _exchange(desk, call)
    return _shown(lambda: desk.panes.open(user, body).as_json())


def views_push(desk: Desk, call: Call) -> dict[str, Any]:
    """views.push."""
    body, user = read_view(call.args.get("view"), "modal"), _exchange(desk, call)
    return _shown(lambda: desk.panes.push(user, body).as_json())


def views_update(desk: Desk, call: Call) -> dict[str, Any]:
    """views.update."""
    view_id, external_id = call.maybe("view_id"), call.maybe("external_id")
    if view_id is None and external_id is None:
        raise Refused("invalid_arguments", ["missing required field: view_id or external_id"])
    body, seen = read_view(call.args.get("view"), "modal"), call.maybe("hash")
    return _shown(
        lambda: desk.panes.update(
            body, view_id=view_id, external_id=external_id, seen=seen
        ).as_json()
    )


def views_publish(desk: Desk, call: Call) -> dict[str, Any]:
    """views.publish."""
    user = call.text("user_id")
    if desk.workspace.person(user) is None:
        raise Refused("user_not_found")
    body, seen = read_view(call.args.get("view"), "home"), call.maybe("hash")
    return _shown(lambda: desk.panes.publish(user, body, seen=seen).as_json())


def read_view(view: Any, kind: Literal["modal", "home"]) -> dict[str, Any]:
    """Return a view's body with ids in its blocks.

    Raises:
        Refused: Slack would not take it.
    """
    if view is None:
        raise Refused("invalid_arguments", ["missing required field: view"])
    faults = check_view(view, kind)
    if faults:
        raise Refused("invalid_arguments", faults)
    if too_large(view):
        raise Refused("view_too_large")
    return {**view, "blocks": with_ids(view["blocks"])}


def _exchange(desk: Desk, call: Call) -> str:
    user, code = desk.triggers.exchange(call.text("trigger_id"))
    if user is None:
        raise Refused(code or "invalid_trigger_id")
    return user


def _shown(show: Any) -> dict[str, Any]:
    try:
        return {"view": show()}
    except PaneError as error:
        raise Refused(str(error)) from None


def blocks_validate(desk: Desk, call: Call) -> dict[str, Any]:
    """blocks.validate: one of blocks, a message or a view."""
    given = [key for key in ("blocks", "message", "view") if call.args.get(key) is not None]
    if len(given) != 1:
        raise Refused("invalid_arguments", ["provide exactly one of blocks, message or view"])
    if given == ["view"]:
        view = call.args["view"]
        kind = view.get("type") if isinstance(view, dict) else None
        faults = check_view(view, "home" if kind == "home" else "modal")
    elif given == ["message"]:
        bot_body(call.args["message"])
        faults = []
    else:
        faults = check_blocks(call.args["blocks"], "message")
    if faults:
        raise Refused("invalid_blocks", faults, errors=faults)
    return {}


# --- files ---------------------------------------------------------------------------------------


def upload_url(desk: Desk, call: Call) -> dict[str, Any]:
    """files.getUploadURLExternal."""
    size = call.number("length", 0)
    if not 0 < size <= LARGEST_FILE:
        raise Refused("invalid_arguments", [f"length must be 1 to {LARGEST_FILE} bytes"])
    file_id = desk.shelf.reserve(call.text("filename"), size)
    return {"upload_url": f"{call.base}/upload/{file_id}", "file_id": file_id}


def complete_upload(desk: Desk, call: Call) -> dict[str, Any]:
    """files.completeUploadExternal."""
    wanted = call.args.get("files") or []
    channel = channel_of(desk, call, "channel_id") if call.maybe("channel_id") else None
    found: list[File] = []
    for one in wanted:
        file = desk.shelf.file(str(one.get("id")))
        if file is None or file.content is None:
            raise Refused("file_not_found")
        place = channel.id if channel is not None else ""
        desk.shelf.share(file.id, str(one.get("title") or file.name), place)
        found.append(desk.shelf.file(file.id) or file)
    shown = [_file(file, call) for file in found]
    if channel is not None and shown:
        body = {"user": BOT_USER, "bot_id": BOT, "app_id": APP, "files": shown}
        body["text"] = call.maybe("initial_comment") or ""
        desk.room.post(channel.id, BOT_USER, body, thread_ts=thread_of(desk, call, channel))
    return {"files": shown}


def _file(file: File, call: Call) -> dict[str, Any]:
    address = f"{call.base}/files/{file.id}"
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "mimetype": "image/png" if file.is_picture else "text/plain",
        "size": len(file.data),
        "url_private": address,
        "permalink": address,
    }


# --- the agent's own -----------------------------------------------------------------------------


def set_status(desk: Desk, call: Call) -> dict[str, Any]:
    """assistant.threads.setStatus: an empty status clears it."""
    channel, thread_ts = _conversation(desk, call)
    desk.sessions.set(channel.id, thread_ts, status=str(call.args.get("status") or ""))
    return {}


def set_prompts(desk: Desk, call: Call) -> dict[str, Any]:
    """assistant.threads.setSuggestedPrompts."""
    channel, thread_ts = _conversation(desk, call)
    prompts = call.args.get("prompts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= _MOST_PROMPTS:
        raise Refused("invalid_arguments", [f"prompts must hold 1 to {_MOST_PROMPTS} items"])
    if not all(isinstance(p, dict) and p.get("title") and p.get("message") for p in prompts):
        raise Refused("invalid_arguments", ["each prompt needs a title and a message"])
    said = {"title": call.maybe("title"), "prompts": prompts}
    desk.sessions.set(channel.id, thread_ts, prompts=said)
    return {}


def session_status(desk: Desk, call: Call) -> dict[str, Any]:
    """agents.sessions.setStatus: where a session stands."""
    channel, thread_ts = _conversation(desk, call)
    status = call.text("status")
    if status not in _LIFECYCLES:
        raise Refused("invalid_arguments", [f"status must be one of {', '.join(_LIFECYCLES)}"])
    values = {"lifecycle": status}
    if status != "processing":
        values["status"] = ""
    if call.maybe("title"):
        values["title"] = call.text("title")
    desk.sessions.set(channel.id, thread_ts, **values)
    return {}


def _conversation(desk: Desk, call: Call) -> tuple[Channel, str | None]:
    channel = channel_of(desk, call, "channel_id")
    return channel, thread_of(desk, call, channel)


_HISTORY = ("channels:history", "groups:history", "im:history")

SHOW = {
    "auth.test": (auth_test, ()),
    "users.info": (users_info, ("users:read",)),
    "conversations.open": (conversations_open, ("im:write",)),
    "conversations.replies": (conversations_replies, _HISTORY),
    "conversations.history": (conversations_history, _HISTORY),
    "views.open": (views_open, ()),
    "views.push": (views_push, ()),
    "views.update": (views_update, ()),
    "views.publish": (views_publish, ()),
    "blocks.validate": (blocks_validate, ()),
    "files.getUploadURLExternal": (upload_url, ("files:write",)),
    "files.completeUploadExternal": (complete_upload, ("files:write",)),
    "assistant.threads.setStatus": (set_status, ("chat:write",)),
    "assistant.threads.setSuggestedPrompts": (set_prompts, ("assistant:write",)),
    "agents.sessions.setStatus": (session_status, ("chat:write",)),
}
