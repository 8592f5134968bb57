"""The Bernoulli CUSUM: notices early that the share of drafts which people change has risen.

Each decision moves a score: up where the draft was changed or rejected, down where it was approved
unchanged, never below zero; a score at the limit is an alarm (Page 1954; Reynolds and Stoumbos
1999). The steps are whole numbers, so the chart is a finite Markov chain and its average run length
is computed, not approximated (Brook and Evans 1972).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from math import log

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Chart", "Point", "average_run_length", "chart_for", "run_chart", "steps_for"]

_PARTS = 12
"""Into how many parts a whole step is cut at most: finer says nothing more of a share."""
_HIGHEST = 4_096


class Chart(BaseModel):
    """A chart's design. A decision is 1 where the draft was changed or rejected, else 0."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reference: float = Field(gt=0, lt=1)
    """The rate of changed drafts in control."""
    out: float = Field(gt=0, lt=1)
    """The rate that is to be noticed soon."""
    up: int
    """What a changed draft adds."""
    down: int
    """What an unchanged draft takes away."""
    limit: int
    """The score at which it alarms."""
    in_control: float
    """Decisions until a false alarm, on average."""
    out_of_control: float
    """Decisions until the alarm once the rate is `out`, on average."""


class Point(BaseModel):
    """The score after one decision."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    score: int
    """Before it starts anew."""
    alarm: bool
    """Whether this very decision reached the limit; the next score starts from zero."""


def steps_for(reference: float, out: float) -> tuple[int, int]:
    """Return what a 1 adds and a 0 takes away: the log likelihood ratio in whole numbers.

    The ratio `down / (up + down)` is the fraction nearest to the exact one, which lies between the
    two rates; it is kept strictly between them, so that the score falls in control and rises out.
    """
    if not 0 < reference < out < 1:
        raise ValueError("the reference rate lies above 0, and the other above it, below 1")
    zero = -log((1 - out) / (1 - reference))
    share = zero / (zero + log(out / reference))
    fits = [
        (abs(part / whole - share), whole, part)
        for whole in range(2, _PARTS + 1)
        for part in range(1, whole)
        if reference < part / whole < out
    ]
    if not fits:  # the two rates lie closer together than the parts: take finer ones
        whole = 4 * round(1 / (out - reference)) + 1
        fits = [(0.0, whole, max(1, min(whole - 1, round(share * whole))))]
    _, whole, part = min(fits)
    return whole - part, part


def average_run_length(rate: float, *, up: int, down: int, limit: int) -> float:
    """Return how many decisions pass until the alarm, on average, from a score of zero.

    Solved exactly over the scores 0 to `limit - 1`: the matrix is banded and dominated by its
    diagonal, so that elimination needs no pivoting.
    """
    if not 0 < rate <= 1 or up < 1 or down < 1 or limit < 1:
        raise ValueError("a run length needs a rate above 0, steps and a limit of at least 1")
    rows: list[dict[int, float]] = []
    for score in range(limit):
        row = {score: 1.0}
        below = max(0, score - down)
        row[below] = row.get(below, 0.0) - (1 - rate)
        if score + up < limit:
            row[score + up] = row.get(score + up, 0.0) - rate
        rows.append(row)
    right = [1.0] * limit
    for pivot in range(limit):
        for later in range(pivot + 1, min(pivot + down + 1, limit)):
            _eliminate(rows, right, pivot, later)
    return _back(rows, right)


def _eliminate(rows: list[dict[int, float]], right: list[float], pivot: int, later: int) -> None:
    factor = rows[later].pop(pivot, 0.0) / rows[pivot][pivot]
    if factor:
        for column, value in rows[pivot].items():
            if column > pivot:
                rows[later][column] = rows[later].get(column, 0.0) - factor * value
        right[later] -= factor * right[pivot]


def _back(rows: Sequence[dict[int, float]], right: Sequence[float]) -> float:
    found = [0.0] * len(rows)
    for score in reversed(range(len(rows))):
        known = sum(v * found[column] for column, v in rows[score].items() if column > score)
        found[score] = (right[score] - known) / rows[score][score]
    return found[0]


@cache
def chart_for(reference: float, out: float, run_length: float) -> Chart:
    """Return the chart whose false alarms are at least `run_length` decisions apart on average.

    The limit is the lowest that holds it.
    """
    up, down = steps_for(reference, out)
    low, high = 1, 2
    while average_run_length(reference, up=up, down=down, limit=high) < run_length:
        low, high = high, 2 * high
        if high > _HIGHEST:
            raise ValueError("no limit keeps false alarms so far apart; take rates further apart")
    while low < high:
        middle = (low + high) // 2
        if average_run_length(reference, up=up, down=down, limit=middle) < run_length:
            low = middle + 1
        else:
            high = middle
    return Chart(
        reference=reference, out=out, up=up, down=down, limit=low,
        in_control=average_run_length(reference, up=up, down=down, limit=low),
        out_of_control=average_run_length(out, up=up, down=down, limit=low),
    )  # fmt: skip


def run_chart(chart: Chart, changed: Iterable[bool]) -> list[Point]:
    """Return the score after each decision, in their order; it starts anew after an alarm."""
    points, score = [], 0
    for one in changed:
        score = max(0, score + (chart.up if one else -chart.down))
        alarm = score >= chart.limit
        points.append(Point(score=score, alarm=alarm))
        if alarm:
            score = 0
    return points
