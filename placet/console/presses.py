"""What a person does in the browser: says something, presses a button, sends a form.

Each becomes a signed request to the app. Only what the kept blocks offer can be pressed; what went
wrong is answered in words for the person who pressed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from placet.ids import new_id

from .calls import Refused
from .chatting import bot_body
from .deliver import Deliverer, Undelivered
from .pages import Pages
from .panes import PaneError, View
from .room import Message
from .showing import read_view
from .state import acted, elements_of, faults_of, values_of
from .webapi import LocalSlack
from .workspace import BOT_NAME, BOT_USER, Channel, Someone

__all__ = ["Presses"]

_LARGEST = 200_000
_LONGEST = 10_000
_MENTION = re.compile(r"(?<![\w@])@([\w.-]{1,80})")


class Presses:
    """Answers everything that a browser sends."""

    def __init__(self, slack: LocalSlack, pages: Pages, deliverer: Deliverer) -> None:
        self._slack, self._pages, self._deliverer = slack, pages, deliverer

    # --- saying ----------------------------------------------------------------------------------

    async def say(self, request: Request) -> Response:
        """Post what the person wrote, or run it as a slash command."""
        sent, person = await _read(request), self._pages.person(request)
        channel = self._pages.channel(person, str(sent.get("channel")))
        text = str(sent.get("text") or "").strip()
        if not text:
            return _answer("Say in plain words what you need.")
        if len(text) > _LONGEST:
            return _answer(f"That is {len(text):,} characters; the most is {_LONGEST:,}.")
        word, _, rest = text.partition(" ")
        if word in self._slack.features.commands:
            return await self._command(person, channel, word, rest.strip())
        thread_ts = str(sent.get("thread_ts") or "") or None
        message = await run_in_threadpool(self._post, person, channel, text, thread_ts)
        self._deliverer.said(channel, message)
        return JSONResponse({"ok": True, "ts": message.ts})

    def _post(self, person: Someone, channel: Channel, text: str, thread_ts: str | None) -> Message:
        body = {"user": person.id, "text": self._written(text), "client_msg_id": new_id("cm")}
        first = self._slack.room.message(channel.id, thread_ts) if thread_ts else None
        thread = (first.thread_ts or first.ts) if first else None
        return self._slack.room.post(channel.id, person.id, body, thread_ts=thread)

    def _written(self, text: str) -> str:
        """Return what a person typed as Slack passes it on: escaped, names as mentions."""
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        ids = {one.name.lower(): one.id for one in self._slack.workspace.people}
        ids[BOT_NAME.lower()] = BOT_USER

        def mention(found: re.Match[str]) -> str:
            user = ids.get(found.group(1).rstrip(".-").lower())
            rest = found.group(1)[len(found.group(1).rstrip(".-")) :]
            return f"<@{user}>{rest}" if user else found.group(0)

        return _MENTION.sub(mention, escaped)

    async def _command(
        self, person: Someone, channel: Channel, command: str, text: str
    ) -> Response:
        try:
            found = await self._deliverer.command(person.id, channel, command, text)
        except Undelivered as error:
            return _answer(str(error))
        if found:
            await run_in_threadpool(self._post_answer, person, channel, found)
        return JSONResponse({"ok": True})

    def _post_answer(self, person: Someone, channel: Channel, found: Mapping[str, Any]) -> None:
        seen = found.get("response_type") == "in_channel"
        to_user = None if seen else person.id
        self._slack.room.post(channel.id, BOT_USER, bot_body(found), to_user=to_user)

    async def shortcut(self, request: Request) -> Response:
        """Run a message shortcut."""
        sent, person = await _read(request), self._pages.person(request)
        callback_id = str(sent.get("callback_id"))
        if callback_id not in {one for one, _ in self._slack.features.shortcuts}:
            raise HTTPException(404, "There is no such shortcut.")
        message = await self._message(person, sent)
        return await _sending(self._deliverer.shortcut(person.id, callback_id, message))

    async def stop(self, request: Request) -> Response:
        """Press Stop: the app is told to stop what it is at in a thread."""
        sent, person = await _read(request), self._pages.person(request)
        channel = self._pages.channel(person, str(sent.get("channel")))
        event = {"type": "agent_session_stopped", "user": person.id, "channel": channel.id}
        event |= {"thread_ts": str(sent.get("thread_ts")), "event_ts": self._slack.room.now()}
        self._deliverer.event(event)
        return JSONResponse({"ok": True})

    # --- pressing --------------------------------------------------------------------------------

    async def press(self, request: Request) -> Response:
        """Press a button or change a menu, in a message or in a view."""
        sent, person = await _read(request), self._pages.person(request)
        if sent.get("view_id"):
            view = await self._view(person, sent)
            action = self._action(view.body["blocks"], sent)
            values = values_of(view.body["blocks"], _raw(sent))
            return await _sending(self._deliverer.acted(person.id, action, view, values))
        message = await self._message(person, sent)
        blocks = message.body.get("blocks") or []
        action, values = self._action(blocks, sent), values_of(blocks, _raw(sent))
        return await _sending(self._deliverer.pressed(person.id, action, message, values))

    def _action(
        self, blocks: Sequence[Mapping[str, Any]], sent: Mapping[str, Any]
    ) -> dict[str, Any]:
        for block, element in elements_of(blocks):
            key = (block["block_id"], element["action_id"])
            if key == (sent.get("block_id"), sent.get("action_id")):
                now = self._slack.room.now()
                action = acted(element, block["block_id"], sent.get("value"), now)
                if action is not None:
                    return action
        raise HTTPException(409, "That is not there any more; look at it again.")

    # --- views -----------------------------------------------------------------------------------

    async def submit(self, request: Request) -> Response:
        """Send a modal's form; answers with the faults to show, by block."""
        sent, person = await _read(request), self._pages.person(request)
        view = await self._view(person, sent)
        values = values_of(view.body["blocks"], _raw(sent))
        faults = faults_of(view.body["blocks"], values)
        if faults:
            return JSONResponse({"ok": True, "errors": faults})
        try:
            found = await self._deliverer.submitted(person.id, view, values)
            errors = await run_in_threadpool(self._follow, person, view, found)
        except Undelivered as error:
            return _answer(str(error))
        except (Refused, PaneError) as error:
            said = "; ".join(getattr(error, "messages", [])) or str(error)
            return _answer(f"The app answered with a view that cannot be shown: {said}")
        return JSONResponse({"ok": True, "errors": errors})

    def _follow(self, person: Someone, view: View, found: Mapping[str, Any]) -> Mapping[str, str]:
        """Do what the app answered to a form; returns faults to show."""
        panes = self._slack.panes
        match found.get("response_action"):
            case "errors":
                return dict(found.get("errors") or {})
            case "update":
                panes.update(
                    read_view(found.get("view"), "modal"), view_id=view.id, external_id=None
                )
            case "push":
                panes.push(person.id, read_view(found.get("view"), "modal"))
            case "clear":
                panes.close(view, whole=True)
            case _:
                panes.close(view, whole=False)
        return {}

    async def close(self, request: Request) -> Response:
        """Close a modal, or the whole stack."""
        sent, person = await _read(request), self._pages.person(request)
        view = await self._view(person, sent)
        whole = bool(sent.get("whole")) or bool(view.body.get("clear_on_close"))
        await run_in_threadpool(lambda: self._slack.panes.close(view, whole=whole))
        return await _sending(self._deliverer.closed(person.id, view, whole=whole))

    # --- finding ---------------------------------------------------------------------------------

    async def _message(self, person: Someone, sent: Mapping[str, Any]) -> Message:
        channel = self._pages.channel(person, str(sent.get("channel")))
        message = await run_in_threadpool(self._slack.room.message, channel.id, sent.get("ts"))
        if message is None or message.to_user not in (None, person.id):
            raise HTTPException(404, "That message is not there any more.")
        return message

    async def _view(self, person: Someone, sent: Mapping[str, Any]) -> View:
        view = await run_in_threadpool(self._slack.panes.view, str(sent.get("view_id")))
        if view is None or view.user != person.id:
            raise HTTPException(404, "That window is closed already.")
        return view


async def _read(request: Request) -> dict[str, Any]:
    body = await request.body()
    if len(body) > _LARGEST:
        raise HTTPException(413, "That is too large.")
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise HTTPException(400, "The page sent no JSON object.")
    return value


def _raw(sent: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    values = sent.get("values")
    if not isinstance(values, dict):
        return {}
    return {block: held for block, held in values.items() if isinstance(held, dict)}


def _answer(words: str) -> Response:
    return JSONResponse({"ok": False, "error": words})


async def _sending(delivery: Any) -> Response:
    try:
        await delivery
    except Undelivered as error:
        return _answer(str(error))
    return JSONResponse({"ok": True})
