"""Several records made one, and taken apart again; each in the transaction it is called in.

Everything that must hold is looked at with the records locked, and before anything is written. The
result holds the losers whole, what moved, and what the survivor held before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from gates.digest import canonical
from tools.crm.port import FieldSet, Merging, RecordSubject
from tools.execution import Outcome, Refused

from .barring import Shift, carry, hold, remember_address, suppress, take_back
from .children import move, move_back
from .stored import TABLES, differs, fingerprint, text_of, value_of

__all__ = ["merge_one", "unmerge_one"]

_KEPT = frozenset({"id", "updated_at"})
"""What a merge never takes from a loser."""
_STRICT = ("denied", None, "granted")
"""Consent from the strictest to the freest: what is not known is not a yes."""
_Rows = Mapping[str, Mapping[str, Any]]


def merge_one(
    connection: sa.Connection, subject: RecordSubject, merging: Merging, now: int
) -> Outcome:
    """Merge, or say why not; the result holds all it takes to undo it."""
    ids = [merging.survivor, *merging.losers]
    if subject == "contact":
        hold(connection, _addresses(connection, ids))
    rows = _lock(connection, subject, ids)
    refused = _unfit(subject, merging, rows)
    if refused is not None:
        return refused
    moved = move(connection, subject, merging.losers, merging.survivor)
    table = TABLES[subject]
    connection.execute(table.delete().where(table.c.id.in_(merging.losers)))
    values = {one.field: value_of(table.c[one.field], one.after) for one in merging.sets}
    _update(connection, table, merging.survivor, values | {"updated_at": now})
    before = rows[merging.survivor]
    result = {
        "survivor": merging.survivor,
        "losers": [dict(rows[one]) for one in sorted(merging.losers)],
        "fields": {
            one.field: {"before": text_of(before[one.field]), "after": one.after}
            for one in merging.sets
        },
        "updated_at": {"before": before["updated_at"], "after": now},
        "moved": moved,
        "beside": _bar(connection, merging, rows, now) if subject == "contact" else [],
    }
    return canonical(result)


def _addresses(connection: sa.Connection, ids: Sequence[str]) -> list[str]:
    contacts = TABLES["contact"]
    return list(connection.scalars(sa.select(contacts.c.email).where(contacts.c.id.in_(ids))))


def _lock(connection: sa.Connection, subject: RecordSubject, ids: Iterable[str]) -> _Rows:
    table = TABLES[subject]
    query = sa.select(table).where(table.c.id.in_(list(ids))).order_by(table.c.id)
    found = connection.execute(query.with_for_update()).mappings()
    return {row["id"]: dict(row) for row in found}


def _unfit(subject: RecordSubject, merging: Merging, rows: _Rows) -> Refused | None:
    """Return why these records are not merged as approved, or None."""
    ids = [merging.survivor, *merging.losers]
    if len(set(ids)) != len(ids) or not merging.losers or set(merging.seen) != set(ids):
        return Refused(why="the plan does not name each record once with what was seen of it")
    gone = sorted(set(ids) - set(rows))
    if gone:
        return Refused(why=f"no longer in the CRM: {subject} {', '.join(gone)}")
    changed = sorted(one for one in ids if fingerprint(rows[one]) != merging.seen[one])
    if changed:
        return Refused(why=f"changed since it was approved: {subject} {', '.join(changed)}")
    return _invented(subject, merging, rows) or _freer(subject, merging, rows)


def _invented(subject: RecordSubject, merging: Merging, rows: _Rows) -> Refused | None:
    """Return which value comes from none of the records, or that a field is not to be set."""
    table = TABLES[subject]
    for one in merging.sets:
        column = table.c.get(one.field)
        if column is None or one.field in _KEPT:
            return Refused(why=f"a merge does not set {one.field}")
        if differs(column, rows[merging.survivor][one.field], one.before):
            return Refused(why=f"the plan is wrong about the survivor's {one.field}")
        if all(differs(column, row[one.field], one.after) for row in rows.values()):
            return Refused(why=f"the new {one.field} is the value of none of the records")
    return None


def _freer(subject: RecordSubject, merging: Merging, rows: _Rows) -> Refused | None:
    """Return that the merged contact could be written to more freely than one of its parts."""
    if subject != "contact":
        return None
    becomes = _after(merging.sets, "consent", rows[merging.survivor]["consent"])
    strictest = min(_rank(row["consent"]) for row in rows.values())
    if _rank(becomes) > strictest:
        return Refused(why="one of the records gives less consent than the merged one would have")
    return None


def _after(sets: Sequence[FieldSet], field: str, otherwise: Any) -> Any:
    return next((one.after for one in sets if one.field == field), otherwise)


def _rank(consent: str | None) -> int:
    # Any spelling that is no yes counts as not known.
    known = consent.lower() if consent is not None else None
    return _STRICT.index(known) if known in _STRICT else 1


def _bar(connection: sa.Connection, merging: Merging, rows: _Rows, now: int) -> list[Shift]:
    """Let every part's opt-outs count for the address that stays, now and when they come later."""
    stays = str(_after(merging.sets, "email", rows[merging.survivor]["email"]))
    shifts: list[Shift] = []
    for address in sorted({str(row["email"]) for row in rows.values()} - {stays}):
        shifts += carry(connection, address, stays)
        shifts += remember_address(connection, address, merging.survivor, now)
    if merging.suppress is not None:
        shifts += suppress(connection, stays, merging.suppress, now)
    return shifts


