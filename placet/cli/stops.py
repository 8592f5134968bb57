"""The stops of the tour, in order; each tells what happens and checks that it really did."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gates.draft import Draft
from gates.ledger import verify
from placet.errors import Conflict, LedgerBroken, NotAllowed
from placet.store.ledger import read_entries
from placet.store.views import read_receipts, read_replacement
from tools.crm.local.schema import companies, contacts, events
from tools.crm.port import ListInfo
from tools.segments.inert import show
from tools.tickets.local import read_tickets

from . import stops_email, stops_records
from .ledger import export_to, read_export
from .tour import Tour

__all__ = ["STOPS"]

FIRST = (
    "VPs of marketing in Germany or France who opened an email in the last 30 days "
    "and are not customers"
)
SECOND = "Everyone in Spain with more than 200 employees"
THIRD = "Marketing managers in the United Kingdom"
_REASON = "Spain is with the partner team until January"


# --- 1. the home ---------------------------------------------------------------------------------


def a_company(tour: Tour) -> None:
    """Count what the throw-away home was filled with."""
    tour.stop(
        "A made-up company on a throw-away home; three people: ana asks, ben and cleo approve"
    )
    with tour.placet.crm_engine.connect() as connection:
        people, firms, happenings = (
            connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in (contacts, companies, events)
        )
    words = f"{people:,} contacts, {firms:,} companies, {happenings:,} events"
    tour.show(min(people, firms, happenings) > 0, words)


# --- 2. ask, approve, execute --------------------------------------------------------------------


def asked(tour: Tour) -> None:
    """Ask for a segment and read its card."""
    tour.stop("A request in plain words becomes a draft; nothing is done yet")
    before = len(tour.placet.crm.lists())
    draft = tour.kept["first"] = tour.ask(FIRST, person="ana")
    tour.card(draft)
    members = tour.placet.desk.members(draft)
    tour.show(len(members) > 0, f"the draft names {len(members):,} members, each of them by id")
    tour.show(len(tour.placet.crm.lists()) == before, "no list was made in the CRM")


def approved(tour: Tour) -> None:
    """Approve it: not the one who asked, but someone who may."""
    tour.stop("Somebody else must say yes to exactly that")
    draft = tour.kept["first"]
    try:
        tour.decide(draft, "approve", person="ana")
    except NotAllowed as refusal:
        tour.line(str(refusal))
    tour.show(tour.draft(_id(draft)).state.value == "pending", "ana's own yes did not count")
    tour.decide(draft, "approve", person="ben")


def executed(tour: Tour) -> None:
    """The worker carries it out, once."""
    tour.stop("The worker carries it out, exactly once, and writes a receipt")
    draft = tour.settled(tour.kept["first"], into="executed")
    made = _list_of(tour, draft)
    tour.must(made is not None, "the list is in the CRM")
    members = list(tour.placet.crm.members_of(made.id)) if made else []
    wanted = sorted(tour.placet.desk.members(draft))
    tour.show(
        members == wanted,
        f"list {show(_name(draft))} has {len(members):,} members: exactly those approved",
    )
    receipt = tour.kept["receipt"] = _receipt(tour, draft)
    tour.show(
        receipt["body"]["done"] == receipt["body"]["total"] == len(wanted) + 1,
        f"receipt {receipt['id']}: {receipt['body']['done']:,} steps done, one for the list and "
        "one for each member",
    )
    try:
        tour.decide(draft, "approve", person="cleo")
    except Conflict as conflict:
        tour.line(str(conflict))
    tour.show(len(_receipts(tour, draft)) == 1, "it ran once: there is one receipt")


# --- 3. reject -----------------------------------------------------------------------------------


def rejected(tour: Tour) -> None:
    """Reject a draft; a ticket says why and how it would be done by hand."""
    tour.stop("A second draft is rejected: nothing runs, and a ticket is logged")
    lists = len(tour.placet.crm.lists())
    draft = tour.ask(SECOND, person="ana")
    tour.line(f"Draft {_id(draft)}: {draft.revision.summary}")
    tour.decide(draft, "reject", person="ben", reason=_REASON)
    with tour.placet.book.reader.connect() as connection:
        found = [one for one in read_tickets(connection) if one.draft_id == _id(draft)]
    tour.must(len(found) == 1 and _REASON in found[0].text, "one ticket, with the reason")
    tour.show(found[0].state == "open", f"ticket {found[0].id} is open: {found[0].title}")
    tour.line(f"By hand it would be: {found[0].steps[0]}" if found[0].steps else "")
    tour.show(len(tour.placet.crm.lists()) == lists, "no list was made")


# --- 4. stale ------------------------------------------------------------------------------------


def stale(tour: Tour) -> None:
    """Approve a draft whose people then change; it must not run."""
    tour.stop("A third draft is approved, but its data moves before it runs: refused as stale")
    draft = tour.ask(THIRD, person="ana")
    tour.line(f"Draft {_id(draft)}: {draft.revision.summary}")
    tour.command("placet pause --as cleo")
    tour.line(tour.placet.desk.pause(person=tour.person("cleo")))
    tour.decide(draft, "approve", person="ben")
    tour.command("placet import contacts moved.csv")
    changed = _move_data(tour, draft)
    tour.line(f"{changed:,} of the members are sales directors in Norway now.")
    tour.command("placet resume --as cleo")
    tour.line(tour.placet.desk.resume(person=tour.person("cleo")))
    tour.placet.sweeper.sweep()
    ended = tour.settled(draft, into="stale")
    tour.line(f"Stale: {ended.note}")
    tour.show(_list_of(tour, ended) is None, "nothing ran: no such list is in the CRM")
    _offered_again(tour, ended, changed)


def _move_data(tour: Tour, draft: Draft) -> int:
    """Change a third of the members through the real importer."""
    from zoneinfo import ZoneInfo

    from tools.crm.importing import import_file

    rows = tour.placet.segments.rows(tour.placet.desk.members(draft))
    moved = rows[: max(1, len(rows) // 3)]
    path = tour.folder / "moved.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(["Email", "Job Title", "Country/Region"])
        sheet.writerows([row.email, "Sales Director", "Norway"] for row in moved)
    report = import_file(
        tour.placet.crm_engine, "contacts", path, dry_run=False, zone=ZoneInfo("UTC"),
        progress=lambda _done, _size: None, clock=tour.placet.clock,
    )  # fmt: skip
    tour.must(report.updated == len(moved), f"the import changed {len(moved):,} contacts")
    return report.updated


def _offered_again(tour: Tour, ended: Draft, changed: int) -> None:
    with tour.placet.book.reader.connect() as connection:
        fresh_id = read_replacement(connection, _id(ended))
    tour.must(fresh_id is not None, "a fresh draft was made in its place")
    fresh = tour.draft(str(fresh_id))
    tour.card(fresh)
    before, now = (len(tour.placet.desk.members(one)) for one in (ended, fresh))
    tour.show(
        fresh.state.value == "pending" and now == before - changed,
        f"draft {fresh_id} waits in its place with {now:,} members, {changed:,} fewer",
    )


# --- 5. undo -------------------------------------------------------------------------------------


def undone(tour: Tour) -> None:
    """Take the first list back, through the same gate."""
    tour.stop("The first list is taken back, through the same gate")
    receipt = tour.kept["receipt"]
    tour.command(f"placet undo {receipt['id']} --as ana")
    draft = tour.placet.desk.undo(receipt["id"], person=tour.person("ana"))
    tour.line(f"Draft {_id(draft)}: {draft.revision.summary}")
    tour.must(_list_of(tour, tour.kept["first"]) is not None, "the list is still there")
    tour.decide(draft, "approve", person="ben")
    ended = tour.settled(draft, into="executed")
    tour.show(_list_of(tour, tour.kept["first"]) is None, "the list is gone from the CRM's lists")
    tour.show(
        bool(_receipts(tour, ended)), f"the undo has its own receipt, {_receipt(tour, ended)['id']}"
    )


# --- 6. the ledger -------------------------------------------------------------------------------


def verified(tour: Tour) -> None:
    """Verify the record, here and from an export, and see a change in it."""
    tour.stop("The record proves it: every step above is sealed to the one before")
    placet = tour.placet
    tour.command("placet ledger verify")
    with placet.book.reader.connect() as connection:
        head = verify(read_entries(connection), key=placet.key)
        export = tour.folder / "ledger.jsonl"
        rows = export_to(export, read_entries(connection))
    tour.show(rows == head.seq > 0, f"{head.seq:,} rows verify, head {head.hash[:12]}")
    tour.command("placet ledger export ledger.jsonl && placet ledger verify ledger.jsonl")
    offline = verify(read_export(export), key=placet.key, expect=head)
    tour.show(offline == head, "the export verifies too, with the key and without the database")
    broken = _forged(export)
    try:
        verify(read_export(broken), key=placet.key)
    except LedgerBroken as found:
        tour.line(f"In a copy, ana is written over ben. {found}")
        tour.show(True, "the forged copy was refused")
    else:
        tour.must(False, "a forged copy is refused")


def _forged(export: Path) -> Path:
    """Copy an export and put one person in another's place in it."""
    lines = export.read_text(encoding="utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if json.loads(line)["event"] == "draft.approved")
    lines[at] = lines[at].replace("local/ben", "local/ana")
    copy = export.with_name("forged.jsonl")
    copy.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return copy


# --- reading state back --------------------------------------------------------------------------


def _id(draft: Draft) -> str:
    return draft.revision.draft_id


def _name(draft: Draft) -> str:
    return str(draft.revision.action["segment"]["name"])


def _list_of(tour: Tour, draft: Draft) -> ListInfo | None:
    return next((one for one in tour.placet.crm.lists() if one.name == _name(draft)), None)


def _receipts(tour: Tour, draft: Draft) -> list[dict[str, Any]]:
    with tour.placet.book.reader.connect() as connection:
        return [one for one in read_receipts(connection) if one["draft_id"] == _id(draft)]


def _receipt(tour: Tour, draft: Draft) -> dict[str, Any]:
    found = _receipts(tour, draft)
    tour.must(len(found) == 1, "there is one receipt")
    return found[0]


STOPS: tuple[Callable[[Tour], None], ...] = (
    a_company,
    asked,
    approved,
    executed,
    rejected,
    stale,
    undone,
    stops_email.invited,
    stops_email.tried,
    stops_email.sent,
    stops_email.left,
    stops_email.another_time,
    stops_records.flawed,
    stops_records.fixed,
    stops_records.put_back,
    verified,
)
