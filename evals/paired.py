"""Paired statistics: two drafters over the same cases, and how sure the difference is.

Cases that share a cluster are reworded versions of one request and rise and fall together, so
intervals are drawn over clusters, never over single cases. References stand at each function.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from math import ceil, comb, sqrt
from statistics import NormalDist

from pydantic import BaseModel, ConfigDict

__all__ = [
    "Interval",
    "cases_needed",
    "clustered_difference",
    "mcnemar",
    "pass_hat",
    "smallest_difference",
]

_SEED = 20260101  # the same results give the same interval on every machine
_DRAWS = 5_000


class Interval(BaseModel):
    """A mean difference, second minus first, with its interval."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float
    low: float
    high: float


def clustered_difference(
    differences: Sequence[float], clusters: Sequence[Hashable], *, confidence: float = 0.95
) -> Interval:
    """Return the mean of per-case differences with its percentile bootstrap interval.

    Whole clusters are drawn with replacement (Cameron, Gelbach and Miller 2008; Davison and Hinkley
    1997, 3.8). With nothing to compare, the interval is everything a share can differ by.
    """
    if len(differences) != len(clusters):
        raise ValueError("each difference needs its cluster")
    if not differences:
        return Interval(value=0.0, low=-1.0, high=1.0)
    groups: dict[Hashable, tuple[float, int]] = {}
    for difference, cluster in zip(differences, clusters, strict=True):
        total, count = groups.get(cluster, (0.0, 0))
        groups[cluster] = (total + difference, count + 1)
    value = sum(differences) / len(differences)
    low, high = _percentiles(list(groups.values()), (1 - confidence) / 2)
    return Interval(value=value, low=low, high=high)


def _percentiles(groups: Sequence[tuple[float, int]], tail: float) -> tuple[float, float]:
    import numpy as np  # late: the command line asks for intervals with few of its verbs

    # Clusters with the same total and count are alike: how many of each kind are drawn is one
    # multinomial draw, which is the same distribution and a hundredth of the work.
    kinds = Counter(groups)
    values = np.array(list(kinds), dtype=float)
    share = np.array(list(kinds.values()), dtype=float) / len(groups)
    drawn = np.random.default_rng(_SEED).multinomial(len(groups), share, size=_DRAWS)
    means = np.sort((drawn @ values[:, 0]) / (drawn @ values[:, 1]))
    return float(means[int(tail * _DRAWS)]), float(means[ceil((1 - tail) * _DRAWS) - 1])


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the exact two-sided p-value for paired passes and failures (McNemar 1947).

    `only_first` cases pass with the first alone, `only_second` with the second alone; those on
    which both agree say nothing about the difference.
    """
    discordant, smaller = only_first + only_second, min(only_first, only_second)
    if discordant == 0:
        return 1.0
    outcomes: int = 2**discordant
    tail = sum(comb(discordant, k) for k in range(smaller + 1)) / outcomes
    return min(1.0, 2 * tail)


def pass_hat(passed: int, epochs: int, k: int) -> float:
    """Return the chance that `k` runs of one case all pass (pass^k; Yao et al. 2024, tau-bench).

    Estimated without bias from `passed` of `epochs` runs.
    """
    if not 0 <= passed <= epochs or not 1 <= k <= epochs:
        raise ValueError(f"pass^{k} cannot be told from {passed} of {epochs} runs")
    return comb(passed, k) / comb(epochs, k)


def smallest_difference(
    cases: int, *, discordant: float = 0.2, confidence: float = 0.95, power: float = 0.8
) -> float:
    """Return the smallest difference in the share passed that so many paired cases can see.

    `discordant` is the expected share of cases on which the two disagree (Connor 1987, with the
    variance at no difference, which errs on the safe side). At most 1.
    """
    if cases < 1:
        return 1.0
    return min(1.0, _z(confidence, power) * sqrt(discordant / cases))


def cases_needed(
    difference: float, *, discordant: float, confidence: float = 0.95, power: float = 0.8
) -> int:
    """Return how many paired cases see a difference of this size; the inverse of the above."""
    if difference == 0:
        raise ValueError("no number of cases shows a difference of nothing")
    return ceil(max(discordant, abs(difference)) * (_z(confidence, power) / difference) ** 2)


def _z(confidence: float, power: float) -> float:
    normal = NormalDist()
    return normal.inv_cdf(0.5 + confidence / 2) + normal.inv_cdf(power)
