"""Paired statistics against planted truths: what an interval promises, it holds."""

from __future__ import annotations

from itertools import combinations
from math import sqrt
from random import Random

import pytest
from scipy import stats

from evals.paired import cases_needed, clustered_difference, mcnemar, pass_hat, smallest_difference
from evals.statistics import wilson
from tests.conftest import FULL


@pytest.mark.parametrize("of", [7, 30, 200])
def test_wilson_is_scipys_at_every_count(of: int) -> None:
    for hits in range(of + 1):
        ours = wilson(hits, of, confidence=0.9)
        theirs = stats.binomtest(hits, of).proportion_ci(0.9, method="wilson")
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_wilson_covers_a_planted_share() -> None:
    # Exact coverage by summing over every count: near 95 per cent, unlike the textbook interval.
    for of, share in ((50, 0.9), (50, 0.5), (120, 0.97)):
        covered = sum(
            float(stats.binom.pmf(hits, of, share))
            for hits in range(of + 1)
            if wilson(hits, of).low <= share <= wilson(hits, of).high
        )
        assert 0.92 <= covered <= 0.985


def test_the_clustered_interval_covers_a_planted_difference() -> None:
    # Forty clusters of three cases that share most of their luck, mean difference 0.1. A bootstrap
    # over single cases would cover far less: the second figure shows that clusters matter here.
    random, rounds = Random(7), 400 if FULL else 20
    clustered = single = 0
    for _ in range(rounds):
        differences, clusters = [], []
        for cluster in range(40):
            luck = random.gauss(0.1, 0.4)
            for _ in range(3):
                differences.append(luck + random.gauss(0, 0.1))
                clusters.append(cluster)
        one = clustered_difference(differences, clusters)
        clustered += one.low <= 0.1 <= one.high
        other = clustered_difference(differences, range(120))
        single += other.low <= 0.1 <= other.high
    assert clustered / rounds >= 0.85  # 0.94 expected with 40 clusters
    assert single / rounds < 0.85


def test_the_clustered_interval_is_the_sandwich_s() -> None:
    # The cluster-robust standard error of a mean (Liang and Zeger 1986), by hand.
    random = Random(3)
    luck = [random.gauss(0, 0.3) for _ in range(60)]
    differences = [luck[n // 2] + random.gauss(0, 0.1) for n in range(120)]
    mean = sum(differences) / 120
    sums = [sum(d - mean for d in differences[2 * c : 2 * c + 2]) for c in range(60)]
    error = sqrt(sum(s * s for s in sums)) / 120
    found = clustered_difference(differences, [n // 2 for n in range(120)])
    assert found.value == pytest.approx(mean)
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * error, rel=0.08)


@pytest.mark.parametrize(("passed", "epochs"), [(0, 4), (3, 5), (5, 5), (4, 8)])
def test_pass_hat_is_the_share_of_every_subset(passed: int, epochs: int) -> None:
    runs = [n < passed for n in range(epochs)]
    for k in range(1, epochs + 1):
        subsets = list(combinations(runs, k))
        assert pass_hat(passed, epochs, k) == pytest.approx(sum(map(all, subsets)) / len(subsets))


def test_pass_hat_has_no_bias() -> None:
    # A case that passes with chance 0.7: the mean estimate of pass^3 from 6 runs is 0.343.
    mean = sum(float(stats.binom.pmf(c, 6, 0.7)) * pass_hat(c, 6, 3) for c in range(7))
    assert mean == pytest.approx(0.7**3)


def test_mcnemar_is_exact_for_every_small_table() -> None:
    for total in range(1, 16):
        for first in range(total + 1):
            assert mcnemar(first, total - first) == pytest.approx(
                stats.binomtest(first, total, 0.5).pvalue
            )


@pytest.mark.parametrize(("cases", "discordant"), [(120, 0.2), (400, 0.1), (1_000, 0.3)])
def test_the_smallest_difference_is_the_sample_size_formula_s(
    cases: int, discordant: float
) -> None:
    # Connor (1987), Biometrics 43:207: n = (z_a + z_b)^2 psi / d^2, z_a + z_b = 2.8016.
    found = smallest_difference(cases, discordant=discordant)
    z = float(stats.norm.ppf(0.975) + stats.norm.ppf(0.8))
    assert found == pytest.approx(z * sqrt(discordant / cases))
    assert cases_needed(found, discordant=discordant) == pytest.approx(cases, abs=1)


def test_so_small_a_difference_is_seen_four_times_in_five() -> None:
    # The power of the paired z-test at the smallest difference, exactly over the trinomial's
    # normal form, with the variance under the difference itself.
    cases, discordant = 300, 0.2
    wanted = smallest_difference(cases, discordant=discordant)
    random, seen, rounds = Random(21), 0, 2_000
    wins, losses = (discordant + wanted) / 2, (discordant - wanted) / 2
    for _ in range(rounds):
        drawn = random.choices((1, -1, 0), (wins, losses, 1 - discordant), k=cases)
        total, square = sum(drawn), sum(abs(one) for one in drawn)
        seen += abs(total) > 1.96 * sqrt(square)
    assert 0.77 <= seen / rounds <= 0.86  # errs on the safe side of 0.80
