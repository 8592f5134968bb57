"""Dates made exact: every date test becomes one half-open range of instants.

How each is read, once and for all:

- A day is the whole local day in the segment's time zone, from its midnight to the next one, so a
  day of 23 or 25 hours counts whole. Weeks start on Monday. Where a midnight does not exist, the
  day starts at the first instant after the gap; where it exists twice, at the earlier one.
- `Ago` and `Within` count days, weeks, months and years on the local calendar and keep the wall
  clock: 30 days before 24 November 09:00 is 25 October 09:00 on that wall. Hours are exact.
- A month or year that lacks the day takes its last day: one month before 31 March is 28 February.
- `Before` leaves the moment out, `After` takes it in, `During` takes both ends in, `Within` runs
  from its start up to and including `as_of`.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import assert_never
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from placet.errors import BadInput

from .tree import Absolute, After, Ago, Before, DateTest, During, Moment, Period, Unit, Within

__all__ = ["Span", "instant_of", "micros", "span_of", "zone_of"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Span:
    """From `start`, up to but without `end`, in UTC; None is open."""

    start: datetime | None = None
    end: datetime | None = None

    @property
    def empty(self) -> bool:
        """Whether no instant lies in it."""
        return self.start is not None and self.end is not None and self.start >= self.end

    def capped(self, as_of: datetime) -> Span:
        """Return the part up to and including `as_of`: what has happened by then."""
        limit = as_of.astimezone(UTC) + _TICK
        return Span(start=self.start, end=limit if self.end is None else min(self.end, limit))


def micros(at: datetime) -> int:
    """Return `at` as epoch microseconds: how the CRM stores times."""
    return (at - _EPOCH) // _TICK


def zone_of(name: str) -> tzinfo:
    """Return the IANA zone.

    Raises:
        BadInput: there is none of that name.

    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(f"{name[:60]!r} is no IANA time zone; use one like Europe/Berlin.") from None


def span_of(test: DateTest, *, as_of: datetime, zone: tzinfo) -> Span:
    """Return the instants for which `test` holds.

    Raises:
        BadInput: the date lies outside the years 1 to 9999.

    """
    try:
        return _span(test, as_of, zone)
    except (OverflowError, ValueError):
        raise BadInput("The date lies outside the years 1 to 9999; use a nearer one.") from None


def instant_of(moment: Moment, *, as_of: datetime, zone: tzinfo) -> datetime:
    """Return the first instant of `moment`, in UTC.

    Raises:
        BadInput: the date lies outside the years 1 to 9999.

    """
    try:
        return _ends(moment, as_of, zone)[0]
    except (OverflowError, ValueError):
        raise BadInput("The date lies outside the years 1 to 9999; use a nearer one.") from None


def _span(test: DateTest, as_of: datetime, zone: tzinfo) -> Span:
    match test:
        case Before():
            return Span(end=_ends(test.moment, as_of, zone)[0])
        case After():
            return Span(start=_ends(test.moment, as_of, zone)[0])
        case During():
            start, end = _ends(test.start, as_of, zone)[0], _ends(test.end, as_of, zone)[1]
            return Span(start=start, end=end)
        case Within():
            start = _back(as_of, test.amount, test.unit, zone)
            return Span(start=start, end=as_of.astimezone(UTC) + _TICK)
        case Period():
            first, last = _period(test.name, as_of.astimezone(zone).date())
            return Span(start=_midnight(first, zone), end=_midnight(last, zone))
        case _:
            assert_never(test)


def _ends(moment: Moment, as_of: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the first instant of the moment and the first one after it."""
    match moment:
        case Absolute(at=datetime() as at):
            return at.astimezone(UTC), at.astimezone(UTC) + _TICK
        case Absolute(at=day):
            return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
        case Ago():
            at = _back(as_of, moment.amount, moment.unit, zone)
            return at, at + _TICK
        case _:
            assert_never(moment)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _back(as_of: datetime, amount: int, unit: Unit, zone: tzinfo) -> datetime:
    """Return `amount` units before `as_of`, in UTC."""
    if unit == "hour":
        return as_of.astimezone(UTC) - timedelta(hours=amount)
    local = as_of.astimezone(zone).replace(tzinfo=None, fold=0)
    match unit:
        case "day":
            local -= timedelta(days=amount)
        case "week":
            local -= timedelta(weeks=amount)
        case "month":
            local = _months(local, -amount)
        case "year":
            local = _months(local, -12 * amount)
    return local.replace(tzinfo=zone).astimezone(UTC)


def _months(local: datetime, by: int) -> datetime:
    year, month = divmod(local.year * 12 + local.month - 1 + by, 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    last = calendar.monthrange(year, month + 1)[1]
    return local.replace(year=year, month=month + 1, day=min(local.day, last))


def _period(name: str, today: date) -> tuple[date, date]:
    """Return the first day of the period and the first day after it."""
    if name in {"today", "yesterday"}:
        first = today - timedelta(days=name == "yesterday")
        return first, first + timedelta(days=1)
    which, _, unit = name.partition("_")
    shift = {"last": -1, "this": 0, "next": 1}[which]
    if unit == "week":
        first = today - timedelta(days=today.weekday()) + timedelta(weeks=shift)
        return first, first + timedelta(weeks=1)
    size = {"month": 1, "quarter": 3, "year": 12}[unit]
    month = (today.month - 1) // size * size + 1
    first = datetime(today.year, month, 1)  # noqa: DTZ001 - a calendar day, no instant
    return _months(first, shift * size).date(), _months(first, (shift + 1) * size).date()
