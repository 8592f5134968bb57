"""The audit's page: the six scores and their trend, what is worst, and what would help.

Every word of it that came from the CRM is text and stays text; the page asks for drafts by saying
so in the person's conversation with Placet, as anybody would.
"""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from placet.errors import PlacetError
from placet.store.auditing import Auditor
from tools.hygiene.audit import headline
from tools.hygiene.audit.words import help_line

from .audit_charts import RADIUS, bars_of, field_bars, gauges_of
from .pages import Pages
from .render import Renderer

__all__ = ["AuditPages"]


class AuditPages:
    """Answers everything under `/as/{user}/audit`."""

    def __init__(self, auditor: Auditor, pages: Pages, render: Renderer) -> None:
        self._auditor, self._pages, self._render = auditor, pages, render

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/as/{user}/audit", self.show, methods=["GET"]),
            Route("/as/{user}/audit/run", self.run, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Show the last audit."""
        context = self._pages.frame(request, title="CRM audit", tab="audit")
        context |= await run_in_threadpool(self._last)
        return HTMLResponse(self._render("audit.html", **context))

    def _last(self) -> dict[str, Any]:
        audits = self._auditor.audits
        kept, schedule = audits.last(), audits.schedule()
        if kept is None:
            return {"kept": None, "schedule": schedule}
        history = audits.history()
        return {
            "kept": kept,
            "audit": kept.audit,
            "schedule": schedule,
            "headline": headline(kept.audit),
            "gauges": gauges_of(history, kept.trend),
            "radius": RADIUS,
            "fields": field_bars(kept.audit),
            "detectors": bars_of(kept.audit, kept.trend),
            "helps": [
                (one, help_line(one).partition(" (")[2].rstrip(")")) for one in kept.audit.helps
            ],
        }

    async def run(self, request: Request) -> Response:
        """Audit now; the page is drawn anew afterwards."""
        self._pages.person(request)
        try:
            kept = await run_in_threadpool(self._auditor.run)
        except PlacetError as error:
            return JSONResponse({"ok": False, "error": str(error)})
        return JSONResponse({"ok": True, "id": kept.id})
