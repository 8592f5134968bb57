"""A small Slack for tests: its Web API on a port, people who press, and a home with a company."""

from __future__ import annotations

import asyncio
import atexit
import hashlib
import hmac
import itertools
import json
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from aiohttp import WSMsgType, web
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from agents.port import Proposed
from gates import Person
from gates.draft import Draft, State
from gates.targets import targets_of
from placet.clock import Clock, FixedClock
from placet.settings import Settings, load_settings
from placet.slack import METHODS, Sender, build_app
from placet.slack.app import room_of
from placet.slack.check import faults, view_faults
from placet.store.drafting import open_draft
from placet.store.schema import drafts, requests
from placet.wiring import initialise, open_placet
from tools.crm.local.sample import fill
from tools.segments.tree import All, Segment
from tools.sql import create_engine

SECRET, TOKEN, TEAM, BOT_USER = "a signing secret", "xoxb-test", "T1", "UBOT"

POLICY = """
default_person = "ana"
[people.ana]
team = "T1"
user = "UANA"
email = "ana@t1.example"
[people.ben]
team = "T1"
user = "UBEN"
email = "ben@t1.example"
[people.cleo]
team = "T1"
user = "UCLEO"
admin = true
[people.dora]
team = "T1"
user = "UDORA"
[rules.build_segment]
approvers = ["ana", "ben", "cleo"]
need = 1
need_flagged = 2
[rules.archive_list]
approvers = ["ana", "ben", "cleo"]
[rules.send_email]
approvers = ["ana", "ben", "cleo"]
may_override = ["cleo"]
[rules.send_test]
approvers = []
self_service = true
"""


