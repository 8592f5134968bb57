"""The Web API of the local Slack: the methods that the app calls, under `/api/`.

Tokens, scopes, arguments and errors are Slack's. What is called is done in a worker thread, so that
SQL never holds up the event loop.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from placet.clock import Clock
from placet.log import get_logger

from .calls import Call, Refused, read_arguments
from .chatting import CHAT, bot_body
from .hub import Hub
from .panes import Panes
from .room import Room
from .sessions import Sessions
from .shelf import NotTaken, Shelf
from .showing import LARGEST_FILE, SHOW
from .triggers import Triggers
from .workspace import BOT_USER, Features, Workspace

__all__ = ["METHODS", "LocalSlack", "WebApi"]

_log = get_logger(__name__)
_LARGEST = 2_000_000

Method: TypeAlias = Callable[["LocalSlack", Call], dict[str, Any]]

METHODS: Mapping[str, tuple[Method, tuple[str, ...]]] = {**CHAT, **SHOW}
"""Each method that is answered, and the scopes of which it needs one; others are unknown."""


class LocalSlack:
    """Everything that the local Slack keeps, over one database."""

    def __init__(
        self, engine: sa.Engine, workspace: Workspace, features: Features, clock: Clock
    ) -> None:
        self.workspace, self.features = workspace, features
        self.hub = Hub()
        self.room = Room(engine, clock, self.hub)
        self.panes = Panes(engine, self.hub)
        self.sessions = Sessions(engine, self.hub)
        self.shelf = Shelf(engine)
        self.triggers = Triggers(clock)


@dataclass
class _Limit:
    """A method that answers `ratelimited` a number of times."""

    times: int
    seconds: int


class WebApi:
    """Answers calls. `slow_down` makes it answer `ratelimited`, for trying out what follows."""

    def __init__(self, slack: LocalSlack, *, token: str) -> None:
        self._slack, self._token = slack, token
        self._limits: dict[str, _Limit] = {}

    def slow_down(self, method: str, *, times: int = 1, seconds: int = 1) -> None:
        """Answer the next calls of a method with 429 and `Retry-After`."""
        self._limits[method] = _Limit(times=times, seconds=seconds)

    async def call(self, request: Request) -> Response:
        """Answer one call."""
        method = request.path_params["method"]
        held = self._limits.get(method)
        if held is not None and held.times > 0:
            held.times -= 1
            answer = {"ok": False, "error": "ratelimited"}
            return JSONResponse(answer, 429, {"Retry-After": str(held.seconds)})
        try:
            args = await _arguments(request)
            self._authorise(method, request.headers.get("authorization", ""), args)
            call = Call(method=method, args=args, base=str(request.base_url).rstrip("/"))
            answer = await run_in_threadpool(METHODS[method][0], self._slack, call)
        except Refused as refused:
            return JSONResponse(refused.as_json(), headers=self._scopes(method))
        return JSONResponse({"ok": True, **answer}, headers=self._scopes(method))

    def _authorise(self, method: str, header: str, args: Mapping[str, Any]) -> None:
        kind, _, token = header.partition(" ")
        token = token.strip() if kind.lower() == "bearer" else str(args.get("token") or "")
        if method not in METHODS:
            raise Refused("unknown_method", req_method=method)
        if not token:
            raise Refused("not_authed")
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            raise Refused("invalid_auth")
        needed = METHODS[method][1]
        if needed and not self._slack.features.scopes.intersection(needed):
            provided = ",".join(sorted(self._slack.features.scopes))
            raise Refused("missing_scope", needed=",".join(needed), provided=provided)

    def _scopes(self, method: str) -> dict[str, str]:
        needed = METHODS.get(method, (None, ()))[1]
        return {
            "X-OAuth-Scopes": ",".join(sorted(self._slack.features.scopes)),
            "X-Accepted-OAuth-Scopes": ",".join(needed),
        }

    # --- the addresses beside /api ---------------------------------------------------------------

    async def upload(self, request: Request) -> Response:
        """Take the bytes of a file whose upload was announced."""
        async with request.form(max_part_size=LARGEST_FILE) as form:
            parts = [one for one in form.values() if not isinstance(one, str)]
            raw = await parts[0].read() if parts else await request.body()
        try:
            filled = await run_in_threadpool(
                self._slack.shelf.fill, request.path_params["file_id"], raw
            )
        except NotTaken as error:
            return PlainTextResponse(str(error), 415)
        return PlainTextResponse("OK - 1" if filled else "no such upload", 200 if filled else 404)

    async def respond(self, request: Request) -> Response:
        """Take an answer at a response address."""
        answer = self._slack.triggers.answer(request.path_params["key"])
        if answer is None:
            return PlainTextResponse("expired_url", 404)
        try:
            args = await _arguments(request)
            await run_in_threadpool(self._answer, answer, args)
        except Refused as refused:
            return PlainTextResponse(refused.code, 400)
        return PlainTextResponse("ok")

    def _answer(self, answer: Any, args: Mapping[str, Any]) -> None:
        room = self._slack.room
        clicked = room.message(answer.channel, answer.message_ts) if answer.message_ts else None
        if args.get("delete_original"):
            if clicked is not None:
                room.delete(clicked)
        elif args.get("replace_original") and clicked is not None:
            room.change(clicked, {**clicked.body, **bot_body(args)})
        else:
            seen = args.get("response_type") == "in_channel"
            room.post(
                answer.channel,
                BOT_USER,
                bot_body(args),
                thread_ts=args.get("thread_ts") or answer.thread_ts,
                to_user=None if seen else answer.user,
            )


async def _arguments(request: Request) -> dict[str, Any]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return read_arguments(await _body(request), kind, {})
    form: dict[str, str] = dict(request.query_params)
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        async with request.form(max_part_size=_LARGEST) as sent:
            form |= {key: value for key, value in sent.items() if isinstance(value, str)}
    elif await _body(request):
        raise Refused("invalid_form_data" if kind else "missing_post_type")
    return read_arguments(b"", kind, form)


async def _body(request: Request) -> bytes:
    body = await request.body()
    if len(body) > _LARGEST:
        raise Refused("request_too_large")
    return body
