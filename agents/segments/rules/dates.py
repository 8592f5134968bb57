"""Dates as people write them: "last quarter", "since March", "in the past 90 days", "in Q2".

Periods are read against the day it is in the segment's time zone. "Since March" is the most recent
March that has begun; a date that can only lie in the future is handed back as a problem.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta

from tools.segments.tree import (
    Absolute,
    After,
    Ago,
    Before,
    DateTest,
    During,
    Period,
    Unit,
    Within,
)

from .numbers import read_number
from .text import Token

__all__ = ["DateHit", "read_date", "read_day"]

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
_UNITS: dict[str, tuple[Unit, int]] = {
    "day": ("day", 1), "days": ("day", 1), "d": ("day", 1), "week": ("week", 1),
    "weeks": ("week", 1), "wk": ("week", 1), "wks": ("week", 1), "month": ("month", 1),
    "months": ("month", 1), "mo": ("month", 1), "mos": ("month", 1), "year": ("year", 1),
    "years": ("year", 1), "yr": ("year", 1), "yrs": ("year", 1), "hour": ("hour", 1),
    "hours": ("hour", 1), "hrs": ("hour", 1), "quarter": ("month", 3), "quarters": ("month", 3),
    "fortnight": ("week", 2), "fortnights": ("week", 2),
}  # fmt: skip
_LEAD = {"in", "within", "over", "during", "for", "throughout", "across", "from", "of"}
_LAST = {"last", "past", "previous", "preceding", "prior", "trailing"}
_PERIODS = {"week", "month", "quarter", "year"}


@dataclass(frozen=True, slots=True)
class DateHit:
    """A date phrase: the test it means, where it ends, or why it cannot be used as it stands."""

    test: DateTest | None
    end: int
    problem: str = ""
    options: tuple[str, ...] = ()
    loose: bool = False
    """A bare span ("in 90 days"): a window after a negation, otherwise not sure."""


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch of whole days that a phrase names."""

    start: date
    end: date
    end_at: int
    fixed: bool
    """It named its year: it is not moved to the most recent one."""


def _key(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].key if 0 <= at < len(tokens) else ""


