"""Sections of evidence (`gates.sections`) as parts of a card, cut to what a card holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gates.files import FileRef
from gates.sections import Fact, Picture, Section, Table

from .parts import Cutter, Image, Part, Row, Span
from .text import inert

__all__ = ["section_parts", "size_of"]

_CELLS, _CELL, _TABLE_ROWS, _WHOLE_ROWS, _PICTURES = 6, 60, 11, 300, 2
_TEXT = 2_600
"""An ordinary email whole; it is one block of Slack's."""
_BLOCKS, _CHARACTERS = 32, 10_000
"""Of one card's parts together: a message takes 50 blocks, and Slack refuses very long ones."""


def section_parts(sections: Sequence[Section], cutter: Cutter) -> Iterator[Part]:
    """Yield the sections as parts; what the card has no room for is named, and counts as cut."""
    blocks = characters = 0
    left: list[str] = []
    for section in sections:
        part = _part(section, cutter)
        blocks, characters = blocks + _blocks(part), characters + _length(part)
        if not cutter.full and (left or blocks > _BLOCKS or characters > _CHARACTERS):
            left.append(part.title)
            continue
        yield part
    if left:
        cutter.cut = True
        words = f"{', '.join(left)}: press View all."
        yield Part(title="Not shown here", text=cutter.line(words, 600), loud=True)


def _part(section: Section, cutter: Cutter) -> Part:
    return Part(
        name=inert(section.name, 60),
        title=inert(section.title, 120) or "Part",
        text=cutter.block(section.text, _TEXT),
        rows=cutter.rows(_fact(fact, cutter) for fact in section.facts),
        table=_table(section.table, cutter) if section.table else (),
        more=_more(section.table, cutter),
        images=_images(section.pictures, cutter),
        files=tuple(f"{inert(one.name, 120)} ({size_of(one)})" for one in section.files[:20]),
        loud=section.loud,
    )


def _fact(fact: Fact, cutter: Cutter) -> Row:
    label = Span(f"{inert(fact.label, 80)}: ", "bold")
    value = Span(cutter.line(fact.value, 500) or "-", "bold" if fact.loud else "")
    return (Span("⚠ ", "bold"), label, value) if fact.loud else (label, value)


def _table(table: Table, cutter: Cutter) -> tuple[tuple[str, ...], ...]:
    most = _WHOLE_ROWS if cutter.full else _TABLE_ROWS
    columns = len(table.columns) if cutter.full else min(len(table.columns), _CELLS)
    cutter.cut |= columns < len(table.columns) or len(table.rows) > most
    rows = (table.columns, *table.rows[:most])
    return tuple(tuple(_cell(cell, cutter) for cell in row[:columns]) for row in rows if row)


def _cell(cell: str, cutter: Cutter) -> str:
    return cutter.line(cell, _CELL) or "-"


def _more(table: Table | None, cutter: Cutter) -> str:
    if table is None:
        return ""
    shown = min(len(table.rows), _WHOLE_ROWS if cutter.full else _TABLE_ROWS)
    return f"{shown:,} of {table.total:,} are shown." if shown < table.total else ""


def _images(pictures: Sequence[Picture], cutter: Cutter) -> tuple[Image, ...]:
    most = len(pictures) if cutter.full else _PICTURES
    cutter.cut |= len(pictures) > most
    return tuple(
        Image(sha256=one.file.sha256, name=inert(one.file.name, 120), alt=inert(one.alt, 300))
        for one in pictures[:most]
    )


def size_of(file: FileRef) -> str:
    """Return a size as people read it: `12 kB`."""
    for limit, unit in ((1_000, "bytes"), (1_000_000, "kB"), (1_000_000_000, "MB")):
        if file.size < limit:
            return f"{file.size / max(1, limit / 1_000):.3g} {unit}"
    return f"{file.size / 1_000_000_000:.3g} GB"


def _blocks(part: Part) -> int:
    """Return the most blocks that a part becomes."""
    lists = 1 + sum(len(span.text) for row in part.rows for span in row) // 1_400
    return (
        1 + len(part.text) // 2_800 + (lists if part.rows else 0) + (2 if part.table else 0)
        + len(part.images) + bool(part.files) + bool(part.more)
    )  # fmt: skip


def _length(part: Part) -> int:
    cells = sum(len(cell) for row in part.table for cell in row)
    rows = sum(len(span.text) for row in part.rows for span in row)
    return len(part.title) + len(part.text) + rows + cells
