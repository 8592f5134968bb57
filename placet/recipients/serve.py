"""Listening: the recipients' pages on a port of their own, beside whatever else this process does.

The port is on loopback. In production a TLS proxy stands before it and hands on PLACET_PUBLIC_URL;
it must pass the caller's address in X-Forwarded-For, which is believed from this machine only.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import uvicorn
from starlette.types import ASGIApp
from typing_extensions import override

from placet.errors import BadSetting, OperatorError

__all__ = ["PublicSite", "any_site", "open_site", "port_of"]

PORT = 8080
"""Where the pages listen behind a proxy, unless told otherwise."""
_LOOPBACK = "127.0.0.1"
_TICK_SECONDS = 0.01


@dataclass(frozen=True, kw_only=True)
class PublicSite:
    """A socket that listens for recipients."""

    sock: socket.socket
    port: int
    public_url: str
    """What stands in emails."""

    @property
    def loopback_url(self) -> str:
        """Where this machine reaches it, whatever proxy stands before it."""
        return f"http://{_LOOPBACK}:{self.port}"

    @asynccontextmanager
    async def serve(self, app: ASGIApp) -> AsyncIterator[None]:
        """Serve the application until the block ends."""
        server = _Server(
            uvicorn.Config(
                app, log_config=None, lifespan="off", ws="none",
                access_log=False, server_header=False,
                timeout_graceful_shutdown=2, timeout_keep_alive=10, limit_concurrency=200,
                h11_max_incomplete_event_size=32_768,
            )
        )  # fmt: skip
        serving = asyncio.create_task(server.serve(sockets=[self.sock]))
        while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn tells nobody
            await asyncio.sleep(_TICK_SECONDS)
        try:
            yield
        finally:
            server.should_exit = True
            await serving

    @contextmanager
    def serve_beside(self, app: ASGIApp) -> Iterator[None]:
        """Serve the application from a thread until the block ends."""
        ready, stop = threading.Event(), threading.Event()

        async def serve() -> None:
            async with self.serve(app):
                ready.set()
                await asyncio.to_thread(stop.wait)

        thread = threading.Thread(target=lambda: asyncio.run(serve()), name="placet-recipients")
        thread.start()
        ready.wait()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def close(self) -> None:
        """Let go of the port; serving does that by itself."""
        self.sock.close()


def port_of(public_url: str) -> int:
    """Return where to listen for this public address: its own port where it is this machine's."""
    return (urlsplit(public_url).port or 80) if _is_direct(public_url) else PORT


def open_site(public_url: str, port: int | None = None) -> PublicSite:
    """Take the port for the recipients' pages.

    Args:
        public_url: what stands in emails.
        port: where to listen; None: as `port_of` says.

    Raises:
        BadSetting: emails would lead to another port of this machine.
        OperatorError: the port is taken.
    """
    wanted = port_of(public_url) if port is None else port
    if wanted != port_of(public_url) and _is_direct(public_url):
        raise BadSetting(
            f"The links in emails lead to {public_url}, not to port {wanted}; "
            f"set PLACET_PUBLIC_URL=http://{_LOOPBACK}:{wanted} instead."
        )
    try:
        sock = socket.create_server((_LOOPBACK, wanted))
    except OSError:
        raise OperatorError(
            f"Port {wanted}, where recipients unsubscribe, is taken; choose another with "
            "--public-port, or set PLACET_PUBLIC_URL."
        ) from None
    return PublicSite(sock=sock, port=int(sock.getsockname()[1]), public_url=public_url)


def any_site() -> PublicSite:
    """Take the usual port, or any where that is taken, for emails that live as long as we do."""
    try:
        return open_site(f"http://{_LOOPBACK}:{PORT}")
    except OperatorError:
        sock = socket.create_server((_LOOPBACK, 0))
        port = int(sock.getsockname()[1])
        return PublicSite(sock=sock, port=port, public_url=f"http://{_LOOPBACK}:{port}")


def _is_direct(public_url: str) -> bool:
    """Return whether no proxy stands between: plain http to this machine."""
    parts = urlsplit(public_url)
    return parts.scheme == "http" and _is_here(parts.hostname or "")


def _is_here(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: whoever serves decides when to stop."""

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
