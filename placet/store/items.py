"""Item rows: what makes an outside effect happen once.

A row is `claimed` in a committed transaction before the destination is called and `done` after it
answered. A claim that a dead run left behind is taken over, and the destination is asked before
anything is repeated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from pydantic import AwareDatetime

from .schema import items

__all__ = ["Claim", "claim", "counts", "fail", "finish", "in_doubt", "lose", "read_results"]


_DOUBT = ("claimed", "unknown")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What of a batch is ours to do."""

    fresh: tuple[str, ...]
    """Never claimed before: certainly not done."""
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
    fresh = tuple(item for item in batch if item not in there)
    inherited = tuple(item for item in batch if there.get(item) in _DOUBT)
    if fresh:
        connection.execute(
            items.insert(),
            [
                {"permit_id": permit_id, "item": i, "state": "claimed", "token": token, "at": at}
                for i in fresh
            ],
        )
    if inherited:
        connection.execute(
            items.update()
            .where(items.c.permit_id == permit_id, items.c.item.in_(inherited))
            .values(state="claimed", token=token, at=at)
        )
    return Claim(fresh=fresh, inherited=inherited)


def finish(
    connection: sa.Connection,
    permit_id: str,
    results: Mapping[str, str],
    *,
    at: AwareDatetime,
) -> None:
    """Write what the destination answered."""
    if not results:
        return
    connection.execute(
        items.update()
        .where(
            items.c.permit_id == sa.bindparam("of_permit"),
            items.c.item == sa.bindparam("of_item"),
            items.c.state != "done",
        )
        .values(state="done", result=sa.bindparam("the_result"), at=sa.bindparam("the_time")),
        [
            {"of_permit": permit_id, "of_item": item, "the_result": result, "the_time": at}
            for item, result in results.items()
        ],
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


def _mark(
    connection: sa.Connection,
    permit_id: str,
    batch: Iterable[str],
    state: str,
    error: str,
    at: AwareDatetime,
) -> None:
    connection.execute(
        items.update()
        .where(
            items.c.permit_id == permit_id,
            items.c.item.in_(list(batch)),
            items.c.state.in_(_DOUBT),
        )
        .values(state=state, error=error, at=at)
    )


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
