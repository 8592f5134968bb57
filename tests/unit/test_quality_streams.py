"""Control charts per prompt and model: references, crossings, and how often they are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from evals.quality.outcome import Ending, Outcome, Source
from evals.quality.streams import LEARNED, Stream, streams

NOW = datetime(2026, 11, 2, tzinfo=UTC)
OLD = Source(trade="emails", drafter="llm", prompt="a" * 64, model="m1")
NEW = Source(trade="emails", drafter="llm", prompt="b" * 64, model="m1")


def series(unchanged: Sequence[bool], source: Source = OLD, start: int = 0) -> list[Outcome]:
    return [
        Outcome(
            draft_id=f"dr_{start + n:05}", source=source, decided_by="local/ben", seconds=60,
            ending=Ending.UNCHANGED if good else Ending.REJECTED,
            decided_at=NOW + timedelta(hours=start + n),
        )
        for n, good in enumerate(unchanged)
    ]  # fmt: skip


def draw(rate: float, count: int, seed: int) -> list[bool]:
    random = Random(seed)
    return [random.random() < rate for _ in range(count)]


def of(source: Source, outcomes: Sequence[Outcome]) -> Stream:
    return next(one for one in streams(outcomes) if one.source == source)


def test_before_there_is_enough_there_is_no_chart() -> None:
    found = of(OLD, series([True] * (LEARNED - 1)))
    assert found.chart is None
    assert found.reference.of == LEARNED - 1
    assert found.crossings == ()


def test_the_first_source_is_held_against_its_own_beginning() -> None:
    found = of(OLD, series([n % 5 > 0 for n in range(LEARNED)] + [False] * 30))
    assert found.own
    assert (found.reference.hits, found.reference.of) == (40, 50)
    assert len(found.outcomes) == 30
    assert found.chart is not None
    assert found.chart.reference == pytest.approx(10.5 / 51, abs=0.001)
    assert found.crossings
    assert found.crossings[0].since == 0


def test_a_new_prompt_is_held_against_what_was_before_it_from_its_first_draft() -> None:
    old = series([n % 5 > 0 for n in range(80)])
    found = of(NEW, [*old, *series([False] * 20, NEW, 80)])
    assert not found.own
    assert (found.reference.hits, found.reference.of) == (64, 80)
    assert len(found.outcomes) == 20
    assert found.crossings[0].index < 12


def test_a_reference_does_not_move_while_a_source_serves() -> None:
    early = series([n % 5 > 0 for n in range(120)])
    late = [*early, *series([n % 2 > 0 for n in range(200)], OLD, 120)]
    assert of(OLD, early).reference == of(OLD, late).reference


def test_crossings_stay_where_they_are_when_more_is_decided() -> None:
    some = series([n % 5 > 0 for n in range(LEARNED)] + [False] * 40)
    before = of(OLD, some).crossings
    after = of(OLD, [*some, *series([False] * 40, OLD, 200)]).crossings
    assert after[: len(before)] == before
    assert len(after) > len(before)


def test_the_order_in_which_they_are_given_says_nothing() -> None:
    some = series(draw(0.7, 150, 2))
    assert streams(some) == streams(some[::-1])


def test_trades_are_kept_apart() -> None:
    other = OLD.model_copy(update={"trade": "segments"})
    found = streams([*series([True] * 60), *series([True] * 60, other, 60)])
    assert [one.source.trade for one in found] == ["emails", "segments"]
    assert all(one.own for one in found)


def test_perfect_and_hopeless_beginnings_still_have_a_chart() -> None:
    for beginning in ([True], [False]):
        assert of(OLD, series(beginning * LEARNED + [True] * 5)).chart is not None


def test_planted_drift_is_found_and_steady_quality_rarely_alarms() -> None:
    drifted = [
        of(OLD, series([*draw(0.8, 50, seed), *draw(0.45, 100, seed + 500)])) for seed in range(60)
    ]
    steady = [of(OLD, series(draw(0.8, 150, seed))) for seed in range(60)]
    assert sum(bool(one.crossings) for one in drifted) >= 55
    # A reference learned from 50 decisions is itself uncertain: more than the 1 in 5 that the run
    # length of 500 would give over 100 decisions.
    assert sum(bool(one.crossings) for one in steady) <= 22
