"""The stops of the tour about records: repairs asked for, approved as a batch, applied, undone.

One record is changed by somebody else while the draft waits: it is left alone and reported, and
what the undo puts back is compared with the stored rows of before, byte for byte.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from gates.draft import Draft
from placet.store.views import read_receipts

from .tour import Tour

__all__ = ["fixed", "flawed", "put_back"]

WORDS = "Clean up the phone numbers of Spanish contacts"
_CALLED_IN = "+34910000000"


def flawed(tour: Tour) -> None:
    """Ask for repairs and read their card."""
    tour.stop("Repairs are asked for in words; each has its before, after and reason")
    draft = tour.kept["fix"] = tour.ask(WORDS, person="ana")
    tour.card(draft)
    changes = tour.kept["changes"] = _changes(tour, draft)
    tour.kept["rows"] = tour.placet.records.writer.rows("contact", list(changes))
    tour.show(len(changes) > 1, f"{len(changes):,} contacts would change, and none has yet")
    told = all(one["why"] and one["confidence"] for one in changes.values())
    tour.show(told, "each change says why, and how sure it is")


def fixed(tour: Tour) -> None:
    """Approve the batch; one of its records was changed meanwhile."""
    tour.stop("One of them is changed by somebody else meanwhile; the others are repaired, once")
    draft, changes, rows = tour.kept["fix"], tour.kept["changes"], tour.kept["rows"]
    moved = tour.kept["moved"] = min(changes)
    tour.command("placet import contacts called_in.csv")
    _call_in(tour, rows[moved])
    tour.decide(draft, "approve", person="ben")
    tour.settled(draft, into="partial")
    now = _phones(tour, changes)
    right = all(now[one] == changes[one]["after"] for one in changes if one != moved)
    tour.show(right, f"{len(changes) - 1:,} phone numbers are exactly those approved")
    tour.must(now[moved] == _CALLED_IN, "the one that was changed since is left as it is")
    receipt = tour.kept["fix_receipt"] = _receipt(tour, draft)
    told = str(receipt["body"]["note"])
    counted = told.startswith(f"{len(changes) - 1:,} of {len(changes):,} records were changed")
    tour.show(counted and "changed since" in told, f"receipt {receipt['id']} says so: {told}")


def put_back(tour: Tour) -> None:
    """Undo it, through the same gate."""
    tour.stop("The repairs are taken back, through the same gate")
    receipt = tour.kept["fix_receipt"]
    tour.command(f"placet undo {receipt['id']} --as ana")
    draft = tour.placet.desk.undo(receipt["id"], person=tour.person("ana"))
    tour.line(f"Draft {draft.revision.draft_id}: {draft.revision.summary}")
    tour.decide(draft, "approve", person="ben")
    tour.settled(draft, into="executed")
    rows, moved = tour.kept["rows"], tour.kept["moved"]
    now = tour.placet.records.writer.rows("contact", list(rows))
    same = all(now[one] == row for one, row in rows.items() if one != moved)
    tour.show(same, f"{len(rows) - 1:,} records are as before, every field of them")
    tour.show(
        now[moved]["phone"] == _CALLED_IN, "and the one that was never repaired was not touched"
    )


# --- reading state back --------------------------------------------------------------------------


def _changes(tour: Tour, draft: Draft) -> dict[str, dict[str, Any]]:
    """Return the approved change of each record, from the file that the digest covers."""
    data = tour.placet.files.read(draft.revision.action["changes"]["sha256"])
    found = map(json.loads, data.decode("utf-8").splitlines())
    return {one["record"]: one for one in found}


def _call_in(tour: Tour, row: Mapping[str, str | None]) -> None:
    """Let somebody else change one phone number, through the real importer."""
    from tools.crm.importing import import_file

    path = tour.folder / "called_in.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["Email", "Phone Number"], [row["email"], _CALLED_IN]])
    report = import_file(
        tour.placet.crm_engine, "contacts", path, dry_run=False, zone=ZoneInfo("UTC"),
        progress=lambda _done, _size: None, clock=tour.placet.clock,
    )  # fmt: skip
    tour.must(report.updated == 1, "the import changed one contact")


def _phones(tour: Tour, ids: Mapping[str, Any]) -> dict[str, str | None]:
    rows = tour.placet.records.writer.rows("contact", list(ids), fields=["phone"])
    return {one: row["phone"] for one, row in rows.items()}


def _receipt(tour: Tour, draft: Draft) -> dict[str, Any]:
    wanted = draft.revision.draft_id
    with tour.placet.book.reader.connect() as connection:
        return next(one for one in read_receipts(connection) if one["draft_id"] == wanted)
