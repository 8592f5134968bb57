"""A steady rate that several workers keep together: one row per limit, messages evenly spaced.

A limit is free again one interval after the last message that used it, so nothing ever leaves in a
burst, not even after a pause. Who must wait long gets a moment to come back at, each a different
one, so that thousands do not ask at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from tools.email.model import Schedule
from tools.email.store.schema import paces
from tools.portable import insert_or_skip

from .limits import Limits
from .times import micros, moment

__all__ = ["limits_of", "take"]

_MINUTE = 60_000_000


def limits_of(domain: str, campaign: str, schedule: Schedule, limits: Limits) -> Mapping[str, int]:
    """Return the limits that a message must pass, by name: messages a minute."""
    wanted: dict[str, int | None] = {
        "all": limits.per_minute,
        f"domain:{domain}": limits.per_domain_per_minute,
        f"{campaign}": schedule.per_minute,
        f"{campaign}:{domain}": schedule.per_domain_per_minute,
    }
    return {name: rate for name, rate in wanted.items() if rate is not None}


def take(
    connection: sa.Connection, rates: Mapping[str, int], *, now: datetime, limits: Limits
) -> float | datetime:
    """Take one message's turn under all of these limits.

    Returns:
        How many seconds to wait before using the turn, or, where that would be more than
        `limits.longest_gap`, the moment to ask again at; then no turn was taken.
    """
    at = micros(now)
    rows = _rows(connection, sorted(rates), at)
    turn = max(at, *(free for free, _ in rows.values()))
    if turn - at <= limits.longest_gap * 1e6:
        _set(connection, {name: turn + _MINUTE // rates[name] for name in rates}, "free_at")
        return (turn - at) / 1e6
    narrow = max(rates, key=lambda name: rows[name][0])
    hint = max(turn, rows[narrow][1] + _MINUTE // rates[narrow])
    hint = min(hint, at + int(limits.horizon.total_seconds() * 1e6))
    _set(connection, {narrow: hint}, "hint_at")
    return moment(hint)


def _rows(connection: sa.Connection, names: Sequence[str], at: int) -> dict[str, tuple[int, int]]:
    """Return when each limit is free and its last hint."""
    # In one order, so that two workers never wait for each other.
    query = (
        sa.select(paces.c.name, paces.c.free_at, paces.c.hint_at)
        .where(paces.c.name.in_(names))
        .order_by(paces.c.name)
        .with_for_update()
    )
    found = {row.name: (row.free_at, row.hint_at) for row in connection.execute(query)}
    missing = [name for name in names if name not in found]
    if missing:
        fresh = [{"name": name, "free_at": at, "hint_at": at} for name in missing]
        connection.execute(insert_or_skip(connection, paces), fresh)
        found = {row.name: (row.free_at, row.hint_at) for row in connection.execute(query)}
    return found


def _set(connection: sa.Connection, values: Mapping[str, int], column: str) -> None:
    change = (
        paces.update()
        .where(paces.c.name == sa.bindparam("of_name"))
        .values({column: sa.bindparam("the_time")})
    )
    rows = [{"of_name": name, "the_time": values[name]} for name in sorted(values)]
    connection.execute(change, rows)
