"""What goes to standard output: one JSON document for programs, lines and tables for people."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from .inert import plain, plain_lines

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

__all__ = ["as_json", "console", "draw", "emit", "indented", "say", "table", "text"]

_WIDTH = 100
"""Columns where there is no terminal to ask, so that ids in a pipe are never folded."""
_RAW = re.compile(
    "[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def as_json(value: Any) -> str:
    """Return `value` as one JSON document: UTF-8, times in ISO 8601, nothing a terminal obeys."""
    document = json.dumps(value, indent=2, ensure_ascii=False, default=_value)
    return _RAW.sub(lambda found: f"\\u{ord(found.group()):04x}", document)


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        from placet.clock import iso

        return iso(value)
    return value.model_dump(mode="json")


def emit(value: Any) -> None:
    """Print `value` as JSON, in UTF-8 whatever the locale says."""
    click.echo(as_json(value).encode("utf-8"))


def say(message: object = "") -> None:
    """Print text from anywhere, made inert, line by line."""
    click.echo(plain_lines(message))


def console(*, stderr: bool = False) -> Console:
    """Return a rich console that reads no markup in what it is given."""
    from rich.console import Console

    terminal = (sys.stderr if stderr else sys.stdout).isatty()
    return Console(
        stderr=stderr,
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=False,
        width=None if terminal else _WIDTH,
    )


def draw(*parts: RenderableType) -> None:
    """Print rich renderables, one below the other."""
    out = console()
    for part in parts:
        out.print(part)


def text(value: object, style: str = "", limit: int = 400) -> Text:
    """Return untrusted text as a rich text: inert, and never read as markup."""
    from rich.text import Text

    return Text(plain(value, limit), style=style)


def indented(part: RenderableType) -> RenderableType:
    """Return a renderable moved in by two columns, folded lines included."""
    from rich.padding import Padding

    return Padding(part, (0, 0, 0, 2), expand=False)


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    empty: str,
    right: Sequence[str] = (),
    whole: Sequence[str] = ("id",),
) -> None:
    """Print a table, or `empty` where there is nothing to show.

    Args:
        headings: the column names.
        rows: the cells, untrusted.
        empty: what to say instead of a table without rows.
        right: columns aligned to the right.
        whole: columns that are never folded.
    """
    lines = list(rows)
    if not lines:
        say(empty)
        return
    from rich.table import Table

    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        grid.add_column(
            heading,
            justify="right" if heading in right else "left",
            no_wrap=heading in whole,
            overflow="fold",
        )
    for line in lines:
        grid.add_row(*(text("" if cell is None else cell) for cell in line))
    draw(grid)
