"""Light marks within a paragraph: `**bold**`, `*italic*`, `[label](url)`, bare https addresses.

Read once per email into a small tree, before any value is known; so a recipient's value can never
become a mark. A backslash takes a mark's meaning away.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from placet.errors import BadInput

from .marks import MARK, Tag, tag_depth
from .personal import Pieces

__all__ = ["Span", "as_html", "as_text", "conditional", "paragraphs", "read_inline"]

_MARKS = re.compile(
    r"""\\(?P<escaped>[\\*\[\]()])
    |\[(?P<label>[^\[\]]+)\]\((?P<url>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)
    |(?P<bare>https?://[^\s<>"]+)
    |\*\*(?P<bold>\S(?:.*?\S)?)\*\*(?!\*)
    |\*(?P<italic>[^\s*](?:[^*]*[^\s*])?)\*""",
    re.VERBOSE | re.DOTALL,
)
_TRAILING = ".,;:!?)'*"


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of a paragraph."""

    kind: Literal["plain", "bold", "italic", "link"]
    text: str = ""
    inner: tuple[Span, ...] = ()
    url: str = ""


def paragraphs(marked: str) -> list[str]:
    """Return the paragraphs: what blank lines part."""
    normal = marked.replace("\r\n", "\n").replace("\r", "\n")
    return [part.strip() for part in re.split(r"\n[ \t]*\n", normal) if part.strip()]


def conditional(marked: str, pieces: Pieces) -> tuple[str, str, str]:
    """Return a paragraph that is one `if` from end to end as its opening, words and closing.

    So the paragraph, or the point of a list, goes altogether where the condition does not hold. Any
    other paragraph is all words.
    """
    found = list(MARK.finditer(marked))
    if len(found) < 2 or found[0].start() != 0 or found[-1].end() != len(marked):
        return "", marked, ""
    depth = 0
    for at, mark in enumerate(found):
        piece = pieces.items[int(mark[2])]
        if isinstance(piece, Tag):
            depth += {"if": 1, "unless": 1, "end": -1}.get(piece.name, 0)
            branches = depth == 1 and piece.name in ("elsif", "else")
            if branches or (depth == 0 and at < len(found) - 1):
                return "", marked, ""
        elif depth == 0:
            return "", marked, ""
    first, last = found[0], found[-1]
    return first[0], marked[first.end() : last.start()].strip(), last[0]


def read_inline(marked: str, pieces: Pieces, place: str) -> tuple[Span, ...]:
    """Read one paragraph's marks.

    Raises:
        BadInput: an `if` begins in one place and ends in another.
    """
    if tag_depth(marked, pieces.items) != 0:
        raise BadInput(
            f"{place}: {{% if %}} and {{% endif %}} must stand in the same paragraph, and both "
            "inside or both outside of bold, italic and links."
        )
    return tuple(_spans(marked, pieces, place))


def _spans(marked: str, pieces: Pieces, place: str) -> list[Span]:
    spans: list[Span] = []
    at = 0
    while found := _MARKS.search(marked, at):
        _plain(spans, marked[at : found.start()])
        at = found.end()
        match found.lastgroup:
            case "escaped":
                _plain(spans, found["escaped"])
            case "url":
                inner = read_inline(found["label"], pieces, place)
                spans.append(Span(kind="link", inner=inner, url=found["url"]))
            case "bare":
                bare = found["bare"].rstrip(_TRAILING)
                at = found.start() + len(bare)
                inner = (Span(kind="plain", text=bare),)
                spans.append(Span(kind="link", inner=inner, url=bare))
            case "bold":
                spans.append(Span(kind="bold", inner=read_inline(found["bold"], pieces, place)))
            case _:
                spans.append(Span(kind="italic", inner=read_inline(found["italic"], pieces, place)))
    _plain(spans, marked[at:])
    return spans


def _plain(spans: list[Span], text: str) -> None:
    if text and spans and spans[-1].kind == "plain":
        text = spans.pop().text + text
    if text:
        spans.append(Span(kind="plain", text=text))


def as_html(spans: Sequence[Span], href: Callable[[str], str], link_style: str) -> str:
    """Return spans as HTML.

    Args:
        spans: what `read_inline` returned.
        href: makes an address safe, tagged and recorded.
        link_style: CSS for links; mail programs read no style sheets to rely on.
    """
    parts: list[str] = []
    for span in spans:
        inner = as_html(span.inner, href, link_style)
        match span.kind:
            case "plain":
                parts.append(html.escape(span.text).replace("\n", "<br />"))
            case "bold":
                parts.append(f"<strong>{inner}</strong>")
            case "italic":
                parts.append(f"<em>{inner}</em>")
            case "link":
                address = html.escape(href(span.url))
                style = html.escape(link_style)
                parts.append(f'<a href="{address}" style="{style}">{inner}</a>')
    return "".join(parts)


def as_text(spans: Sequence[Span], href: Callable[[str], str]) -> str:
    """Return spans as plain text, each link's address after its label."""
    parts: list[str] = []
    for span in spans:
        inner = as_text(span.inner, href)
        if span.kind != "link":
            parts.append(span.text + inner)
        elif inner == span.url:
            parts.append(href(span.url))
        else:
            parts.append(f"{inner} ({href(span.url)})")
    return "".join(parts)
