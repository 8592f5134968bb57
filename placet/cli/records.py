"""`placet tickets` and `placet receipts`: what a person must do, and what was really changed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from placet.errors import BadInput, NotFound

from .inert import plain
from .options import json_option
from .output import emit, say, table
from .session import opened, reading_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sqlalchemy as sa

    from tools.tickets.port import Ticket

__all__ = ["made_in_words", "receipts", "tickets"]


# --- tickets -------------------------------------------------------------------------------------


@click.command(short_help="List the tickets, or show one.")
@click.argument("ticket_id", metavar="[ID]", required=False)
@click.option("--state", type=click.Choice(["open", "closed"]), help="Only tickets in this state.")
@json_option
def tickets(*, ticket_id: str | None, state: str | None, as_json: bool) -> None:
    """List the tickets, newest first; with an ID, show one with its manual steps."""
    from tools.tickets.local import read_tickets

    with opened() as placet, reading_of(placet) as connection:
        found = [
            one
            for one in read_tickets(connection)
            if (state is None or one.state == state) and ticket_id in (None, one.id)
        ]
    if ticket_id is not None and not found:
        raise NotFound(f"There is no ticket {ticket_id}; `placet tickets` lists them.")
    if as_json:
        emit(found[0] if ticket_id is not None else found)
    elif ticket_id is not None:
        _print_ticket(found[0])
    else:
        _list_tickets(found)


def _list_tickets(found: Sequence[Ticket]) -> None:
    table(
        ["id", "state", "reason", "title", "draft"],
        [[one.id, one.state, one.reason, one.title, one.draft_id] for one in found],
        empty="There are no tickets.",
        whole=["id", "draft"],
    )


def _print_ticket(one: Ticket) -> None:
    say(f"{one.id}  {one.state}, opened {one.opened_at:%Y-%m-%d %H:%M} UTC: {one.reason}")
    say(one.title)
    say(f"\n{one.text}")
    if one.steps:
        say("\nBy hand:")
    for number, step in enumerate(one.steps, start=1):
        say(f"  {number}. {step}")
    if one.outcome:
        say(f"\nOutcome: {one.outcome}")


# --- receipts ------------------------------------------------------------------------------------


@click.command(short_help="List the receipts, or show one.")
@click.argument("receipt_id", metavar="[ID]", required=False)
@click.option("--results", "file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="With an ID: write what became of each record to a CSV file.")  # fmt: skip
@json_option
def receipts(*, receipt_id: str | None, file: Path | None, as_json: bool) -> None:
    """List the receipts, oldest first; with an ID, show one."""
    from placet.store.views import read_outcomes, read_receipt, read_receipts

    if file is not None and receipt_id is None:
        raise BadInput("--results needs the receipt's ID; `placet receipts` lists them.")
    with opened() as placet, reading_of(placet) as connection:
        if receipt_id is not None:
            one = read_receipt(connection, receipt_id)
            if file is not None:
                outcomes = _of_records(connection, one, read_outcomes(connection, one["permit_id"]))
                one |= {"results": {"file": str(file), **_write_results(file, outcomes)}}
            emit(one) if as_json else _print_receipt(one)
            return
        found = read_receipts(connection)
    if as_json:
        emit(found)
    else:
        _list_receipts(found)


def _of_records(
    connection: sa.Connection, receipt: dict[str, Any], outcomes: Sequence[dict[str, Any]]
) -> Sequence[dict[str, Any]]:
    """Leave out steps that are no record, such as the list that was made, where others are."""
    from gates.targets import Targets
    from placet.store.book import read_draft, read_members

    targets = read_draft(connection, receipt["draft_id"]).revision.action["targets"]
    members = set(read_members(connection, Targets.model_validate(targets)))
    return [one for one in outcomes if one["item"] in members] or outcomes


_STANDS: dict[str, Literal["done", "skipped", "unknown"]] = {
    "done": "done",
    "failed": "skipped",
    "claimed": "unknown",
    "unknown": "unknown",
}
"""How an item's state is called in the list of results; any other was never tried."""


def _write_results(file: Path, outcomes: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Write the list; returns how many records there are of each kind."""
    from agents.records.card import RecordResult, results_card

    found = [
        RecordResult(
            record=one["item"], state=_STANDS.get(one["state"], "left"), why=one["error"] or ""
        )
        for one in outcomes
    ]
    (whole,) = results_card(found, {}).files
    try:
        file.write_bytes(whole.data)
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}.") from None
    return dict(Counter(one.state for one in found))


def _list_receipts(found: Sequence[dict[str, Any]]) -> None:
    table(
        ["id", "draft", "kind", "state", "steps", "at (UTC)"],
        [
            [
                one["id"],
                one["draft_id"],
                one["kind"],
                one["state"],
                f"{one['body'].get('done', 0)}/{one['body'].get('total', 0)}",
                one["at"][:16].replace("T", " "),
            ]
            for one in found
        ],
        empty="There are no receipts: nothing was carried out yet.",
        right=["steps"],
        whole=["id", "draft", "kind", "state", "at (UTC)"],
    )


def _steps(receipt: dict[str, Any]) -> str:
    body = receipt["body"]
    return f"{body.get('done', 0):,} of {body.get('total', 0):,}"


def _print_receipt(one: dict[str, Any]) -> None:
    say(f"{one['id']}  {one['state']} at {one['at']}")
    say(f"Draft {one['draft_id']}, revision {one['revision']}, digest {one['digest'][:12]}")
    say(plain(one["body"].get("note") or f"{_steps(one)} steps were carried out."))
    for why, count in one["body"].get("reasons", {}).items():
        say(f"  {count:,} not done: {plain(why)}")
    if one["body"].get("left"):
        say(f"  {one['body']['left']:,} not tried")
    made = made_in_words(one)
    if made:
        say(f"Made: {made}")
    if "results" in one:
        say(f"What became of each record: {plain(one['results']['file'])}")
    say(f"Take it back with: placet undo {one['id']}")


def made_in_words(receipt: dict[str, Any]) -> str:
    """Return what the first step made, for example a list and its remote id."""
    made = receipt["body"].get("made", {})
    return ", ".join(
        f"{item}: {result if not isinstance(result, dict) else _pairs(result)}"
        for item, result in made.items()
    )


def _pairs(result: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in result.items())
