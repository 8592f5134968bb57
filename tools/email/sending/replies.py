"""What a mail server's answer means for one message: a closed set, decided by codes.

`Accepted` and `Denied` are certain, `Deferred` and `Unreachable` are certainly not sent, and only
`Doubtful` is open: the final dot left and no answer came.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "STATUS",
    "Accepted",
    "Deferred",
    "Denied",
    "Doubtful",
    "Halted",
    "Sent",
    "Stage",
    "Unreachable",
    "is_dead",
    "judged",
    "words",
]

Stage = Literal["sender", "recipient", "message"]
"""What the server was being told about when it answered."""

STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
"""An enhanced status code (RFC 3463)."""
_LONGEST = 300
_MAILBOX_CODES = (550, 551, 553)
# No such mailbox, domain or destination; mailbox disabled. Not 5.1.7 and 5.1.8, which are about the
# sender's address, and not full mailboxes (5.2.2).
_DEAD = re.compile(r"5\.1\.(?!7$|8$)\d+|5\.2\.1")


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """The server took responsibility."""

    reply: str


@dataclass(frozen=True, kw_only=True)
class Deferred:
    """Not now (4xx): certainly not sent."""

    code: int
    status: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Denied:
    """Never (5xx): certainly not sent."""

    code: int
    status: str
    text: str
    address_is_dead: bool
    """Whether the server says that there is no such mailbox, not that it dislikes the message."""


@dataclass(frozen=True, kw_only=True)
class Unreachable:
    """No server, no login, or no sender it would take: certainly not sent, nor is all the rest."""

    text: str
    in_dialogue: bool = False
    """Whether the connection broke while this very message was on it."""
    at_once: bool = False
    """Whether it broke with the first command: a kept connection had ended unnoticed."""


@dataclass(frozen=True, kw_only=True)
class Halted:
    """We ourselves stopped before the final dot: certainly not sent."""

    why: str


@dataclass(frozen=True, kw_only=True)
class Doubtful:
    """The final dot left and no answer came: it may have been sent."""

    text: str


Sent = Accepted | Deferred | Denied | Unreachable | Halted | Doubtful


def words(reply: bytes | str) -> str:
    """Return a server's reply as one short line of text."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 3] + "..."


def judged(code: int, reply: bytes | str, stage: Stage) -> Deferred | Denied | Unreachable:
    """Return what a reply other than the one hoped for means.

    A server that refuses our sender says nothing about the recipient: that is ours to mend, and
    all messages wait.
    """
    text = words(reply)
    found = STATUS.search(text)
    status = found[0] if found else ""
    if 400 <= code < 500:
        return Deferred(code=code, status=status, text=text)
    if stage == "sender":
        return Unreachable(text=f"The mail server refuses our sender address: {code} {text}")
    # About the message as a whole, words alone may speak of anything.
    dead = is_dead(status, text if stage == "recipient" and code in _MAILBOX_CODES else "")
    return Denied(code=code, status=status, text=text, address_is_dead=dead)


_NO_MAILBOX = re.compile(
    r"(user|mailbox|recipient|address|account)\b.{0,40}\b(unknown|not found|unavailable|"
    r"does ?n[o']t exist|not exist|disabled)|(no such|unknown|invalid) (user|mailbox|recipient|"
    r"address)|does not exist|user unknown",
    re.IGNORECASE,
)


def is_dead(status: str, text: str) -> bool:
    """Return whether a status, or where it says nothing the words, mean "no such mailbox"."""
    if status not in ("", "5.0.0"):
        return bool(_DEAD.fullmatch(status))
    return bool(_NO_MAILBOX.search(text))
