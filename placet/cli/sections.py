"""The sections of a card, one function each: evidence in, something to print out, or None."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from .output import indented, text

__all__ = [
    "block",
    "checks",
    "funnel",
    "reasons",
    "sample",
    "second_opinion",
    "section",
    "steps",
    "warnings",
    "words_used",
]

_CHECK = {"ok": ("ok", "green"), "warn": ("warn", "yellow"), "error": ("ERROR", "bold red")}
_ORDER = {"error": 0, "warn": 1, "ok": 2}
_LONG = 2_000
_WHOLE = 100_000
"""Nobody approves a filter of which they see only the beginning."""
_NAME = 60


def section(title: str, body: RenderableType | None, style: str = "bold") -> RenderableType | None:
    """Put a heading above a body; nothing where there is no body."""
    if body is None:
        return None
    return Group(Text(f"\n{title}", style=style), indented(body))


def block(words: str | None, style: str = "") -> RenderableType | None:
    """Return words as they are, whole."""
    return text(words, style, _WHOLE) if words else None


def _two_columns(rows: Sequence[tuple[Text, Text]]) -> RenderableType | None:
    if not rows:
        return None
    grid = Table.grid(padding=(0, 3))
    grid.add_column(overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    for row in rows:
        grid.add_row(*row)
    return grid


def funnel(evidence: Mapping[str, Any]) -> RenderableType | None:
    """Return how many are left after each clause, from everybody to the members."""
    found = evidence.get("funnel") or []
    return _two_columns([(text(one["words"]), Text(f"{one['remaining']:,}")) for one in found])


def reasons(found: Sequence[Mapping[str, Any]] | None, style: str = "") -> RenderableType | None:
    """Return the use policy's reasons with how many people each concerns."""
    return _two_columns(
        [
            (text(str(one["reason"]).replace("_", " "), style), Text(f"{one['count']:,}", style))
            for one in found or []
        ]
    )


def sample(rows: Sequence[Mapping[str, Any]] | None) -> RenderableType | None:
    """Return a few members as a person would recognise them."""
    if not rows:
        return None
    grid = Table.grid(padding=(0, 2))
    cells = ("name", "job_title", "company", "country", "email")
    for _ in cells:
        grid.add_column(overflow="fold")
    for row in rows:
        grid.add_row(*(text(row.get(cell) or "-", limit=_NAME) for cell in cells))
    return grid


def words_used(uses: Sequence[Mapping[str, Any]] | None) -> RenderableType | None:
    """Say which words of the request became which condition; every word is accounted for."""
    if not uses:
        return None
    grid = Table.grid(padding=(0, 2))
    filler = [use["words"] for use in uses if use["use"] == "filler"]
    for use in uses:
        if use["use"] != "filler":
            became = use["became"] or str(use["use"]).replace("_", " ")
            grid.add_row(text(use["words"], "italic"), text("->", "dim"), text(became))
    if filler:
        grid.add_row(text(" … ".join(filler), "dim"), text("->", "dim"), text("no meaning", "dim"))
    return grid


def second_opinion(opinion: Mapping[str, Any] | None) -> RenderableType | None:
    """Say where another drafter, reading the request on its own, agrees or differs in members."""
    if not opinion:
        return None
    who, said = f"The {opinion['drafter']} drafter", opinion["description"]
    if opinion["agrees"]:
        return text(f"{who}, on its own, selects exactly the same people.", "green")
    if opinion["agrees"] is None:
        return text(f"{who} would rather ask or decline: {said}", "bold yellow", _LONG)
    differs = f"{opinion['only_here']:,} people only here, {opinion['only_there']:,} only there"
    return Group(
        text(f"{who} reads it differently: {differs}.", "bold yellow"),
        text(f"It read: {said}", limit=_LONG),
    )


def warnings(found: Sequence[str] | None) -> RenderableType | None:
    """Return what the approver should know."""
    return Group(*(text(f"! {one}", "yellow", _LONG) for one in found)) if found else None


def checks(found: Sequence[Mapping[str, Any]]) -> RenderableType | None:
    """Return what was checked; each says in words how it ended, not in colour alone."""
    if not found:
        return None
    grid = Table.grid(padding=(0, 2))
    for check in sorted(found, key=lambda one: _ORDER[one["status"]]):
        sign, style = _CHECK[check["status"]]
        grid.add_row(text(sign, style), text(check["name"]), text(check["message"], limit=_LONG))
        if check.get("fix") and check["status"] != "ok":
            grid.add_row("", "", text(f"Fix: {check['fix']}", "italic", _LONG))
    return grid


def steps(found: Sequence[str] | None) -> RenderableType | None:
    """Return how a person would do the same by hand."""
    if not found:
        return None
    return Group(*(text(f"{n}. {step}", limit=_LONG) for n, step in enumerate(found, start=1)))
