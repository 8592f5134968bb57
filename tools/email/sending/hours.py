"""When nothing leaves: quiet hours on somebody's clock, summer time included.

A night is one stretch of time. Where the clocks go back in it, it ends at the second of the two
equal readings; where they skip its end, it ends at the skip.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tools.email.model import QuietHours, Schedule

__all__ = ["not_before"]

_SECOND = timedelta(seconds=1)


def not_before(schedule: Schedule, now: datetime) -> datetime | None:
    """Return the first moment, in UTC, at which something may leave; None: now."""
    at = now if schedule.send_at is None else max(now, schedule.send_at.astimezone(UTC))
    if schedule.quiet_hours is not None:
        at = _after_quiet(schedule.quiet_hours, at)
    return at if at > now else None


def _after_quiet(hours: QuietHours, at: datetime) -> datetime:
    zone = ZoneInfo(hours.timezone)
    today = at.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        begin, end = _night(hours, zone, day)
        if begin <= at < end:
            return end
    return at


def _night(hours: QuietHours, zone: ZoneInfo, day: date) -> tuple[datetime, datetime]:
    """Return the quiet stretch that begins on `day`; equal times are none at all."""
    until = day if hours.end >= hours.start else day + timedelta(days=1)
    return _moment(day, hours.start, zone, fold=0), _moment(until, hours.end, zone, fold=1)


def _moment(day: date, at: time, zone: ZoneInfo, *, fold: int) -> datetime:
    wall = datetime.combine(day, at.replace(tzinfo=None), tzinfo=zone).replace(fold=fold)
    moment = wall.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return moment
    return _skip(wall, zone)


def _skip(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment at which the clocks skip over `wall`, to the second."""
    early, late = wall.replace(fold=1).astimezone(UTC), wall.replace(fold=0).astimezone(UTC)
    before = early.astimezone(zone).utcoffset()
    while late - early > _SECOND:
        middle = (early + (late - early) / 2).replace(microsecond=0)
        if middle <= early:
            break
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late
