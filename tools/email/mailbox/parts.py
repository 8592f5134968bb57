"""What a message says, read from its bytes; a message from anybody, so that nothing here raises."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, Message

__all__ = ["Parts", "campaign_of", "header", "one_click", "parts_of"]

_CAMPAIGN = re.compile(r"\bcp_[a-z0-9]+")
_NAMING = ("Message-ID", "Feedback-ID", "List-ID", "X-Campaign-ID")
_URL = re.compile(r"<\s*(https?://[^>\s]+)\s*>", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """A message taken apart."""

    headers: tuple[tuple[str, str], ...]
    """In their order, decoded and unfolded."""
    html: str | None
    text: str | None
    attachments: tuple[str, ...]
    """The names of what else there is."""


def parts_of(raw: bytes) -> Parts:
    """Take a message apart."""
    message = message_from_bytes(raw, policy=policy.default)
    names = dict.fromkeys(name for name, _ in message.raw_items())
    headers = tuple((name, one) for name in names for one in _all(message, name))
    return Parts(
        headers=headers,
        html=_body(message, "html"),
        text=_body(message, "plain"),
        attachments=_attachments(message),
    )


def header(message: Message, name: str) -> str:
    """Return a header decoded and on one line; empty where there is none or it is broken."""
    return next(iter(_all(message, name)), "")


def campaign_of(message: Message) -> str:
    """Return the campaign that a message names in its headers, or nothing."""
    for name in _NAMING:
        found = _CAMPAIGN.search(header(message, name))
        if found:
            return found.group()
    return ""


def one_click(parts: Parts) -> str | None:
    """Return the address that takes a one-click unsubscribing (RFC 8058), or None."""
    held = {name.lower(): value for name, value in parts.headers}
    if held.get("list-unsubscribe-post", "").strip().lower() != "list-unsubscribe=one-click":
        return None
    found = _URL.search(held.get("list-unsubscribe", ""))
    return found.group(1) if found else None


def _all(message: Message, name: str) -> list[str]:
    try:
        values = message.get_all(name, [])
    except (MessageError, ValueError, LookupError, AttributeError, IndexError, TypeError):
        # Headers of a stranger: the standard library's parser still falls over some of them.
        values = [value for key, value in message.raw_items() if key.lower() == name.lower()]
    return [" ".join(str(value).split()) for value in values]


def _body(message: EmailMessage, kind: str) -> str | None:
    try:
        part = message.get_body((kind,))
        return None if part is None else str(part.get_content())
    except (MessageError, ValueError, LookupError, AttributeError, TypeError):
        return None


def _attachments(message: EmailMessage) -> tuple[str, ...]:
    try:
        return tuple(
            one.get_filename() or one.get_content_type() for one in message.iter_attachments()
        )
    except (MessageError, ValueError, LookupError, AttributeError, TypeError):
        return ()
