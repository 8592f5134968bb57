"""A surface: one part of a message (HTML, text, subject) with its marks, ready to be filled in.

Static text is kept beside its quoted-printable form (RFC 2045): encoding 20 kB again for each of
100,000 recipients would cost more than all the rest of a message.
"""

from __future__ import annotations

import binascii
import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import assert_never
from urllib.parse import quote

from .marks import MARK, URL, Condition, LinkPiece, Output, Tag
from .personal import Pieces

__all__ = ["HTML", "PLAIN", "Escape", "Filled", "Static", "Surface", "Values", "surface"]

Escape = Callable[[str], str]
HTML: Escape = html.escape
"""For HTML text and quoted attributes."""
PLAIN: Escape = str
"""For plain text and headers: values are one clean line already."""
_URL: Escape = partial(quote, safe="")
_SHORT = 70


@dataclass(frozen=True, kw_only=True)
class Static:
    """Text that is the same for everybody."""

    text: str
    encoded: bytes
    """Quoted-printable, ending at the start of a line."""


@dataclass(frozen=True, kw_only=True)
class _Slot:
    """Where a piece's value goes."""

    piece: int
    escape: Escape


@dataclass(frozen=True, kw_only=True)
class _Choice:
    """Where a condition decides; a branch without one is the `else`."""

    branches: tuple[tuple[Condition | None, tuple[_Node, ...]], ...]


_Node = Static | _Slot | _Choice


class Values:
    """The values of one recipient: each piece is worked out at most once, and only if shown."""

    def __init__(self, value_of: Callable[[int], str], holds: Callable[[Condition], bool]) -> None:
        self._value_of, self.holds = value_of, holds
        self._known: dict[int, str] = {}

    def __getitem__(self, piece: int) -> str:
        """Return a piece's value, unescaped."""
        value = self._known.get(piece)
        if value is None:
            value = self._known[piece] = self._value_of(piece)
        return value


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A surface with one recipient's values in it."""

    parts: Sequence[Static | str]

    def text(self) -> str:
        """Return it as text."""
        return "".join([one if isinstance(one, str) else one.text for one in self.parts])

    def encoded(self) -> bytes:
        """Return it quoted-printable, with CRLF line ends."""
        return b"".join(
            [_quoted(one) if isinstance(one, str) else one.encoded for one in self.parts]
        )


@dataclass(frozen=True, kw_only=True)
class Surface:
    """Static text and the places where values go."""

    nodes: tuple[_Node, ...]

    def fill(self, values: Values) -> Filled:
        """Return it with these values."""
        parts: list[Static | str] = []
        _fill(self.nodes, values, parts)
        return Filled(parts=parts)

    def pieces(self) -> frozenset[int]:
        """Return the numbers of the pieces whose values it may show."""
        return frozenset(_shown(self.nodes))


def surface(marked: str, pieces: Pieces, escape: Escape) -> Surface:
    """Read a text with marks, whose `if`s are balanced."""
    stack: list[list[tuple[Condition | None, list[_Node]]]] = [[(None, [])]]
    at = 0
    for found in MARK.finditer(marked):
        _say(stack, marked[at : found.start()])
        at = found.end()
        number = int(found[2])
        match pieces.items[number]:
            case Tag() as tag:
                _branch(stack, tag)
            case Output() | LinkPiece():
                in_url = found[1] == URL
                stack[-1][-1][1].append(_Slot(piece=number, escape=_URL if in_url else escape))
            case never:
                assert_never(never)
    _say(stack, marked[at:])
    return Surface(nodes=tuple(stack[0][0][1]))


def _say(stack: list[list[tuple[Condition | None, list[_Node]]]], text: str) -> None:
    if text:
        stack[-1][-1][1].append(Static(text=text, encoded=_quoted(text)))


def _branch(stack: list[list[tuple[Condition | None, list[_Node]]]], tag: Tag) -> None:
    match tag.name:
        case "if" | "unless":
            stack.append([(tag.condition, [])])
        case "elsif" | "else":
            stack[-1].append((tag.condition, []))
        case "end":
            branches = tuple((test, tuple(nodes)) for test, nodes in stack.pop())
            stack[-1][-1][1].append(_Choice(branches=branches))
        case never:
            assert_never(never)


def _fill(nodes: Sequence[_Node], values: Values, parts: list[Static | str]) -> None:
    for node in nodes:
        if isinstance(node, Static):
            parts.append(node)
        elif isinstance(node, _Slot):
            parts.append(node.escape(values[node.piece]))
        else:
            for condition, inner in node.branches:
                if condition is None or values.holds(condition):
                    _fill(inner, values, parts)
                    break


def _shown(nodes: Sequence[_Node]) -> list[int]:
    found: list[int] = []
    for node in nodes:
        if isinstance(node, _Slot):
            found.append(node.piece)
        elif isinstance(node, _Choice):
            for _, inner in node.branches:
                found += _shown(inner)
    return found


def _quoted(text: str) -> bytes:
    """Return quoted-printable that ends at the start of a line: what follows may be anything."""
    simple = len(text) <= _SHORT and text.isascii() and text.isprintable() and "=" not in text
    if simple and text[-1:] not in (" ", "."):
        return text.encode() + b"=\r\n"
    data = binascii.b2a_qp(text.encode("utf-8", "replace"), istext=True)
    return (data if data.endswith(b"\n") else data + b"=\n").replace(b"\n", b"\r\n")
