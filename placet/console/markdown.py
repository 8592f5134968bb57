"""Markdown as Slack's `markdown` block draws it, as HTML that can do nothing.

Headings, lists, quotes, tables, code, emphasis and http links; no raw HTML, no pictures. Text
leaves through `.text`'s escaping.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup

from .text import link, plain, wrap

__all__ = ["markdown"]

_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|\[(?P<label>[^\[\]\n]{1,500})\]\((?P<address>[^()\s]{1,2000})\)"
    r"|\*\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*\*"
    r"|(?<![\w*])\*(?P<italic>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|(?<!\w)_(?P<under>[^\s_](?:[^_\n]*[^\s_])?)_(?!\w)"
    r"|~~(?P<strike>[^\s~](?:[^~\n]*[^\s~])?)~~"
)
_TAGS = {"bold": "strong", "italic": "em", "under": "em", "strike": "s"}
_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_BULLET = re.compile(r"\s*[-*+•]\s+(.*)")
_NUMBER = re.compile(r"\s*\d{1,4}[.)]\s+(.*)")
_RULE = re.compile(r"\s*(-{3,}|\*{3,}|_{3,})\s*")
_CELLS = re.compile(r"\s*\|.*\|\s*")
_DASHES = re.compile(r"[\s|:-]+")


def markdown(text: object) -> Markup:
    """Return Markdown as HTML."""
    return Markup("").join(_blocks(str(text).replace("\r\n", "\n").split("\n")))


def _blocks(lines: list[str]) -> Iterator[Markup]:
    at = 0
    while at < len(lines):
        kind = _kind(lines[at])
        end = at + 1
        if kind == "fence":
            while end < len(lines) and not lines[end].startswith("```"):
                end += 1
            yield Markup("<pre><code>{}</code></pre>").format(plain("\n".join(lines[at + 1 : end])))
            at = end + 1
            continue
        while end < len(lines) and kind in _GROUPED and _kind(lines[end]) == kind:
            end += 1
        yield _block(kind, lines[at:end])
        at = end


_GROUPED = ("bullet", "number", "quote", "table", "words")


def _kind(line: str) -> str:
    if line.startswith("```"):
        return "fence"
    if not line.strip():
        return "empty"
    for kind, pattern in (
        ("rule", _RULE), ("heading", _HEADING), ("bullet", _BULLET), ("number", _NUMBER),
        ("table", _CELLS),
    ):  # fmt: skip
        if pattern.fullmatch(line):
            return kind
    return "quote" if line.startswith(">") else "words"


def _block(kind: str, lines: list[str]) -> Markup:
    match kind:
        case "empty":
            return Markup("")
        case "rule":
            return Markup("<hr>")
        case "heading":
            found = _HEADING.fullmatch(lines[0])
            words = found.group(2) if found else lines[0]
            return Markup('<p class="md-heading">{}</p>').format(_inline(words))
        case "bullet" | "number":
            pattern, tag = (_BULLET, "ul") if kind == "bullet" else (_NUMBER, "ol")
            items = [Markup("<li>{}</li>").format(_inline(_rest(pattern, one))) for one in lines]
            return wrap(tag, Markup("").join(items))
        case "quote":
            inner = [_inline(one.lstrip("> ")) for one in lines]
            return Markup("<blockquote>{}</blockquote>").format(Markup("<br>").join(inner))
        case "table":
            return _table(lines)
        case _:
            return Markup("<p>{}</p>").format(Markup("<br>").join(_inline(one) for one in lines))


def _rest(pattern: re.Pattern[str], line: str) -> str:
    found = pattern.fullmatch(line)
    return found.group(1) if found else line


def _table(lines: list[str]) -> Markup:
    rows = [one.strip().strip("|").split("|") for one in lines if not _DASHES.fullmatch(one)]
    out: list[Markup] = []
    for index, row in enumerate(rows):
        tag = "th" if index == 0 and len(rows) > 1 else "td"
        cells = [wrap(tag, _inline(cell.strip())) for cell in row]
        out.append(Markup("<tr>{}</tr>").format(Markup("").join(cells)))
    return Markup('<div class="table"><table>{}</table></div>').format(Markup("").join(out))


def _inline(text: str) -> Markup:
    out, at = [], 0
    for found in _INLINE.finditer(text):
        out.append(plain(text[at : found.start()]))
        out.append(_token(found))
        at = found.end()
    out.append(plain(text[at:]))
    return Markup("").join(out)


def _token(found: re.Match[str]) -> Markup:
    if found.group("code") is not None:
        return Markup("<code>{}</code>").format(plain(found.group("code")))
    if found.group("address") is not None:
        made = link(found.group("address"), plain(found.group("label")))
        return made if made is not None else plain(found.group(0))
    kind = str(found.lastgroup)
    return wrap(_TAGS[kind], _inline(found.group(kind)))
