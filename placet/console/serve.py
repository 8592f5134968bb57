"""Serving: the console, the Bolt app, the sender and a worker, in one process on loopback.

Beside them, on a port of its own, stands what recipients of emails see. The page is there first;
the worker, which takes a second to start, follows.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import socket
import threading
import webbrowser
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import uvicorn
from slack_sdk.web.async_client import AsyncWebClient
from typing_extensions import override

from placet.errors import BadSetting, OperatorError
from placet.log import get_logger
from placet.recipients import PublicSite, Recipients, open_site
from placet.slack import Sender, build_app, build_manifest
from placet.slack.app import room_of
from placet.wiring import Placet
from placet.wiring.audits import auditor_of
from placet.worker import Worker, worker_for

from .app import Console
from .guard import Pass
from .mailbox import Inbox
from .mailbox_post import Doorbell
from .webapi import LocalSlack
from .workspace import Features, Workspace

__all__ = ["PORT", "Serving", "run_console"]

_log = get_logger(__name__)
PORT = 8765
"""Where the console listens unless told otherwise; the next free port where it is taken."""
_LOOPBACK = "127.0.0.1"
_LOOK_SECONDS = 0.1
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, kw_only=True)
class Serving:
    """A console that listens."""

    address: str
    """What a person opens; it holds a key that works once."""
    port: int
    public_url: str | None
    """Where recipients unsubscribe; None where this process does not serve their pages."""
    why_not: str
    """Why it does not, in words; empty where it does."""


@dataclass(frozen=True, kw_only=True)
class _Doors:
    """The two ports: the console's own, and the recipients' where it could be had."""

    console: socket.socket
    site: PublicSite | None
    why_not: str = ""


def run_console(
    placet: Placet,
    *,
    port: int | None = None,
    public_port: int | None = None,
    site: PublicSite | None = None,
    open_browser: bool = False,
    beside_slack: bool = False,
    stop_event: threading.Event | None = None,
    ready: Callable[[Serving], None] = lambda _serving: None,
    prepare: Callable[[], None] = lambda: None,
) -> None:
    """Serve until Ctrl-C, or until `stop_event` is set.

    Args:
        placet: the home to serve.
        port: where to listen; 0 for any, None for the usual one or the next free.
        public_port: where the recipients' pages listen; None: as the public address says, and where
            that port is taken they are not served, which is told.
        site: the recipients' port, where the caller took it already.
        open_browser: whether to open the address in a browser.
        beside_slack: allow it although the home is connected to real Slack.
        stop_event: ends the serving from another thread.
        ready: is called once the first page can be opened.
        prepare: is done before the worker starts, while the first page can be read already.

    Raises:
        BadSetting: a real Slack token is set, or the policy has nobody of team `local`.
        OperatorError: the port is taken.
    """
    if placet.settings.slack_bot_token is not None and not beside_slack:
        raise BadSetting(
            "PLACET_SLACK_BOT_TOKEN is set, and the console would answer beside real Slack; "
            "unset it, or add --beside-slack if that is what you want."
        )
    workspace = Workspace.of(placet.policy)
    if not workspace.people:
        raise BadSetting("policy.toml knows nobody of team local; the console needs one person.")
    with _socket(port) as sock:
        doors = _doors(placet, sock, site, public_port)
        try:
            asyncio.run(_serve(placet, workspace, doors, open_browser, stop_event, ready, prepare))
        finally:
            if doors.site is not None:
                doors.site.close()


def _doors(
    placet: Placet, sock: socket.socket, site: PublicSite | None, public_port: int | None
) -> _Doors:
    if site is not None:
        return _Doors(console=sock, site=site)
    try:
        return _Doors(console=sock, site=open_site(placet.settings.public_url, public_port))
    except OperatorError as error:
        if public_port is not None:
            raise
        return _Doors(console=sock, site=None, why_not=str(error))


def _socket(port: int | None) -> socket.socket:
    wanted = (port,) if port is not None else (PORT, 0)
    for one in wanted:
        with contextlib.suppress(OSError):
            return socket.create_server((_LOOPBACK, one))
    raise OperatorError(f"Port {port} is taken; choose another with --port, or 0 for any.")


async def _serve(
    placet: Placet,
    workspace: Workspace,
    doors: _Doors,
    open_browser: bool,
    stop_event: threading.Event | None,
    ready: Callable[[Serving], None],
    prepare: Callable[[], None],
) -> None:
    port = int(doors.console.getsockname()[1])
    keys = Pass(placet.key, placet.clock)
    token, secret = f"xoxb-local-{secrets.token_urlsafe(24)}", secrets.token_hex(32)
    client = AsyncWebClient(token=token, base_url=f"http://{_LOOPBACK}:{port}/api/")
    app = build_app(placet, signing_secret=secret, client=client, token=token)
    features = Features.of(build_manifest())
    slack = LocalSlack(placet.engine, workspace, features, placet.clock)
    console = Console(
        slack, app, secret=secret, token=token, keys=keys, port=port, inbox=_inbox(placet, doors),
        auditor=auditor_of(placet), watch=(placet.quality, placet.policy),
    )  # fmt: skip
    sender = Sender(placet, lambda _team: client, per_second=0, local=True)
    room_of(app).nudge = sender.nudge
    config = uvicorn.Config(
        console, log_config=None, lifespan="off", access_log=False, timeout_graceful_shutdown=2
    )
    server = _Server(config)
    serving = Serving(
        address=f"http://{_LOOPBACK}:{port}/?token={keys.token}",
        port=port,
        public_url=doors.site.public_url if doors.site else None,
        why_not=doors.why_not,
    )
    async with (
        _public(placet, doors.site),
        _beside(placet, slack, sender, server, stop_event, prepare),
    ):
        opening = asyncio.create_task(_announce(server, serving, open_browser, ready))
        await server.serve(sockets=[doors.console])
        await opening
        await console.deliverer.settle()
        await room_of(app).idle()


def _public(placet: Placet, site: PublicSite | None) -> AbstractAsyncContextManager[None]:
    if site is None:
        return contextlib.nullcontext()
    mail, tracking = placet.mail, placet.settings.mail_tracking
    pages = Recipients(mail.links, mail.statements, mail.brand(), placet.clock, tracking=tracking)
    return site.serve(pages)


def _inbox(placet: Placet, doors: _Doors) -> Inbox:
    settings, site = placet.settings, doors.site
    bell = Doorbell(
        public_url=settings.public_url, port=site.port if site else None, why_not=doors.why_not
    )
    elsewhere = f"{settings.smtp_host}:{settings.smtp_port}" if settings.smtp_host else ""
    return Inbox(kept=placet.mail.kept, doorbell=bell, elsewhere=elsewhere)


async def _announce(
    server: uvicorn.Server,
    serving: Serving,
    open_browser: bool,
    ready: Callable[[Serving], None],
) -> None:
    while not server.started and not server.should_exit:  # noqa: ASYNC110 - as below
        await asyncio.sleep(0.01)
    if not server.started:
        return
    ready(serving)
    if open_browser:
        await asyncio.to_thread(webbrowser.open, serving.address)


class _Server(uvicorn.Server):
    """uvicorn that ends on Ctrl-C and SIGTERM without raising the signal once more.

    The signal raised again would cancel what stops the worker.
    """

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        caught = threading.current_thread() is threading.main_thread()
        for number in _SIGNALS if caught else ():
            loop.add_signal_handler(number, self._end)
        try:
            yield
        finally:
            for number in _SIGNALS if caught else ():
                loop.remove_signal_handler(number)

    def _end(self) -> None:
        self.should_exit = True


@asynccontextmanager
async def _beside(
    placet: Placet,
    slack: LocalSlack,
    sender: Sender,
    server: uvicorn.Server,
    stop_event: threading.Event | None,
    prepare: Callable[[], None],
) -> AsyncIterator[None]:
    """Run the sender, a worker and the watch beside the server."""
    sending = asyncio.create_task(sender.run())
    watching = asyncio.create_task(_watch(slack, server, stop_event))
    worker = worker_for(placet)
    working = asyncio.create_task(asyncio.to_thread(_work, worker, prepare))
    working.add_done_callback(lambda done: _ended(done, server))
    try:
        yield
    finally:
        server.should_exit = True
        await watching
        await asyncio.to_thread(worker.stop)
        await working
        sender.stop()
        await sending


def _work(worker: Worker, prepare: Callable[[], None]) -> None:
    prepare()
    worker.start(prefix="console")
    worker.run()


def _ended(done: asyncio.Task[None], server: uvicorn.Server) -> None:
    if not done.cancelled() and done.exception() is not None:
        server.should_exit = True


async def _watch(
    slack: LocalSlack, server: uvicorn.Server, stop_event: threading.Event | None
) -> None:
    """Let open pages go when the server is to end: their streams would hold it up."""
    while not server.should_exit:
        await asyncio.sleep(_LOOK_SECONDS)
        if stop_event is not None and stop_event.is_set():
            server.should_exit = True
    slack.hub.close()
