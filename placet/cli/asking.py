"""`placet ask`: a request in plain words, drafted here and now.

The request and its job are one transaction, as at every door; this process then works the drafting
queue until its own answer is there. Stopped in between, the request waits for the next worker.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import click

from placet.errors import PlacetError

from .inert import plain
from .options import as_option, json_option
from .output import emit, say
from .progress import spinner
from .session import opened, reading_of

if TYPE_CHECKING:
    from gates.draft import Draft
    from placet.wiring import Placet

__all__ = ["answer_of", "ask", "print_answer"]

_POLL_SECONDS = 0.05
_LOOK_EVERY = 40  # polls, so every two seconds
_GONE = {"failed", "cancelled"}


@click.command(short_help="Ask for work in plain words; what comes back is a draft.")
@click.argument("text", nargs=-1, required=True)
@as_option()
@click.option(
    "--thread", metavar="ID", help="Go on with an earlier request, or answer its question."
)
@json_option
def ask(*, text: Sequence[str], person: str | None, thread: str | None, as_json: bool) -> None:
    """Ask for work in plain words; what comes back is a draft, and nothing has been done yet."""
    from placet.store.views import draft_view, read_thread

    with opened() as placet:
        who = placet.person(person)
        with reading_of(placet) as connection:
            goes_on = read_thread(connection, thread) if thread else None
        request_id = placet.desk.ask(" ".join(text), person=who, place="cli", thread=goes_on)
        request = _wait(placet, request_id)
        if request["state"] == "failed":
            raise PlacetError(request["reply"])
        found = placet.desk.drafts(request_id=request_id)
        if as_json:
            views = [draft_view(draft, placet.policy) for draft in found]
            emit(answer_of(request, views))
        else:
            print_answer(placet, request, found)


def answer_of(request: dict[str, Any], views: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what `ask --json` prints."""
    return {
        "request_id": request["id"],
        "thread": request["thread_id"],
        "reply": request["reply"],
        "clarification": request["clarification"],
        "refused": request["refused"],
        "drafts": list(views),
    }


def print_answer(placet: Placet, request: dict[str, Any], found: Sequence[Draft]) -> None:
    """Print the reply, the question with its options, and the card of each draft."""
    from .card import draw_card

    question = request["clarification"]
    if question:
        _print_question(question, request["thread_id"])
    elif not found:
        say(request["reply"])
    for draft in found:
        draw_card(placet, draft)


def _print_question(question: dict[str, Any], thread_id: str) -> None:
    say(question["text"])
    options = question.get("options") or []
    for number, option in enumerate(options, start=1):
        say(f"  {number}. {option}")
    say()
    say(f'Answer with: placet ask --thread {thread_id} "{1 if options else "..."}"')


def _wait(placet: Placet, request_id: str) -> dict[str, Any]:
    """Work the drafting queue in this process until the request is answered."""
    from placet.worker import worker_for  # late: loads DBOS

    worker = worker_for(placet)
    try:
        with spinner("Drafting ..."):
            worker.start(prefix="cli", kinds=("draft",))
            request = _answered(placet, request_id)
    except KeyboardInterrupt:
        _leave(request_id)
    worker.stop()
    return request


def _answered(placet: Placet, request_id: str) -> dict[str, Any]:
    from placet.store.views import read_request

    polls = 0
    while True:
        with reading_of(placet) as connection:
            request = read_request(connection, request_id)
        if request["state"] != "drafting":
            return request
        polls += 1
        if polls % _LOOK_EVERY == 0 and placet.executor.status(f"draft:{request_id}") in _GONE:
            placet.sweeper.sweep()  # answers requests whose job failed for good
        time.sleep(_POLL_SECONDS)


def _leave(request_id: str) -> NoReturn:
    """Stop at once: a model may take minutes to answer, and nothing outside was touched."""
    click.echo(
        f"\nplacet: Stopped. Request {plain(request_id)} stays queued and nothing is lost; "
        "the next worker answers it: `placet work`.",
        err=True,
    )
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(130)  # a thread inside a model call cannot be ended in any other way
