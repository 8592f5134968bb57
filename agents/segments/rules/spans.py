"""Named stretches of whole days: "March 2026", "Q2", "5 May", "last month", "the end of June"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta

from .text import Token

__all__ = [
    "PERIODS",
    "Span",
    "current",
    "key_at",
    "make_day",
    "month_or_day",
    "read_numeric",
    "read_ordinal",
    "read_span",
]

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
         "august aug", "september sept sep", "october oct", "november nov", "december dec"), 1)
    for name in names.split()
}  # fmt: skip
_DAYS = {
    n: i
    for i, n in enumerate(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    )
}
PERIODS = frozenset({"week", "month", "quarter", "year"})


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of whole days that a phrase names."""

    start: date
    end: date
    end_at: int
    fixed: bool
    """It named its year: it is not moved to the most recent one."""
    at_end: bool = False
    """It is the last day of a stretch: "the end of June"."""


def key_at(tokens: Sequence[Token], at: int) -> str:
    """Return the folded word at a place, empty where there is none."""
    return tokens[at].key if 0 <= at < len(tokens) else ""


def read_ordinal(tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
    """Read a day of the month: "5", "5th" (two tokens: number and ending)."""
    if at >= len(tokens) or tokens[at].kind not in {"number", "word"}:
        return None
    text = tokens[at].key
    end = at + 1
    for ending in ("st", "nd", "rd", "th"):
        if text.endswith(ending) and text[:-2].isdigit():
            text = text[:-2]
        elif text.isdigit() and key_at(tokens, end) == ending:
            end += 1
            break
    return (int(text), end) if text.isdigit() and 1 <= int(text) <= 31 else None


def _year(tokens: Sequence[Token], at: int) -> int | None:
    text = key_at(tokens, at)
    return int(text) if len(text) == 4 and text.isdigit() and 1970 <= int(text) <= 2100 else None


def _which_year(tokens: Sequence[Token], at: int, today: date) -> tuple[int, int] | None:
    """Read "2026", "this year", "of last year" after a month: the year and where it ends."""
    if (year := _year(tokens, at)) is not None:
        return year, at + 1
    here = at + (key_at(tokens, at) == "of")
    step = {"this": 0, "last": -1}.get(key_at(tokens, here))
    if step is None or key_at(tokens, here + 1) != "year":
        return None
    return today.year + step, here + 2


def make_day(year: int, month: int, day: int) -> date | None:
    """Return the day, or None where the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_end(year: int, month: int) -> date:
    return date(year, month, 1) + relativedelta(months=1) - timedelta(days=1)


def _recent(start: date, today: date) -> int:
    """Return how many years to go back so that `start` is not in the future."""
    return 0 if start <= today else 1


def read_numeric(token: Token) -> date | Literal["unclear"] | None:
    """Read "2026-03-01", "15.09.2026", "13/04/2026"; 03/04/2026 may be either order."""
    text = token.key
    if text[:4].isdigit():
        text = text.replace("/", "-").replace(".", "-")
    if "-" in text:
        parts = [int(p) for p in text.split("-")]
        return make_day(*parts)
    dotted = "." in text
    first, second, year = (int(p) for p in text.replace(".", "/").split("/"))
    if dotted or first > 12 or first == second:
        return make_day(year, second, first)
    if second > 12:
        return make_day(year, first, second)
    return "unclear"


def read_span(tokens: Sequence[Token], at: int, today: date) -> Span | None:
    """Read a named stretch: a day, a month, a quarter, a half, a year."""
    if at >= len(tokens):
        return None
    token = tokens[at]
    if token.kind == "date":
        day = read_numeric(token)
        return Span(day, day, at + 1, True) if isinstance(day, date) else None
    if token.key == "the" and key_at(tokens, at + 1) != "the":
        return read_span(tokens, at + 1, today)
    if token.key in {"today", "yesterday"}:
        day = today - timedelta(days=token.key == "yesterday")
        return Span(day, day, at + 1, True)
    if token.key == "end" and key_at(tokens, at + 1) == "of":
        whole = current(tokens, at + 2, today) or read_span(tokens, at + 2, today)
        return whole and Span(whole.end, whole.end, whole.end_at, whole.fixed, at_end=True)
    if token.key in _DAYS:
        day = today - timedelta(days=(today.weekday() - _DAYS[token.key]) % 7)
        return Span(day, day, at + 1, True)
    if token.key == "year":
        return Span(date(today.year, 1, 1), date(today.year, 12, 31), at + 1, True)
    if relative := _relative(tokens, at, today):
        return relative
    if (year := _year(tokens, at)) is not None:
        part = _part_of_year(tokens, at + 1, today)
        if part is not None and key_at(tokens, at + 1)[:1] in {"q", "h"}:  # "2025 Q3"
            shift = relativedelta(years=year - part.start.year)
            return Span(part.start + shift, part.end + shift, part.end_at, True)
        return Span(date(year, 1, 1), date(year, 12, 31), at + 1, True)
    return _part_of_year(tokens, at, today) or month_or_day(tokens, at, today)


def _relative(tokens: Sequence[Token], at: int, today: date) -> Span | None:
    """Read "last month", "this quarter" as a stretch, for "since last month"."""
    step = {"last": -1, "previous": -1, "this": 0, "next": 1}.get(key_at(tokens, at))
    unit = key_at(tokens, at + 1)
    if step == -1 and today.weekday() < _DAYS.get(unit, -1):  # both last week and the latest one
        day = today - timedelta(days=(today.weekday() - _DAYS[unit]) % 7)
        return Span(day, day, at + 2, True)
    if step is None or unit not in PERIODS:
        if step is not None and step <= 0 and unit in _MONTHS:
            return month_or_day(tokens, at + 1, today)
        return None
    return _calendar(unit, step, at + 2, today)


def _calendar(unit: str, step: int, end: int, today: date) -> Span:
    """Return the calendar period so many steps from the current one."""
    if unit == "week":
        start = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
        return Span(start, start + timedelta(days=6), end, True)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = date(today.year, (today.month - 1) // months * months + 1, 1)
    start = first + relativedelta(months=months * step)
    return Span(start, start + relativedelta(months=months) - timedelta(days=1), end, True)


def current(tokens: Sequence[Token], at: int, today: date) -> Span | None:
    """Read "the year", "the month" after "start of" and "end of": the current one."""
    at += key_at(tokens, at) in {"the", "this"}
    unit = key_at(tokens, at)
    return _calendar(unit, 0, at + 1, today) if unit in PERIODS else None


_ORDINALS = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
}


def _part_of_year(tokens: Sequence[Token], at: int, today: date) -> Span | None:
    """Read "Q2", "Q2 2026", "H1", "the first quarter of 2025"."""
    text = key_at(tokens, at)
    end, months, number = at + 1, 0, 0
    if len(text) == 2 and text[0] in "qh" and text[1].isdigit():
        number, months = int(text[1]), 3 if text[0] == "q" else 6
    elif text in {"q", "h"} and key_at(tokens, at + 1).isdigit():
        number, months, end = int(key_at(tokens, at + 1)), 3 if text == "q" else 6, at + 2
    elif text in _ORDINALS and key_at(tokens, at + 1) in {"quarter", "half"}:
        number, end = _ORDINALS[text], at + 2
        months = 3 if key_at(tokens, at + 1) == "quarter" else 6
    if not months or not 1 <= number <= 12 // months:
        return None
    if key_at(tokens, end) in {"of", "in"} and _year(tokens, end + 1):
        end += 1
    said = _which_year(tokens, end, today)
    year, end = said or (None, end)
    start = date(year or today.year, (number - 1) * months + 1, 1)
    if year is None:
        start = start.replace(year=start.year - _recent(start, today))
    last = start + relativedelta(months=months) - timedelta(days=1)
    return Span(start, last, end, year is not None)


def month_or_day(tokens: Sequence[Token], at: int, today: date) -> Span | None:
    """Read "March", "March 2026", "5 March", "March 5th, 2026", "5th of March"."""
    day, month, end = None, None, at
    if key_at(tokens, at) in _MONTHS:
        month, end = _MONTHS[key_at(tokens, at)], at + 1
        if _year(tokens, end) is None and (found := read_ordinal(tokens, end)) is not None:
            day, end = found
    elif (found := read_ordinal(tokens, at)) is not None:
        after = found[1] + (key_at(tokens, found[1]) == "of")
        if key_at(tokens, after) in _MONTHS:
            day, month, end = found[0], _MONTHS[key_at(tokens, after)], after + 1
    if month is None:
        return None
    comma = key_at(tokens, end) in {",", "of"} and _year(tokens, end + 1) is not None
    said = _which_year(tokens, end + comma, today)
    year, end = said or (None, end)
    start = make_day(year or today.year, month, day or 1)
    if start is None:
        return None
    if year is None:
        start = make_day(start.year - _recent(start, today), month, day or 1)
        if start is None:
            return None
    last = start if day else _month_end(start.year, month)
    return Span(start, last, end, year is not None)
