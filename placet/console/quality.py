"""The quality page: what people do with drafts over time, charts with limits, alarms, judges.

Reasons and the names of models came from outside; they are text and stay text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from evals.quality import TradeReport
from evals.statistics import Rate
from gates.people import Person
from gates.policy import Policy
from placet.slack.quality_card import said_rate, said_time
from placet.store.quality import Watch

from .pages import Pages
from .quality_charts import HIGH, WIDE, Bar, Control, Shares, control_of, reasons_of, shares_of
from .render import Renderer

__all__ = ["QualityPages"]


@dataclass(frozen=True, kw_only=True)
class _Trade:
    """One trade as the page draws it."""

    report: TradeReport
    shares: Shares
    controls: tuple[Control, ...]
    learning: tuple[str, ...]
    """Sources that have no limits yet, and why."""
    reasons: list[Bar]


class QualityPages:
    """Answers `/as/{user}/quality`."""

    def __init__(self, watch: Watch, policy: Policy, pages: Pages, render: Renderer) -> None:
        self._watch, self._policy, self._pages, self._render = watch, policy, pages, render

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [Route("/as/{user}/quality", self.show, methods=["GET"])]

    async def show(self, request: Request) -> Response:
        """Show the last twelve weeks."""
        context = self._pages.frame(request, title="Quality", tab="quality")
        context |= await run_in_threadpool(self._read)
        return HTMLResponse(self._render("quality.html", **context))

    def _read(self) -> dict[str, Any]:
        report = self._watch.report()
        return {
            "report": report,
            "trades": [_trade(one) for one in report.trades],
            "alarms": self._watch.alarms(limit=8),
            "judges": self._watch.judges(),
            "thumbs": self._watch.thumbs(since=report.since),
            "wide": WIDE,
            "high": HIGH,
            "rate": _rate,
            "time": said_time,
            "name": lambda key: self._policy.name_of(Person.from_key(key)),
            "said": said_rate,
        }


def _rate(rate: Rate) -> str:
    return "–" if rate.value is None else f"{100 * rate.value:.0f} %"


def _trade(report: TradeReport) -> _Trade:
    controls = [found for one in report.charts if (found := control_of(one))]
    return _Trade(
        report=report, shares=shares_of(report.weeks), controls=tuple(controls),
        learning=tuple(
            f"{one.source.said()}: limits come after 50 decisions; there are {one.reference.of}."
            for one in report.charts
            if one.chart is None
        ),
        reasons=reasons_of(report.figures),
    )  # fmt: skip
