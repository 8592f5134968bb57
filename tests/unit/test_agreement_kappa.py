"""Kappa and the two rates, against published worked examples and scipy."""

from __future__ import annotations

from math import sqrt
from random import Random

import pytest
from scipy import stats

from evals.agreement import Table, agreement, kappa


def table(a: int, b: int, c: int, d: int) -> Table:
    return Table(pass_pass=a, pass_fail=b, fail_pass=c, fail_fail=d)


def test_kappa_agrees_with_published_examples() -> None:
    # Sim and Wright (2005), Physical Therapy 85:257, table 1: 22, 2, 4, 11 of 39: kappa 0.67.
    assert kappa(table(22, 2, 4, 11)).value == pytest.approx(0.67, abs=0.005)
    # Feinstein and Cicchetti (1990), J Clin Epidemiol 43:543: both tables agree on 85 of 100, yet
    # kappa is 0.70 where passes are half of all and 0.32 where they are nearly all.
    assert kappa(table(40, 9, 6, 45)).value == pytest.approx(0.70, abs=0.005)
    assert kappa(table(80, 10, 5, 5)).value == pytest.approx(0.32, abs=0.005)


def test_chance_alone_is_zero_and_full_agreement_is_one() -> None:
    assert kappa(table(25, 25, 25, 25)).value == pytest.approx(0)
    full = kappa(table(30, 0, 0, 20))
    assert (full.value, full.low, full.high) == (1, 1, 1)
    assert kappa(table(0, 25, 25, 0)).value == pytest.approx(-1)


@pytest.mark.parametrize("cells", [(0, 0, 0, 0), (40, 0, 0, 0), (0, 0, 0, 7)])
def test_where_chance_would_always_agree_kappa_says_nothing(cells: tuple[int, ...]) -> None:
    found = kappa(table(*cells))
    assert (found.value, found.low, found.high) == (None, -1, 1)


def test_the_error_is_the_delta_method_s() -> None:
    # The published formula must equal the delta method over the multinomial cells, done by
    # numbers: the gradient of kappa by central differences.
    counts, n = (46, 11, 9, 34), 100

    def at(cells: list[float]) -> float:
        a, b, c, d = cells
        expected = (a + b) * (a + c) + (c + d) * (b + d)
        return (a + d - expected) / (1 - expected)

    shares = [one / n for one in counts]
    step = 1e-6
    slope = [
        (at([s + step * (i == j) for j, s in enumerate(shares)])
         - at([s - step * (i == j) for j, s in enumerate(shares)])) / (2 * step)
        for i in range(4)
    ]  # fmt: skip
    mean = sum(s * g for s, g in zip(shares, slope, strict=True))
    variance = sum(s * g * g for s, g in zip(shares, slope, strict=True)) - mean**2
    found = kappa(table(*counts))
    half = stats.norm.ppf(0.975) * sqrt(variance / n)
    assert found.value is not None
    assert found.high - found.value == pytest.approx(half, rel=1e-4)


def test_the_interval_of_kappa_covers_the_truth() -> None:
    # Planted truth: cells 0.5, 0.1, 0.1, 0.3 have kappa 0.5833.
    random, hits, rounds = Random(5), 0, 400
    shares = (0.5, 0.1, 0.1, 0.3)
    for _ in range(rounds):
        drawn = random.choices(range(4), shares, k=200)
        found = kappa(table(*(drawn.count(i) for i in range(4))))
        hits += found.low <= 0.58333 <= found.high
    assert 0.92 <= hits / rounds <= 0.98  # 0.95 expected, standard error 0.011


def test_rates_and_base_rate_are_wilson_s() -> None:
    found = agreement(table(45, 5, 12, 38))
    for rate, (hits, of) in ((found.tpr, (45, 50)), (found.tnr, (38, 50)),
                             (found.base_rate, (50, 100))):  # fmt: skip
        theirs = stats.binomtest(hits, of).proportion_ci(method="wilson")
        assert (rate.low, rate.high) == pytest.approx((theirs.low, theirs.high))


def test_a_judge_that_passes_everything_is_seen_through() -> None:
    found = agreement(table(95, 0, 5, 0))
    assert found.kappa.observed == pytest.approx(0.95)
    assert found.kappa.value == pytest.approx(0)
    assert (found.tpr.value, found.tnr.value) == (1, 0)