def _ordinal(tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
    """Read a day of the month: "5", "5th" (two tokens: number and ending)."""
    if at >= len(tokens) or tokens[at].kind not in {"number", "word"}:
        return None
    text = tokens[at].key
    end = at + 1
    for ending in ("st", "nd", "rd", "th"):
        if text.endswith(ending) and text[:-2].isdigit():
            text = text[:-2]
        elif text.isdigit() and _key(tokens, end) == ending:
            end += 1
            break
    return (int(text), end) if text.isdigit() and 1 <= int(text) <= 31 else None


def _year(tokens: Sequence[Token], at: int) -> int | None:
    text = _key(tokens, at)
    return int(text) if len(text) == 4 and text.isdigit() and 1970 <= int(text) <= 2100 else None


def _make(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_end(year: int, month: int) -> date:
    return date(year, month, 1) + relativedelta(months=1) - timedelta(days=1)


def _recent(start: date, today: date) -> int:
    """Return how many years to go back so that `start` is not in the future."""
    return 0 if start <= today else 1


def _numeric(token: Token) -> date | Literal["unclear"] | None:
    text = token.key
    if "-" in text:
        parts = [int(p) for p in text.split("-")]
        return _make(*parts)
    dotted = "." in text
    first, second, year = (int(p) for p in text.replace(".", "/").split("/"))
    if dotted or first > 12 or first == second:
        return _make(year, second, first)
    if second > 12:
        return _make(year, first, second)
    return "unclear"


def _span(tokens: Sequence[Token], at: int, today: date) -> _Span | None:
    """Read a named stretch: a day, a month, a quarter, a half, a year."""
    if at >= len(tokens):
        return None
    token = tokens[at]
    if token.kind == "date":
        day = _numeric(token)
        return _Span(day, day, at + 1, True) if isinstance(day, date) else None
    if token.key == "the" and _key(tokens, at + 1) != "the":
        return _span(tokens, at + 1, today)
    if token.key in {"today", "yesterday"}:
        day = today - timedelta(days=token.key == "yesterday")
        return _Span(day, day, at + 1, True)
    if token.key in _DAYS:
        day = today - timedelta(days=(today.weekday() - _DAYS[token.key]) % 7)
        return _Span(day, day, at + 1, True)
    if token.key == "year":
        return _Span(date(today.year, 1, 1), date(today.year, 12, 31), at + 1, True)
    if relative := _relative(tokens, at, today):
        return relative
    if (year := _year(tokens, at)) is not None:
        return _Span(date(year, 1, 1), date(year, 12, 31), at + 1, True)
    return _part_of_year(tokens, at, today) or _month_or_day(tokens, at, today)


def _relative(tokens: Sequence[Token], at: int, today: date) -> _Span | None:
    """Read "last month", "this quarter" as a stretch, for "since last month"."""
    step = {"last": -1, "previous": -1, "this": 0, "next": 1}.get(_key(tokens, at))
    unit = _key(tokens, at + 1)
    if step is None or unit not in _PERIODS:
        if step is not None and step <= 0 and unit in _MONTHS:
            return _month_or_day(tokens, at + 1, today)
        return None
    if unit == "week":
        start = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
        return _Span(start, start + timedelta(days=6), at + 2, True)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = date(today.year, (today.month - 1) // months * months + 1, 1)
    start = first + relativedelta(months=months * step)
    return _Span(start, start + relativedelta(months=months) - timedelta(days=1), at + 2, True)


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


def _part_of_year(tokens: Sequence[Token], at: int, today: date) -> _Span | None:
    """Read "Q2", "Q2 2026", "H1", "the first quarter of 2025"."""
    text = _key(tokens, at)
    end, months, number = at + 1, 0, 0
    if len(text) == 2 and text[0] in "qh" and text[1].isdigit():
        number, months = int(text[1]), 3 if text[0] == "q" else 6
    elif text in {"q", "h"} and _key(tokens, at + 1).isdigit():
        number, months, end = int(_key(tokens, at + 1)), 3 if text == "q" else 6, at + 2
    elif text in _ORDINALS and _key(tokens, at + 1) in {"quarter", "half"}:
        number, end = _ORDINALS[text], at + 2
        months = 3 if _key(tokens, at + 1) == "quarter" else 6
    if not months or not 1 <= number <= 12 // months:
        return None
    if _key(tokens, end) in {"of", "in"} and _year(tokens, end + 1):
        end += 1
    year = _year(tokens, end)
    end += year is not None
    start = date(year or today.year, (number - 1) * months + 1, 1)
    if year is None:
        start = start.replace(year=start.year - _recent(start, today))
    last = start + relativedelta(months=months) - timedelta(days=1)
    return _Span(start, last, end, year is not None)


def _month_or_day(tokens: Sequence[Token], at: int, today: date) -> _Span | None:
    """Read "March", "March 2026", "5 March", "March 5th, 2026", "5th of March"."""
    day, month, end = None, None, at
    if _key(tokens, at) in _MONTHS:
        month, end = _MONTHS[_key(tokens, at)], at + 1
        if _year(tokens, end) is None and (found := _ordinal(tokens, end)) is not None:
            day, end = found
    elif (found := _ordinal(tokens, at)) is not None:
        after = found[1] + (_key(tokens, found[1]) == "of")
        if _key(tokens, after) in _MONTHS:
            day, month, end = found[0], _MONTHS[_key(tokens, after)], after + 1
    if month is None:
        return None
    comma = _key(tokens, end) in {",", "of"} and _year(tokens, end + 1) is not None
    year = _year(tokens, end + comma)
    if year is not None:
        end += 1 + comma
    start = _make(year or today.year, month, day or 1)
    if start is None:
        return None
    if year is None:
        start = _make(start.year - _recent(start, today), month, day or 1)
        if start is None:
            return None
    last = start if day else _month_end(start.year, month)
    return _Span(start, last, end, year is not None)


def _future(start: date, today: date, end: int) -> DateHit | None:
    if start <= today:
        return None
    said = f"{start.day} {start:%B %Y}"
    return DateHit(
        None,
        end,
        problem=f"{said} is in the future. Which date do you mean?",
        options=(
            f"since {start.day} {start:%B} {today.year - (start.replace(year=today.year) > today)}",
            "leave the date out",
        ),
    )


def _amount(tokens: Sequence[Token], at: int) -> tuple[int, Unit, int] | None:
    """Read "30 days", "two weeks", "a year", "half a year", "six months"."""
    if _key(tokens, at) == "half" and _key(tokens, at + 1) in {"a", "year"}:
        end = at + 1 + (_key(tokens, at + 1) == "a")
        return (6, "month", end + 1) if _key(tokens, end) == "year" else None
    if _key(tokens, at) in {"a", "an", "one"} and _key(tokens, at + 1) in _UNITS:
        unit, times = _UNITS[_key(tokens, at + 1)]
        return times, unit, at + 2
    if _key(tokens, at) == "couple" and _key(tokens, at + 1) == "of":
        unit_at, value = at + 2, 2.0
    else:
        number = read_number(tokens, at)
        if number is None or number[2] or not float(number[0]).is_integer():
            return None
        value, unit_at = number[0], number[1]
    if _key(tokens, unit_at) in {"calendar", "full", "-"}:
        unit_at += 1
    if _key(tokens, unit_at) not in _UNITS or not 0 < value <= 100_000:
        return None
    unit, times = _UNITS[_key(tokens, unit_at)]
    return int(value) * times, unit, unit_at + 1


def _period(name: str) -> Period:
    return Period.model_validate({"name": name})


def _last(tokens: Sequence[Token], at: int) -> DateHit | None:
    """Read "(in) (the) last 30 days", "last quarter", "this year", "the past month"."""
    here, lead = at, _key(tokens, at) in _LEAD
    here += lead
    the = _key(tokens, here) in {"the", "these", "our"}
    here += the
    word = _key(tokens, here)
    if word in _LAST:
        if (amount := _amount(tokens, here + 1)) is not None:
            return DateHit(Within(amount=amount[0], unit=amount[1]), amount[2])
        unit = _key(tokens, here + 1)
        if unit in _UNITS:
            rolling = word in {"past", "trailing"} or (the and unit != "quarter")
            if unit in _PERIODS and not rolling:
                return DateHit(_period(f"last_{unit}"), here + 2)
            kind, times = _UNITS[unit]
            return DateHit(Within(amount=times, unit=kind), here + 2)
        return None
    if word in {"this", "current", "next"} and _key(tokens, here + 1) in _PERIODS:
        name = ("next_" if word == "next" else "this_") + _key(tokens, here + 1)
        end = here + 2
        if _key(tokens, end) == "so" and _key(tokens, end + 1) == "far":
            end += 2
        return DateHit(_period(name), end)
    if word in {"today", "yesterday"} and not the:
        return DateHit(_period(word), here + 1)
    if word in {"ytd", "qtd", "mtd"}:
        name = {"y": "this_year", "q": "this_quarter", "m": "this_month"}[word[0]]
        return DateHit(_period(name), here + 1)
    return None


def _ago(tokens: Sequence[Token], at: int) -> DateHit | None:
    """Read "more than 90 days ago", "less than a week ago", "over 90 days ago"."""
    older = ("more than", "over", "longer than", "at least", "older than")
    newer = ("less than", "under", "within", "not more than", "no more than")
    for words, is_old in (*((w, True) for w in older), *((w, False) for w in newer)):
        parts = words.split()
        if all(_key(tokens, at + n) == part for n, part in enumerate(parts)):
            amount = _amount(tokens, at + len(parts))
            if amount is None or _key(tokens, amount[2]) not in {"ago", "old", "back"}:
                continue
            moment = Ago(amount=amount[0], unit=amount[1])
            if is_old:
                return DateHit(Before(moment=moment), amount[2] + 1)
            return DateHit(Within(amount=amount[0], unit=amount[1]), amount[2] + 1)
    return None


def _bare(tokens: Sequence[Token], at: int) -> DateHit | None:
    """Read "in 90 days", "for six months", "in over a year", "within 30 days"."""
    if _key(tokens, at) not in {"in", "for", "within", "during"}:
        return None
    sure = _key(tokens, at) == "within"
    here = at + 1
    for words in (("more", "than"), ("at", "least"), ("over",), ("the",)):
        if all(_key(tokens, here + n) == word for n, word in enumerate(words)):
            here += len(words)
            break
    amount = _amount(tokens, here)
    if amount is None:
        return None
    return DateHit(Within(amount=amount[0], unit=amount[1]), amount[2], loose=not sure)


def _between(tokens: Sequence[Token], at: int, today: date) -> DateHit | None:
    """Read "between 1 and 15 October", "from March to May", "January to March 2026"."""
    word = _key(tokens, at)
    opened = word in {"between", "from"}
    here = at + 1 if opened or word in {"in", "during"} else at
    joins = {"and"} if word == "between" else {"to", "until", "till", "through", "-"}
    first = _span(tokens, here, today)
    if first is None and (day := _ordinal(tokens, here)) and _key(tokens, day[1]) in joins:
        second = _month_or_day(tokens, day[1] + 1, today)
        start = _make(second.start.year, second.start.month, day[0]) if second else None
        if second is None or start is None or start > second.end:
            return None
        return _during(start, second.end, second.end_at)
    if first is None or _key(tokens, first.end_at) not in joins:
        return None
    second = _span(tokens, first.end_at + 1, today)
    if second is None or second.end < first.start:
        if second is None or first.fixed:
            return None
        first = _Span(first.start - relativedelta(years=1), first.end, first.end_at, True)
    if second.fixed and not first.fixed:
        start = first.start.replace(year=second.start.year)
        if start > second.end:
            start = start - relativedelta(years=1)
        return _during(start, second.end, second.end_at)
    return _during(first.start, second.end, second.end_at)


def _during(start: date, end: date, at: int) -> DateHit:
    return DateHit(During(start=Absolute(at=start), end=Absolute(at=end)), at)


def _named(tokens: Sequence[Token], at: int, today: date) -> DateHit | None:
    """Read "since March", "before 2025", "after 5 May", "in Q2", "on 3 June"."""
    word = _key(tokens, at)
    if word not in {"since", "before", "after", "in", "during", "on", "until", "till", "by"}:
        return None
    relative = word in {"since", "before", "after"}
    if relative and (amount := _amount(tokens, at + 1)) and _key(tokens, amount[2]) == "ago":
        moment = Ago(amount=amount[0], unit=amount[1])
        test = Before(moment=moment) if word == "before" else After(moment=moment)
        return DateHit(test, amount[2] + 1)
    here = at + 1
    if _key(tokens, here) == "the" and _key(tokens, here + 1) in {"start", "beginning"}:
        here += 2 + (_key(tokens, here + 2) == "of")
    if here < len(tokens) and tokens[here].kind == "date" and _numeric(tokens[here]) == "unclear":
        first, second, year = (int(p) for p in tokens[here].key.split("/"))
        days = (date(year, second, first), date(year, first, second))
        options = tuple(f"{word} {d.day} {d:%B %Y}" for d in days)
        return DateHit(
            None, here + 1, f"Is {tokens[here].text} in day/month or month/day order?", options
        )
    span = _span(tokens, here, today)
    if span is None:
        return None
    match word:
        case "since":
            if future := _future(span.start, today, span.end_at):
                return future
            return DateHit(After(moment=Absolute(at=span.start)), span.end_at)
        case "after":
            return DateHit(After(moment=Absolute(at=span.end + timedelta(days=1))), span.end_at)
        case "before":
            return DateHit(Before(moment=Absolute(at=span.start)), span.end_at)
        case "until" | "till" | "by":
            return DateHit(Before(moment=Absolute(at=span.end + timedelta(days=1))), span.end_at)
        case _:
            return _during(span.start, span.end, span.end_at)


def read_date(tokens: Sequence[Token], at: int, today: date) -> DateHit | None:
    """Read the date phrase that starts at `at`, or return None."""
    return (
        _ago(tokens, at)
        or _last(tokens, at)
        or _between(tokens, at, today)
        or _named(tokens, at, today)
        or _bare(tokens, at)
    )


def read_day(tokens: Sequence[Token], at: int, today: date) -> DateHit | None:
    """Read a date without a leading word ("3 March", "Q2"), where only a date can stand."""
    span = _span(tokens, at, today)
    return _during(span.start, span.end, span.end_at) if span is not None else None
