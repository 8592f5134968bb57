"""The console as one ASGI application: the local Slack's Web API, and the pages on top of it."""

from __future__ import annotations

from pathlib import Path

from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from gates.policy import Policy
from placet.log import get_logger
from placet.store.auditing import Auditor
from placet.store.quality import Watch

from .audit import AuditPages
from .deliver import Deliverer
from .guard import Guard, Pass
from .mailbox import Inbox, InboxPages
from .pages import Pages
from .presses import Presses
from .quality import QualityPages
from .render import Renderer
from .webapi import LocalSlack, WebApi

__all__ = ["Console"]

_log = get_logger(__name__)
_STATIC = Path(__file__).parent / "static"


class Console:
    """A local Slack around a Bolt app; itself an ASGI application.

    Args:
        slack: what the local Slack keeps.
        app: the Bolt app; its client talks to this console's `/api/` with `token`.
        secret: the signing secret that the app checks.
        token: the bot token that the Web API takes.
        keys: who may look.
        port: where it will listen.
        inbox: the embedded mailbox; None: there is no inbox page.
        auditor: what audits the CRM; None: there is no page of it.
        watch: the watch over quality, with the policy that names people; None: no page of it.
    """

    def __init__(
        self, slack: LocalSlack, app: AsyncApp, *, secret: str, token: str, keys: Pass, port: int,
        inbox: Inbox | None = None, auditor: Auditor | None = None,
        watch: tuple[Watch, Policy] | None = None,
    ) -> None:  # fmt: skip
        self.slack = slack
        self.api = WebApi(slack, token=token)
        self.deliverer = Deliverer(app, slack, secret=secret, base=f"http://127.0.0.1:{port}")
        render = Renderer(
            slack, has_inbox=inbox is not None, has_audit=auditor is not None,
            has_quality=watch is not None,
        )  # fmt: skip
        pages = Pages(slack, render, self.deliverer)
        presses = Presses(slack, pages, self.deliverer)
        mail = InboxPages(inbox, pages, render).routes() if inbox else []
        audit = AuditPages(auditor, pages, render).routes() if auditor else []
        quality = QualityPages(*watch, pages, render).routes() if watch else []
        inner = Starlette(
            routes=[*_routes(self.api, pages, presses), *mail, *audit, *quality],
            exception_handlers={HTTPException: _refused, 500: _broken},
        )
        self._app = Guard(inner, keys=keys, port=port)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._app(scope, receive, send)


def _routes(api: WebApi, pages: Pages, presses: Presses) -> list[Route | Mount]:
    get, post = ["GET"], ["POST"]
    return [
        Route("/api/{method}", api.call, methods=["GET", "POST"]),
        Route("/upload/{file_id}", api.upload, methods=post),
        Route("/respond/{key}", api.respond, methods=post),
        Route("/", pages.start, methods=get),
        Route("/archives/{channel}/p{number}", pages.archive, methods=get),
        Route("/files/{file_id}", pages.file, methods=get),
        Route("/as/{user}/home", pages.home, methods=get),
        Route("/as/{user}/home/view", pages.home_view, methods=get),
        Route("/as/{user}/modal", pages.modal, methods=get),
        Route("/as/{user}/events", pages.events, methods=get),
        Route("/as/{user}/c/{channel}", pages.conversation, methods=get),
        Route("/as/{user}/c/{channel}/status", pages.status, methods=get),
        Route("/as/{user}/c/{channel}/m/{ts}", pages.message, methods=get),
        Route("/as/{user}/c/{channel}/t/{ts}", pages.thread, methods=get),
        Route("/as/{user}/c/{channel}/json/{ts}", pages.inspect, methods=get),
        Route("/as/{user}/say", presses.say, methods=post),
        Route("/as/{user}/press", presses.press, methods=post),
        Route("/as/{user}/submit", presses.submit, methods=post),
        Route("/as/{user}/close", presses.close, methods=post),
        Route("/as/{user}/stop", presses.stop, methods=post),
        Route("/as/{user}/shortcut", presses.shortcut, methods=post),
        Mount("/static", StaticFiles(directory=_STATIC)),
    ]


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = str(error.detail) if isinstance(error, HTTPException) else ""
    if request.method == "POST":
        return JSONResponse({"ok": False, "error": words}, status)
    return PlainTextResponse(words, status)


async def _broken(request: Request, error: Exception) -> Response:
    _log.error("the console failed at %s", request.url.path, exc_info=error)
    words = "The console failed at that; its log in the terminal says where."
    if request.method == "POST":
        return JSONResponse({"ok": False, "error": words}, 500)
    return PlainTextResponse(words, 500)
