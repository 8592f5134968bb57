"""The geometry of the audit's charts, as SVG attributes: no script and no style draws them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tools.hygiene.audit import Audit, Score, Trend
from tools.hygiene.audit.words import moved

__all__ = ["RADIUS", "Bar", "Gauge", "bars_of", "field_bars", "gauges_of"]

RADIUS = 27
_ROUND = 2 * math.pi * RADIUS
_WIDE, _HIGH, _PAD = 120.0, 30.0, 4.0
_SPARK = 16
"""How many audits a sparkline shows."""
_BARS = 12
_GOOD, _FAIR = 95.0, 80.0


@dataclass(frozen=True, kw_only=True)
class Gauge:
    """One score as a ring, with its line through the last audits."""

    score: Score
    level: str
    """good, fair or poor: a class, and a word beside the colour."""
    arc: float
    """How much of the ring is drawn."""
    rest: float
    by: str
    """How it moved since the last audit: "+1.2", or nothing."""
    falls: bool
    line: str
    """The points of the sparkline; empty where there is but one audit."""
    last: tuple[float, float] | None
    told: str
    """The line in words, for those who do not see it."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar."""

    label: str
    note: str
    figure: str
    part: float
    """Its length, from 0 to 100."""


def gauges_of(history: Sequence[Audit], trend: Trend | None) -> list[Gauge]:
    """Return the scores of the last audit; `history` is not empty, the oldest first."""
    return [_gauge(score, history, trend) for score in history[-1].scores]


def _gauge(score: Score, history: Sequence[Audit], trend: Trend | None) -> Gauge:
    found = [one.score(score.name) for one in history[-_SPARK:]]
    values = [one.value for one in found if one is not None]
    points = _points(values)
    arc = round(_ROUND * score.value / 100, 1)
    by = moved(trend, score.name)
    return Gauge(
        score=score, level=_level(score.value), arc=arc, rest=round(_ROUND - arc, 1) + 0.1, by=by,
        falls=by.startswith("-"), line=" ".join(f"{x:.1f},{y:.1f}" for x, y in points),
        last=points[-1] if points else None,
        told=f"{len(values)} audits, from {min(values):.1f} to {max(values):.1f}",
    )  # fmt: skip


def _level(value: float) -> str:
    return "good" if value >= _GOOD else "fair" if value >= _FAIR else "poor"


def _points(values: Sequence[float]) -> list[tuple[float, float]]:
    """Return the points of a line; a span of under one point is drawn flat, not as drama."""
    if len(values) < 2:
        return []
    low, high = min(values), max(values)
    middle, span = (low + high) / 2, max(high - low, 1.0)
    step = (_WIDE - 2 * _PAD) / (len(values) - 1)
    tall = _HIGH - 2 * _PAD
    return [
        (_PAD + number * step, _HIGH / 2 - (value - middle) / span * tall)
        for number, value in enumerate(values)
    ]


def field_bars(audit: Audit) -> list[Bar]:
    """Return the worst fields, each as its share of the records."""
    return [
        Bar(
            label=f"{one.subject} {one.field.replace('_', ' ')}",
            note=", ".join(name.replace("_", " ") for name in one.detectors[:3]),
            figure=f"{one.records:,} · {100 * one.share:.0f} %",
            part=round(100 * one.share, 2),
        )
        for one in audit.fields
    ]


def bars_of(audit: Audit, trend: Trend | None) -> list[Bar]:
    """Return the detectors with most findings, each against the first."""
    moves = {one.name: one.by for one in trend.findings} if trend else {}
    most = max((one.findings for one in audit.detectors), default=0)
    return [
        Bar(
            label=one.title,
            note=_repairs(one.certain, one.likely, one.doubtful),
            figure=f"{one.findings:,}"
            + (f" ({moves[one.name]:+,.0f})" if one.name in moves else ""),
            part=round(100 * one.findings / most, 2),
        )
        for one in audit.detectors[:_BARS]
    ]


def _repairs(certain: int, likely: int, doubtful: int) -> str:
    told = ((certain, "certain"), (likely, "likely"), (doubtful, "doubtful"))
    found = [f"{many:,} {word}" for many, word in told if many]
    return f"repairs: {', '.join(found)}" if found else "nothing here tells the right value"
