"""The recipients' pages as one ASGI application."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from placet.clock import Clock
from placet.log import get_logger
from tools.email.brand import Brand
from tools.email.links import Links
from tools.email.port import Statements

from .answers import Answers
from .limits import Limits
from .look import Look
from .pages import Pages
from .sayings import Sayings
from .shield import Shield

__all__ = ["Recipients"]

_log = get_logger(__name__)
_BOTH = ["GET", "POST"]


class Recipients:
    """Unsubscribing, preferences, clicks and opens; itself an ASGI application.

    Args:
        links: reads the tokens in the addresses.
        statements: where what people say goes; nothing else is written.
        brand: whose pages these are.
        clock: when they said it.
        tracking: whether clicks and opens are recorded; the links lead on either way.
        limits: how often a stranger may ask.
    """

    def __init__(
        self,
        links: Links,
        statements: Statements,
        brand: Brand,
        clock: Clock,
        *,
        tracking: bool = False,
        limits: Limits | None = None,
    ) -> None:
        look = Look(brand)
        answers = Answers(look, secure=links.base_url.startswith("https://"))
        sayings = Sayings(statements, clock, tuple(brand.topics))
        pages = Pages(links, sayings, answers, limits or Limits(), tracking=tracking)
        self._app = Shield(_routed(pages, answers), answers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._app(scope, receive, send)


def _routed(pages: Pages, answers: Answers) -> Starlette:
    async def refused(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return answers.nothing(request, status)

    async def broken(request: Request, error: Exception) -> Response:
        _log.error("a page for recipients failed", exc_info=error)
        return answers.failed(request)

    return Starlette(
        routes=[
            Route("/u/{token}", pages.unsubscribe, methods=_BOTH),
            Route("/p/{token}", pages.preferences, methods=_BOTH),
            Route("/c/{token}", pages.click),
            Route("/o/{token}.gif", pages.opened),
            Route("/robots.txt", _robots),
            Route("/health", _health),
        ],
        exception_handlers={HTTPException: refused, Exception: broken},
    )


async def _robots(_request: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


async def _health(_request: Request) -> Response:
    return PlainTextResponse("ok\n")
