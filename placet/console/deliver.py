"""Deliveries: what a person does in the browser, as the signed request that Slack would send.

Each request goes, in process, to the very Bolt app that real Slack talks to: same payloads, same
signature, same three seconds to answer.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse

from placet.log import get_logger

from .panes import View
from .room import Message
from .triggers import Answer
from .webapi import LocalSlack
from .workspace import APP, BOT_USER, TEAM, Channel

__all__ = ["Deliverer", "Undelivered"]

_log = get_logger(__name__)
_PATIENCE_SECONDS = 3.0
_RETRIES_AFTER = (0.0, 1.0, 5.0)


class Undelivered(Exception):
    """The app did not take it; the text says so to the person who pressed."""


class Deliverer:
    """Sends what happens in the browser to the app."""

    def __init__(self, app: AsyncApp, slack: LocalSlack, *, secret: str, base: str) -> None:
        self._app, self._slack = app, slack
        self._secret, self._base = secret.encode(), base
        self._tasks: set[asyncio.Task[None]] = set()

    # --- events ----------------------------------------------------------------------------------

    def event(self, event: dict[str, Any]) -> None:
        """Send an event in the background, as Slack does: again where it was not taken."""
        if not self._subscribed(event):
            return
        task = asyncio.get_running_loop().create_task(self._persist(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Wait until every event that was sent has been taken or given up."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def said(self, channel: Channel, message: Message) -> None:
        """Tell the app of a person's message: all in its own channels, mentions elsewhere."""
        event = {**message.body, "channel": channel.id, "event_ts": message.ts}
        if channel.direct:
            self.event({**event, "type": "message", "channel_type": "im"})
            return
        if BOT_USER not in channel.members:
            return
        if f"<@{BOT_USER}>" in message.body["text"]:
            self.event({**event, "type": "app_mention"})
        self.event({**event, "type": "message", "channel_type": "channel"})

    def _subscribed(self, event: Mapping[str, Any]) -> bool:
        kind = event.get("channel_type")
        name = f"{event['type']}.{kind}s" if kind == "channel" else f"{event['type']}.{kind}"
        return (name if kind else event["type"]) in self._slack.features.events

    async def _persist(self, event: dict[str, Any]) -> None:
        body = json.dumps(self._envelope(event))
        for number, pause in enumerate((0.0, *_RETRIES_AFTER)):
            await asyncio.sleep(pause)
            more = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": "http_error"}
            try:
                await self._send(body, "application/json", more if number else {})
            except Undelivered as error:
                _log.warning("event %s: %s", event["type"], error)
            else:
                return

    def _envelope(self, event: dict[str, Any]) -> dict[str, Any]:
        mine = {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True}
        return {
            "token": "local",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": "Ev" + secrets.token_hex(8).upper(),
            "event_time": int(time.time()),
            "authorizations": [{**mine, "is_enterprise_install": False}],
            "is_ext_shared_channel": False,
        }

    # --- interactions ----------------------------------------------------------------------------

    async def pressed(
        self, user: str, action: dict[str, Any], message: Message, values: dict[str, Any]
    ) -> None:
        """Send a button, a menu or the like in a message."""
        container: dict[str, Any] = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": message.to_user is not None,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        await self._interact(
            user,
            "block_actions",
            container=container,
            channel=self._channel(message.channel),
            message=message.body,
            state={"values": values},
            response_url=self._address(user, message.channel, message),
            actions=[action],
        )

    async def acted(
        self, user: str, action: dict[str, Any], view: View, values: dict[str, Any]
    ) -> None:
        """Send a button, a menu or the like in a modal or App Home."""
        await self._interact(
            user,
            "block_actions",
            container={"type": "view", "view_id": view.id},
            view=view.as_json(values),
            actions=[action],
        )

    async def submitted(self, user: str, view: View, values: dict[str, Any]) -> dict[str, Any]:
        """Send a modal's form; returns what the app answered: nothing, or a `response_action`."""
        response = await self._interact(
            user, "view_submission", view=view.as_json(values), response_urls=[]
        )
        return _json(response)

    async def closed(self, user: str, view: View, *, whole: bool) -> None:
        """Tell of a modal that was closed, where the app wants to know."""
        if view.body.get("notify_on_close"):
            await self._interact(user, "view_closed", view=view.as_json(), is_cleared=whole)

    async def shortcut(self, user: str, callback_id: str, message: Message) -> None:
        """Send a message shortcut."""
        await self._interact(
            user,
            "message_action",
            callback_id=callback_id,
            message_ts=message.ts,
            channel=self._channel(message.channel),
            message=message.body,
            response_url=self._address(user, message.channel, message),
        )

    async def command(self, user: str, channel: Channel, command: str, text: str) -> Any:
        """Send a slash command; returns what the app answered at once, for this person only."""
        fields = {
            "token": "local",
            "team_id": TEAM,
            "team_domain": self._slack.workspace.domain,
            "channel_id": channel.id,
            "channel_name": "directmessage" if channel.direct else channel.name,
            "user_id": user,
            "user_name": self._slack.workspace.called(user),
            "command": command,
            "text": text,
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": self._address(user, channel.id, None),
            "trigger_id": self._slack.triggers.trigger(user),
        }
        response = await self._send(urlencode(fields), "application/x-www-form-urlencoded", {})
        found = _json(response)
        return found if found or not response.body else {"text": response.body}

    async def _interact(self, user: str, kind: str, **more: Any) -> BoltResponse:
        workspace = self._slack.workspace
        name = workspace.called(user)
        payload = {
            "type": kind,
            "user": {"id": user, "username": name, "name": name, "team_id": TEAM},
            "team": {"id": TEAM, "domain": workspace.domain},
            "api_app_id": APP,
            "token": "local",
            "enterprise": None,
            "is_enterprise_install": False,
            "trigger_id": self._slack.triggers.trigger(user),
            **more,
        }
        body = urlencode({"payload": json.dumps(payload)})
        return await self._send(body, "application/x-www-form-urlencoded", {})

    # --- the request -----------------------------------------------------------------------------

    async def _send(self, body: str, kind: str, more: Mapping[str, str]) -> BoltResponse:
        stamp = str(int(time.time()))  # the verifier in slack_sdk asks the system too
        signed = f"v0:{stamp}:{body}".encode()
        signature = hmac.new(self._secret, signed, hashlib.sha256).hexdigest()
        headers = {
            "content-type": kind,
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": f"v0={signature}",
            **more,
        }
        request = AsyncBoltRequest(body=body, headers=dict(headers))
        work = asyncio.ensure_future(self._app.async_dispatch(request))
        done, _ = await asyncio.wait({work}, timeout=_PATIENCE_SECONDS)  # late work goes on
        if not done:
            raise Undelivered("The app did not answer within 3 seconds.")
        response = work.result()
        if response.status != 200:
            raise Undelivered(f"The app refused it (HTTP {response.status}).")
        return response

    def _channel(self, channel_id: str) -> dict[str, str]:
        channel = self._slack.workspace.channel(channel_id)
        name = channel.name if channel and not channel.direct else "directmessage"
        return {"id": channel_id, "name": name}

    def _address(self, user: str, channel: str, message: Message | None) -> str:
        answer = Answer(
            user=user,
            channel=channel,
            message_ts=message.ts if message else None,
            thread_ts=message.thread_ts if message else None,
        )
        return f"{self._base}/respond/{self._slack.triggers.address(answer)}"


def _json(response: BoltResponse) -> dict[str, Any]:
    try:
        value = json.loads(response.body or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
