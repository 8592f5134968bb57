"""The shield before every page: headers, the largest body, and nothing of what fails inside."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .answers import Answers

__all__ = ["Shield"]


class Shield:
    """Wraps the application; every answer gets the headers, also those of errors."""

    def __init__(self, app: ASGIApp, answers: Answers) -> None:
        self._app, self._headers = app, answers.headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; anything that is not HTTP is not answered."""
        if scope["type"] != "http":
            return

        async def shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, shielded)
