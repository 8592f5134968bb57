"""Slack's mrkdwn as HTML that can do nothing: a safe subset, written out piece by piece.

Every character of the input leaves here through `_plain`, which escapes it, or inside an attribute
that `Markup` escapes. Elements come only from Slack's documented formatting, links only from
`<address|text>` with http or https, mentions become chips that notify nobody. Characters that
cannot be seen but could mislead (bidi marks, zero-width, control) are spelt out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from markupsafe import Markup

from .emoji import EMOJI

__all__ = ["Names", "link", "literal", "mrkdwn", "plain", "wrap", "written"]

Names = Callable[[str], str]
"""Returns how to call a user or channel id."""

_TOKEN = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<special>[^<>\n]*)>"
    r"|(?<![\w*])\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|(?<!\w)_(?P<italic>[^\s_](?:[^_\n]*[^\s_])?)_(?!\w)"
    r"|(?<![\w~])~(?P<strike>[^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])"
)
_FENCE = re.compile(r"```\n?(.+?)```", re.DOTALL)
_WHOLE_ADDRESS = re.compile(r"[!#-&(-;=?-_a-z{-~]{1,3000}")
"""Printable ASCII without quotes, backticks and angle brackets: no look-alike hosts either."""
_STYLES = {"bold": "strong", "italic": "em", "strike": "s"}
_EMOJI_NAME = re.compile(r":([a-z0-9_+-]{2,40}):")
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe0e")
_JOINERS = "\u200d\ufe0f"


_WRAPS = {
    "strong": Markup("<strong>{}</strong>"),
    "em": Markup("<em>{}</em>"),
    "s": Markup("<s>{}</s>"),
    "code": Markup("<code>{}</code>"),
    "ul": Markup("<ul>{}</ul>"),
    "ol": Markup("<ol>{}</ol>"),
    "th": Markup("<th>{}</th>"),
    "td": Markup("<td>{}</td>"),
}


def wrap(tag: str, inner: Markup) -> Markup:
    """Return HTML inside one of the few elements that text may become."""
    return _WRAPS[tag].format(inner)


def plain(text: object) -> Markup:
    """Return plain text as HTML: escaped, unseen characters spelt out, line ends kept."""
    return _plain(str(text))


def written(text: object) -> Markup:
    """Return the text of a plain_text object as HTML: names of emoji drawn, nothing else read."""
    return _plain(_emoji(str(text)))


def literal(text: object) -> Markup:
    """Return a message's text as HTML where its author switched mrkdwn off."""
    return _words(str(text))


def mrkdwn(text: object, names: Names) -> Markup:
    """Return mrkdwn as HTML."""
    parts: list[Markup] = []
    for index, piece in enumerate(_FENCE.split(str(text))):
        if index % 2:
            parts.append(Markup("<pre><code>{}</code></pre>").format(_plain(_unescape(piece))))
        elif piece:
            parts.append(_lines(piece.strip("\n") if parts else piece, names))
    return Markup("").join(parts)


def link(address: str, text: Markup) -> Markup | None:
    """Return a link, or None where the address is not plainly http or https."""
    try:
        parts = urlsplit(address)
        port_is_number = parts.port is None or parts.port >= 0
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_number:
        return None
    if parts.username is not None or not _WHOLE_ADDRESS.fullmatch(address):
        return None
    return Markup(
        '<a href="{}" title="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>{}'
    ).format(address, address, text, _really(str(text), parts.hostname))


def _really(text: str, host: str) -> Markup:
    """Say where a link leads if its text looks like another address."""
    looks = re.search(r"[\w-]+\.[a-z]{2,}", text.lower())
    if looks is None or host.lower() in text.lower():
        return Markup("")
    return Markup(' <span class="really">(to {})</span>').format(host)


