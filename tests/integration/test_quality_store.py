"""The watch over quality on SQLite and PostgreSQL: collected once, alarmed once, told to admins."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from evals.quality import Cause, Replay
from gates.people import Person
from placet.clock import FixedClock
from placet.errors import ModelUnavailable, NotAllowed, NotFound
from placet.store.quality import Watch
from placet.store.quality_turns import Turns, next_turn
from placet.store.schema import metadata
from placet.store.slack_schema import outbox
from tests.quality import LLM, MONDAY, decided, fill, replay, watch_over
from tools.sql import create_engine

CLEO, BEN = Person(team="T1", user="UCLEO"), Person(team="T1", user="UBEN")
GOOD = [n % 10 > 0 for n in range(60)]  # nine of ten approved unchanged
BAD = [False] * 8


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    made = create_engine(database_url)
    metadata.create_all(made)  # what the migrations make; faster, and they have tests of their own
    yield made
    made.dispose()


def posts(engine: sa.Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        rows = connection.execute(sa.select(outbox.c.kind, outbox.c.lane).order_by(outbox.c.seq))
        return [(row.kind, row.lane) for row in rows]


def drift(engine: sa.Engine, clock: FixedClock) -> datetime:
    """Plant sixty good decisions and then bad ones; the clock stands after them."""
    start = clock.now() - timedelta(days=7)
    begins = start + timedelta(hours=2 * len(GOOD))
    fill(engine, [*decided(GOOD, start=start), *decided(BAD, start=begins)])
    return begins


def test_a_crossing_alarms_once_however_often_it_is_looked_for(
    engine: sa.Engine, clock: FixedClock
) -> None:
    drift(engine, clock)
    watch = watch_over(engine, clock)
    assert watch.run_due() == 1
    assert [watch.run_due(), watch.watch(), watch_over(engine, clock).watch()] == [0, 0, 0]
    alarm = watch.alarms()[0]
    assert alarm.source == LLM
    assert (alarm.reference.hits, alarm.reference.of) == (45, 50)
    assert alarm.now.hits == 0
    assert alarm.diagnosis.cause is Cause.UNTOLD
    assert not alarm.diagnosis.replayed
    assert posts(engine) == [("quality_alarm", "T1/@UCLEO")]
    clock.move(timedelta(minutes=11))
    assert watch.run_due() == 0
    assert len(posts(engine)) == 1


def test_two_workers_find_one_crossing_once(engine: sa.Engine, clock: FixedClock) -> None:
    drift(engine, clock)
    watches = [watch_over(engine, clock) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda one: one.watch(), watches))
    assert sum(found) == 1
    assert len(posts(engine)) == 1
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda one: one.run_due(), watches))
    assert len(watches[0].alarms()) == 1


def test_an_alarm_replays_the_frozen_cases_and_names_the_model(
    engine: sa.Engine, clock: FixedClock
) -> None:
    runs = iter([replay(22), replay(9)])
    watch = watch_over(engine, clock, replays=lambda trade: next(runs))
    fill(engine, decided(GOOD, start=clock.now() - timedelta(hours=140)))
    clock_start = clock.now()
    assert watch.run_due() == 0, "nothing drifted"
    assert watch._replayed("emails") is not None
    clock.move(timedelta(days=2))
    fill(engine, decided(BAD, start=clock_start + timedelta(hours=2)))
    assert watch.watch() == 1
    found = watch.alarms()[0].diagnosis
    assert (found.cause, found.replayed) == (Cause.MODEL, True)
    assert "13 of 24 frozen cases lost" in found.why
    assert len(watch.replays("emails")) == 2


def test_two_alarms_of_one_trade_share_a_replay(engine: sa.Engine, clock: FixedClock) -> None:
    asked: list[str] = []

    def run(trade: str) -> Replay:
        asked.append(trade)
        return replay(20)

    start = clock.now() - timedelta(days=7)
    other = LLM.model_copy(update={"model": "m2"})
    fill(engine, decided(GOOD, start=start))
    for source in (LLM, other):
        fill(engine, decided(BAD, source=source, start=start + timedelta(hours=120)))
    assert watch_over(engine, clock, replays=run).watch() == 2
    assert asked == ["emails"]


def test_a_replay_that_fails_leaves_an_alarm_without_a_cleared_drafter(
    engine: sa.Engine, clock: FixedClock
) -> None:
    def broken(_trade: str) -> Replay:
        raise ModelUnavailable("The model did not answer.")

    drift(engine, clock)
    watch = watch_over(engine, clock, replays=broken)
    assert watch.run_due() == 1
    assert not watch.alarms()[0].diagnosis.replayed


def test_a_muted_trade_is_kept_and_not_told_and_speaks_again_after_a_week(
    engine: sa.Engine, clock: FixedClock
) -> None:
    watch = watch_over(engine, clock)
    with pytest.raises(NotAllowed, match="may not mute alarms: only admins"):
        watch.mute("emails", person=BEN)
    until = watch.mute("emails", person=CLEO)
    assert until == clock.now() + timedelta(days=7)
    assert watch.mute("emails", person=CLEO) == until
    drift(engine, clock)
    assert watch.run_due() == 1
    assert watch.alarms()[0].muted
    assert posts(engine) == []
    clock.move(timedelta(days=8))
    fill(engine, decided(BAD[:4], start=clock.now() - timedelta(days=1)))
    assert watch.watch() == 1
    assert not watch.alarms()[0].muted
    assert len(posts(engine)) == 1


def test_an_old_crossing_found_late_is_kept_and_not_told(
    engine: sa.Engine, clock: FixedClock
) -> None:
    drift(engine, clock)
    clock.move(timedelta(days=60))
    watch = watch_over(engine, clock, replays=lambda _trade: replay(1))
    assert watch.run_due() == 1
    assert watch.alarms()[0].muted
    assert posts(engine) == []
    assert watch.replays("emails") == [], "nothing is paid for what is long over"


def test_the_digest_is_told_once_a_week_and_not_about_nothing(
    engine: sa.Engine, clock: FixedClock
) -> None:
    watch = watch_over(engine, clock)
    watch.turns.post_to("T1/C1", clock.now())
    assert watch.run_due() == 0
    fill(engine, decided([True] * 5, start=clock.now()))
    clock.move(timedelta(days=7))  # Tuesday to Tuesday, over Monday at seven
    assert watch.run_due() == 1
    assert watch.run_due() == 0
    assert posts(engine) == [("quality_digest", "T1/@UCLEO"), ("quality_digest", "T1/C1")]
    assert watch.week(datetime(2026, 11, 23, tzinfo=UTC)).figures.decided == 5
    clock.move(timedelta(days=7))
    assert watch.run_due() == 0, "nothing was decided that week"
    assert len(posts(engine)) == 2


def test_the_weekly_replay_is_of_the_trades_that_are_used(
    engine: sa.Engine, clock: FixedClock
) -> None:
    asked: list[str] = []

    def run(trade: str) -> Replay:
        asked.append(trade)
        return replay(20)

    watch = watch_over(engine, clock, replays=run, trades=("emails", "segments"))
    watch.run_due()
    fill(engine, decided([True] * 3, start=clock.now()))
    clock.move(timedelta(days=6))  # Monday, over Sunday at four
    watch.run_due()
    assert asked == ["emails"]
    assert [one.passed for _, one in watch.replays("emails")] == [replay(20).passed]


def test_one_worker_of_many_takes_a_turn_and_one_that_died_delays_it(
    engine: sa.Engine, clock: FixedClock
) -> None:
    turns = Turns(engine, "UTC")
    turn = next(one for one in turns.due(clock.now()) if one.name == "collect")
    with ThreadPoolExecutor(8) as pool:
        took = list(pool.map(lambda _: turns.claim(turn, clock.now()), range(8)))
    assert sum(took) == 1
    assert turns.due(clock.now()) == []
    clock.move(timedelta(minutes=31))
    again = turns.due(clock.now())
    assert [one.name for one in again] == ["collect"]
    turns.end(again[0], clock.now())
    assert turns.due(clock.now()) == []


@pytest.mark.parametrize(
    ("name", "after", "zone", "turn"),
    [
        ("replay", "2026-11-24T09:00:00", "UTC", "2026-11-29T04:00:00"),
        ("digest", "2026-11-24T09:00:00", "UTC", "2026-11-30T07:00:00"),
        ("digest", "2026-11-30T07:00:00", "UTC", "2026-12-07T07:00:00"),
        ("digest", "2026-11-24T09:00:00", "Pacific/Auckland", "2026-11-29T18:00:00"),
        ("collect", "2026-11-24T09:00:00", "UTC", "2026-11-24T09:10:00"),
    ],
)
def test_when_each_turn_is(name: str, after: str, zone: str, turn: str) -> None:
    moment, expected = (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (after, turn))
    assert next_turn(name, moment, zone) == expected  # type: ignore[arg-type]


def test_a_report_has_its_weeks_prompts_charts_and_habits(
    engine: sa.Engine, clock: FixedClock
) -> None:
    begins = drift(engine, clock)
    other = LLM.model_copy(update={"trade": "segments", "prompt": "b" * 64})
    fill(engine, decided([True] * 4, source=other, start=begins, read=1_000_000))
    watch: Watch = watch_over(engine, clock)
    found = watch.report()
    assert found.figures.decided == 72
    assert [one.trade for one in found.trades] == ["emails", "segments"]
    emails, segments = found.trades
    assert emails.charts[0].alarms
    assert len(emails.charts[0].scores) == 18, "the first fifty taught the chart"
    assert segments.charts[0].chart is None
    assert segments.figures.cost.value == 1.0
    assert emails.figures.cost.value is None
    assert [one.person for one in found.habits] == ["T1/UBEN"]
    assert watch.report(prompt="bbbb").figures.decided == 4
    assert watch.report(since=begins).figures.decided == 12
    assert watch.report(since=MONDAY + timedelta(days=900)).trades == ()


def test_an_alarm_that_is_not_there_is_said_in_words(engine: sa.Engine, clock: FixedClock) -> None:
    with pytest.raises(NotFound, match="no alarm qa_x"):
        watch_over(engine, clock).alarm("qa_x")
