"""The window that a date phrase names; a date that cannot be used is asked about."""

from __future__ import annotations

from tools.segments.tree import DateTest

from .cursor import Cursor
from .doubts import Unclear
from .text import fold

__all__ = ["read_window"]


def read_window(c: Cursor, *, negated: bool = False) -> DateTest | None:
    """Read the date phrase here and pass it; a date that cannot be used is asked about."""
    hit = c.date()
    if hit is None:
        return None
    words = c.words(c.at, hit.end)
    if hit.test is None:
        raise Unclear(
            f"date:{fold(words)}",
            hit.problem,
            hit.options,
            about=words,
            rewrites=tuple("" if "leave" in o else o for o in hit.options),
        )
    c.at = hit.end
    return hit.test
