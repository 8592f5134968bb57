"""The pages, and the pieces of pages that the browser fetches when the hub tells it to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)

from .deliver import Deliverer
from .render import Renderer, Shown
from .room import Message, ts_of
from .served import served
from .webapi import LocalSlack
from .workspace import BOT_USER, Channel, Someone

__all__ = ["Pages"]

_HEARTBEAT_SECONDS = 15.0


class Pages:
    """Answers everything that a browser reads."""

    def __init__(self, slack: LocalSlack, render: Renderer, deliverer: Deliverer) -> None:
        self._slack, self._render, self._deliverer = slack, render, deliverer

    # --- who and where -------------------------------------------------------------------------

    def person(self, request: Request) -> Someone:
        """Return whom the page acts as."""
        person = self._slack.workspace.person(request.path_params["user"])
        if person is None:
            raise HTTPException(404, "The policy knows nobody of that name.")
        return person

    def channel(self, person: Someone, channel_id: str) -> Channel:
        """Return a channel that the person is in."""
        channel = self._slack.workspace.channel(channel_id)
        if channel is None or person.id not in channel.members:
            raise HTTPException(404, f"{person.name} is in no such channel.")
        return channel

    def frame(self, request: Request, *, title: str, tab: str) -> dict[str, Any]:
        """Return what is around every page without a conversation.

        Ask for it before what the page shows is read: `known` is the last note that a page drawn
        now knows of, and what happens while it is read must still reach it.
        """
        person = self.person(request)
        return {
            "title": title,
            "person": person,
            "tab": tab,
            "thread": None,
            "known": self._slack.hub.last,
            "channel": self._slack.workspace.direct(person.id),
        }

    # --- pages ---------------------------------------------------------------------------------

    async def start(self, _request: Request) -> Response:
        """Send the browser to the first person's messages with the app."""
        people = self._slack.workspace.people
        if not people:
            words = "The policy has nobody of team local; add one under [people] in policy.toml."
            return PlainTextResponse(words, 404)
        first = people[0]
        return RedirectResponse(f"/as/{first.id}/c/{self._slack.workspace.direct(first.id).id}")

    async def archive(self, request: Request) -> Response:
        """Send the browser from a permalink to the message, as someone who may see it."""
        channel = self._slack.workspace.channel(request.path_params["channel"])
        number = request.path_params["number"]
        if channel is None or not number.isdigit():
            raise HTTPException(404, "There is no such message.")
        person = next(one for one in channel.members if one != BOT_USER)
        found = await run_in_threadpool(self._slack.room.message, channel.id, ts_of(int(number)))
        thread = f"?thread={found.thread_ts}" if found and found.thread_ts else ""
        return RedirectResponse(f"/as/{person}/c/{channel.id}{thread}")

    async def conversation(self, request: Request) -> Response:
        """Show a channel, and a thread beside it."""
        person = self.person(request)
        channel = self.channel(person, request.path_params["channel"])
        thread = request.query_params.get("thread")
        context = await run_in_threadpool(self._conversation, person, channel, thread)
        if channel.direct:
            self._opened(person, "messages")
        return HTMLResponse(self._render("channel.html", **context))

    def _conversation(
        self, person: Someone, channel: Channel, thread: str | None
    ) -> dict[str, Any]:
        known = self._slack.hub.last  # before the messages: what comes between is told again
        messages = self._slack.room.history(channel.id, person.id)
        summaries = self._slack.room.summaries(channel.id, person.id)
        session = self._slack.sessions.get(channel.id, None)
        context: dict[str, Any] = {
            "title": "Placet" if channel.direct else f"#{channel.name}",
            "person": person,
            "channel": channel,
            "tab": "messages",
            "known": known,
            "rows": [self._render.shown(one, summaries.get(one.ts)) for one in messages],
            "session": session,
            "prompts": session.prompts or self._slack.features.prompts,
            "prompts_title": session.prompts_title or "What do you need?",
            "thread": None,
        }
        return context | (self._thread(person, channel, thread) if thread else {})

    def _thread(self, person: Someone, channel: Channel, thread: str) -> dict[str, Any]:
        found = self._slack.room.replies(channel.id, thread, person.id)
        if not found:
            return {"thread": None}
        session = self._slack.sessions.get(channel.id, thread)
        place = "with Placet" if channel.direct else f"in #{channel.name}"
        return {
            "thread": thread,
            "thread_rows": [self._render.shown(one, None) for one in found],
            "thread_session": session,
            "thread_title": session.title or place,
        }

    async def home(self, request: Request) -> Response:
        """Show a person's App Home; the app is told that it was opened."""
        frame = self.frame(request, title="Home", tab="home")
        person: Someone = frame["person"]
        view = await run_in_threadpool(self._slack.panes.home, person.id)
        self._opened(person, "home")
        return HTMLResponse(self._render("home.html", **frame, view=view))

    def _opened(self, person: Someone, tab: str) -> None:
        channel = self._slack.workspace.direct(person.id).id
        event: dict[str, Any] = {"type": "app_home_opened", "user": person.id, "tab": tab}
        self._deliverer.event({**event, "channel": channel, "event_ts": self._slack.room.now()})

    # --- pieces --------------------------------------------------------------------------------

    async def message(self, request: Request) -> Response:
        """Return one message as it stands, as this person sees it; 204 where they see none."""
        person = self.person(request)
        channel = self.channel(person, request.path_params["channel"])
        place = "thread" if request.query_params.get("in") == "thread" else "channel"
        shown = await run_in_threadpool(
            self._shown, person, channel, request.path_params["ts"], place
        )
        if shown is None:
            return Response(status_code=204)
        return HTMLResponse(self._render.message(shown, person, place=place))

    def _shown(self, person: Someone, channel: Channel, ts: str, place: str) -> Shown | None:
        message = self._slack.room.message(channel.id, ts)
        if message is None or message.to_user not in (None, person.id):
            return None
        summary = None
        if place == "channel":
            summary = self._slack.room.summaries(channel.id, person.id).get(ts)
        return self._render.shown(message, summary)

    async def thread(self, request: Request) -> Response:
        """Return a thread's panel."""
        person = self.person(request)
        channel = self.channel(person, request.path_params["channel"])
        ts = request.path_params["ts"]
        context = await run_in_threadpool(self._thread, person, channel, ts)
        if context["thread"] is None:
            return Response(status_code=204)
        return HTMLResponse(self._render("thread.html", person=person, channel=channel, **context))

    async def modal(self, request: Request) -> Response:
        """Return the modal that the person sees; 204 where there is none."""
        person = self.person(request)
        view = await run_in_threadpool(self._slack.panes.top, person.id)
        if view is None:
            return Response(status_code=204)
        return HTMLResponse(self._render("modal.html", view=view, person=person))

    async def home_view(self, request: Request) -> Response:
        """Return what stands in App Home."""
        person = self.person(request)
        view = await run_in_threadpool(self._slack.panes.home, person.id)
        return HTMLResponse(self._render("home_view.html", view=view, person=person))

    async def status(self, request: Request) -> Response:
        """Return what the app says it is at."""
        person = self.person(request)
        channel = self.channel(person, request.path_params["channel"])
        thread = request.query_params.get("thread") or None
        session = await run_in_threadpool(self._slack.sessions.get, channel.id, thread)
        return HTMLResponse(self._render("status.html", session=session, where=thread or ""))

    async def inspect(self, request: Request) -> Response:
        """Return the raw JSON of a message."""
        message = await self.found(request, request.path_params["ts"])
        return JSONResponse(message.body)

    async def file(self, request: Request) -> Response:
        """Return a shared file: a picture, text, or an email's HTML that can do nothing."""
        file = await run_in_threadpool(self._slack.shelf.file, request.path_params["file_id"])
        if file is None or file.content is None or file.channel is None:
            raise HTTPException(404, "There is no such file.")
        return served(file)

    async def found(self, request: Request, ts: str) -> Message:
        """Return a message that the person may see."""
        person = self.person(request)
        channel = self.channel(person, request.path_params["channel"])
        message = await run_in_threadpool(self._slack.room.message, channel.id, ts)
        if message is None or message.to_user not in (None, person.id):
            raise HTTPException(404, "There is no such message.")
        return message

    # --- live ----------------------------------------------------------------------------------

    async def events(self, request: Request) -> Response:
        """Stream notes of what changed since the page was drawn, or since it was last heard."""
        self.person(request)
        after = request.headers.get("last-event-id") or request.query_params.get("after", "")
        return StreamingResponse(self._stream(after), media_type="text/event-stream")

    async def _stream(self, after: str) -> AsyncIterator[str]:
        with self._slack.hub.listen(after) as queue:
            yield "retry: 700\n: hello\n\n"
            while True:
                try:
                    note = await asyncio.wait_for(queue.get(), _HEARTBEAT_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if note is None:
                    return
                yield f"id: {note[0]}\ndata: {json.dumps(note[1])}\n\n"
