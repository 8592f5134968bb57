"""A designer's MJML within an email: read tag by tag, and written anew with what is allowed only.

Nothing that runs, embeds, loads a style sheet or comments its way around a filter gets through.
Two things come out: MJML for the HTML part, and plain HTML whose text the text part shows.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from html.parser import HTMLParser

from inscriptis import get_text  # type: ignore[import-untyped] # ships no types
from typing_extensions import override

from placet.errors import BadInput

from .marks import MARK, tag_depth
from .personal import Pieces

__all__ = ["read_designed"]

_OUTER = frozenset({"mj-section", "mj-wrapper", "mj-hero"})
_LAYOUT = _OUTER | {"mj-column", "mj-group"}
_CONTENT = frozenset({
    "mj-text", "mj-button", "mj-image", "mj-divider", "mj-spacer", "mj-table", "mj-social",
    "mj-social-element",
})  # fmt: skip
_HTML = frozenset({
    "a", "b", "blockquote", "br", "div", "em", "h1", "h2", "h3", "h4", "hr", "i", "img", "li", "ol",
    "p", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u",
    "ul",
})  # fmt: skip
_VOID = frozenset({"br", "hr", "img"})
_STYLE = re.compile(r"(?i)url\s*\(|expression\s*\(|@import|javascript:|behavior\s*:|[<>\\]")
_ADDRESSES = frozenset({"href", "src", "background-url"})
_SPOKEN = frozenset({"alt", "title", "aria-label"})
_FORBIDDEN = frozenset({"action", "formaction", "path", "srcdoc", "xlink:href", "http-equiv"})


def read_designed(
    marked: str, pieces: Pieces, place: str, href: Callable[[str], str]
) -> tuple[str, str]:
    """Return MJML sections made safe, and their plain text; both with the marks in place.

    Args:
        marked: the author's MJML, Liquid marked.
        pieces: what the marks stand for.
        place: for errors.
        href: makes a link's address safe, tagged and recorded.

    Raises:
        BadInput: a tag or attribute is not allowed, or the tags do not match.
    """
    reader = _Reader(pieces, place, href)
    reader.feed(_body_of(marked))
    reader.close()
    if reader.open:
        raise BadInput(f"{place}: <{reader.open[-1]}> is never closed.")
    if not any(part.strip() for part in reader.mjml):
        raise BadInput(f"{place}: there is no <mj-section> in it.")
    return "".join(reader.mjml), _text("".join(reader.plain))


def _body_of(source: str) -> str:
    """Return what is inside <mj-body>, where the source is a whole document."""
    found = re.search(r"(?is)<mj-body\b[^>]*>(.*)</mj-body\s*>", source)
    return found[1] if found and not re.search(r"(?i)<mj-head\b", source) else source


def _text(plain: str) -> str:
    lines = [" ".join(line.split()) for line in get_text(plain).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _opening(tag: str, given: dict[str, str]) -> str:
    if tag in ("mj-image", "img"):
        return "<div>" + (html.escape(f"[{given['alt']}]") if given.get("alt") else "")
    return "<div>" if tag.startswith("mj-") else f"<{tag}>"


def _ending(tag: str, target: str) -> str:
    shown = f" ({html.escape(target)})" if target else ""
    if tag.startswith("mj-") or tag == "img":
        return shown + "</div>"
    return shown + ("" if tag in _VOID else f"</{tag}>")


class _Reader(HTMLParser):
    def __init__(self, pieces: Pieces, place: str, href: Callable[[str], str]) -> None:
        super().__init__(convert_charrefs=False)
        self._place, self._href, self._pieces = place, href, pieces
        self.open: list[str] = []
        self.mjml: list[str] = []
        self.plain: list[str] = []
        self._endings: list[str] = []
        self._ifs: list[int] = []

    @override
    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self._start(tag, attrs, closed=tag in _VOID)

    @override
    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self._start(tag, attrs, closed=True)

    def _start(self, tag: str, attrs: Sequence[tuple[str, str | None]], *, closed: bool) -> None:
        self._allow(tag)
        given = [(name, self._attribute(tag, name, value or "")) for name, value in attrs]
        written = "".join(f' {name}="{html.escape(value)}"' for name, value in given)
        self.mjml.append(f"<{tag}{written}{' />' if closed else '>'}")
        self.plain.append(_opening(tag, dict(given)))
        ending = _ending(tag, dict(given).get("href", ""))
        if closed:
            self.plain.append(ending)
        else:
            self.open.append(tag)
            self._endings.append(ending)
            self._ifs.append(0)

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if not self.open or self.open[-1] != tag:
            raise BadInput(f"{self._place}: </{tag}> closes nothing that is open{self._line()}.")
        if self._ifs.pop():
            raise BadInput(f"{self._place}: an {{% if %}} is not closed in <{tag}>{self._line()}.")
        self.open.pop()
        self.mjml.append(f"</{tag}>")
        self.plain.append(self._endings.pop())

    @override
    def handle_data(self, data: str) -> None:
        if data.strip() and not self._in_content():
            raise BadInput(f"{self._place}: text must stand inside <mj-text>{self._line()}.")
        self._count_ifs(data)
        self.mjml.append(html.escape(data, quote=False))
        self.plain.append(html.escape(data, quote=False))

    def _count_ifs(self, data: str) -> None:
        """Hold every `if` and its end to one element: HTML would not nest otherwise."""
        if self._ifs:
            depth = tag_depth(data, self._pieces.items, self._ifs[-1])
            if depth is None:
                raise BadInput(
                    f"{self._place}: {{% if %}} and {{% endif %}} must stand in the same tag"
                    f"{self._line()}."
                )
            self._ifs[-1] = depth

    @override
    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name};")

    @override
    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name};")

    def _reference(self, written: str) -> None:
        self.handle_data(html.unescape(written))

    @override
    def handle_comment(self, data: str) -> None:
        if data.lstrip().startswith("["):
            raise BadInput(f"{self._place}: conditional comments are not allowed{self._line()}.")

    @override
    def handle_decl(self, decl: str) -> None:
        raise BadInput(f"{self._place}: <!{decl[:20]}> is not allowed{self._line()}.")

    @override
    def unknown_decl(self, data: str) -> None:
        raise BadInput(f"{self._place}: <![{data[:20]}]> is not allowed{self._line()}.")

    @override
    def handle_pi(self, data: str) -> None:
        raise BadInput(f"{self._place}: <?{data[:20]}> is not allowed{self._line()}.")

    def _allow(self, tag: str) -> None:
        if tag in _LAYOUT | _CONTENT:
            if not self.open and tag not in _OUTER:
                raise BadInput(f"{self._place}: put <{tag}> into a <mj-section>{self._line()}.")
            if self._in_content() and not (tag == "mj-social-element"):
                raise BadInput(
                    f"{self._place}: <{tag}> cannot stand inside <{self.open[-1]}>{self._line()}."
                )
        elif tag not in _HTML:
            hint = {
                "mj-include": "; paste what it would include",
                "mj-head": "; colours and fonts come from the brand file",
            }.get(tag, "")
            raise BadInput(f"{self._place}: <{tag}> is not allowed{self._line()}{hint}.")
        elif not self._in_content():
            raise BadInput(f"{self._place}: put <{tag}> into a <mj-text>{self._line()}.")

    def _attribute(self, tag: str, name: str, value: str) -> str:
        if (
            name.startswith("on")
            or name in _FORBIDDEN
            or not re.fullmatch(r"[a-z][a-z0-9-]*", name)
        ):
            raise BadInput(
                f"{self._place}: the attribute {name[:30]} is not allowed{self._line()}."
            )
        if name == "href":
            return self._href(value)
        if name in _ADDRESSES:
            if MARK.search(value) or not re.match(r"https?://", value, re.IGNORECASE):
                raise BadInput(
                    f"{self._place}: {name} must be a fixed https address{self._line()}."
                )
            return value
        if MARK.search(value) and name not in _SPOKEN:
            raise BadInput(f"{self._place}: no Liquid in {name}{self._line()}.")
        if name not in _SPOKEN and _STYLE.search(value):
            raise BadInput(f"{self._place}: {name} of <{tag}> holds code{self._line()}.")
        return value

    def _in_content(self) -> bool:
        return any(one in _CONTENT for one in self.open)

    def _line(self) -> str:
        return f" (line {self.getpos()[0]} of the block)"
