"""Changes of a date: "make it 90 days" gives every window of the segment the new span."""

from __future__ import annotations

import re
from typing import Any

from tools.segments.tree import (
    All,
    AnyOf,
    Company,
    CompanyContacts,
    Deals,
    Event,
    Filter,
    LastEvent,
    Not,
    Property,
)

from .change_parts import Reader
from .dates import read_date
from .doubts import Unclear
from .logic import all_of, prop_of
from .text import clean, fold, tokenise

__all__ = ["new_window", "rewindow"]


def new_window(reader: Reader, said: str) -> Any | None:
    """Return the date test where the change is only about a window."""
    words = re.sub(
        r"^(?:please |make it |make that |change (?:it |that |the window )?to |use |only |"
        r"just |in |within |over )+",
        "",
        said,
    )
    words = re.sub(r"(?: instead| please| only)+$", "", words).strip()
    for attempt in (words, f"in {words}", f"in the last {words}"):
        tokens = tokenise(clean(attempt))
        hit = read_date(tokens, 0, reader.today) if tokens else None
        if hit is not None and hit.end == len(tokens) and hit.test is not None:
            return hit.test
    return None


def rewindow(parts: list[Filter], window: Any | None, said: str) -> Filter:
    """Give the one window of the segment this span; ask where there are several."""
    spots: list[int] = [n for n, part in enumerate(parts) if count_windows(part)]
    if len(spots) != 1 or count_windows(parts[spots[0]]) != 1:
        raise Unclear(
            f"change:{fold(said)}",
            "Which condition should get that date? Please say it in full.",
            about=said,
        )
    parts[spots[0]] = with_window(parts[spots[0]], window)
    return all_of(parts)


def is_date_test(test: object) -> bool:
    return getattr(test, "test", "") in {"before", "after", "during", "within", "period"}


def count_windows(tree: Filter) -> int:
    match tree:
        case Event(window=window):
            return window is not None
        case LastEvent():
            return 1
        case Property(is_=test):
            return is_date_test(test)
        case All(of=parts) | AnyOf(of=parts):
            return sum(count_windows(part) for part in parts)
        case Not(of=part):
            return count_windows(part)
        case Company(where=where):
            return count_windows(where)
        case CompanyContacts(where=where) | Deals(where=where):
            return count_windows(where) if where is not None else 0
        case _:
            return 0


def with_window(tree: Filter, window: Any | None) -> Filter:
    match tree:
        case Event():
            return tree.model_copy(update={"window": window}) if tree.window is not None else tree
        case LastEvent():
            return tree.model_copy(update={"is_": window}) if window is not None else tree
        case Property(is_=test) if is_date_test(test) and window is not None:
            return prop_of(tree.field, window)
        case All(of=parts):
            return All(of=tuple(with_window(part, window) for part in parts))
        case AnyOf(of=parts):
            return AnyOf(of=tuple(with_window(part, window) for part in parts))
        case Not(of=part):
            return Not(of=with_window(part, window))
        case Company(where=where):
            return Company(where=with_window(where, window))
        case CompanyContacts(where=where) | Deals(where=where) if where is not None:
            return tree.model_copy(update={"where": with_window(where, window)})
        case _:
            return tree
