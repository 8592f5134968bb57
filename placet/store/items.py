"""Item rows: what makes an outside effect happen once.

A row is `claimed` in a committed transaction before the destination is called and `done` after it
answered. A claim that a dead run left behind is taken over, and the destination is asked before
anything is repeated. A `deferred` item is certainly not done and waits for its moment; a `stopped`
one is certainly not done and never will be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from pydantic import AwareDatetime

from tools.bulk import insert_all, update_all
from tools.execution import Later, Outcome, Refused

from .schema import Instant, items

__all__ = [
    "Claim",
    "abandoned",
    "claim",
    "claim_new",
    "counts",
    "due",
    "fail",
    "in_doubt",
    "known",
    "lose",
    "next_due",
    "read_results",
    "reasons",
    "record",
    "stop",
    "stop_deferred",
]


_CLAIMED = ("permit_id", "item", "state", "token", "at")
_FINISHED = ("state", "result", "at", "error")
_KEY = ("permit_id", "item")
_DOUBT = ("claimed", "unknown")
_LONGEST_REASON = 500
_AT_ONCE = 500  # names in one IN list


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What of a batch is ours to do."""

    fresh: tuple[str, ...]
    """Never claimed before, or put off: certainly not done."""
    inherited: tuple[str, ...]
    """Claimed before by a run that may have died in the call: to be settled first."""


def claim(
    connection: sa.Connection,
    permit_id: str,
    batch: Sequence[str],
    *,
    token: str,
    at: AwareDatetime,
) -> Claim:
    """Claim every item of the batch that is not finished yet."""
    mine = items.c.permit_id == permit_id, items.c.item.in_(batch)
    query = sa.select(items.c.item, items.c.state).where(*mine).with_for_update()
    there = {row.item: row.state for row in connection.execute(query)}
    new = [item for item in batch if item not in there]
    again = [item for item in batch if there.get(item) == "deferred"]
    inherited = [item for item in batch if there.get(item) in _DOUBT]
    rows = [(permit_id, item, "claimed", token, _stored(at)) for item in new]
    insert_all(connection, items, _CLAIMED, rows)
    if again or inherited:
        connection.execute(
            items.update()
            .where(items.c.permit_id == permit_id, items.c.item.in_([*again, *inherited]))
            .values(state="claimed", token=token, at=at)
        )
    return Claim(fresh=(*new, *again), inherited=tuple(inherited))


def claim_new(
    connection: sa.Connection,
    permit_id: str,
    batch: Sequence[str],
    *,
    token: str,
    at: AwareDatetime,
) -> bool:
    """Claim a batch of which nothing was ever claimed; False, and nothing done, where some was.

    Args:
        connection: where.
        permit_id: of which run.
        batch: the items.
        token: whose claim it is; no other claim has the same.
        at: the present moment.
    """
    moment = _stored(at)
    rows = [(permit_id, item, "claimed", token, moment) for item in batch]
    made = insert_all(connection, items, _CLAIMED, rows, skip=True)
    if 0 < made < len(batch):
        connection.execute(
            items.delete().where(items.c.permit_id == permit_id, items.c.token == token)
        )
    return made == len(batch)


# --- what comes next -----------------------------------------------------------------------------


def known(connection: sa.Connection, permit_id: str) -> set[str]:
    """Return the items that were ever claimed: all others were certainly never tried."""
    return set(connection.scalars(sa.select(items.c.item).where(items.c.permit_id == permit_id)))


def abandoned(connection: sa.Connection, permit_id: str, limit: int) -> list[str]:
    """Return items that are claimed although nobody is at work on them: a run died in the call."""
    return _first(connection, permit_id, limit, items.c.state == "claimed")


def due(connection: sa.Connection, permit_id: str, limit: int, *, at: AwareDatetime) -> list[str]:
    """Return items that were put off and may be tried again, those that waited longest first."""
    return _first(connection, permit_id, limit, items.c.state == "deferred", items.c.next_at <= at)


def next_due(connection: sa.Connection, permit_id: str) -> datetime | None:
    """Return when the first of the items that were put off may be tried; None where none was."""
    query = sa.select(sa.func.min(items.c.next_at)).where(
        items.c.permit_id == permit_id, items.c.state == "deferred"
    )
    moment: datetime | None = connection.scalar(query)
    return moment


def _first(
    connection: sa.Connection, permit_id: str, limit: int, *which: sa.ColumnElement[bool]
) -> list[str]:
    query = (
        sa.select(items.c.item)
        .where(items.c.permit_id == permit_id, *which)
        .order_by(items.c.next_at, items.c.item)
        .limit(limit)
    )
    return list(connection.scalars(query))


# --- what became of them -------------------------------------------------------------------------


