"""What the templates are given, and the templates: one environment, escaping always on."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from placet.clock import iso

from .markdown import markdown
from .rich import rich_text
from .room import Message, Summary, micros
from .text import literal, mrkdwn, plain, written
from .webapi import LocalSlack
from .workspace import BOT_USER, Someone, Workspace

__all__ = ["Renderer", "Shown"]

_HUES = 6
_FILE = re.compile(r"F[0-9A-F]{24}")
_WEB = re.compile(r"(https?://[\x21-\x3b\x3d\x3f-\x7e]+)")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One message as a page shows it."""

    message: Message
    author: str
    is_app: bool
    summary: Summary | None


class Renderer:
    """Draws pages and pieces of pages."""

    def __init__(
        self, slack: LocalSlack, *, has_inbox: bool = False, has_audit: bool = False,
        has_quality: bool = False,
    ) -> None:  # fmt: skip
        self._slack = slack
        self._jinja = Environment(
            loader=PackageLoader("placet.console"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        names = self._called
        self._jinja.filters |= {
            "text": partial(_text, names=names),
            "mrkdwn": partial(mrkdwn, names=names),
            "plain": plain,
            "literal": literal,
            "markdown": markdown,
            "rich": partial(rich_text, names=names),
            "hue": _hue,
            "initials": _initials,
            "clock": _clock,
            "day": _day,
            "anchor": _anchor,
            "pretty": _pretty,
            "http": _http,
            "file": _file,
            "iso": iso,
            "moment": _written_moment,
            "bytes": _bytes,
            "linked": _linked,
        }
        self._jinja.globals |= {"workspace": slack.workspace, "features": slack.features}
        self._jinja.globals |= {"choices": _choices, "has_inbox": has_inbox}
        self._jinja.globals |= {"has_audit": has_audit, "has_quality": has_quality}

    def __call__(self, template: str, **context: Any) -> str:
        """Return a template drawn."""
        return self._jinja.get_template(template).render(**context)

    def shown(self, message: Message, summary: Summary | None) -> Shown:
        """Return a message with what its author is called."""
        return Shown(
            message=message,
            author=self._slack.workspace.called(message.author),
            is_app=message.author == BOT_USER,
            summary=summary,
        )

    def message(self, shown: Shown, person: Someone, *, place: str) -> str:
        """Return one message as it stands in a channel or in its thread."""
        return self("message.html", shown=shown, person=person, place=place)

    def _called(self, key: str) -> str:
        channel = self._slack.workspace.channel(key)
        return channel.name if channel else self._slack.workspace.called(key)


def _text(value: Mapping[str, Any] | None, *, names: Any) -> Markup:
    """Return a text object as HTML, by its own type."""
    if not isinstance(value, Mapping):
        return Markup("")
    if value.get("type") == "mrkdwn":
        return mrkdwn(value.get("text", ""), names)
    return written(value.get("text", ""))


def _choices(element: Mapping[str, Any], workspace: Workspace) -> list[tuple[Any, ...]]:
    """Return what can be ticked: value, text, description, ticked already."""
    kind = element["type"]
    if kind == "multi_users_select":
        named = [(one.id, f"@{one.name}") for one in workspace.people]
        return _named(named, element.get("initial_users"))
    if kind in ("multi_channels_select", "multi_conversations_select"):
        named = [(one.id, f"#{one.name}") for one in workspace.rooms]
        first = element.get("initial_channels") or element.get("initial_conversations")
        return _named(named, first)
    groups = [group["options"] for group in element.get("option_groups") or []]
    options = [o for each in [element.get("options") or [], *groups] for o in each]
    initial = [*(element.get("initial_options") or []), element.get("initial_option") or {}]
    ticked = {one.get("value") for one in initial}
    return [(o["value"], o["text"], o.get("description"), o["value"] in ticked) for o in options]


def _named(named: list[tuple[str, str]], first: Any) -> list[tuple[Any, ...]]:
    plain_text = "plain_text"
    return [
        (value, {"type": plain_text, "text": words}, None, value in (first or []))
        for value, words in named
    ]


def _hue(name: str) -> int:
    return sum(name.encode()) % _HUES + 1


def _initials(name: str) -> str:
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


def _moment(ts: str) -> datetime:
    return datetime.fromtimestamp((micros(ts) or 0) / 1_000_000, UTC)


def _clock(ts: str) -> str:
    return _moment(ts).strftime("%H:%M")


def _day(ts: str) -> str:
    return _moment(ts).strftime("%A, %-d %B")


def _anchor(ts: str) -> str:
    return ts.replace(".", "-")


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _written_moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%-d %b %Y, %H:%M UTC")


def _bytes(size: int) -> str:
    return f"{size:,} bytes" if size < 1_000 else f"{size / 1_000:,.1f} kB"


def _linked(text: object) -> Markup:
    """Return text as HTML with its web addresses as links, which open in a tab of their own."""
    link = Markup('<a href="{0}" target="_blank" rel="noopener noreferrer">{0}</a>')
    pieces = _WEB.split(str(text))
    return Markup("").join(
        link.format(piece) if index % 2 else plain(piece) for index, piece in enumerate(pieces)
    )


def _http(address: object) -> str:
    """Return an address if it is http or https, else nothing."""
    text = str(address or "")
    return text if text.startswith(("https://", "http://")) else ""


def _file(file_id: object) -> str:
    """Return a file's id if it is one that this console gives out, else nothing."""
    text = str(file_id or "")
    return text if _FILE.fullmatch(text) else ""
