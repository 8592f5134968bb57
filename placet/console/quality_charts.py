"""The geometry of the quality page's charts, as SVG attributes: no script draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from evals.quality import Charted, Figures, Week
from evals.statistics import Rate

__all__ = [
    "HIGH", "WIDE", "Bar", "Control", "Mark", "Shares", "control_of", "reasons_of", "shares_of",
]  # fmt: skip

WIDE: Final = 640.0
HIGH: Final = 170.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 12.0, 12.0, 28.0
_LABELS = 8
"""Dates that stand below a chart at most."""
_POINTS = 400
"""Decisions that a control chart draws at most: the latest."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One week: its share, its interval and how many decisions it rests on."""

    x: float
    y: float
    low: float
    high: float
    label: str
    """Empty where there is no room for it."""
    anchor: str
    """Where the label stands from `x`: the last one must not be cut off."""
    told: str


@dataclass(frozen=True, kw_only=True)
class Shares:
    """The share of drafts approved as drafted, week by week."""

    line: tuple[str, ...]
    """Points of each unbroken run of weeks: a week without decisions breaks the line."""
    marks: tuple[Mark, ...]
    grid: tuple[tuple[float, str], ...]
    told: str


@dataclass(frozen=True, kw_only=True)
class Control:
    """One source's CUSUM."""

    name: str
    line: str
    limit: float
    alarms: tuple[tuple[float, float, str], ...]
    ends: tuple[tuple[float, str], ...]
    """The first and the last date."""
    told: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar."""

    label: str
    figure: str
    part: float
    """Its length, from 0 to 100."""


def shares_of(weeks: Sequence[Week]) -> Shares:
    """Return the weekly chart; the scale is always 0 to 100 %."""
    step = (WIDE - _LEFT - _RIGHT) / max(1, len(weeks) - 1)
    every = max(1, -(-len(weeks) // _LABELS))
    marks, runs = [], [list[str]()]
    for number, week in enumerate(weeks):
        rate, x = week.figures.unchanged, _LEFT + number * step
        if rate.value is None:
            runs.append([])
            continue
        label = f"{week.start:%-d %b}" if number % every == 0 else ""
        mark = Mark(
            x=round(x, 1), y=_up(rate.value), low=_up(rate.low), high=_up(rate.high), label=label,
            anchor="end" if number == len(weeks) - 1 > 0 else "middle",
            told=f"Week of {week.start:%-d %b %Y}: {rate.hits} of {rate.of} approved as drafted",
        )  # fmt: skip
        marks.append(mark)
        runs[-1].append(f"{mark.x},{mark.y}")
    grid = tuple((_up(share / 100), f"{share} %") for share in (0, 50, 100))
    return Shares(
        line=tuple(" ".join(run) for run in runs if len(run) > 1), marks=tuple(marks), grid=grid,
        told=f"{len(marks)} weeks with decisions",
    )  # fmt: skip


def _up(share: float) -> float:
    return round(_TOP + (1 - share) * (HIGH - _TOP - _BOTTOM), 1)


def control_of(one: Charted) -> Control | None:
    """Return a source's control chart; None while it has no limits, or nothing on it."""
    if one.chart is None or not one.scores:
        return None
    first = max(0, len(one.scores) - _POINTS)
    scores, moments = one.scores[first:], one.moments[first:]
    top = max(one.chart.limit * 1.15, *scores)
    step = (WIDE - _LEFT - _RIGHT) / max(1, len(scores) - 1)
    points = [(round(_LEFT + n * step, 1), _up(score / top)) for n, score in enumerate(scores)]
    alarms = tuple(
        (*points[at - first], f"Alarm on {one.moments[at]:%-d %b %Y}")
        for at in one.alarms
        if at >= first
    )
    return Control(
        name=one.source.said(), line=" ".join(f"{x},{y}" for x, y in points),
        limit=_up(one.chart.limit / top), alarms=alarms,
        ends=((_LEFT, f"{moments[0]:%-d %b}"), (WIDE - _RIGHT, f"{moments[-1]:%-d %b}")),
        told=f"{len(scores)} decisions, {len(alarms)} alarms, last score {scores[-1]} of "
        f"{one.chart.limit}",
        note=_note(one.reference, one),
    )  # fmt: skip


def _note(reference: Rate, one: Charted) -> str:
    assert one.chart is not None  # noqa: S101 - the only caller has one
    return (
        f"In control: {reference.hits} of {reference.of} as drafted. A false alarm about once in "
        f"{one.chart.in_control:,.0f} decisions; twice the odds of a change are noticed after "
        f"about {one.chart.out_of_control:,.0f}."
    )


def reasons_of(figures: Figures) -> list[Bar]:
    """Return the groups of reasons, each against the commonest."""
    most = max(figures.reasons.values(), default=1)
    return [
        Bar(label=name, figure=f"{count}", part=round(100 * count / most, 1))
        for name, count in figures.reasons.items()
    ]
