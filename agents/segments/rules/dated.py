"""The window that a date phrase names; a date that cannot be used is asked about."""

from __future__ import annotations

from tools.segments.tree import DateTest, Period, Within

from .cursor import Cursor
from .doubts import Unclear
from .text import fold

__all__ = ["or_window", "read_window"]


def or_window(c: Cursor, first: DateTest | None, *, negated: bool = False) -> DateTest | None:
    """Read "or last week" after "this week" and pass it; both must say themselves when they are.

    In "before March or after June 2025" the year may hold for both, so that is left to a question.
    """
    joint = c.lex()
    hit = c.date(joint.end) if joint is not None and joint.has("or") else None
    sure = Period | Within
    if joint is None or hit is None or hit.loose:
        return None
    if not (isinstance(first, sure) and isinstance(hit.test, sure)):
        return None
    c.pass_lex(joint)
    return read_window(c, negated=negated)


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
