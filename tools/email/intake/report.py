"""What a message that came in says about one that we sent: bounce, complaint, or neither.

RFC 3464 delivery reports and RFC 5965 feedback reports are read as such, older bounces by their
words. Nothing in here is believed yet: anybody can write such a message (see `take`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from typing import Literal

from tools.email.sending.replies import STATUS, is_dead, words

__all__ = ["Kind", "Report", "read_report"]

Kind = Literal["bounce", "complaint", "delayed", "delivered", "auto_reply", "other"]
Weight = Literal["hard", "soft", "blocked"]
"""`hard`: there is no such mailbox. `soft`: it may work later. `blocked`: it is about us."""

_TAG = re.compile(rb"\+([a-z2-7]{24})(?:@|=)", re.IGNORECASE)
_TOKEN = re.compile(rb"/[up]/(1[up][A-Za-z0-9_-]{20,6000})")
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^<>\s]{3,250})>", re.IGNORECASE | re.MULTILINE)
_FOLD = re.compile(rb"\r?\n[ \t]+")
_CODE = re.compile(r"(?<![\d.])([45]\d\d)(?=[ -])")
_DAEMON = re.compile(r"mailer-daemon|postmaster|mail delivery (sub)?system", re.IGNORECASE)
_FAILED = re.compile(
    r"undeliver|not (be )?delivered|delivery (status|failure|has failed|to the following)|"
    r"returned mail|failure notice|could not be delivered|wasn'?t delivered|permanent (fatal )?"
    r"error|unzustellbar|konnte nicht zugestellt|non remis|no se pudo entregar",
    re.IGNORECASE,
)
_PASSING = re.compile(
    r"delayed|will (continue|keep) (to )?try|warning: .{0,40}not been", re.IGNORECASE
)
_FULL = re.compile(r"(mailbox|quota|inbox).{0,30}(full|exceeded|over)|over quota", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>;:,\"]+@[^\s<>;:,\"]+")
_OURS = re.compile(
    r"^-{2,}.*(original|returned|below this line|copy of)", re.IGNORECASE | re.MULTILINE
)
_READ = 1_000_000
"""Bytes searched for traces of what we sent; a message of ours has its headers in front."""
_TEXT = 20_000
_MOST = 10


@dataclass(frozen=True, kw_only=True)
class Report:
    """What one message says, unproven."""

    kind: Kind
    weight: Weight = "soft"
    status: str = ""
    """`5.1.1`, as far as it was said."""
    detail: str = ""
    recipients: tuple[str, ...] = ()
    """Whom it names; for the record, not for deciding."""
    tags: tuple[str, ...] = ()
    """What may be tags of our envelope senders."""
    tokens: tuple[str, ...] = ()
    """What may be sealed tokens of our unsubscribe links."""
    message_ids: tuple[str, ...] = ()


def read_report(data: bytes) -> Report:
    """Return what the message says; one that says nothing of the kind is `other`."""
    message = message_from_bytes(data, policy=compat32)
    parts = list(message.walk())
    said = _complaint(parts) or _delivery(parts) or _in_words(message, parts)
    seen = _FOLD.sub(b" ", data[:_READ])
    return replace(
        said,
        tags=_unique(_TAG, seen, str.lower),
        tokens=_unique(_TOKEN, seen),
        message_ids=_unique(_MESSAGE_ID, seen),
    )


# --- as the standards have it ----------------------------------------------------------------


def _complaint(parts: Sequence[Message]) -> Report | None:
    """Read a feedback report: somebody pressed "this is spam", or took it back."""
    for fields in _fields(parts, "message/feedback-report"):
        kind = _value(fields, "Feedback-Type").lower()
        if not kind:
            continue
        who = _value(fields, "Original-Rcpt-To"), _value(fields, "Removal-Recipient")
        by = _value(fields, "User-Agent") or _value(fields, "Reporting-MTA")
        return Report(
            kind="other" if kind == "not-spam" else "complaint",
            detail=words(f"{kind} {by}".strip()),
            recipients=_addresses(who),
        )
    return None


def _delivery(parts: Sequence[Message]) -> Report | None:
    """Read a delivery report; of several recipients, the one that it is worst about."""
    found = []
    for block in _fields(parts, "message/delivery-status"):
        action = _value(block, "Action").lower()
        if action not in _ACTIONS:
            continue
        status = _first(STATUS, _value(block, "Status"))
        text = _value(block, "Diagnostic-Code").partition(";")[2].strip()
        if status in ("", "5.0.0", "4.0.0"):  # "something": the diagnostic text may know more
            status = _first(STATUS, text) or status
        who = _value(block, "Final-Recipient"), _value(block, "Original-Recipient")
        found.append(
            Report(
                kind=_ACTIONS[action],
                weight=_weight(status, text),
                status=status,
                detail=words(text),
                recipients=_addresses(who),
            )
        )
    return max(found, key=_gravity, default=None)


_ACTIONS: dict[str, Kind] = {
    "failed": "bounce",
    "delayed": "delayed",
    "delivered": "delivered",
    "relayed": "delivered",
    "expanded": "delivered",
}


def _gravity(report: Report) -> tuple[bool, bool, bool]:
    bounce = report.kind == "bounce"
    return bounce, bounce and report.weight == "hard", report.kind == "delayed"


def _fields(parts: Iterable[Message], kind: str) -> Iterator[Message]:
    """Yield the blocks of fields of the parts of this type."""
    for part in parts:
        if part.get_content_type() != kind:
            continue
        payload = part.get_payload()
        if isinstance(payload, list):
            yield from (block for block in payload if isinstance(block, Message))


# --- in words --------------------------------------------------------------------------------


def _in_words(message: Message, parts: Sequence[Message]) -> Report:
    """Read what is no standard report: older bounces, answering machines, ordinary mail."""
    if _answers_by_itself(message):
        return Report(kind="auto_reply")
    text = _text(parts)
    subject, failed = str(message["Subject"] or ""), _value(message, "X-Failed-Recipients")
    daemon = _is_daemon(message) or _value(message, "Return-Path") == "<>"
    if not failed and not (daemon and _FAILED.search(f"{subject}\n{text}")):
        return Report(kind="other")
    if not failed and _PASSING.search(f"{subject}\n{text}"):
        return Report(kind="delayed")
    status = _first(STATUS, text) or _CODE_STATUS.get(_first(_CODE, text)[:1], "")
    line = next((one for one in text.splitlines() if STATUS.search(one) or _CODE.search(one)), "")
    return Report(
        kind="bounce",
        weight=_weight(status, text),
        status=status,
        detail=words(line or subject),
        recipients=_addresses([failed]),
    )


_CODE_STATUS = {"5": "5.0.0", "4": "4.0.0"}


def _answers_by_itself(message: Message) -> bool:
    """Return whether a person's answering machine wrote it; mail servers say the same of theirs."""
    if message["X-Failed-Recipients"] or _is_daemon(message):
        return False
    return bool(
        _value(message, "Auto-Submitted").lower().startswith("auto-replied")
        or message["X-Autoreply"]
        or message["X-Autorespond"]
        or _value(message, "Precedence").lower() == "auto_reply"
        or _value(message, "X-Auto-Response-Suppress").lower() == "all"
    )


