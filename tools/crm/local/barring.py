"""Opt-outs follow the person: what bars one address is carried to the address that replaces it.

Suppressions and topics are kept by address, and outlive the contact. Were an address corrected or
two contacts merged without this, a person who had opted out would be written to again. Every row
that is added or changed is written down with what was there before, so that it can be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tools.portable import queue_behind

from .schema import former_emails, suppressions, topics

__all__ = ["Shift", "carry", "hold", "remember_address", "suppress", "take_back"]

Shift = Mapping[str, Any]
"""One row that was written: `table`, and the row `before` and `after`; None where there is none. A
suppression has `said` too: when the person had refused everything there themselves by then."""

_TABLES = {table.name: table for table in (suppressions, topics, former_emails)}
_OF_THE_ADDRESS = ("bounced", "hard_bounce")
"""Reasons that say something about the mailbox and nothing about the person."""
_EVERYTHING = ""


def hold(connection: sa.Connection, emails: Iterable[str]) -> None:
    """Keep statements about these addresses waiting until the transaction ends.

    Taken before any row is locked, in one order: `tools.email.statements` stands in the same queue.
    """
    for email in sorted(set(emails)):
        queue_behind(connection, f"mail:{email.lower()}")


def carry(connection: sa.Connection, from_email: str, to_email: str) -> list[Shift]:
    """Make `to_email` take no more than `from_email` takes; return the rows written."""
    if from_email == to_email:
        return []
    shifts: list[Shift] = []
    reason = _one(connection, suppressions, {"email": from_email})
    if reason is not None and reason["reason"] not in _OF_THE_ADDRESS:
        shifts += suppress(connection, to_email, reason["reason"], reason["at"])
    query = sa.select(topics).where(topics.c.email == from_email, topics.c.takes.is_(False))
    for row in connection.execute(query).mappings().all():
        shifts += _refuse_topic(connection, to_email, row["topic"], row["at"])
    return shifts


def suppress(connection: sa.Connection, email: str, reason: str, at: int) -> list[Shift]:
    """Put an address on the suppression list.

    Where a bounce put it there already, the opt-out is noted as well: a bounce may be lifted.
    """
    there = _one(connection, suppressions, {"email": email})
    if there is None:
        row = {"email": email, "reason": reason, "at": at}
        said = {"said": _own_word(connection, email)}
        return [{**_write(connection, suppressions, None, row), **said}]
    if there["reason"] in _OF_THE_ADDRESS and reason not in _OF_THE_ADDRESS:
        return _refuse_topic(connection, email, _EVERYTHING, at)
    return []


def _refuse_topic(connection: sa.Connection, email: str, topic: str, at: int) -> list[Shift]:
    there = _one(connection, topics, {"email": email, "topic": topic})
    if there is not None and not there["takes"]:
        return []
    row = {"email": email, "topic": topic, "takes": False, "at": at}
    return [_write(connection, topics, there, row)]


def remember_address(connection: sa.Connection, email: str, contact: str, at: int) -> list[Shift]:
    """Note an address as one that the contact had before; what is said there concerns them."""
    row = {"email": email, "contact_id": contact, "at": at}
    if _one(connection, former_emails, _key(former_emails, row)) is not None:
        return []
    return [_write(connection, former_emails, None, row)]


def take_back(connection: sa.Connection, shifts: Sequence[Shift]) -> list[Shift]:
    """Put back what was there before, except where somebody said something since.

    Returns the rows that stay because they are not as they were written.
    """
    stays: list[Shift] = []
    for shift in reversed(shifts):
        table, before, after = _TABLES[shift["table"]], shift["before"], shift["after"]
        now = _one(connection, table, _key(table, after))
        if now is None or now != dict(after) or _spoken_since(connection, table, shift, shifts):
            stays.append(shift)
        elif before is None:
            connection.execute(table.delete().where(*_where(table, _key(table, after))))
        else:
            _put(connection, table, before)
    return stays


def _spoken_since(
    connection: sa.Connection, table: sa.Table, shift: Shift, shifts: Sequence[Shift]
) -> bool:
    """Return whether the person has opted out at this very address since it was barred."""
    if table is not suppressions:
        return False
    email = shift["after"]["email"]
    wrote = (one["after"] for one in shifts if one["table"] == topics.name)
    ours = {row["at"] for row in wrote if (row["email"], row["topic"]) == (email, _EVERYTHING)}
    return _own_word(connection, email) not in {None, shift["said"], *ours}


def _own_word(connection: sa.Connection, email: str) -> int | None:
    """Return when the person last refused everything at this address; None where they did not."""
    said = _one(connection, topics, {"email": email, "topic": _EVERYTHING})
    return said["at"] if said is not None and not said["takes"] else None


def _write(
    connection: sa.Connection, table: sa.Table, before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
) -> Shift:  # fmt: skip
    if before is None:
        connection.execute(table.insert(), dict(after))
    else:
        _put(connection, table, after)
    return {"table": table.name, "before": before, "after": dict(after)}


def _put(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> None:
    key = _key(table, row)
    rest = {name: value for name, value in row.items() if name not in key}
    connection.execute(table.update().where(*_where(table, key)).values(rest))


def _one(
    connection: sa.Connection, table: sa.Table, key: Mapping[str, Any]
) -> dict[str, Any] | None:
    row = connection.execute(sa.select(table).where(*_where(table, key))).mappings().first()
    return None if row is None else dict(row)


def _key(table: sa.Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {column.name: row[column.name] for column in table.primary_key}


def _where(table: sa.Table, key: Mapping[str, Any]) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == value for name, value in key.items()]
