"""One control chart for each prompt and model: what is in control, and where it left it.

A prompt or model that is new in a trade is held against the trade's decisions before it; the first
one against its own first decisions. The reference never moves while a source serves: a slow slide
must not become the new normal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict

from evals.statistics import Rate, wilson

from .cusum import Chart, Point, chart_for, run_chart
from .outcome import Ending, Outcome, Source

__all__ = ["LEARNED", "RUN_LENGTH", "Crossing", "Stream", "streams"]

LEARNED: Final = 50
"""Decisions that a reference rests on at least."""
_REMEMBERED: Final = 200
"""Decisions that a reference rests on at most: the latest before the source began."""
RUN_LENGTH: Final = 500
"""Decisions between two false alarms, on average, for each chart."""
_WORSE: Final = 2.0
"""What is to be noticed soon: the odds of a changed draft times this."""
_LEAST, _MOST = 0.02, 0.7
"""Rates outside of these are read as these: a chart needs room on both sides."""


class Crossing(BaseModel):
    """A decision at which a chart left control."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    draft_id: str
    index: int
    """Which decision of the stream it was, from 0."""
    since: int
    """From which decision on the score rose to the limit, from 0."""


class Stream(BaseModel):
    """The decisions on one source's drafts, on their chart."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Source
    chart: Chart | None
    """None while too little is known to have a reference."""
    reference: Rate
    """Approved unchanged in control, and how many decisions that rests on."""
    own: bool
    """Whether the reference is the source's own beginning; those decisions are not charted."""
    before: tuple[Outcome, ...]
    """What the reference rests on, the oldest first."""
    outcomes: tuple[Outcome, ...]
    """What is charted, the oldest first."""
    points: tuple[Point, ...]
    crossings: tuple[Crossing, ...]


def streams(outcomes: Sequence[Outcome]) -> list[Stream]:
    """Return the stream of every source, by trade and by when it began."""
    ordered = sorted(outcomes, key=lambda one: (one.decided_at, one.draft_id))
    found = []
    for source in dict.fromkeys(one.source for one in ordered):
        trade = [one for one in ordered if one.source.trade == source.trade]
        found.append(_stream(source, trade))
    return sorted(found, key=lambda one: one.source.trade)


def _stream(source: Source, trade: Sequence[Outcome]) -> Stream:
    begins = next(index for index, one in enumerate(trade) if one.source == source)
    mine = [one for one in trade if one.source == source]
    before = trade[max(0, begins - _REMEMBERED) : begins]
    own = len(before) < LEARNED
    if own:
        before, mine = mine[:LEARNED], mine[LEARNED:]
    reference = wilson(sum(one.ending is Ending.UNCHANGED for one in before), len(before))
    if len(before) < LEARNED:
        return Stream(
            source=source, chart=None, reference=reference, own=True, before=tuple(before),
            outcomes=(), points=(), crossings=(),
        )  # fmt: skip
    chart = _chart(reference)
    points = run_chart(chart, [one.ending is not Ending.UNCHANGED for one in mine])
    return Stream(
        source=source, chart=chart, reference=reference, own=own, before=tuple(before),
        outcomes=tuple(mine), points=tuple(points), crossings=tuple(_crossings(mine, points)),
    )  # fmt: skip


def _chart(reference: Rate) -> Chart:
    """Return the chart for a reference; half a case is added on each side, so that none is 0."""
    changed = (reference.of - reference.hits + 0.5) / (reference.of + 1)
    rate = round(min(max(changed, _LEAST), _MOST), 3)
    odds = _WORSE * rate / (1 - rate)
    return chart_for(rate, round(odds / (1 + odds), 3), RUN_LENGTH)


def _crossings(outcomes: Sequence[Outcome], points: Sequence[Point]) -> list[Crossing]:
    found, since = [], 0
    for index, (one, point) in enumerate(zip(outcomes, points, strict=True)):
        if point.alarm:
            found.append(Crossing(draft_id=one.draft_id, index=index, since=since))
        if point.alarm or point.score == 0:
            since = index + 1
    return found