def _is_daemon(message: Message) -> bool:
    return bool(_DAEMON.search(str(message["From"] or "")))


def _text(parts: Iterable[Message]) -> str:
    """Return what a person would read of it, without what is returned of our own message."""
    for part in parts:
        if part.get_content_type() == "text/plain":
            body = part.get_payload(decode=True)
            if isinstance(body, bytes):
                return _OURS.split(body.decode("utf-8", "replace")[:_TEXT], maxsplit=1)[0]
    return ""


# --- what it comes to ------------------------------------------------------------------------


def _weight(status: str, text: str) -> Weight:
    if _FULL.search(text) or status.startswith(("4.", "5.2.2", "5.2.3", "5.3.")):
        return "soft"
    if status.startswith("5.7."):
        return "blocked"
    if is_dead(status, text) or status in _NO_HOST:
        return "hard"
    return "soft"


_NO_HOST = ("5.4.4",)
"""The domain takes no mail: as dead as an unknown mailbox."""


def _value(message: Message, name: str) -> str:
    return " ".join(str(message[name] or "").split())


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[0] if found else ""


def _addresses(fields: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses in `rfc822; ana@example.com` and the like, lower-cased."""
    found = (_ADDRESS.search(one.rpartition(";")[2]) for one in fields)
    return tuple(dict.fromkeys(one[0].lower() for one in found if one))


def _unique(
    pattern: re.Pattern[bytes], data: bytes, change: Callable[[str], str] = str
) -> tuple[str, ...]:
    found = (change(one.decode("ascii", "replace")) for one in pattern.findall(data))
    return tuple(dict.fromkeys(found))[:_MOST]
