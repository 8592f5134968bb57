"""The two doors to real Slack: Socket Mode, which needs no public URL, and HTTP behind a proxy."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

import uvicorn
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from typing_extensions import override

from placet.errors import BadSetting
from placet.settings import Settings

from .app import build_app, room_of
from .authorizing import Cached
from .oauth import open_oauth
from .sender import Sender

if TYPE_CHECKING:
    from placet.wiring import Placet

__all__ = ["door_of", "http_app", "serve_slack"]


def door_of(settings: Settings) -> str | None:
    """Return which door the settings open: `socket`, `http`, or None where Slack is not set up.

    Raises:
        BadSetting: it is set up by half; the message names the variable.
    """
    if settings.slack_bot_token is None and settings.slack_client_id is None:
        return None
    if settings.slack_app_token is not None:
        return "socket"
    if settings.slack_signing_secret is not None:
        return "http"
    raise BadSetting(
        "Slack's token is set, but no door: set PLACET_SLACK_APP_TOKEN for Socket Mode (no public "
        "URL needed), or PLACET_SLACK_SIGNING_SECRET for HTTP."
    )


async def serve_slack(
    placet: Placet, stop: asyncio.Event, *, base_url: str = AsyncWebClient.BASE_URL
) -> None:
    """Serve Slack and send the outbox until `stop` is set.

    Args:
        placet: the home to serve.
        stop: ends the serving once it is set.
        base_url: where Slack's Web API is.

    Raises:
        BadSetting: Slack is not set up, or by half.
    """
    door = door_of(placet.settings)
    if door is None:
        raise BadSetting("Slack is not set up: set PLACET_SLACK_BOT_TOKEN; see `placet slack`.")
    app, client_for = _open(placet, base_url)
    sender = Sender(placet, client_for, local=False)
    room_of(app).nudge = sender.nudge
    sending = asyncio.create_task(sender.run())
    try:
        async with _socket(app, placet) if door == "socket" else _http(app, placet):
            await stop.wait()
            await room_of(app).idle()
    finally:
        sender.stop()
        await sending


def _open(placet: Placet, base_url: str) -> tuple[AsyncApp, Callable[[str], AsyncWebClient]]:
    """Return the app, and the way to each workspace's client."""
    settings = placet.settings
    # Socket Mode is not signed; a secret nobody knows then refuses whatever comes another way.
    secret = settings.slack_signing_secret
    signing = secret.get_secret_value() if secret else secrets.token_hex(32)
    oauth = open_oauth(placet)
    if oauth is not None:
        flow, installations = oauth
        cached = Cached(flow.authorize)
        app = build_app(placet, signing_secret=signing, authorize=cached, oauth=flow)
        room_of(app).installations = installations
        return app, installations.client_for
    token = settings.slack_bot_token
    client = AsyncWebClient(token=token.get_secret_value() if token else None, base_url=base_url)
    app = build_app(placet, signing_secret=signing, client=client)
    return app, lambda _team: client


@asynccontextmanager
async def _socket(app: AsyncApp, placet: Placet) -> AsyncIterator[None]:
    token = placet.settings.slack_app_token
    handler = AsyncSocketModeHandler(app, token.get_secret_value() if token else None)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt does not type it
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # as above


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: whoever serves decides when to stop."""

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def _http(app: AsyncApp, placet: Placet) -> AsyncIterator[None]:
    config = uvicorn.Config(
        http_app(app), host="127.0.0.1", port=placet.settings.slack_port, log_level="warning"
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await serving


def http_app(app: AsyncApp) -> Starlette:
    """Return the HTTP door: requests from Slack, and the two pages of OAuth where it is set up."""
    handler = AsyncSlackRequestHandler(app)

    async def handle(request: Request) -> Response:
        return await handler.handle(request)

    async def health(_request: Request) -> Response:
        return PlainTextResponse("ok")

    return Starlette(
        routes=[
            Route("/slack/events", handle, methods=["POST"]),
            Route("/slack/install", handle, methods=["GET"]),
            Route("/slack/oauth_redirect", handle, methods=["GET"]),
            Route("/healthz", health, methods=["GET"]),
        ]
    )
