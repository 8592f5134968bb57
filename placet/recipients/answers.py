"""Answers: pages for people, a line of text for machines, and the headers of both."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from tools.email.links import LinkToken

from .look import Look
from .speaking import LANGUAGES, language_of, words_in

__all__ = ["Answers"]

_PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)


class Answers:
    """Draws answers in the brand's look and the reader's language.

    Args:
        look: the brand's look.
        secure: whether the public address is https.
    """

    def __init__(self, look: Look, *, secure: bool) -> None:
        self._look = look
        self._jinja = Environment(
            loader=PackageLoader("placet.recipients"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.headers = {
            "Content-Security-Policy": look.policy,
            "Cache-Control": "no-store",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "X-Robots-Tag": "noindex, nofollow, noarchive",
        }
        if secure:
            self.headers["Strict-Transport-Security"] = "max-age=31536000"

    def page(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        of: LinkToken | None = None,
        **more: Any,
    ) -> Response:
        """Return a page for people; the address in it is masked."""
        language = language_of(request)
        html = self._jinja.get_template(template).render(
            brand=self._look.brand,
            style=self._look.style,
            say=words_in(language),
            language=language,
            languages=LANGUAGES,
            path=request.url.path if of else "",
            address=masked(of.email) if of else "",
            **more,
        )
        headers = {"Content-Language": language, "Vary": "Accept-Language"}
        return HTMLResponse(html, status, headers)

    def nothing(self, request: Request, status: int = 404) -> Response:
        """Say that there is nothing here; the same words whatever was wrong with a link."""
        return self.page(request, "nothing.html", status=status)

    def too_often(self, request: Request) -> Response:
        """Ask somebody to come back in a minute."""
        answer = self.page(request, "too_often.html", status=429)
        answer.headers["Retry-After"] = "60"
        return answer

    def failed(self, request: Request) -> Response:
        """Say that it was not recorded: a mailbox provider tries again, a person can."""
        answer = self.page(request, "failed.html", status=503)
        answer.headers["Retry-After"] = "120"
        return answer

    @staticmethod
    def done(words: str) -> Response:
        """Tell a machine that it is done."""
        return PlainTextResponse(words + "\n")

    @staticmethod
    def pixel(status: int = 200) -> Response:
        """Return the smallest picture."""
        return Response(_PIXEL, status, media_type="image/gif")


def masked(email: str) -> str:
    """Return an address as its owner knows it again, and nobody else reads it."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}•••@{domain}"