class FakeSlack:
    """Answers the methods Placet calls; refuses others, bad blocks and unknown tokens."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.messages: dict[tuple[str, str], dict[str, Any]] = {}
        self.whispers: list[dict[str, Any]] = []
        self.views: dict[str, dict[str, Any]] = {}
        self.homes: dict[str, dict[str, Any]] = {}
        self.files: list[tuple[str, str]] = []
        self.statuses: list[tuple[str, str]] = []
        self.wrong: list[str] = []
        self.answers: dict[str, list[Any]] = {}
        """Method -> what to answer instead, first come first: an error, seconds to wait, `cut`."""
        self.times: list[tuple[float, str, str]] = []
        self._ts = itertools.count(1)
        self._triggers: set[str] = set()
        self._runner: web.AppRunner | None = None
        self.envelopes: list[dict[str, Any]] = []
        self.acknowledged: list[dict[str, Any]] = []
        self.url, self.scopes = "", "chat:write"

    async def start(self) -> None:
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_post("/upload", self._upload)
        app.router.add_get("/socket", self._socket)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def client(self, token: str = TOKEN) -> AsyncWebClient:
        return AsyncWebClient(token=token, base_url=f"{self.url}/api/", retry_handlers=[])

    def trigger(self) -> str:
        trigger = f"trigger-{next(self._ts)}"
        self._triggers.add(trigger)
        return trigger

    def named(self, method: str) -> list[dict[str, Any]]:
        return [arguments for name, arguments in self.calls if name == method]

    def in_channel(self, channel: str) -> list[dict[str, Any]]:
        return [m for (where, _), m in self.messages.items() if where == channel]

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        """Speak Socket Mode: send each envelope of `envelopes`, keep what comes back."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello"})
        for envelope in self.envelopes:
            await socket.send_json(envelope)
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                self.acknowledged.append(json.loads(message.data))
        return socket

    # --- the Web API ---------------------------------------------------------------------------

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if "json" in request.content_type:
            arguments = await request.json() if request.can_read_body else {}
        else:
            posted = await request.post() if request.method == "POST" else {}
            sent = {**request.query, **posted}
            arguments = {key: _read(value) for key, value in sent.items()}
        self.calls.append((method, arguments))
        self.times.append((time.monotonic(), method, str(arguments.get("channel"))))
        if method == "apps.connections.open":
            return web.json_response(
                {"ok": True, "url": self.url.replace("http", "ws") + "/socket"}
            )
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"ok": False, "error": "invalid_auth"})
        if method not in METHODS:
            self.wrong.append(method)
            return web.json_response({"ok": False, "error": "unknown_method"})
        planned = self.answers.get(method) or []
        after = None
        if planned:
            after = planned.pop(0)
            if isinstance(after, int | float):
                return web.json_response(
                    {"ok": False, "error": "ratelimited"},
                    status=429,
                    headers={"Retry-After": str(after)},
                )
            if after not in ("cut", None):
                return web.json_response({"ok": False, "error": after})
        answer = getattr(self, "_" + method.replace(".", "_"))(arguments)
        if after == "cut":  # it was done, but the answer is lost
            request.transport.close()  # type: ignore[union-attr]
            return web.Response()
        if isinstance(answer, str):
            return web.json_response({"ok": False, "error": answer})
        return web.json_response({"ok": True} | answer, headers={"x-oauth-scopes": self.scopes})

    def _auth_test(self, _a: dict[str, Any]) -> Any:
        return {
            "team_id": TEAM, "user_id": BOT_USER, "bot_id": "B1", "team": "Team", "user": "placet",
            "url": "https://t1.slack.com/",
        }  # fmt: skip

    def _chat_postMessage(self, a: dict[str, Any]) -> Any:  # noqa: N802
        if wrong := faults(a["blocks"], "message"):
            self.wrong += wrong
            return "invalid_blocks"
        ts = f"{1700000000 + next(self._ts)}.000100"
        self.messages[a["channel"], ts] = a | {"ts": ts}
        return {"channel": a["channel"], "ts": ts, "message": a}

    def _chat_update(self, a: dict[str, Any]) -> Any:
        if (a["channel"], a["ts"]) not in self.messages:
            return "message_not_found"
        if wrong := faults(a["blocks"], "message"):
            self.wrong += wrong
            return "invalid_blocks"
        self.messages[a["channel"], a["ts"]] |= a
        return {"channel": a["channel"], "ts": a["ts"]}

    def _chat_delete(self, a: dict[str, Any]) -> Any:
        if self.messages.pop((a["channel"], a["ts"]), None) is None:
            return "message_not_found"
        return {}

    def _chat_postEphemeral(self, a: dict[str, Any]) -> Any:  # noqa: N802
        if wrong := faults(a["blocks"], "message"):
            self.wrong += wrong
            return "invalid_blocks"
        self.whispers.append(a)
        return {"message_ts": "1.1"}

    def _conversations_open(self, a: dict[str, Any]) -> Any:
        return {"channel": {"id": f"D{a['users']}"}}

    def _conversations_replies(self, a: dict[str, Any]) -> Any:
        found = [m for m in self.in_channel(a["channel"]) if m.get("thread_ts") == a["ts"]]
        return {"messages": found}

    def _conversations_history(self, a: dict[str, Any]) -> Any:
        return {"messages": self.in_channel(a["channel"])}

    def _views_open(self, a: dict[str, Any]) -> Any:
        if a["trigger_id"] not in self._triggers:
            return "expired_trigger_id"
        self._triggers.remove(a["trigger_id"])
        view_id = f"V{next(self._ts)}"
        return self._put_view(view_id, a["view"])

    def _views_update(self, a: dict[str, Any]) -> Any:
        if a["view_id"] not in self.views:
            return "not_found"
        return self._put_view(a["view_id"], a["view"])

    def _views_publish(self, a: dict[str, Any]) -> Any:
        if wrong := view_faults(a["view"]):
            self.wrong += wrong
            return "invalid_arguments"
        self.homes[a["user_id"]] = a["view"]
        return {"view": a["view"]}

    def _put_view(self, view_id: str, view: Any) -> Any:
        view = _read(view)
        if wrong := view_faults(view):
            self.wrong += wrong
            return "invalid_arguments"
        self.views[view_id] = view | {"id": view_id}
        return {"view": self.views[view_id]}

    def _agents_sessions_setStatus(self, a: dict[str, Any]) -> Any:  # noqa: N802
        self.statuses.append((a["thread_ts"], a["status"]))
        return {}

    def _assistant_threads_setStatus(self, a: dict[str, Any]) -> Any:  # noqa: N802
        return {}

    def _assistant_threads_setSuggestedPrompts(self, a: dict[str, Any]) -> Any:  # noqa: N802
        return {}

    def _blocks_validate(self, a: dict[str, Any]) -> Any:
        return {}

    def _files_getUploadURLExternal(self, a: dict[str, Any]) -> Any:  # noqa: N802
        return {"upload_url": f"{self.url}/upload", "file_id": f"F{next(self._ts):09}"}

    def _files_completeUploadExternal(self, a: dict[str, Any]) -> Any:  # noqa: N802
        done = a["files"]
        for number in range(-len(done), 0):
            self.files[number] = (a.get("channel_id") or "", self.files[number][1])
        return {"files": [{"id": one["id"], "title": one.get("title")} for one in done]}

    async def _upload(self, request: web.Request) -> web.Response:
        self.files.append(("", (await request.read()).decode(errors="replace")))
        return web.Response(text="OK")


