"""Asks SpamAssassin's daemon for its score: an optional second opinion, off unless it is named."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass

from placet.errors import BadInput, EffectRefused, EffectUnknown

__all__ = ["SpamScore", "Spamd", "spamd_at"]

_MOST = 1 << 20
"""Bytes of an answer that are read, at most."""
_VERDICT = re.compile(
    r"^Spam:\s*(\w+)\s*;\s*(-?[\d.]+)\s*/\s*(-?[\d.]+)", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True, kw_only=True)
class SpamScore:
    """What SpamAssassin says about a message."""

    spam: bool
    score: float
    threshold: float
    rules: tuple[str, ...]
    """The names of the rules that matched."""


@dataclass(frozen=True, kw_only=True)
class Spamd:
    """A spamd server, spoken to in its own protocol (SPAMC/1.5, command SYMBOLS)."""

    host: str = "127.0.0.1"
    port: int = 783
    timeout: float = 10.0
    """Seconds for the whole exchange."""

    def score(self, message: bytes) -> SpamScore:
        """Return what it says about a message.

        Raises:
            EffectUnknown: it cannot be reached, or does not answer in time.
            EffectRefused: it answers with an error, or not in its protocol.
        """
        head = f"SYMBOLS SPAMC/1.5\r\nContent-length: {len(message)}\r\n\r\n".encode()
        try:
            with socket.create_connection((self.host, self.port), self.timeout) as line:
                line.sendall(head + message)
                line.shutdown(socket.SHUT_WR)
                answer = _all_of(line)
        except OSError as error:
            where = f"{self.host}:{self.port}"
            raise EffectUnknown(f"spamd at {where} does not answer: {error}.") from None
        return _read(answer.decode("utf-8", "replace"))


def _all_of(line: socket.socket) -> bytes:
    parts: list[bytes] = []
    size = 0
    while size < _MOST and (part := line.recv(65_536)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _read(answer: str) -> SpamScore:
    head, _, body = answer.partition("\r\n\r\n")
    first = head.partition("\r\n")[0]
    verdict = _VERDICT.search(head)
    if not re.match(r"SPAMD/\S+ 0 ", first) or verdict is None:
        raise EffectRefused(f"spamd answers {first[:80]!r}, which is no verdict; check its log.")
    rules = tuple(rule for rule in re.split(r"[\s,]+", body.strip()) if rule)
    return SpamScore(
        spam=verdict[1].casefold() in {"true", "yes"},
        score=float(verdict[2]),
        threshold=float(verdict[3]),
        rules=rules,
    )


def spamd_at(where: str) -> Spamd:
    """Return the daemon at `HOST:PORT`.

    Raises:
        BadInput: it is written otherwise.
    """
    host, _, port = where.rpartition(":")
    if not host or not port.isdecimal():
        raise BadInput(f"{where!r} is no spamd address; write HOST:PORT, such as 127.0.0.1:783.")
    return Spamd(host=host, port=int(port))
