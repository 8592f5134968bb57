from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from placet.errors import BadInput
from tools.segments import tree
from tools.segments.dates import Span, micros, span_of, zone_of

BERLIN = ZoneInfo("Europe/Berlin")
AS_OF = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def test_thirty_days_keep_the_wall_clock_across_the_change_of_clocks() -> None:
    span = span_of(tree.Within(amount=31), as_of=AS_OF, zone=BERLIN)
    assert span.start == _utc(2026, 10, 24, 8, 0)  # 10:00 on the wall both times
    assert span.end == AS_OF + timedelta(microseconds=1)


def test_hours_are_exact() -> None:
    span = span_of(tree.Within(amount=31 * 24, unit="hour"), as_of=AS_OF, zone=BERLIN)
    assert span.start == _utc(2026, 10, 24, 9, 0)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_a_day_counts_whole_when_the_clocks_change(day: date, hours: int) -> None:
    moment = tree.Absolute(at=day)
    span = span_of(tree.During(start=moment, end=moment), as_of=AS_OF, zone=BERLIN)
    assert span.start is not None
    assert span.end is not None
    assert span.end - span.start == timedelta(hours=hours)


def test_a_month_back_from_the_31st_is_the_last_day_of_the_month() -> None:
    span = span_of(tree.Within(amount=1, unit="month"), as_of=_utc(2026, 3, 31, 12), zone=UTC)
    assert span.start == _utc(2026, 2, 28, 12)


@pytest.mark.parametrize(
    ("name", "first", "after"),
    [
        ("today", (2026, 11, 24), (2026, 11, 25)),
        ("yesterday", (2026, 11, 23), (2026, 11, 24)),
        ("this_week", (2026, 11, 23), (2026, 11, 30)),
        ("last_week", (2026, 11, 16), (2026, 11, 23)),
        ("this_month", (2026, 11, 1), (2026, 12, 1)),
        ("last_quarter", (2026, 7, 1), (2026, 10, 1)),
        ("next_quarter", (2027, 1, 1), (2027, 4, 1)),
        ("last_year", (2025, 1, 1), (2026, 1, 1)),
        ("next_year", (2027, 1, 1), (2028, 1, 1)),
    ],
)
def test_calendar_periods(name: str, first: tuple[int, ...], after: tuple[int, ...]) -> None:
    span = span_of(tree.Period(name=name), as_of=AS_OF, zone=UTC)  # type: ignore[arg-type]
    assert span == Span(start=_utc(*first), end=_utc(*after))


def test_before_leaves_the_day_out_and_after_takes_it_in() -> None:
    day = tree.Absolute(at=date(2026, 5, 1))
    midnight = _utc(2026, 4, 30, 22, 0)
    assert span_of(tree.Before(moment=day), as_of=AS_OF, zone=BERLIN) == Span(end=midnight)
    assert span_of(tree.After(moment=day), as_of=AS_OF, zone=BERLIN) == Span(start=midnight)


@pytest.mark.parametrize(
    "test",
    [
        tree.Within(amount=100_000, unit="year"),
        tree.After(moment=tree.Ago(amount=-(10**12), unit="day")),
        tree.After(moment=tree.Ago(amount=10**30, unit="hour")),
        tree.During(
            start=tree.Absolute(at=date(9999, 12, 31)), end=tree.Absolute(at=date(9999, 12, 31))
        ),
    ],
)
def test_dates_outside_the_calendar_are_refused_in_words(test: tree.DateTest) -> None:
    with pytest.raises(BadInput, match="years 1 to 9999"):
        span_of(test, as_of=AS_OF, zone=BERLIN)


def test_events_are_capped_at_the_moment_itself() -> None:
    assert Span().capped(AS_OF).end == AS_OF + timedelta(microseconds=1)
    assert Span(start=AS_OF + timedelta(days=1)).capped(AS_OF).empty


def test_an_unknown_zone_is_refused_in_words() -> None:
    with pytest.raises(BadInput, match="IANA"):
        zone_of("Mars/Olympus")


def test_microseconds_are_exact() -> None:
    assert micros(datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)) == 1_767_225_600_000_001
