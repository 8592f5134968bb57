"""The SMTP client: real servers over TLS, one message to one recipient, the final dot apart.

The body goes out first; then `last_look` may still say no, and only then does the dot leave that
makes it a message. Before the dot every failure is certain ("not sent"); after it, silence is not.
Works with what `smtplib` knows of the protocol; never raises for what a server does.
"""

from __future__ import annotations

import ipaddress
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import Literal

from pydantic import SecretStr

from placet.errors import BadInput, BadSetting
from placet.log import get_logger

from .envelope import on_the_wire, wire_address
from .limits import Patience
from .replies import Accepted, Denied, Doubtful, Halted, Sent, Stage, Unreachable, judged, words

__all__ = ["LastLook", "MailServer", "Smtp"]

_log = get_logger(__name__)
_FAILURES = (OSError, smtplib.SMTPException, ValueError)  # ValueError: a line break in a command
LastLook = Callable[[], AbstractContextManager[str | None]]
"""Entered when all but the dot was sent; gives why it must not leave, or None. The dot leaves
inside of it."""


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Which server takes the mail, and how we are to prove who we are."""

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: SecretStr | None = None
    context: ssl.SSLContext | None = None
    """What certificates are trusted; None: those of the system."""

    def __post_init__(self) -> None:
        """Refuse to be set up so that the password would cross the network in clear text."""
        if self.user and self.security == "none" and not self.is_here():
            raise BadSetting(
                "PLACET_SMTP_SECURITY=none would send the password in clear text to another "
                "machine; set it to starttls or tls."
            )

    def is_here(self) -> bool:
        """Return whether it is this very machine."""
        if self.host.lower() == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


@dataclass
class _Line:
    """One connection, and what we know of it."""

    smtp: smtplib.SMTP
    used: int = 0
    at: float = 0.0


class Smtp:
    """Sends through one server; connections are kept, shared among threads and renewed."""

    def __init__(
        self, server: MailServer | Callable[[], MailServer], patience: Patience | None = None
    ) -> None:
        """Take the server, or what tells it when the first message is to be sent."""
        self._server, self.patience = server, patience or Patience()
        self._idle: list[_Line] = []
        self._guard = threading.Lock()
        self._closed_until, self._why = 0.0, ""

    def send(self, sender: str, to: str, message: bytes, last_look: LastLook) -> Sent:
        """Send one message; `message` has CRLF line ends and its Date."""
        try:
            body = on_the_wire(message)
            to, sender = wire_address(to), wire_address(sender)
        except BadInput as error:
            return Denied(code=0, status="", text=str(error), address_is_dead=False)
        sent, used = self._once(sender, to, body, last_look)
        while used and isinstance(sent, Unreachable) and sent.at_once:
            sent, used = self._once(sender, to, body, last_look)
        return sent

    def _once(self, sender: str, to: str, body: bytes, last_look: LastLook) -> tuple[Sent, bool]:
        """Return what came of it, and whether the connection had been used before."""
        line = self._take()
        if isinstance(line, Unreachable):
            return line, False
        used = line.used > 0
        try:
            sent = _Dialogue(line.smtp, self.patience).run(sender, to, body, last_look)
        except BaseException:
            _drop(line)
            raise
        self._give_back(line, sent)
        return sent, used

    def close(self) -> None:
        """Say goodbye on every idle connection."""
        with self._guard:
            lines, self._idle = self._idle, []
        for line in lines:
            _leave(line)

    @property
    def server(self) -> MailServer:
        """Where it sends."""
        if not isinstance(self._server, MailServer):
            self._server = self._server()
        return self._server

    # --- connections ---------------------------------------------------------------------------

    def _take(self) -> _Line | Unreachable:
        while True:
            with self._guard:
                line = self._idle.pop() if self._idle else None
            if line is None:
                return self._connect()
            if time.monotonic() - line.at < self.patience.idle:
                return line
            _leave(line)

    def _give_back(self, line: _Line, sent: Sent) -> None:
        line.used, line.at = line.used + 1, time.monotonic()
        if line.smtp.sock is None or isinstance(sent, Halted | Doubtful):
            _drop(line)
        elif line.used >= self.patience.per_connection:
            _leave(line)
        else:
            with self._guard:
                self._idle.append(line)

    def _connect(self) -> _Line | Unreachable:
        if time.monotonic() < self._closed_until:
            return Unreachable(text=self._why)
        try:
            smtp = self._open()
        except _FAILURES as error:
            self._why = f"The mail server {self.server.host} cannot be used: {_said(error)}"
            self._closed_until = time.monotonic() + self.patience.after_failure
            _log.warning("%s", self._why)
            return Unreachable(text=self._why)
        return _Line(smtp=smtp, at=time.monotonic())

    def _open(self) -> smtplib.SMTP:
        server, where = self.server, (self.server.host, self.server.port)
        context = None if server.security == "none" else _trusting(server)
        smtp: smtplib.SMTP
        if server.security == "tls":
            smtp = smtplib.SMTP_SSL(*where, timeout=self.patience.connect, context=context)
        else:
            smtp = smtplib.SMTP(*where, timeout=self.patience.connect)
        try:
            smtp.ehlo_or_helo_if_needed()
            if server.security == "starttls":
                smtp.starttls(context=context)  # raises where the server does not offer it
                smtp.ehlo()
            if server.user:
                secret = server.password.get_secret_value() if server.password else ""
                smtp.login(server.user, secret)
            _prepare(smtp)
            _wait_for(smtp, self.patience.reply)
        except BaseException:
            smtp.close()
            raise
        return smtp


class _Dialogue:
    """One message on one connection."""

    def __init__(self, smtp: smtplib.SMTP, patience: Patience) -> None:
        self._smtp, self._patience = smtp, patience
        self._answered = False

    def run(self, sender: str, to: str, body: bytes, last_look: LastLook) -> Sent:
        try:
            early = self._introduce(sender, to, body)
            if early is not None:
                return early
            self._smtp.send(body)
        except _FAILURES as error:
            self._smtp.close()
            text = f"The connection broke before the message's end: {_said(error)}"
            return self._broken(text)
        with last_look() as why:
            if why is not None:
                self._smtp.close()  # a server drops a message whose end never came
                return Halted(why=why)
            with _noting() as failed:
                self._smtp.send(b".\r\n")
        return self._answer(failed)

    def _introduce(self, sender: str, to: str, body: bytes) -> Sent | None:
        """Say who writes to whom; returns None where the server wants the message."""
        smtp = self._smtp
        smtp.command_encoding = "ascii"
        options = self._options(sender, to, body)
        if isinstance(options, Denied):
            return options
        code, reply = smtp.mail(sender, options)
        self._answered = code != -1
        if code == 250:
            code, reply = smtp.rcpt(to)
            if code in (250, 251):
                code, reply = smtp.docmd("DATA")
                return None if code == 354 else self._refusal(code, reply, "message")
            return self._refusal(code, reply, "recipient")
        return self._refusal(code, reply, "sender")

    def _options(self, sender: str, to: str, body: bytes) -> Sequence[str] | Denied:
        smtp, options = self._smtp, []
        if smtp.has_extn("size"):
            options.append(f"size={len(body)}")
        plain = body.isascii()
        if not plain and not smtp.has_extn("8bitmime"):
            return _lacks("8BITMIME")
        if not plain:
            options.append("BODY=8BITMIME")
        if not (sender.isascii() and to.isascii() and body.partition(b"\r\n\r\n")[0].isascii()):
            if not smtp.has_extn("smtputf8"):
                return _lacks("SMTPUTF8")
            options.append("SMTPUTF8")
        return options

    def _refusal(self, code: int, reply: bytes, stage: Stage) -> Sent:
        if code == -1:
            self._smtp.close()
            text = "The mail server hung up in the middle of the dialogue."
            return self._broken(text)
        if code == 421:
            self._smtp.close()
            return judged(code, reply, stage)
        with suppress(*_FAILURES):
            self._smtp.rset()
        return judged(code, reply, stage)

    def _broken(self, text: str) -> Unreachable:
        return Unreachable(text=text, in_dialogue=True, at_once=not self._answered)

    def _answer(self, failed: list[Exception]) -> Sent:
        """Wait for the reply to the dot; where none comes, nobody knows."""
        try:
            if failed:
                raise failed[0]
            _wait_for(self._smtp, self._patience.final)
            code, reply = self._smtp.getreply()
            _wait_for(self._smtp, self._patience.reply)
        except _FAILURES as error:
            self._smtp.close()
            return Doubtful(text=f"No answer to the message's end: {_said(error)}")
        if code == 250:
            return Accepted(reply=words(reply))
        if not 400 <= code < 600:
            self._smtp.close()
            return Doubtful(text=f"An answer that means nothing: {code} {words(reply)}")
        if code == 421:
            self._smtp.close()
        return judged(code, reply, "message")


@contextmanager
def _noting() -> Iterator[list[Exception]]:
    """Note a failure instead of raising it: from the dot on, it is no certain failure."""
    failed: list[Exception] = []
    try:
        yield failed
    except _FAILURES as error:
        failed.append(error)


def _trusting(server: MailServer) -> ssl.SSLContext:
    return server.context or ssl.create_default_context()


def _prepare(smtp: smtplib.SMTP) -> None:
    if smtp.sock is not None:  # else the dot, a packet of its own, waits 40 ms for the body's ACK
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _wait_for(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)


def _lacks(extension: str) -> Denied:
    text = f"The mail server does not offer {extension}, which this message needs."
    return Denied(code=0, status="", text=text, address_is_dead=False)


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"it refuses our login ({error.smtp_code}); check PLACET_SMTP_USER and its password."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {words(error.verify_message)}."
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {words(error.smtp_error)}"
    return words(str(error)) or type(error).__name__


def _leave(line: _Line) -> None:
    with suppress(*_FAILURES):
        line.smtp.quit()
    _drop(line)


def _drop(line: _Line) -> None:
    with suppress(OSError):
        line.smtp.close()