def _update(
    connection: sa.Connection, table: sa.Table, record: str, values: Mapping[str, Any]
) -> None:
    connection.execute(table.update().where(table.c.id == record).values(dict(values)))


# --- and back ------------------------------------------------------------------------------------


def unmerge_one(
    connection: sa.Connection, subject: RecordSubject, result: Mapping[str, Any], now: int
) -> Outcome:
    """Take a merge back, or say why not."""
    table, survivor, losers = TABLES[subject], result["survivor"], result["losers"]
    if subject == "contact":
        there = _addresses(connection, [survivor])
        hold(connection, {*there, *(row["email"] for row in losers)})
    rows = _lock(connection, subject, [survivor])
    refused = _stuck(connection, subject, result, rows.get(survivor))
    if refused is not None:
        return refused
    wrote = result["updated_at"]
    untouched = rows[survivor]["updated_at"] == wrote["after"]
    values = {
        name: value_of(table.c[name], one["before"]) for name, one in result["fields"].items()
    }
    moment = wrote["before"] if untouched else now
    stays = take_back(connection, result["beside"])  # its rows refer to the survivor
    _update(connection, table, survivor, values | {"updated_at": moment})
    connection.execute(table.insert(), [dict(row) for row in losers])
    missing = move_back(connection, result["moved"], survivor)
    return canonical(
        {
            "survivor": survivor,
            "restored": [row["id"] for row in losers],
            "updated_at": moment,
            "missing": missing,
            "stays": stays,
        }
    )


def _stuck(
    connection: sa.Connection, subject: RecordSubject, result: Mapping[str, Any],
    row: Mapping[str, Any] | None,
) -> Refused | None:  # fmt: skip
    table = TABLES[subject]
    if row is None:
        return Refused(
            why=f"{subject} {result['survivor']} is no longer in the CRM; if it was merged since, "
            "undo that merge first"
        )
    for name, one in result["fields"].items():
        if differs(table.c[name], row[name], one["after"]):
            return Refused(why=f"changed since: {name} of {subject} {result['survivor']}")
    ids = [one["id"] for one in result["losers"]]
    taken: sa.ColumnElement[bool] = table.c.id.in_(ids)
    if subject == "contact":
        back = {one["email"] for one in result["losers"]}
        if "email" in result["fields"]:
            back.add(result["fields"]["email"]["before"])
        other = table.c.email.in_(back), table.c.id != result["survivor"]
        taken = sa.or_(taken, sa.and_(*other))
        still = row["email"] in back and "email" not in result["fields"]
    else:
        still = False
    found = connection.scalars(sa.select(table.c.id).where(taken)).first()
    if found is not None or still:
        return Refused(
            why=f"{subject} {found or result['survivor']} has the place or the address of one that "
            "would come back"
        )
    return _homeless(connection, subject, result)


def _homeless(
    connection: sa.Connection, subject: RecordSubject, result: Mapping[str, Any]
) -> Refused | None:
    """Return that a contact's company is gone, which a row that comes back would refer to."""
    if subject != "contact":
        return None
    wanted = {row["company_id"] for row in result["losers"]} - {None}
    before = result["fields"].get("company_id", {}).get("before")
    wanted |= {before} - {None}
    companies = TABLES["company"].c.id
    there = set(connection.scalars(sa.select(companies).where(companies.in_(wanted))))
    if wanted - there:
        return Refused(
            why=f"company {', '.join(sorted(wanted - there))} is no longer in the CRM; undo its "
            "merge first"
        )
    return None
