"""The inbox: what arrived in the embedded mailbox, shown as mail programs do.

A message is a stranger's document. Its HTML stands in a frame without scripts and without an
origin, pictures from elsewhere are fetched only where somebody asks, and its links open in a tab
that does not learn where they were clicked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tools.email.mailbox import Mailbox, Post
from tools.email.mailbox.parts import Parts, one_click, parts_of

from .guard import POLICY
from .mailbox_post import Doorbell
from .pages import Pages
from .render import Renderer

__all__ = ["Inbox", "InboxPages"]

_PAGE = 50
_LONGEST = 320
_TABS = ("html", "text", "headers", "source")
_SHOWN = 200_000
"""Characters of a source or a text at most; the whole is one link away."""
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
_HEADERS = ("From", "To", "Reply-To", "Subject", "Date", "List-Unsubscribe")


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """What the inbox shows, and whom its unsubscribe button rings."""

    kept: Mailbox
    doorbell: Doorbell
    elsewhere: str = ""
    """The mail server that takes the mail in place of this mailbox, or empty."""


class InboxPages:
    """Answers everything under `/as/{user}/mail`."""

    def __init__(self, inbox: Inbox, pages: Pages, render: Renderer) -> None:
        self._inbox, self._pages, self._render = inbox, pages, render

    def routes(self) -> list[Route]:
        """Return the routes."""
        one = "/as/{user}/mail/{number:int}"
        return [
            Route("/as/{user}/mail", self.list, methods=["GET"]),
            Route("/as/{user}/mail/newest", self.newest, methods=["GET"]),
            Route(one, self.message, methods=["GET"]),
            Route(one + "/frame", self.frame, methods=["GET"]),
            Route(one + "/source", self.source, methods=["GET"]),
            Route(one + "/unsubscribe", self.unsubscribe, methods=["POST"]),
        ]

    # --- the list --------------------------------------------------------------------------------

    async def list(self, request: Request) -> Response:
        """Show a page of messages, the newest first."""
        query = request.query_params
        to, campaign = query.get("to", "").strip()[:_LONGEST], query.get("campaign", "")[:_LONGEST]
        before = query.get("before", "")
        context = self._context(request, "Inbox")
        context |= await run_in_threadpool(
            self._listed, to, campaign, int(before) if before.isdecimal() else None
        )
        return HTMLResponse(self._render("inbox.html", **context))

    def _listed(self, to: str, campaign: str, before: int | None) -> dict[str, Any]:
        before = None if before is None else min(before, 2**62)
        newest = self._inbox.kept.newest()
        found = self._inbox.kept.page(to=to, campaign=campaign, before=before, size=_PAGE + 1)
        rows, more = found[:_PAGE], len(found) > _PAGE
        kept = {name: value for name, value in (("to", to), ("campaign", campaign)) if value}
        return {
            "rows": rows,
            "total": self._inbox.kept.count(to=to, campaign=campaign),
            "to": to,
            "campaign": campaign,
            "older": urlencode({**kept, "before": rows[-1].id}) if more else "",
            "is_first": before is None,
            "newest_query": urlencode(kept),
            "newest": newest,
        }

    async def newest(self, request: Request) -> Response:
        """Return the id of the newest message: what an open page asks now and then."""
        self._pages.person(request)
        return JSONResponse({"newest": await run_in_threadpool(self._inbox.kept.newest)})

    # --- one message -----------------------------------------------------------------------------

    async def message(self, request: Request) -> Response:
        """Show one message: as HTML, as text, its headers, or its source."""
        post, parts = await run_in_threadpool(self._opened, request)
        tab = request.query_params.get("show", "")
        if tab not in _TABS:
            tab = "html" if parts.html is not None or parts.text is None else "text"
        context = self._context(request, post.subject or "Inbox")
        context |= {
            "post": post,
            "parts": parts,
            "show": tab,
            "tabs": _TABS,
            "pictures": request.query_params.get("pictures") == "yes",
            "has_pictures": parts.html is not None and _has_pictures(parts.html),
            "top": [(name, value) for name, value in parts.headers if name in _HEADERS],
            "unsubscribe": one_click(parts),
            "shown": (parts.text or "")[:_SHOWN],
            "raw": _source(post)[:_SHOWN] if tab == "source" else "",
        }
        answer = HTMLResponse(self._render("inbox_message.html", **context))
        answer.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
        return answer

    async def frame(self, request: Request) -> Response:
        """Return a message's HTML on its own, for the frame: no scripts, no forms, no origin."""
        _, parts = await run_in_threadpool(self._opened, request)
        pictures = " https: http:" if request.query_params.get("pictures") == "yes" else ""
        answer = HTMLResponse(_framed(parts.html or ""))
        answer.headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'unsafe-inline'; img-src data:{pictures}; "
            "form-action 'none'; base-uri 'none'; frame-ancestors 'self'; "
            "sandbox allow-popups allow-popups-to-escape-sandbox"
        )
        answer.headers["X-Frame-Options"] = "SAMEORIGIN"
        return answer

    async def source(self, request: Request) -> Response:
        """Return a message as it arrived."""
        post, _ = await run_in_threadpool(self._opened, request)
        name = f'attachment; filename="message-{post.id}.eml"'
        return Response(
            post.raw, media_type="message/rfc822", headers={"Content-Disposition": name}
        )

    async def unsubscribe(self, request: Request) -> Response:
        """Do what a mailbox provider does behind its unsubscribe button: POST, without a cookie."""
        _, parts = await run_in_threadpool(self._opened, request)
        address = one_click(parts)
        if address is None:
            return JSONResponse({"ok": False, "error": "This message has no one-click address."})
        said = await run_in_threadpool(self._inbox.doorbell.ring, address)
        return JSONResponse({"ok": said.ok, "words": said.words, "error": said.words})

    # --- shared ----------------------------------------------------------------------------------

    def _opened(self, request: Request) -> tuple[Post, Parts]:
        self._pages.person(request)
        post = self._inbox.kept.post(min(request.path_params["number"], 2**62))
        if post is None:
            raise HTTPException(404, "There is no such message.")
        if post.raw is None:
            raise HTTPException(410, "That message is too old; only its envelope is still kept.")
        return post, parts_of(post.raw)

    def _context(self, request: Request, title: str) -> dict[str, Any]:
        frame = self._pages.frame(request, title=title, tab="mail")
        return frame | {"elsewhere": self._inbox.elsewhere}


def _framed(html: str) -> str:
    """Let every link open in a tab of its own; nothing else of the document is touched."""
    base = '<base target="_blank">'
    found = _HEAD.search(html)
    return html[: found.end()] + base + html[found.end() :] if found else base + html


def _has_pictures(html: str) -> bool:
    return (
        re.search(r"""(?:src|background)\s*=\s*["']?https?:|url\(\s*["']?https?:""", html)
        is not None
    )


def _source(post: Post) -> str:
    return (post.raw or b"").decode("utf-8", "replace")
