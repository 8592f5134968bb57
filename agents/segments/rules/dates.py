"""Dates as people write them: "last quarter", "since March", "in the past 90 days", "in Q2".

Periods are read against the day it is in the segment's time zone. "Since March" is the most recent
March that has begun; a date that can only lie in the future is handed back as a problem.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from tools.segments.tree import Absolute, After, Ago, Before, During

from .spans import (
    Span,
    current,
    key_at,
    make_day,
    month_or_day,
    read_numeric,
    read_ordinal,
    read_span,
)
from .text import Token
from .windows import DateHit, read_ago, read_amount, read_bare, read_last

__all__ = ["DateHit", "read_date", "read_day"]

_SENSES: tuple[tuple[str, str], ...] = (
    ("since", "since"), ("as of", "since"), ("as from", "since"), ("starting from", "since"),
    ("starting in", "since"), ("starting on", "since"), ("from", "onwards"), ("on", "during"),
    ("on or after", "since"), ("no earlier than", "since"), ("not earlier than", "since"),
    ("not before", "since"), ("in or after", "since"), ("ever since", "since"),
    ("after", "after"), ("later than", "after"), ("before", "before"), ("prior to", "before"),
    ("earlier than", "before"), ("in", "during"), ("during", "during"), ("until", "until"),
    ("till", "until"), ("by", "until"), ("up to", "until"), ("up until", "until"),
    ("through", "through"), ("thru", "through"), ("up to and including", "through"),
    ("no later than", "through"), ("not later than", "through"), ("on or before", "through"),
    ("not after", "through"), ("in or before", "through"), ("by no later than", "through"),
    ("through to", "through"),
)  # fmt: skip
"""What stands before a date -> which side of it is meant."""
_ONWARDS = (("onwards",), ("onward",), ("on",), ("and", "later"), ("and", "after"), ("or", "later"))


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


def _between(tokens: Sequence[Token], at: int, today: date) -> DateHit | None:
    """Read "between 1 and 15 October", "from March to May", "January to March 2026"."""
    word = key_at(tokens, at)
    opened = word in {"between", "from"}
    here = at + 1 if opened or word in {"in", "during"} else at
    joins = {"and"} if word == "between" else {"to", "until", "till", "through", "-"}
    first = read_span(tokens, here, today)
    if first is None and (day := read_ordinal(tokens, here)) and key_at(tokens, day[1]) in joins:
        second = month_or_day(tokens, day[1] + 1, today)
        start = make_day(second.start.year, second.start.month, day[0]) if second else None
        if second is None or start is None or start > second.end:
            return None
        return _during(start, second.end, second.end_at)
    if first is None or key_at(tokens, first.end_at) not in joins:
        return None
    second = read_span(tokens, first.end_at + 1, today)
    if second is None or second.end < first.start:
        if second is None or first.fixed:
            return None
        first = Span(first.start - relativedelta(years=1), first.end, first.end_at, True)
    if second.fixed and not first.fixed:
        start = first.start.replace(year=second.start.year)
        if start > second.end:
            start = start - relativedelta(years=1)
        return _during(start, second.end, second.end_at)
    return _during(first.start, second.end, second.end_at)


def _during(start: date, end: date, at: int) -> DateHit:
    return DateHit(During(start=Absolute(at=start), end=Absolute(at=end)), at)


def _sense(tokens: Sequence[Token], at: int) -> tuple[str, str, int] | None:
    """Return the words before a date, which side they mean and where they end; longest first."""
    best: tuple[str, str, int] | None = None
    for words, sense in _SENSES:
        parts = words.split()
        if all(key_at(tokens, at + n) == part for n, part in enumerate(parts)) and (
            best is None or at + len(parts) > best[2]
        ):
            best = (words, sense, at + len(parts))
    return best


def _named(tokens: Sequence[Token], at: int, today: date) -> DateHit | None:
    """Read "since March", "before 2025", "no later than 5 May", "in Q2", "up to 3 June"."""
    found = _sense(tokens, at)
    if found is None:
        return None
    words, sense, here = found
    if (hit := _so_long_ago(tokens, here, sense)) is not None:
        return hit
    edge = key_at(tokens, here) == "the" and key_at(tokens, here + 1) in {"start", "beginning"}
    if edge:
        here += 2 + (key_at(tokens, here + 2) == "of")
    if (unclear := _unclear(tokens, here, words)) is not None:
        return unclear
    span = (current(tokens, here, today) if edge else None) or read_span(tokens, here, today)
    if span is None:
        return None
    if edge:
        span = Span(span.start, span.start, span.end_at, span.fixed)
    if sense == "onwards":
        return _onwards(tokens, span, today)
    return _sided(sense, words, span, tokens, today)


def _so_long_ago(tokens: Sequence[Token], at: int, sense: str) -> DateHit | None:
    """Read "since 30 days ago", "before two weeks ago"."""
    if sense not in {"since", "before", "after"}:
        return None
    amount = read_amount(tokens, at)
    if amount is None or key_at(tokens, amount[2]) != "ago":
        return None
    moment = Ago(amount=amount[0], unit=amount[1])
    test = Before(moment=moment) if sense == "before" else After(moment=moment)
    return DateHit(test, amount[2] + 1)


def _unclear(tokens: Sequence[Token], at: int, words: str) -> DateHit | None:
    """Ask about 03/04/2026: the third of April or the fourth of March."""
    if at >= len(tokens) or tokens[at].kind != "date" or read_numeric(tokens[at]) != "unclear":
        return None
    first, second, year = (int(p) for p in tokens[at].key.replace(".", "/").split("/"))
    days = (date(year, second, first), date(year, first, second))
    options = tuple(f"{words} {d.day} {d:%B %Y}" for d in days)
    text = f"Is {tokens[at].text} in day/month or month/day order?"
    return DateHit(None, at + 1, text, options)


def _onwards(tokens: Sequence[Token], span: Span, today: date) -> DateHit | None:
    """Read "from May onwards", "from 2024 on"; "from May" alone may be the start of a range."""
    for words in _ONWARDS:
        end = span.end_at + len(words)
        if words == ("on",) and key_at(tokens, end) not in {"", ",", ".", "and", "who", "with"}:
            continue  # "created in May on the Newsletter list"
        if all(key_at(tokens, span.end_at + n) == word for n, word in enumerate(words)):
            return _future(span.start, today, end) or DateHit(
                After(moment=Absolute(at=span.start)), end
            )
    return None


def _sided(
    sense: str, words: str, span: Span, tokens: Sequence[Token], today: date
) -> DateHit | None:
    following = Absolute(at=span.end + timedelta(days=1))
    match sense:
        case "since":
            return _future(span.start, today, span.end_at) or DateHit(
                After(moment=Absolute(at=span.start)), span.end_at
            )
        case "after":
            return DateHit(After(moment=following), span.end_at)
        case "before":
            edge = following if span.at_end else Absolute(at=span.start)
            return DateHit(Before(moment=edge), span.end_at)
        case "until" if span.start != span.end:
            return _whole_or_not(words, span)
        case "until" | "through":
            return DateHit(Before(moment=following), span.end_at)
        case _ if span.at_end:
            return None
        case _:
            return _during(*_joined(span, tokens, today))


def _whole_or_not(words: str, span: Span) -> DateHit:
    """Ask whether "until March" still holds March itself."""
    first, last = f"{span.start.day} {span.start:%B %Y}", f"{span.end.day} {span.end:%B %Y}"
    months = (span.end - span.start).days
    said = f"{span.start:%B %Y}" if months < 31 else "that time"
    return DateHit(
        None,
        span.end_at,
        f'Does "{words} {said}" hold {said} itself?',
        (f"through {last}", f"before {first}"),
    )


def _joined(span: Span, tokens: Sequence[Token], today: date) -> tuple[date, date, int]:
    """Widen "in March or April" to both, where one follows right after the other."""
    start, end, at = span.start, span.end, span.end_at
    while key_at(tokens, at) in {"or", "and"}:
        again = at + 1 + (key_at(tokens, at + 1) in {"in", "during"})
        other = read_span(tokens, again, today)
        if other is None or (other.start == other.end and start == end):
            break
        if other.fixed and not span.fixed and start.year != other.start.year:
            shift = relativedelta(years=other.start.year - start.year)
            start, end = start + shift, end + shift
        if other.start == end + timedelta(days=1):
            end, at = other.end, other.end_at
        elif start == other.end + timedelta(days=1):
            start, at = other.start, other.end_at
        else:
            break
    return start, end, at


def read_date(tokens: Sequence[Token], at: int, today: date) -> DateHit | None:
    """Read the date phrase that starts at `at`, or return None."""
    return (
        read_ago(tokens, at)
        or read_last(tokens, at)
        or _between(tokens, at, today)
        or _named(tokens, at, today)
        or read_bare(tokens, at)
    )


def read_day(tokens: Sequence[Token], at: int, today: date) -> DateHit | None:
    """Read a date without a leading word ("3 March", "Q2"), where only a date can stand."""
    if (unclear := _unclear(tokens, at, "on")) is not None:
        return unclear
    span = read_span(tokens, at, today)
    return _during(*_joined(span, tokens, today)) if span is not None else None