def record(
    connection: sa.Connection,
    permit_id: str,
    outcomes: Mapping[str, Outcome],
    *,
    at: AwareDatetime,
) -> None:
    """Write what became of claimed items."""
    done: list[tuple[object, ...]] = []
    put_off: list[dict[str, object]] = []
    refused: dict[str, list[str]] = {}
    moment = _stored(at)
    for item, outcome in outcomes.items():
        if isinstance(outcome, Later):
            mine = {"of_permit": permit_id, "of_item": item, "the_time": at}
            put_off.append(mine | {"the_error": _short(outcome.why), "the_next": outcome.until})
        elif isinstance(outcome, Refused):
            refused.setdefault(outcome.why, []).append(item)
        else:
            done.append(("done", outcome, moment, None, permit_id, item))
    update_all(connection, items, _FINISHED, _KEY, done, unless=("state", "done"))
    if put_off:
        connection.execute(_DEFER, put_off)
    for why, batch in refused.items():
        fail(connection, permit_id, batch, why, at=at)


_MINE = (items.c.permit_id == sa.bindparam("of_permit"), items.c.item == sa.bindparam("of_item"))
_DEFER = (
    items.update()
    .where(*_MINE, items.c.state == "claimed")  # no IN: this runs once for many rows
    .values(
        state="deferred",
        error=sa.bindparam("the_error"),
        at=sa.bindparam("the_time"),
        next_at=sa.bindparam("the_next", type_=items.c.next_at.type),
        tries=items.c.tries + 1,
    )
)


def fail(
    connection: sa.Connection,
    permit_id: str,
    batch: Iterable[str],
    error: str,
    *,
    at: AwareDatetime,
) -> None:
    """Mark claimed items as certainly not done."""
    _mark(connection, permit_id, batch, "failed", error, at)


def lose(
    connection: sa.Connection,
    permit_id: str,
    batch: Iterable[str],
    error: str,
    *,
    at: AwareDatetime,
) -> None:
    """Mark claimed items whose outcome cannot be known now."""
    _mark(connection, permit_id, batch, "unknown", error, at)


def stop(
    connection: sa.Connection,
    permit_id: str,
    batch: Iterable[str],
    why: str,
    *,
    at: AwareDatetime,
) -> None:
    """Mark claimed items as not done and never to be tried again."""
    _mark(connection, permit_id, batch, "stopped", why, at)


def stop_deferred(
    connection: sa.Connection, permit_id: str, why: str, *, at: AwareDatetime
) -> None:
    """Mark every item that was put off as never to be tried again."""
    connection.execute(
        items.update()
        .where(items.c.permit_id == permit_id, items.c.state == "deferred")
        .values(state="stopped", error=_short(why), at=at)
    )


def _mark(
    connection: sa.Connection,
    permit_id: str,
    batch: Iterable[str],
    state: str,
    error: str,
    at: AwareDatetime,
) -> None:
    names = list(batch)
    for first in range(0, len(names), _AT_ONCE):
        connection.execute(
            items.update()
            .where(
                items.c.permit_id == permit_id,
                items.c.item.in_(names[first : first + _AT_ONCE]),
                items.c.state.in_(_DOUBT),
            )
            .values(state=state, error=_short(error), at=at)
        )


def _stored(moment: AwareDatetime) -> int | None:
    return Instant().process_bind_param(moment, None)


def _short(reason: str) -> str:
    """Return a reason on one line, not longer than a person reads."""
    line = " ".join(reason.replace("\x00", "").split())
    return line if len(line) <= _LONGEST_REASON else line[: _LONGEST_REASON - 1] + "…"


# --- looking -------------------------------------------------------------------------------------


def in_doubt(connection: sa.Connection, permit_id: str) -> list[str]:
    """Return the items that are claimed or unknown."""
    query = sa.select(items.c.item).where(items.c.permit_id == permit_id, items.c.state.in_(_DOUBT))
    return list(connection.scalars(query))


def counts(connection: sa.Connection, permit_id: str) -> Counter[str]:
    """Return how many items stand in each state."""
    query = (
        sa.select(items.c.state, sa.func.count())
        .where(items.c.permit_id == permit_id)
        .group_by(items.c.state)
    )
    return Counter({row[0]: row[1] for row in connection.execute(query)})


def reasons(connection: sa.Connection, permit_id: str) -> dict[str, int]:
    """Return why items failed, and how many for each reason, the commonest first."""
    count = sa.func.count().label("count")
    query = (
        sa.select(items.c.error, count)
        .where(items.c.permit_id == permit_id, items.c.state == "failed")
        .group_by(items.c.error)
        .order_by(count.desc(), items.c.error)
    )
    return {row[0] or "no reason was given": row[1] for row in connection.execute(query)}


def read_results(
    connection: sa.Connection, permit_id: str, only: Sequence[str] | None = None
) -> dict[str, str]:
    """Return the result of each item that is done; of `only` these, where given."""
    query = sa.select(items.c.item, items.c.result).where(
        items.c.permit_id == permit_id, items.c.state == "done"
    )
    if only is not None:
        query = query.where(items.c.item.in_(only))
    return {row.item: row.result for row in connection.execute(query)}