def _read(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in "[{":
        return json.loads(value)
    return value


def signed(
    body: str, kind: str = "application/json", *, secret: str = SECRET, at: float | None = None
) -> AsyncBoltRequest:
    stamp = str(int(time.time() if at is None else at))
    mac = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256)
    headers = {
        "content-type": [kind],
        "x-slack-signature": [f"v0={mac.hexdigest()}"],
        "x-slack-request-timestamp": [stamp],
    }
    return AsyncBoltRequest(body=body, headers=headers)


def make_home(settings: Settings, size: int, now: datetime) -> None:
    initialise(settings)
    settings.policy_file.write_text(POLICY)
    if size:
        engine = create_engine(settings.crm_url)
        fill(engine, size=size, now=now)
        engine.dispose()


@cache
def _template(size: int, now: datetime) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="placet-slack-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    make_home(load_settings({"PLACET_HOME": str(folder)}), size, now)
    return folder


class SlackWorld:
    """A home with a small company, the app over it, and a Slack around it."""

    def __init__(self, home: Path, url: str, clock: Clock, *, size: int = 300) -> None:
        env = {"PLACET_HOME": str(home), "PLACET_DATABASE_URL": url}
        self.settings = load_settings(env)
        self.clock, self.slack = clock, FakeSlack()
        if url.startswith("sqlite"):  # migrating and filling take a second: done once, copied
            shutil.copytree(_template(size, clock.now()), home, dirs_exist_ok=True)
            (home / "placet.db").replace(url.removeprefix("sqlite:///"))
        else:
            make_home(self.settings, size, clock.now())
        self.placet = open_placet(self.settings, clock=clock)
        self.events = itertools.count(1)
        self._redrafted: set[tuple[str, int]] = set()
        self.app: AsyncApp
        self.sender: Sender

    async def start(self) -> SlackWorld:
        await self.slack.start()
        self.open_app()
        return self

    def open_app(self) -> None:
        self.app = build_app(self.placet, signing_secret=SECRET, client=self.slack.client())
        self.sender = Sender(self.placet, lambda _team: self.slack.client(), per_second=0)

    def restart(self) -> None:
        """Close everything and open it anew, as after the process was stopped."""
        self.placet.close()
        self.placet = open_placet(self.settings, clock=self.clock)
        self.open_app()

    async def stop(self) -> None:
        await self.slack.stop()
        self.placet.close()

    # --- what the worker does ------------------------------------------------------------------

    def work(self) -> None:
        """Do the jobs that are due, here and now."""
        bodies = self.placet.bodies()
        while jobs := self._jobs():
            for kind, *args in jobs:
                if kind == "execute":
                    said, index = bodies["execute.begin"](*args), 0
                    while said == "go":
                        said = bodies["execute.chunk"](*args, index)
                        index += 1
                    if said == "last":
                        bodies["execute.finish"](*args)
                else:
                    bodies[f"{kind}.run"](*args)

    def _jobs(self) -> list[tuple[Any, ...]]:
        with self.placet.book.reader.connect() as connection:
            asked = connection.scalars(
                sa.select(requests.c.id).where(requests.c.state == "drafting")
            )
            jobs: list[tuple[Any, ...]] = [("draft", one, f"draft:{one}") for one in asked]
            rows = connection.execute(
                sa.select(drafts).where(drafts.c.state.in_(("approved", "revising")))
            ).all()
        for row in rows:
            kind = "execute" if row.state == "approved" else "redraft"
            if kind == "redraft" and (row.id, row.version) in self._redrafted:
                continue
            self._redrafted.add((row.id, row.version))
            jobs.append((kind, row.id, row.revision, f"{kind}:{row.id}:{row.version}"))
        return jobs

    async def settle(self) -> None:
        """Let the worker and the sender do everything that is due."""
        await self.quiet()
        await asyncio.to_thread(self.work)
        await self.sender.drain()

    async def quiet(self) -> None:
        """Wait until no listener is at work any more."""
        await room_of(self.app).idle()

    # --- what people do ------------------------------------------------------------------------

    async def send(self, request: AsyncBoltRequest) -> BoltResponse:
        response = await self.app.async_dispatch(request)
        await self.quiet()
        return response

    async def event(self, event: dict[str, Any], **envelope: Any) -> BoltResponse:
        body = {
            "type": "event_callback", "team_id": TEAM, "api_app_id": "A1",
            "event_id": f"Ev{next(self.events)}", "event": event,
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
        } | envelope  # fmt: skip
        return await self.send(signed(json.dumps(body)))

    async def say(
        self, text: str, user: str = "UANA", *, channel: str = "", thread: str | None = None, **more
    ) -> str:
        channel = channel or f"D{user}"
        ts = f"{1600000000 + next(self.events)}.000200"
        event = {
            "type": "message", "channel": channel, "user": user, "text": text, "ts": ts,
            "channel_type": "im" if channel.startswith("D") else "channel",
        } | more  # fmt: skip
        if thread:
            event["thread_ts"] = thread
        await self.event(event)
        return ts

    async def interact(self, payload: dict[str, Any], **how: Any) -> BoltResponse:
        body = urlencode({"payload": json.dumps(payload)})
        return await self.send(signed(body, "application/x-www-form-urlencoded", **how))

    def pressing(
        self, message: dict[str, Any], action: str, user: str, value: str | None = None
    ) -> dict[str, Any]:
        """Return the payload of a press on a message's button, whether it is on it or not."""
        if value is None:
            value = next(v for a, v in buttons(message) if a == action)
        return {
            "type": "block_actions", "team": {"id": TEAM, "domain": "t1"},
            "user": {"id": user, "team_id": TEAM, "username": user},
            "api_app_id": "A1", "trigger_id": self.slack.trigger(),
            "container": {
                "type": "message", "message_ts": message["ts"], "channel_id": message["channel"],
                "thread_ts": message.get("thread_ts"),
            },
            "channel": {"id": message["channel"]}, "message": {"ts": message["ts"]},
            "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": value}],
        }  # fmt: skip

    async def press(
        self, message: dict[str, Any], action: str, user: str, value: str | None = None
    ) -> BoltResponse:
        return await self.interact(self.pressing(message, action, user, value))

    async def submit(self, view: dict[str, Any], user: str, values: dict[str, Any]) -> BoltResponse:
        state = {block: {"value": held} for block, held in values.items()}
        return await self.interact(
            {
                "type": "view_submission", "team": {"id": TEAM},
                "user": {"id": user, "team_id": TEAM}, "api_app_id": "A1",
                "view": view | {"state": {"values": state}},
            }
        )  # fmt: skip

    # --- looking -------------------------------------------------------------------------------

    def card(self, channel: str) -> dict[str, Any]:
        """Return the newest message with buttons in a channel."""
        found = [m for m in self.slack.in_channel(channel) if buttons(m)]
        return found[-1]

    def last_view(self) -> dict[str, Any]:
        return list(self.slack.views.values())[-1]

    def whispered(self) -> list[str]:
        return [words(one["blocks"]) for one in self.slack.whispers]

    def open_draft(
        self, *, user: str = "UANA", name: str = "Everybody", tree: Any = None, **changes: Any
    ) -> Draft:
        """Put a draft at the gate as if it had been asked for in a direct message."""
        segment = Segment(
            name=name, filter=tree or All(of=()), as_of=self.clock.now(), use="internal"
        )
        action = {
            "segment": segment.model_dump(mode="json"),
            "targets": targets_of(()).model_dump(),
        }
        proposed = self.placet.agents.segments.compose(action, drafter="rules")
        if changes:
            proposed = proposed.model_copy(update=changes)
        return self.open_proposed(proposed, user=user)

    def open_proposed(self, proposed: Proposed, *, user: str = "UANA") -> Draft:
        number = next(self.events)
        thread = f"slack:{TEAM}:D{user}:{1600000000 + number}.000300"
        person, request_id = Person(team=TEAM, user=user), f"rq_{number}"
        with self.placet.book.begin() as page:
            page.connection.execute(
                requests.insert().values(
                    id=request_id, thread_id=thread, text="everybody", person=person.key,
                    place="slack", at=self.clock.now(), state="done", refused=False,
                )
            )  # fmt: skip
            draft_id = open_draft(
                page, self.placet.gate, proposed, person, request_id, f"src_{number}"
            )
            return page.read(draft_id)

    def set_state(self, draft: Draft, state: State) -> None:
        """Put the draft's row into a state, whatever led there."""
        with self.placet.engine.begin() as connection:
            connection.execute(
                drafts.update()
                .where(drafts.c.id == draft.revision.draft_id)
                .values(
                    state=state.value, version=drafts.c.version + 1, approvals="[]",
                    revision=draft.revision.revision, digest=draft.digest,
                    stopped_by=None, stopped_at=None,
                )
            )  # fmt: skip

    async def asked(self, text: str = "VPs of marketing", user: str = "UANA") -> Any:
        """Ask and let the card be posted; returns the draft."""
        await self.say(text, user)
        await self.settle()
        return self.placet.desk.drafts()[-1]


