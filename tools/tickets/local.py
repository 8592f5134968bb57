"""The embedded tracker: tickets in SQL, written in the caller's own transaction.

Because it shares the transaction, a rejection and its ticket, or a failed run and its ticket, are
one fact: there is never one without the other.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, Text

from placet.clock import Clock
from placet.ids import TicketId, new_id

from .port import NewTicket, Ticket

__all__ = ["LocalTracker", "metadata", "read_tickets", "tickets"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

metadata = MetaData()

tickets = Table(
    "placet_tickets",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("cause", String(120), nullable=False, unique=True),
    Column("reason", String(12), nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("steps", Text, nullable=False),  # JSON list
    Column("draft_id", String(40)),
    Column("revision", Integer),
    Column("requester", String(140)),
    Column("state", String(8), nullable=False),
    Column("outcome", Text),
    Column("opened_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
)


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else _EPOCH + timedelta(microseconds=micros)


class LocalTracker:
    """Implements `Tracker` inside one open transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def log(self, ticket: NewTicket) -> TicketId:
        """Log a ticket, or return the one that stands for this cause already."""
        there = sa.select(tickets.c.id).where(tickets.c.cause == ticket.cause)
        found = self._connection.scalar(there)
        if found is not None:
            return TicketId(found)
        ticket_id = TicketId(new_id("tk"))
        values = ticket.model_dump(exclude={"steps"}) | {
            "id": ticket_id,
            "steps": json.dumps(ticket.steps, ensure_ascii=False),
            "state": "open",
            "opened_at": _micros(self._clock.now()),
        }
        self._connection.execute(tickets.insert().values(values))
        return ticket_id

    def close(self, cause: str, outcome: str) -> bool:
        """Close the open ticket of a cause; False where there is none."""
        done = self._connection.execute(
            tickets.update()
            .where(tickets.c.cause == cause, tickets.c.state == "open")
            .values(state="closed", outcome=outcome, closed_at=_micros(self._clock.now()))
        )
        return done.rowcount == 1


def read_tickets(
    connection: sa.Connection, *, state: Literal["open", "closed"] | None = None
) -> Sequence[Ticket]:
    """Return the tickets, newest first."""
    query = sa.select(tickets).order_by(tickets.c.id.desc())
    if state is not None:
        query = query.where(tickets.c.state == state)
    return [_ticket(row) for row in connection.execute(query).mappings()]


def _ticket(row: Any) -> Ticket:
    return Ticket.model_validate(
        {
            **row,
            "steps": tuple(json.loads(row["steps"])),
            "opened_at": _moment(row["opened_at"]),
            "closed_at": _moment(row["closed_at"]),
        }
    )