def _lines(text: str, names: Names) -> Markup:
    """Return lines with quoted ones set apart."""
    out: list[Markup] = []
    quoted: list[Markup] = []
    open_line = False
    for line in text.split("\n"):
        if line.startswith("&gt;"):
            quoted.append(_inline(line.removeprefix("&gt;").removeprefix(" "), names))
            continue
        if quoted:
            out.append(_quote(quoted))
            quoted, open_line = [], False
        if open_line:
            out.append(Markup("<br>"))
        out.append(_inline(line, names))
        open_line = True
    if quoted:
        out.append(_quote(quoted))
    return Markup("").join(out)


def _quote(lines: list[Markup]) -> Markup:
    return Markup("<blockquote>{}</blockquote>").format(Markup("<br>").join(lines))


def _inline(text: str, names: Names) -> Markup:
    out, at = [], 0
    for found in _TOKEN.finditer(text):
        out.append(_words(text[at : found.start()]))
        out.append(_token(found, names))
        at = found.end()
    out.append(_words(text[at:]))
    return Markup("").join(out)


def _token(found: re.Match[str], names: Names) -> Markup:
    kind, body = str(found.lastgroup), str(found.group(str(found.lastgroup)))
    if kind == "code":
        return Markup("<code>{}</code>").format(_plain(_unescape(body)))
    if kind == "special":
        return _special(body, names)
    return wrap(_STYLES[kind], _inline(body, names))


def _special(body: str, names: Names) -> Markup:
    """Return what stands between angle brackets: a mention, a date or a link."""
    target, _, label = body.partition("|")
    sign, key = target[:1], target[1:]
    if sign == "@" and key:
        return _chip("@" + names(key))
    if sign == "#" and key:
        return _chip("#" + (_unescape(label) or names(key)))
    if target.startswith("!date^"):
        return _date(target, _unescape(label))
    if sign == "!":
        return _chip("@" + (_unescape(label) or key.partition("^")[0]))
    address = _unescape(target)
    made = link(address, _words(label) if label else _plain(address))
    return made if made is not None else _plain(_unescape(f"<{body}>"))


def _chip(words: str) -> Markup:
    return Markup('<span class="chip">{}</span>').format(_plain(words))


_DATES = {
    "{date_num}": "%Y-%m-%d",
    "{date}": "%-d %B %Y",
    "{date_short}": "%-d %b %Y",
    "{date_long}": "%A, %-d %B %Y",
    "{date_pretty}": "%-d %B %Y",
    "{date_short_pretty}": "%-d %b %Y",
    "{date_long_pretty}": "%A, %-d %B %Y",
    "{time}": "%H:%M UTC",
    "{time_secs}": "%H:%M:%S UTC",
    "{ago}": "%-d %b %Y, %H:%M UTC",
}


def _date(target: str, fallback: str) -> Markup:
    _, stamp, form, *_ = [*target.split("^"), "", ""]
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 11):
        return _plain(fallback)
    at = datetime.fromtimestamp(int(stamp), UTC)
    words = _unescape(form)
    for token, pattern in _DATES.items():
        words = words.replace(token, at.strftime(pattern))
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), _plain(words))


def _words(text: str) -> Markup:
    """Return text between tokens: Slack's three entities read, emoji names drawn."""
    return _plain(_emoji(_unescape(text)))


def _emoji(text: str) -> str:
    return _EMOJI_NAME.sub(lambda m: EMOJI.get(m.group(1), m.group(0)), text)


def _unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _plain(text: str) -> Markup:
    out: list[Markup] = []
    run: list[str] = []
    for char in text:
        if _hidden(char, run):
            out.append(Markup.escape("".join(run)))
            out.append(Markup('<span class="unseen">U+{:04X}</span>').format(ord(char)))
            run = []
        else:
            run.append(char)
    out.append(Markup.escape("".join(run)))
    return Markup("").join(out).replace("\n", Markup("<br>"))


def _hidden(char: str, before: list[str]) -> bool:
    if char.isascii():
        return not (char.isprintable() or char in "\n\t")
    if char in _JOINERS:  # part of an emoji that is drawn
        return not (before and unicodedata.category(before[-1]) in ("So", "Sk", "Mn"))
    if char in _BLANK or "\ufe00" <= char <= "\ufe0e" or "\U000e0000" <= char <= "\U000e0fff":
        return True
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
