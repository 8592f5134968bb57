"""The Bernoulli CUSUM: its run lengths against closed forms, linear algebra and simulation."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from evals.quality.cusum import average_run_length, chart_for, run_chart, steps_for


def test_one_change_is_enough_at_a_limit_of_one_step() -> None:
    # A geometric waiting time: 1 / p.
    assert average_run_length(0.2, up=5, down=1, limit=5) == pytest.approx(5)


@pytest.mark.parametrize("limit", [1, 2, 5, 12, 40])
def test_a_fair_walk_held_at_zero_has_the_textbook_duration(limit: int) -> None:
    # Feller (1968), XIV: a fair walk that stays at 0 on a step down reaches h in h (h + 1) steps.
    assert average_run_length(0.5, up=1, down=1, limit=limit) == pytest.approx(limit * (limit + 1))


@pytest.mark.parametrize(("rate", "limit"), [(0.3, 6), (0.6, 9), (0.45, 15)])
def test_an_unfair_walk_held_at_zero_has_the_closed_form(rate: float, limit: int) -> None:
    # Feller (1968), XIV.3 with a holding barrier: D(h) = h/(p-q) - q/(p-q)^2 (1 - (q/p)^h).
    p, q = rate, 1 - rate
    expected = limit / (p - q) - q / (p - q) ** 2 * (1 - (q / p) ** limit)
    assert average_run_length(rate, up=1, down=1, limit=limit) == pytest.approx(expected)


@pytest.mark.parametrize(("rate", "window"), [(0.01, 50), (0.05, 20), (0.2, 3)])
def test_two_changes_within_a_window_have_the_closed_form(rate: float, window: int) -> None:
    # A scan for two (Chen 1978, sets of two): a first change comes after 1/p decisions, and each
    # gap from there to the next one is short enough with the same chance, until one is.
    found = average_run_length(rate, up=window + 1, down=1, limit=window + 2)
    # The chart reaches zero `window + 1` unchanged decisions after a change, and alarms while the
    # score is at least 1 before the next one: exactly `window` + 1 chances.
    inside = 1 - (1 - rate) ** (window + 1)
    expected = 1 / rate + 1 / (rate * inside)
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(("rate", "up", "down", "limit"), [(0.2, 7, 2, 40), (0.35, 5, 3, 33)])
def test_elimination_agrees_with_numpy(rate: float, up: int, down: int, limit: int) -> None:
    chain = np.zeros((limit, limit))
    for score in range(limit):
        chain[score, max(0, score - down)] += 1 - rate
        if score + up < limit:
            chain[score, score + up] += rate
    theirs = np.linalg.solve(np.eye(limit) - chain, np.ones(limit))[0]
    assert average_run_length(rate, up=up, down=down, limit=limit) == pytest.approx(theirs)


@pytest.mark.parametrize("rate", [0.2, 0.35])
def test_the_run_length_is_what_a_simulation_finds(rate: float) -> None:
    chart, random, lengths = chart_for(0.2, 0.35, 200), Random(3), []
    for _ in range(600):
        score, length = 0, 0
        while score < chart.limit:
            step = chart.up if random.random() < rate else -chart.down
            score, length = max(0, score + step), length + 1
        lengths.append(length)
    expected = chart.in_control if rate == 0.2 else chart.out_of_control
    mean, error = np.mean(lengths), np.std(lengths) / len(lengths) ** 0.5
    assert abs(mean - expected) < 3.5 * error


@pytest.mark.parametrize("reference", [0.02, 0.1, 0.3, 0.5, 0.7])
@pytest.mark.parametrize("run_length", [100, 500, 1_000])
def test_the_limit_is_the_lowest_that_keeps_false_alarms_apart(
    reference: float, run_length: float
) -> None:
    odds = 2 * reference / (1 - reference)
    chart = chart_for(reference, odds / (1 + odds), run_length)
    assert chart.in_control >= run_length
    lower = average_run_length(reference, up=chart.up, down=chart.down, limit=chart.limit - 1)
    assert lower < run_length
    assert chart.out_of_control < chart.in_control / 2


def test_the_steps_lie_between_the_two_rates() -> None:
    for reference, out in ((0.01, 0.02), (0.2, 0.33), (0.5, 0.51), (0.8, 0.9)):
        up, down = steps_for(reference, out)
        assert reference < down / (up + down) < out
    with pytest.raises(ValueError, match="the other above it"):
        steps_for(0.3, 0.2)


def test_it_alarms_once_for_a_crossing_and_starts_anew() -> None:
    chart = chart_for(0.2, 0.4, 100)
    points = run_chart(chart, [True] * 60)
    first = next(i for i, point in enumerate(points) if point.alarm)
    assert not any(point.alarm for point in points[:first])
    assert not points[first + 1].alarm
    assert points[first + 1].score == chart.up
    assert not any(point.alarm for point in run_chart(chart, [False] * 500))


def test_a_worse_drafter_is_noticed_soon_and_an_equal_one_rarely() -> None:
    chart, random = chart_for(0.2, 0.4, 500), Random(8)
    worse = [run_chart(chart, [random.random() < 0.45 for _ in range(80)]) for _ in range(100)]
    equal = [run_chart(chart, [random.random() < 0.2 for _ in range(80)]) for _ in range(100)]
    assert sum(any(p.alarm for p in one) for one in worse) >= 90
    assert sum(any(p.alarm for p in one) for one in equal) <= 25  # 80 / 500 expected: 15 of 100
