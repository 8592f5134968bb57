"""Dates counted from now: "in the last 30 days", "last quarter", "more than 90 days ago"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tools.segments.tree import Ago, Before, DateTest, During, Period, Unit, Within

from .numbers import read_number
from .spans import PERIODS, key_at
from .text import Token

__all__ = ["DateHit", "read_ago", "read_amount", "read_bare", "read_last"]

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


@dataclass(frozen=True, slots=True)
class DateHit:
    """A date phrase: the test it means, where it ends, or why it cannot be used as it stands."""

    test: DateTest | None
    end: int
    problem: str = ""
    options: tuple[str, ...] = ()
    ahead: bool = False
    """It lies in the future: a deal may close then, nothing has happened then."""
    loose: bool = False
    """A bare span ("in 90 days"): a window after a negation, otherwise not sure."""


def read_amount(tokens: Sequence[Token], at: int) -> tuple[int, Unit, int] | None:
    """Read "30 days", "two weeks", "a year", "half a year", "six months"."""
    if key_at(tokens, at) == "half" and key_at(tokens, at + 1) in {"a", "year"}:
        end = at + 1 + (key_at(tokens, at + 1) == "a")
        return (6, "month", end + 1) if key_at(tokens, end) == "year" else None
    if key_at(tokens, at) in {"a", "an", "one"} and key_at(tokens, at + 1) in _UNITS:
        unit, times = _UNITS[key_at(tokens, at + 1)]
        return times, unit, at + 2
    if key_at(tokens, at) == "couple" and key_at(tokens, at + 1) == "of":
        unit_at, value = at + 2, 2.0
    else:
        number = read_number(tokens, at)
        if number is None or number[2] or not float(number[0]).is_integer():
            return None
        value, unit_at = number[0], number[1]
    if key_at(tokens, unit_at) in {"calendar", "full", "-"}:
        unit_at += 1
    if key_at(tokens, unit_at) not in _UNITS or not 0 < value <= 100_000:
        return None
    unit, times = _UNITS[key_at(tokens, unit_at)]
    return int(value) * times, unit, unit_at + 1


def _period(name: str) -> Period:
    return Period.model_validate({"name": name})


def read_last(tokens: Sequence[Token], at: int) -> DateHit | None:
    """Read "(in) (the) last 30 days", "last quarter", "this year", "the past month"."""
    here, lead = at, key_at(tokens, at) in _LEAD
    here += lead
    the = key_at(tokens, here) in {"the", "these", "our"}
    here += the
    word = key_at(tokens, here)
    if word == "last" and key_at(tokens, here + 1) in {"full", "calendar", "complete", "whole"}:
        unit = key_at(tokens, here + 2)
        return DateHit(_period(f"last_{unit}"), here + 3) if unit in PERIODS else None
    if word == "next" and (amount := read_amount(tokens, here + 1)) is not None:
        ahead = During(start=Ago(amount=0), end=Ago(amount=-amount[0], unit=amount[1]))
        return DateHit(ahead, amount[2], ahead=True)
    if word in _LAST:
        if (amount := read_amount(tokens, here + 1)) is not None:
            return DateHit(Within(amount=amount[0], unit=amount[1]), amount[2])
        unit = key_at(tokens, here + 1)
        if unit in _UNITS:
            rolling = word in {"past", "trailing"} or (the and unit != "quarter")
            if unit in PERIODS and not rolling:
                return DateHit(_period(f"last_{unit}"), here + 2)
            kind, times = _UNITS[unit]
            return DateHit(Within(amount=times, unit=kind), here + 2)
        return None
    if word in {"this", "current", "next"} and key_at(tokens, here + 1) in PERIODS:
        name = ("next_" if word == "next" else "this_") + key_at(tokens, here + 1)
        end = here + 2
        if key_at(tokens, end) == "so" and key_at(tokens, end + 1) == "far":
            end += 2
        return DateHit(_period(name), end)
    if word in {"today", "yesterday"} and not the:
        return DateHit(_period(word), here + 1)
    if word in {"ytd", "qtd", "mtd"}:
        name = {"y": "this_year", "q": "this_quarter", "m": "this_month"}[word[0]]
        return DateHit(_period(name), here + 1)
    return None


def read_ago(tokens: Sequence[Token], at: int) -> DateHit | None:
    """Read "more than 90 days ago", "less than a week ago", "over 90 days ago"."""
    older = ("more than", "over", "longer than", "at least", "older than")
    newer = ("less than", "under", "within", "not more than", "no more than", "at most")
    if (hit := _ago_range(tokens, at)) is not None:
        return hit
    for words, is_old in (*((w, True) for w in older), *((w, False) for w in newer)):
        parts = words.split()
        if all(key_at(tokens, at + n) == part for n, part in enumerate(parts)):
            amount = read_amount(tokens, at + len(parts))
            if amount is None or key_at(tokens, amount[2]) not in {"ago", "old", "back"}:
                continue
            moment = Ago(amount=amount[0], unit=amount[1])
            if is_old:
                return DateHit(Before(moment=moment), amount[2] + 1)
            return DateHit(Within(amount=amount[0], unit=amount[1]), amount[2] + 1)
    return None


def _ago_range(tokens: Sequence[Token], at: int) -> DateHit | None:
    """Read "between 30 and 60 days ago", "30 to 60 days ago"."""
    opened = key_at(tokens, at) in {"between", "from"}
    first = read_number(tokens, at + opened)
    if first is None or key_at(tokens, first[1]) not in {"and" if opened else "to", "to", "-"}:
        return None
    second = read_amount(tokens, first[1] + 1)
    if second is None or key_at(tokens, second[2]) != "ago" or not first[0].is_integer():
        return None
    near, far = sorted((int(first[0]), second[0]))
    if not 0 < near < far:
        return None
    start, end = Ago(amount=far, unit=second[1]), Ago(amount=near, unit=second[1])
    return DateHit(During(start=start, end=end), second[2] + 1)


def read_bare(tokens: Sequence[Token], at: int) -> DateHit | None:
    """Read "in 90 days", "for six months", "in over a year", "within 30 days"."""
    if key_at(tokens, at) not in {"in", "for", "within", "during"}:
        return None
    sure = key_at(tokens, at) == "within"
    here = at + 1
    for words in (("more", "than"), ("at", "least"), ("over",), ("the",)):
        if all(key_at(tokens, here + n) == word for n, word in enumerate(words)):
            here += len(words)
            break
    amount = read_amount(tokens, here)
    if amount is None:
        return None
    return DateHit(Within(amount=amount[0], unit=amount[1]), amount[2], loose=not sure)
