"""What each address does. GET, HEAD and prefetching change nothing; POST does what it says."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from placet.errors import BadInput
from placet.log import get_logger
from tools.email.links import LinkKind, Links, LinkToken

from .answers import Answers
from .limits import Limits
from .sayings import Sayings

__all__ = ["Pages"]

_log = get_logger(__name__)
_LARGEST = 16_384
"""Bytes of a form; ours has a few dozen."""
_ONE_CLICK = b"List-Unsubscribe=One-Click"


class Pages:
    """Answers the four kinds of links."""

    def __init__(
        self, links: Links, sayings: Sayings, answers: Answers, limits: Limits, *, tracking: bool
    ) -> None:
        self._links, self._sayings, self._answers = links, sayings, answers
        self._limits, self._tracking = limits, tracking

    # --- what people decide ----------------------------------------------------------------------

    async def unsubscribe(self, request: Request) -> Response:
        """Show one button; only its POST, or a mailbox provider's, unsubscribes."""
        of = self._token(request, "unsubscribe")
        if isinstance(of, Response):
            return of
        if request.method == "POST":
            return await self._left(request, of)
        already = await run_in_threadpool(self._sayings.takes_nothing, of)
        return self._answers.page(
            request, "unsubscribe.html", of=of, already=already, preferences=self._preferences(of)
        )

    async def _left(self, request: Request, of: LinkToken) -> Response:
        body = await _body(request)
        await run_in_threadpool(self._sayings.leave, of)
        if not _is_person(request, body):
            return self._answers.done("Unsubscribed.")
        return self._answers.page(request, "left.html", of=of, preferences=self._preferences(of))

    async def preferences(self, request: Request) -> Response:
        """Show the topics; POST takes exactly those that are ticked."""
        of = self._token(request, "preferences")
        if isinstance(of, Response):
            return of
        saved, chosen = request.method == "POST", list[str]()
        if saved:
            form = parse_qs((await _body(request) or b"").decode("utf-8", "replace"))
            # Neither button pressed: not our form, and an empty one must not mean "nothing at all".
            if not {"save", "none"} & form.keys():
                return self._answers.nothing(request, 400)
            chosen = [] if "none" in form else form.get("topic", [])
            await run_in_threadpool(self._sayings.choose, of, chosen)
        takes = await run_in_threadpool(self._sayings.takes, of)
        closed = bool(chosen) and not any(takes.values())  # what they chose did not open it again
        return self._answers.page(
            request, "preferences.html", of=of, takes=takes, saved=saved, closed=closed
        )

    def _preferences(self, of: LinkToken) -> str:
        """Return the preferences' address as a path: behind a proxy the host may be another."""
        return urlsplit(self._links.preferences(of.email, of.campaign, of.topic)).path

    # --- what is measured ------------------------------------------------------------------------

    async def click(self, request: Request) -> Response:
        """Lead on to the address that was sealed into the link, and to no other."""
        of = self._token(request, "click")
        if isinstance(of, Response):
            return of
        if urlsplit(of.url).scheme not in ("https", "http"):
            return self._answers.nothing(request)
        await self._measure(request, self._sayings.clicked, of)
        return RedirectResponse(of.url, 302)

    async def opened(self, request: Request) -> Response:
        """Return a picture of one dot."""
        of = self._token(request, "open")
        if isinstance(of, Response):
            return self._answers.pixel(of.status_code)
        await self._measure(request, self._sayings.opened, of)
        return self._answers.pixel()

    async def _measure(
        self, request: Request, note: Callable[[LinkToken], None], of: LinkToken
    ) -> None:
        """Record it; a reader is led on even where that fails."""
        if not self._tracking or request.method != "GET" or _is_prefetch(request):
            return
        try:
            await run_in_threadpool(note, of)
        except Exception:  # noqa: BLE001 - a count that is lost must not cost the reader the page
            _log.exception("a click or an opening was not recorded")

    # --- whose link it is ------------------------------------------------------------------------

    def _token(self, request: Request, kind: LinkKind) -> LinkToken | Response:
        token = request.path_params["token"]
        try:
            of = self._links.read(token)
        except BadInput:
            return self._unknown(request)
        if of.kind != kind:
            return self._unknown(request)
        if not self._limits.may_use(token):
            return self._answers.too_often(request)
        return of

    def _unknown(self, request: Request) -> Response:
        host = request.client.host if request.client else ""
        if not self._limits.may_guess(host):
            return self._answers.too_often(request)
        return self._answers.nothing(request)


async def _body(request: Request) -> bytes | None:
    """Return the body, or None where it is larger than any form of ours."""
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > _LARGEST:
                return None
    except ClientDisconnect:
        return None
    return body


def _is_person(request: Request, body: bytes | None) -> bool:
    """Return whether somebody looks at the answer: a mailbox provider sends RFC 8058's form."""
    one_click = body is not None and _ONE_CLICK in body
    return not one_click and "text/html" in request.headers.get("accept", "")


def _is_prefetch(request: Request) -> bool:
    names = ("sec-purpose", "purpose", "x-purpose", "x-moz")
    said = " ".join(request.headers.get(name, "") for name in names).lower()
    return "prefetch" in said or "prerender" in said or "preview" in said
