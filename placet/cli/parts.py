"""The sections of a draft's evidence (`gates.sections`) in a terminal: whole, inert, in order."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from gates.files import FileRef
from gates.sections import Fact, Picture, Section, Table

from .inert import plain_lines
from .output import text
from .sections import section as headed

__all__ = ["drawn"]

_WHOLE = 100_000
_ROWS = 60
_CELL = 300


def drawn(sections: Iterable[Section]) -> list[RenderableType]:
    """Return each section under its title."""
    found = (_drawn(one) for one in sections)
    return [one for one in found if one is not None]


def _drawn(section: Section) -> RenderableType | None:
    parts: list[RenderableType] = []
    if section.text.strip():
        parts.append(Text(plain_lines(section.text, _WHOLE)))
    if section.facts:
        parts.append(_facts(section.facts))
    if section.table is not None:
        parts += _table(section.table)
    parts += [_picture(one) for one in section.pictures]
    if section.files:
        parts.append(_files(section.files))
    title = text(section.title).plain
    style = "bold red" if section.loud else "bold"
    return headed(title, Group(*parts), style) if parts else None


def _facts(facts: Iterable[Fact]) -> RenderableType:
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(max_width=30, overflow="fold")
    grid.add_column(overflow="fold")
    for fact in facts:
        style = "bold red" if fact.loud else ""
        grid.add_row(text(fact.label, style or "dim"), text(fact.value, style, _WHOLE))
    return grid


def _table(table: Table) -> Iterable[RenderableType]:
    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in table.columns:
        grid.add_column(text(column), overflow="fold")
    for row in table.rows[:_ROWS]:
        grid.add_row(*(text(cell, limit=_CELL) for cell in row[: len(table.columns)]))
    yield grid
    shown = min(len(table.rows), _ROWS)
    if shown < table.total:
        yield text(f"{shown:,} of {table.total:,} are shown.", "dim")


def _picture(picture: Picture) -> RenderableType:
    size = f"{picture.width} x {picture.height} pixels"
    return text(f"[picture {picture.file.name}, {size}] {picture.alt}", "dim")


def _files(files: Iterable[FileRef]) -> RenderableType:
    names = ", ".join(f"{one.name} ({one.size:,} bytes)" for one in files)
    return text(f"Files, written out by --files DIR: {names}", "dim", _WHOLE)
