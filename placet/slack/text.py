"""Text from outside, inert in Slack: no mention, no link, no markup, nothing hidden.

Everything that people, CRMs and models wrote is shown in `plain_text`, in literal rich text or in
raw table cells, which Slack reads no markup in. The notification line of a message is escaped, and
sent with `mrkdwn` off.
"""

from __future__ import annotations

import re
from typing import Any

from tools.segments.inert import show

__all__ = ["cut", "fallback", "inert", "lines", "plain", "said"]

_QUOTED = re.compile(r'\\(["\\])')
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MENTION = re.compile(r"<([@#!])([^>|]*)(?:\|([^>]*))?>")
_LINK = re.compile(r"<((?:https?|mailto|tel):[^>|]*)(?:\|([^>]*))?>")


def inert(text: object, limit: int = 300) -> str:
    """Return `text` as one line in which unseen characters are spelt out: `<U+202E>`."""
    # `show` quotes; here no quotation mark ends the text, so its escapes are taken back.
    return _QUOTED.sub(r"\1", show(" ".join(str(text).split()), limit)[1:-1])


def lines(text: object, limit: int = 2_800) -> str:
    """Return `text` with its line breaks kept and everything else as `inert` does."""
    kept = (inert(line, limit) for line in str(text)[: 2 * limit].splitlines())
    return cut("\n".join(kept), limit)


def cut(text: str, limit: int) -> str:
    """Return at most `limit` characters; cut text ends in an ellipsis."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def plain(text: str) -> dict[str, Any]:
    """Return a text object in which Slack reads no markup, no mention, no link and no emoji."""
    return {"type": "plain_text", "text": text, "emoji": False}


def fallback(text: object, limit: int = 600) -> str:
    """Return the notification line of a message: one line, and nothing in it is a command."""
    return "".join(_ESCAPES.get(char, char) for char in inert(text, limit))


def said(text: str) -> str:
    """Return what a person typed, as they saw it: Slack's escapes and links taken back."""
    text = _LINK.sub(lambda found: found[2] or found[1], text)
    text = _MENTION.sub(lambda found: f"{found[1]}{found[3] or found[2]}", text)
    for char, escape in (("<", "&lt;"), (">", "&gt;"), ("&", "&amp;")):
        text = text.replace(escape, char)
    return text.strip()
