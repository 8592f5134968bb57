"""What differs between two prompt texts, line by line and in numbers."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from prompts import Prompt

__all__ = ["counted", "learned", "pieces", "unified"]


def unified(before: Prompt, after: Prompt) -> str:
    """Return the unified diff of two texts; empty where they are the same bytes."""
    lines = difflib.unified_diff(
        before.data.decode().splitlines(),
        after.data.decode().splitlines(),
        fromfile=f"{before.name} {before.sha256[:12]}",
        tofile=f"{after.name} {after.sha256[:12]}",
        lineterm="",
    )
    return "\n".join(lines)


def counted(diff: str) -> tuple[int, int]:
    """Return how many lines a diff adds and takes away."""
    lines = diff.splitlines()[2:]
    return sum(one.startswith("+") for one in lines), sum(one.startswith("-") for one in lines)


def learned(before: Prompt, after: Prompt) -> Sequence[tuple[str, str]]:
    """Return in words which rule cards and how many examples come, change and go."""
    was = {card.name: card for card in before.rules}
    now = {card.name: card for card in after.rules}
    said = (
        ("New rules", [name for name in now if name not in was]),
        ("Changed rules", [name for name in now if name in was and now[name] != was[name]]),
        ("Rules taken out", [name for name in was if name not in now]),
    )
    told = [(label, ", ".join(names)) for label, names in said if names]
    came = _missing(after.examples, before.examples)
    went = _missing(before.examples, after.examples)
    if came or went:
        told.append(("Examples", f"{came} new, {went} taken out"))
    return told


def _missing(these: Iterable[object], those: Sequence[object]) -> int:
    return sum(one not in those for one in these)


def pieces(text: str, most: int) -> Sequence[str]:
    """Return a text in pieces of at most `most` characters, cut between lines where it can be."""
    found: list[str] = []
    piece: list[str] = []
    size = 0
    for line in _short(text.splitlines(), most):
        if piece and size + len(line) + 1 > most:
            found.append("\n".join(piece))
            piece, size = [], 0
        piece.append(line)
        size += len(line) + 1
    return [*found, "\n".join(piece)] if piece else found


def _short(lines: Iterable[str], most: int) -> Iterable[str]:
    for line in lines:
        yield from (line[at : at + most] for at in range(0, max(1, len(line)), most))
