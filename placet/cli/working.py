"""`placet work`, `undo`, `pause` and `resume`: carrying out, taking back, and stopping it all."""

from __future__ import annotations

import signal
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from placet.errors import NotAllowed

from .options import as_option, json_option
from .output import emit, say
from .session import opened, reading_of

if TYPE_CHECKING:
    from gates.ledger import Entry
    from gates.people import Person
    from placet.wiring import Placet
    from placet.worker import Worker

__all__ = ["pause", "resume", "undo", "work"]


# --- work ----------------------------------------------------------------------------------------


@click.command()
@click.option("--drain", is_flag=True, help="Do what is due, then exit.")
@json_option
def work(*, drain: bool, as_json: bool) -> None:
    """Draft what was asked for and carry out what was approved.

    Runs until Ctrl-C or SIGTERM, which let the running step end first; --drain does what is due
    and exits. Several workers may run side by side.
    """
    from placet.store.ledger import read_head
    from placet.store.views import read_events

    with opened() as placet:
        with reading_of(placet) as connection:
            before = read_head(connection).seq
        slot = _work(placet, drain=drain, quiet=as_json)
        paused = _paused(placet)
        with reading_of(placet) as connection:
            # What a worker did in weeks is in the ledger; only a drain is short enough to list.
            events = read_events(connection, after=before) if drain else ()
    done = [_outcome(entry) for entry in events if entry.person is None]
    if as_json:
        emit({"slot": slot, "drained": drain, "paused": paused, "done": done})
    elif drain:
        _print(done, paused=paused)
    else:
        say("Stopped.")


def _work(placet: Placet, *, drain: bool, quiet: bool) -> str:
    from placet.worker import worker_for  # late: loads DBOS

    worker = worker_for(placet)
    slot = worker.start(prefix=placet.settings.worker_slot)
    if drain:
        try:
            worker.drain()
        finally:
            worker.stop()
        return slot
    if not quiet:
        say(f"Working as {slot}; Ctrl-C stops after the running step.")
    _run_until_told(worker)
    return slot


def _run_until_told(worker: Worker) -> None:
    """Run until SIGINT or SIGTERM; a second one ends the process the hard way."""
    # The worker is stopped from a thread of its own: a handler that raised could hit a sweep in
    # the middle, and one that waited would block the very loop that it waits for.
    stopping = threading.Thread(target=worker.stop, name="placet-stop")

    def stop(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        if stopping.ident is None:
            stopping.start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    try:
        worker.run()
    finally:
        if stopping.ident is None:
            stopping.start()
        stopping.join()


def _paused(placet: Placet) -> bool:
    from placet.store.switch import is_on

    with reading_of(placet) as connection:
        return is_on(connection)


def _outcome(entry: Entry) -> dict[str, Any]:
    return {
        "draft_id": entry.draft_id,
        "event": entry.event,
        "receipt": entry.body.get("receipt"),
        "note": entry.body.get("note") or entry.body.get("title"),
    }


def _print(done: Sequence[dict[str, Any]], *, paused: bool) -> None:
    for one in done:
        if one["event"] == "run.started":
            continue
        receipt = f" Receipt {one['receipt']}." if one["receipt"] else ""
        how = str(one["event"]).rpartition(".")[2]
        say(f"{one['draft_id']} {how}: {one['note']}{receipt}")
    if paused:
        say("Execution is paused; `placet resume` lets it go on.")
    elif not done:
        say("Nothing was due.")


# --- undo ----------------------------------------------------------------------------------------


@click.command(short_help="Draft the undoing of a receipt.")
@click.argument("receipt_id", metavar="RECEIPT_ID")
@as_option()
@json_option
def undo(*, receipt_id: str, person: str | None, as_json: bool) -> None:
    """Draft the undoing of a receipt; it waits for approval like any other draft."""
    from placet.store.views import draft_view

    with opened() as placet:
        draft = placet.desk.undo(receipt_id, person=placet.person(person))
        if as_json:
            emit(draft_view(draft, placet.policy))
            return
        from .card import draw_card

        draw_card(placet, draft)


# --- pause and resume ----------------------------------------------------------------------------


@click.command()
@as_option(default="the policy's first admin")
@json_option
def pause(*, person: str | None, as_json: bool) -> None:
    """Stop all execution before the next call to a destination."""
    _turn(person, on=True, as_json=as_json)


@click.command()
@as_option(default="the policy's first admin")
@json_option
def resume(*, person: str | None, as_json: bool) -> None:
    """Let execution go on where it stopped."""
    _turn(person, on=False, as_json=as_json)


def _turn(name: str | None, *, on: bool, as_json: bool) -> None:
    with opened() as placet:
        person = placet.person(name) if name else _first_admin(placet)
        words = placet.desk.pause(person=person) if on else placet.desk.resume(person=person)
    if as_json:
        emit({"paused": on, "words": words})
    else:
        say(words)


def _first_admin(placet: Placet) -> Person:
    for member in placet.policy.people.values():
        if member.admin:
            return member.person
    raise NotAllowed("The policy names no admin; set admin = true for someone in policy.toml.")
