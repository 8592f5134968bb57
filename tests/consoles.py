"""A console that really listens, around a small Bolt app: echo, a card with buttons, a modal."""

from __future__ import annotations

import asyncio
import atexit
import functools
import http.client
import json
import logging
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
import uvicorn
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from placet.clock import Clock, SystemClock
from placet.console import Console, Features, LocalSlack, Pass, Workspace
from placet.console.workspace import Channel
from placet.store.migrate import MIGRATIONS
from tests.support import policy
from tools.sql import create_engine

TOKEN, SECRET = "xoxb-local-for-tests", "a signing secret for tests"

FEATURES = Features(
    scopes=frozenset(
        {
            "app_mentions:read", "assistant:write", "channels:history", "chat:write", "commands",
            "files:write", "im:history", "im:write", "users:read",
        }
    ),
    events=frozenset({"message.im", "app_mention", "app_home_opened"}),
    commands=("/placet",),
    prompts=(
        ("By role and country", "VPs of marketing in Germany who are not customers"),
        ("Who came to us", "contacts who attended a webinar in the last 90 days"),
        ("What can you do?", "What can you do?"),
    ),
    shortcuts=(("draft_from", "Draft from this message"),),
)  # fmt: skip

STRANGE = Channel(id="C0STRANGE", name="strange", members=("ana", "ben"))
"""A channel that the app is not in."""


def text(words: str, kind: str = "plain_text") -> dict[str, Any]:
    return {"type": kind, "text": words}


def button(action: str, words: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action, "text": text(words), **more}


def card(words: str, value: str = "v1") -> list[dict[str, Any]]:
    ask = {"title": text("Sure?"), "text": text("It runs."), "confirm": text("Run"),
           "deny": text("No")}  # fmt: skip
    return [
        {"type": "header", "text": text("A card")},
        {"type": "section", "text": text(words)},
        {
            "type": "actions",
            "block_id": "acts",
            "elements": [
                button("yes", "Approve", value=value, style="primary", confirm=ask),
                button("open", "Edit", value=value),
                button("late", "Late"),
            ],
        },
    ]


def modal(title: str = "Edit", **more: Any) -> dict[str, Any]:
    name = {"type": "plain_text_input", "action_id": "name", "initial_value": "old name"}
    return {
        "type": "modal",
        "callback_id": "edit",
        "title": text(title),
        "submit": text("Save"),
        "private_metadata": "kept",
        "notify_on_close": True,
        "blocks": [
            {"type": "input", "block_id": "name", "label": text("Name"), "element": name},
        ],
        **more,
    }


