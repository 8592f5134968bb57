"""Everything that quality over time shows, as one value: for the page, the command line, Slack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict

from evals.statistics import Rate

from .cusum import Chart
from .figures import Figures, Prices, SourceFigures, Week, by_source, figures, weekly
from .habits import Habit, habits
from .outcome import Outcome, Source
from .streams import Stream, streams

__all__ = ["Charted", "QualityReport", "TradeReport", "report"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Charted(_Value):
    """One source's control chart over the decisions that are shown."""

    source: Source
    reference: Rate
    """Approved unchanged in control, and how many decisions that rests on."""
    chart: Chart | None
    """None while the reference rests on too little."""
    scores: tuple[int, ...]
    """The score after each decision, the oldest first."""
    moments: tuple[AwareDatetime, ...]
    """When each was decided."""
    alarms: tuple[int, ...]
    """At which of them the chart left control."""


class TradeReport(_Value):
    """One trade."""

    trade: str
    figures: Figures
    weeks: tuple[Week, ...]
    sources: tuple[SourceFigures, ...]
    charts: tuple[Charted, ...]


class QualityReport(_Value):
    """What was decided from `since` until `until`."""

    since: AwareDatetime
    until: AwareDatetime
    prompt: str | None
    """Only drafts of prompts whose hash starts with this; None: of every drafter."""
    figures: Figures
    trades: tuple[TradeReport, ...]
    habits: tuple[Habit, ...]


def report(
    outcomes: Sequence[Outcome],
    *,
    since: datetime,
    until: datetime,
    prices: Prices,
    prompt: str | None = None,
) -> QualityReport:
    """Return what is shown of these outcomes.

    Outcomes before `since` are in no figure; the charts learn their references from them.
    """
    lines = [one for one in streams(outcomes) if _named(one.source, prompt)]
    shown = [one for one in outcomes if since <= one.decided_at <= until]
    shown = [one for one in shown if _named(one.source, prompt)]
    trades = sorted({one.source.trade for one in shown})
    return QualityReport(
        since=since, until=until, prompt=prompt, figures=figures(shown, prices),
        trades=tuple(_trade(name, shown, lines, since, prices) for name in trades),
        habits=tuple(habits(shown)),
    )  # fmt: skip


def _named(source: Source, prompt: str | None) -> bool:
    return prompt is None or (source.prompt or "").startswith(prompt)


def _trade(
    name: str, shown: Sequence[Outcome], lines: Sequence[Stream], since: datetime, prices: Prices
) -> TradeReport:
    own = [one for one in shown if one.source.trade == name]
    charts = [_charted(line, since) for line in lines if line.source.trade == name]
    return TradeReport(
        trade=name, figures=figures(own, prices), weeks=tuple(weekly(own, prices)),
        sources=tuple(by_source(own, prices)),
        charts=tuple(sorted(charts, key=lambda one: -len(one.scores))),
    )  # fmt: skip


def _charted(line: Stream, since: datetime) -> Charted:
    shown = [
        (point, one.decided_at)
        for point, one in zip(line.points, line.outcomes, strict=True)
        if one.decided_at >= since
    ]
    return Charted(
        source=line.source, reference=line.reference, chart=line.chart,
        scores=tuple(point.score for point, _ in shown),
        moments=tuple(at for _, at in shown),
        alarms=tuple(index for index, (point, _) in enumerate(shown) if point.alarm),
    )  # fmt: skip
