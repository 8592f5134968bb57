"""The parts of a card, before they are blocks, and the cutter that keeps them to a card's size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .text import inert, lines

__all__ = ["Cutter", "Image", "Part", "Row", "Span"]

_ROWS, _LONG, _WHOLE = 12, 900, 10_000


@dataclass(frozen=True)
class Span:
    """A piece of text in one style; the text is inert already."""

    text: str
    style: str = ""
    """`bold`, `italic`, `code` or nothing."""


Row = tuple[Span, ...]


@dataclass(frozen=True, kw_only=True)
class Image:
    """A picture, by the hash of its bytes."""

    sha256: str
    name: str
    alt: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a card: a title, then whichever of these it has, in this order."""

    title: str
    name: str = ""
    """Stable, where the part is a section of the evidence."""
    text: str = ""
    rows: tuple[Row, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    """Cells, the heading first."""
    more: str = ""
    """How much of the table is not here."""
    images: tuple[Image, ...] = ()
    files: tuple[str, ...] = ()
    """Names and sizes of what may be had whole."""
    loud: bool = False
    """Whether an approver must not miss it."""


class Cutter:
    """Cuts what is long, and remembers that it did."""

    def __init__(self, *, full: bool) -> None:
        self.full, self.cut = full, False

    def line(self, text: object, limit: int = _LONG) -> str:
        """Return text as one inert line."""
        self.cut |= len(str(text)) > (_WHOLE if self.full else limit)
        return inert(text, _WHOLE if self.full else limit)

    def block(self, text: object, limit: int = _LONG) -> str:
        """Return inert text with its line breaks."""
        self.cut |= len(str(text)) > (_WHOLE if self.full else limit)
        return lines(text, _WHOLE if self.full else limit)

    def rows(self, rows: Iterable[Row]) -> tuple[Row, ...]:
        """Return as many rows as a card holds, the last one saying how many are left."""
        every = tuple(rows)
        if self.full or len(every) <= _ROWS:
            return every
        self.cut = True
        rest = Span(f"… and {len(every) - _ROWS + 1} more; press View all", "italic")
        return (*every[: _ROWS - 1], (rest,))