class EchoApp:
    """A Bolt app that remembers what it was sent."""

    def __init__(self, base: str) -> None:
        self.client = AsyncWebClient(token=TOKEN, base_url=f"{base}/api/")
        logger = logging.getLogger("echo")
        self.app = AsyncApp(
            client=self.client, signing_secret=SECRET, logger=logger,
            ignoring_self_events_enabled=True,
        )  # fmt: skip
        self.got: list[tuple[str, dict[str, Any]]] = []
        self._listen(self.app)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [body for name, body in self.got if name == kind]

    def _listen(self, app: AsyncApp) -> None:
        @app.event("message")
        async def message(event: dict[str, Any], say: Any) -> None:
            self.got.append(("message", event))
            thread = event.get("thread_ts") or event["ts"]
            await say(text="A card", blocks=card(event["text"]), thread_ts=thread)

        @app.event("app_mention")
        async def mention(event: dict[str, Any], say: Any) -> None:
            self.got.append(("mention", event))
            await say(text="You called.", thread_ts=event["ts"])

        @app.event("app_home_opened")
        async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
            self.got.append(("home", event))
            blocks = [{"type": "header", "text": text("Your home")}]
            view = {"type": "home", "blocks": blocks}
            await client.views_publish(user_id=event["user"], view=view)

        @app.action("yes")
        async def yes(ack: Any, body: dict[str, Any], client: AsyncWebClient, respond: Any) -> None:
            await ack()
            self.got.append(("yes", body))
            await client.chat_update(
                channel=body["channel"]["id"], ts=body["message"]["ts"], text="done",
                blocks=[{"type": "section", "text": text(f"Approved by {body['user']['id']}")}],
            )  # fmt: skip
            await respond(text="Noted, for you alone.", replace_original=False)

        @app.action("open")
        async def open_(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
            await ack()
            self.got.append(("open", body))
            await client.views_open(trigger_id=body["trigger_id"], view=modal())

        @app.action("late")
        async def late(ack: Any) -> None:
            await asyncio.sleep(4)
            await ack()

        @app.view("edit")
        async def edit(ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
            self.got.append(("edit", body))
            name = view["state"]["values"]["name"]["name"]["value"]
            if len(name) < 4:
                await ack(response_action="errors", errors={"name": "At least four letters."})
            elif name == "push":
                await ack(response_action="push", view=modal("Pushed"))
            else:
                await ack()

        @app.view_closed("edit")
        async def closed(ack: Any, body: dict[str, Any]) -> None:
            self.got.append(("closed", body))
            await ack()

        @app.command("/placet")
        async def command(ack: Any, body: dict[str, Any]) -> None:
            self.got.append(("command", body))
            await ack(f"You wrote {body['text']}")

        @app.shortcut("draft_from")
        async def shortcut(ack: Any, body: dict[str, Any]) -> None:
            self.got.append(("shortcut", body))
            await ack()


class Served:
    """A console that listens on loopback, and a way to talk to it."""

    def __init__(self, console: Console, keys: Pass, port: int, echo: EchoApp | None) -> None:
        self.console, self.slack, self.keys, self.port = console, console.slack, keys, port
        self._echo = echo
        self.base = f"http://127.0.0.1:{port}"

    @property
    def echo(self) -> EchoApp:
        assert self._echo is not None
        return self._echo

    @property
    def cookie(self) -> str:
        return f"placet_console_{self.port}={self.keys.cookie()}"

    @property
    def address(self) -> str:
        return f"{self.base}/?token={self.keys.token}"

    def request(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def call(self, method: str, *, token: str | None = TOKEN, **args: Any) -> dict[str, Any]:
        """Call the Web API with JSON."""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        _, _, body = self.request("POST", f"/api/{method}", json.dumps(args).encode(), **headers)
        return dict(json.loads(body))

    def form(self, method: str, **args: Any) -> dict[str, Any]:
        """Call the Web API with a form, the token in it."""
        fields = {
            key: value if isinstance(value, str) else json.dumps(value)
            for key, value in args.items()
        }
        body = urlencode({"token": TOKEN, **fields}).encode()
        kind = "application/x-www-form-urlencoded"
        return dict(json.loads(self.request("POST", f"/api/{method}", body, Content_Type=kind)[2]))

    def browse(self, method: str, path: str, sent: Any = None) -> tuple[int, Any]:
        """Read or send as the console's own page does."""
        headers = {"Cookie": self.cookie, "Origin": self.base, "Content-Type": "application/json"}
        body = None if sent is None else json.dumps(sent).encode()
        status, _, answer = self.request(method, path, body, **headers)
        try:
            return status, json.loads(answer)
        except ValueError:
            return status, answer.decode()

    def press(self, user: str, message: dict[str, Any], action: str, **more: Any) -> Any:
        where = {"channel": more.pop("channel"), "ts": message["ts"]}
        block = more.pop("block", "acts")
        sent = {**where, "block_id": block, "action_id": action, **more}
        return self.browse("POST", f"/as/{user}/press", sent)[1]


@contextmanager
def listening(app: Any, sock: socket.socket) -> Iterator[uvicorn.Server]:
    """Serve an ASGI application from a thread until the block ends."""
    config = uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[sock])))
    thread.start()
    try:
        until(lambda: server.started or None, "the console listens")
        yield server
    finally:
        if isinstance(app, Console):
            app.slack.hub.close()
        server.should_exit = True
        thread.join(20)


def until(look: Callable[[], Any], words: str, seconds: float = 10.0) -> Any:
    """Return what `look` returns once it returns something."""
    waited = threading.Event()
    for _ in range(int(seconds / 0.02)):
        found = look()
        if found:
            return found
        waited.wait(0.02)
    raise AssertionError(f"did not happen within {seconds:.0f} s: {words}")


@contextmanager
def echo_console(
    url: str, clock: Clock | None = None, *, port: int = 0, features: Features = FEATURES
) -> Iterator[Served]:
    """Serve a console with the echo app over a database."""
    _migrated(url)
    engine = create_engine(url)
    try:
        with _serve_echo(engine, clock or SystemClock(), port, features) as served:
            yield served
    finally:
        engine.dispose()


def _migrated(url: str) -> None:
    """Bring a database to the present schema; a new SQLite file is a copy of one that is."""
    path = sa.make_url(url).database
    if url.startswith("sqlite") and path and not Path(path).exists():
        shutil.copyfile(_template(), path)
        return
    engine = create_engine(url)
    MIGRATIONS.upgrade(engine)
    engine.dispose()


@functools.cache
def _template() -> str:
    folder = tempfile.mkdtemp(prefix="placet-console-")
    atexit.register(shutil.rmtree, folder)
    path = Path(folder) / "template.db"
    engine = create_engine(f"sqlite:///{path}")
    MIGRATIONS.upgrade(engine)
    engine.dispose()
    return str(path)


@contextmanager
def _serve_echo(engine: sa.Engine, clock: Clock, port: int, features: Features) -> Iterator[Served]:
    with socket.create_server(("127.0.0.1", port)) as sock:
        port = sock.getsockname()[1]
        workspace = Workspace.of(policy(), rooms=(STRANGE,))
        slack = LocalSlack(engine, workspace, features, clock)
        echo = EchoApp(f"http://127.0.0.1:{port}")
        keys = Pass(b"a key for tests", SystemClock())
        console = Console(slack, echo.app, secret=SECRET, token=TOKEN, keys=keys, port=port)
        with listening(console, sock):
            yield Served(console, keys, port, echo)
