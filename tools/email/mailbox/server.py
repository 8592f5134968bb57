"""A real SMTP server on loopback that keeps what it is given, and sends nothing on.

Every process that sends runs its own, on a port of its own, into the same table: two at once do not
meet, and `placet work` needs no console beside it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
import threading

from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as Sent
from sqlalchemy.exc import SQLAlchemyError

from placet.errors import OperatorError
from placet.log import get_logger

from .kept import Mailbox, id_of

__all__ = ["EmbeddedMailbox"]

_log = get_logger(__name__)
_LOOPBACK = "127.0.0.1"
_LARGEST = 10 * 1024 * 1024
"""Bytes of a message at most: what mailbox providers take at least."""
_MOST_RECIPIENTS = 100
_STOP_SECONDS = 5.0

# It notes every command, addresses included, at INFO.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class EmbeddedMailbox:
    """An SMTP server that starts with the first call of `address`.

    Args:
        kept: where messages go.
        port: where to listen on loopback; 0 for any free one.
        largest: bytes of a message at most; larger ones are refused with 552.
    """

    def __init__(self, kept: Mailbox, *, port: int = 0, largest: int = _LARGEST) -> None:
        self.kept = kept
        self._port, self._largest = port, largest
        self._lock = threading.Lock()
        self._taking = _Taking(kept)
        self._running: _Running | None = None

    def start(self) -> tuple[str, int]:
        """Listen, unless it does already; returns host and port.

        Raises:
            OperatorError: the port is taken.
        """
        with self._lock:
            if self._running is None:
                self._running = _Running(self._socket(), self._taking, self._largest)
            return _LOOPBACK, self._running.port

    @property
    def address(self) -> tuple[str, int]:
        """Host and port; starts it where that was not done yet."""
        return self.start()

    def stop(self) -> None:
        """Stop listening and let go of every connection; it can be started again."""
        with self._lock:
            running, self._running = self._running, None
        if running is not None:
            running.stop()

    def seen(self, message_id: str) -> bool | None:
        """Return whether a message with this id arrived, in whichever process.

        None: it is being written down at this moment, so that False would be no promise.
        """
        arriving = self._taking.is_arriving(message_id)  # first: what ends now is in the table then
        if self.kept.seen(message_id):
            return True
        return None if arriving else False

    def _socket(self) -> socket.socket:
        try:
            return socket.create_server((_LOOPBACK, self._port), backlog=128)
        except OSError:
            words = f"Port {self._port} is taken; give the mailbox another one, or 0 for any."
            raise OperatorError(words) from None


class _Running:
    """One run of the server: a thread with an event loop of its own."""

    def __init__(self, sock: socket.socket, handler: _Taking, largest: int) -> None:
        self.port = int(sock.getsockname()[1])
        self._sock, self._handler, self._largest = sock, handler, largest
        self._loop = asyncio.new_event_loop()
        self._transports: set[asyncio.BaseTransport] = set()
        ready = threading.Event()
        self._thread = threading.Thread(
            target=self._serve, args=(ready,), name="placet-mailbox", daemon=True
        )
        self._thread.start()
        ready.wait()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_STOP_SECONDS)

    def _serve(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            self._loop.create_server(self._session, sock=self._sock)
        )
        ready.set()
        try:
            self._loop.run_forever()
        finally:
            server.close()
            self._loop.run_until_complete(self._let_go())
            self._loop.close()

    def _session(self) -> SMTP:
        return _Session(
            self._handler,
            transports=self._transports,
            data_size_limit=self._largest,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="Placet embedded mailbox",
            loop=self._loop,
        )

    async def _let_go(self) -> None:
        for transport in list(self._transports):
            transport.close()
        others = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
        for one in others:
            one.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_default_executor()


class _Session(SMTP):
    """One connection; it is noted, so that a stop can end it."""

    def __init__(
        self, handler: _Taking, *, transports: set[asyncio.BaseTransport], **options: object
    ) -> None:
        super().__init__(handler, **options)  # type: ignore[arg-type]  # passed on as they are
        self._transports = transports

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._transports.add(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self.transport is not None:
            self._transports.discard(self.transport)
        super().connection_lost(error)


class _Taking:
    """What the server does with a connection, a recipient and a message."""

    def __init__(self, kept: Mailbox) -> None:
        self._kept = kept
        self._arriving: dict[str, int] = {}
        self._lock = threading.Lock()

    def is_arriving(self, message_id: str) -> bool:
        """Return whether this message was received whole and is not yet in the database."""
        with self._lock:
            return message_id.strip("<> ") in self._arriving

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name for it
        self, _server: SMTP, session: Session, envelope: Sent, address: str, options: list[str]
    ) -> str:
        """Take mail from this machine only."""
        if not _is_loopback(session.peer):
            return "554 5.7.1 This mailbox takes mail from its own machine only"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name for it
        self, _server: SMTP, _session: Session, envelope: Sent, address: str, options: list[str]
    ) -> str:
        """Take any recipient: nothing is sent on."""
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name for it
        self, _server: SMTP, _session: Session, envelope: Sent
    ) -> str:
        """Say yes once the message is in the database, not before."""
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        name = id_of(raw)
        self._note(name, 1)
        try:
            # Shielded: a client that hangs up does not end what is being written down.
            await asyncio.shield(
                asyncio.to_thread(
                    self._keep, name, raw, envelope.mail_from or "", envelope.rcpt_tos
                )
            )
        except SQLAlchemyError as error:
            _log.warning("the mailbox could not keep a message: %s", type(error).__name__)
            return "451 4.3.0 The mailbox's database does not answer; try again later"
        return "250 2.0.0 Kept"

    def _keep(self, name: str, raw: bytes, sender: str, recipients: list[str]) -> None:
        try:
            self._kept.take(raw, sender=sender, recipients=recipients)
        finally:
            self._note(name, -1)

    def _note(self, name: str, by: int) -> None:
        with self._lock:
            left = self._arriving.get(name, 0) + by
            if left:
                self._arriving[name] = left
            else:
                self._arriving.pop(name, None)


def _is_loopback(peer: object) -> bool:
    host = peer[0] if isinstance(peer, tuple) and peer else ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
