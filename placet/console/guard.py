"""The guard before every page: who may look, from where, and what a page may load.

The console listens on loopback, but every site that is open in the same browser can reach loopback
too. So the host must be ours (against DNS rebinding), a change must come from our own page (against
forged requests), and a page needs the cookie that the one-time address was exchanged for.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from placet.clock import Clock

__all__ = ["POLICY", "Guard", "Pass"]

_LIVES_SECONDS = 12 * 60 * 60
_MACHINES = ("/api/", "/respond/", "/upload/")
_OPEN = ("/static/",)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may load, unless it says otherwise itself."""
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_MOVED_IN = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta http-equiv="refresh" content="0;url=/"><title>Placet</title>
<link rel="icon" href="/static/placet.svg">
<link rel="stylesheet" href="/static/console.css"><p class="alone"><a href="/">Open Placet</a></p>
"""
_SHUT_OUT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Placet</title>
<link rel="icon" href="/static/placet.svg">
<link rel="stylesheet" href="/static/console.css"><main class="alone">
<h1>This console opens by its own address</h1>
<p>The address that <code>placet</code> printed in the terminal holds a key that works once.
Copy it whole from there. If it was used already, stop the console with Ctrl-C and start it again
for a new one.</p></main>
"""


class Pass:
    """The right to use the console: a one-time token, exchanged for a signed cookie.

    The cookie is signed with a secret of the home, so that an open page outlives a restart.
    """

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._secret = hmac.new(secret, b"placet console cookie", hashlib.sha256).digest()
        self._clock, self._lock = clock, threading.Lock()
        self.token: str | None = secrets.token_urlsafe(24)

    def exchange(self, token: str) -> str | None:
        """Return a cookie for the one-time token, the first time; None afterwards."""
        with self._lock:
            held = self.token
            if held is None or not hmac.compare_digest(held.encode(), token.encode()):
                return None
            self.token = None
        return self.cookie()

    def cookie(self) -> str:
        """Return a fresh cookie."""
        ends = str(int(self._clock.now().timestamp()) + _LIVES_SECONDS)
        return f"{ends}.{self._sign(ends)}"

    def admits(self, cookie: str) -> bool:
        """Return whether a cookie is one of ours and still valid."""
        ends, _, signature = cookie.partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(ends).encode()):
            return False
        return int(ends) > self._clock.now().timestamp()

    def _sign(self, text: str) -> str:
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()


class Guard:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp, *, keys: Pass, port: int) -> None:
        self._app, self._keys = app, keys
        self._cookie = f"placet_console_{port}"  # cookies know no ports: two consoles, two names
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        answer = self._answer(scope)
        await (answer or self._app)(scope, receive, guarded)

    def _answer(self, scope: Scope) -> Response | None:
        headers, path = Headers(scope=scope), str(scope["path"])
        if headers.get("host", "").lower() not in self._hosts:
            return PlainTextResponse("This console answers to its own address only.", 421)
        site = headers.get("sec-fetch-site", "none")
        if path.startswith(_MACHINES):
            foreign = "origin" in headers or "sec-fetch-site" in headers
            return PlainTextResponse("Not for browsers.", 403) if foreign else None
        if path.startswith(_OPEN):
            return None
        if path == "/" and b"token=" in scope["query_string"]:
            return self._move_in(scope, headers)
        if not self._admitted(headers):
            return HTMLResponse(_SHUT_OUT, 403)
        if scope["method"] not in ("GET", "HEAD") and not self._from_own_page(headers):
            return PlainTextResponse("This did not come from the console's own page.", 403)
        if site not in ("none", "same-origin") and headers.get("sec-fetch-mode") != "navigate":
            return PlainTextResponse("Not for other sites.", 403)
        return None

    def _move_in(self, scope: Scope, headers: Headers) -> Response:
        token = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        cookie = self._keys.exchange(token)
        if cookie is None and not self._admitted(headers):
            return HTMLResponse(_SHUT_OUT, 403)
        # Not a redirect: behind a link from another site its target would not get the cookie.
        response = HTMLResponse(_MOVED_IN)
        if cookie is not None:
            response.set_cookie(
                self._cookie,
                cookie,
                max_age=_LIVES_SECONDS,
                httponly=True,
                samesite="strict",
                path="/",
            )
        return response

    def _admitted(self, headers: Headers) -> bool:
        try:
            held = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            return False
        return held is not None and self._keys.admits(held.value)

    def _from_own_page(self, headers: Headers) -> bool:
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        own = headers.get("origin") == f"http://{headers['host']}"
        return own and kind == "application/json"
