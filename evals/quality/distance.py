"""How much of a draft people changed: words inserted, removed or replaced, as a share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

__all__ = ["distance", "text_of"]

_WORD = re.compile(r"\w+|[^\w\s]")
_MOST = 800
"""Words that are compared at most: the cost grows with the square."""
_DERIVED: Final = frozenset({"targets", "manifest", "sha256", "digest", "hash", "key"})
"""What code computes: it changes with the words and is no edit of its own."""


def text_of(action: Any) -> str:
    """Return what a person reads and edits of an action: its values with their names, in order."""
    return "\n".join(_lines(action, ""))


def _lines(value: Any, name: str) -> list[str]:
    if isinstance(value, Mapping):
        return [
            line
            for key, held in value.items()
            if key not in _DERIVED
            for line in _lines(held, str(key))
        ]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [line for held in value for line in _lines(held, name)]
    if value is None or isinstance(value, bool):
        return [f"{name} {str(value).lower()}"] if value else []
    return [f"{name} {value}"]


def distance(first: str, second: str) -> float:
    """Return the share of words that differ, 0 for equal and 1 for nothing in common.

    Levenshtein's distance over words and marks, over the longer of both (1966).
    """
    one, two = _WORD.findall(first)[:_MOST], _WORD.findall(second)[:_MOST]
    if one == two:
        return 0.0
    above = list(range(len(two) + 1))
    for i, word in enumerate(one, 1):
        row = [i]
        for j, other in enumerate(two, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (word != other)))
        above = row
    return above[-1] / max(len(one), len(two))