def buttons(message: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (element["action_id"], element.get("value", ""))
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def words(blocks: Any) -> str:
    """Return all text in blocks."""
    if isinstance(blocks, list):
        found = [words(block) for block in blocks]
    elif isinstance(blocks, dict):
        found = [v if k == "text" and isinstance(v, str) else words(v) for k, v in blocks.items()]
    else:
        found = []
    return "\n".join(one for one in found if one)


Scenario = Callable[[SlackWorld], Awaitable[None]]
Run = Callable[[Scenario], None]


def play(scenario: Scenario, home: Path, url: str, clock: Clock, **how: Any) -> None:
    """Play a scenario in a fresh world; nothing that Slack would refuse may have been sent."""

    async def whole() -> None:
        world = SlackWorld(home, url, clock, **how)
        await world.start()
        try:
            await scenario(world)
            assert world.slack.wrong == []
        finally:
            await world.stop()

    asyncio.run(whole())


@pytest.fixture
def run(tmp_path: Path, clock: FixedClock) -> Run:
    """Play a scenario on SQLite."""
    return lambda scenario: play(scenario, tmp_path, f"sqlite:///{tmp_path / 'placet.db'}", clock)


@pytest.fixture
def run_both(tmp_path: Path, clock: FixedClock, database_url: str) -> Run:
    """Play a scenario once on SQLite and once on PostgreSQL."""
    return lambda scenario: play(scenario, tmp_path, database_url, clock)


def field(kind: str, value: Any) -> dict[str, Any]:
    """Return a field's state as Slack sends it."""
    match kind:
        case "checkboxes" | "multi_static_select":
            return {"type": kind, "selected_options": [{"value": one} for one in value]}
        case "static_select":
            return {"type": kind, "selected_option": {"value": value}}
        case _:
            return {"type": kind, "value": value}


__all__ = [
    "FakeSlack",
    "Run",
    "SlackWorld",
    "buttons",
    "field",
    "play",
    "room_of",
    "run",
    "run_both",
    "signed",
    "words",
]
