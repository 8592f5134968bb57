"""When quality is collected, replayed and told: turns that one worker claims at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Literal, cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from tools.sql import reading

from .outbox import insert_once
from .quality_schema import turns

__all__ = ["Name", "Turn", "Turns", "next_turn"]

Name = Literal["collect", "replay", "digest"]
_NAMES: Final[tuple[Name, ...]] = ("collect", "replay", "digest")
_EVERY: Final = timedelta(minutes=10)
_LEASE: Final = timedelta(minutes=30)
"""How long a worker may be at one turn; a replay asks a model some dozens of questions."""
_WEEKLY: Final = {"replay": (6, time(4)), "digest": (0, time(7))}
"""Day of the week, Monday is 0, and the hour on the operator's clock: a replay is there first."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One piece of work that is due."""

    name: Name
    next_at: datetime


def next_turn(name: Name, after: datetime, timezone: str) -> datetime:
    """Return the first turn after a moment."""
    if name == "collect":
        return after + _EVERY
    weekday, hour = _WEEKLY[name]
    zone = ZoneInfo(timezone)
    day = after.astimezone(zone).date()
    while True:
        turn = datetime.combine(day, hour, zone)
        if turn > after and day.weekday() == weekday:
            return turn.astimezone(after.tzinfo)
        day += timedelta(days=1)


class Turns:
    """The turns as they are kept."""

    def __init__(self, engine: sa.Engine, timezone: str) -> None:
        self._engine, self._reader, self._timezone = engine, reading(engine), timezone

    def due(self, now: datetime) -> Sequence[Turn]:
        """Return what nobody is at and is due; cheap, since it is asked every few seconds."""
        free = sa.or_(turns.c.claimed_until.is_(None), turns.c.claimed_until <= now)
        with self._reader.connect() as connection:
            rows = connection.execute(
                sa.select(turns.c.name, turns.c.next_at, (free).label("free"))
            ).all()
        if len(rows) < len(_NAMES):
            self._begin(now)
            return self.due(now)
        order = {name: number for number, name in enumerate(_NAMES)}
        found = [
            Turn(name=cast("Name", row.name), next_at=row.next_at)
            for row in rows
            if row.free and row.next_at <= now and row.name in order
        ]
        return sorted(found, key=lambda turn: order[turn.name])

    def _begin(self, now: datetime) -> None:
        with self._engine.begin() as connection:
            for name in _NAMES:
                first = now if name == "collect" else next_turn(name, now, self._timezone)
                insert_once(connection, turns, name=name, next_at=first)

    def claim(self, turn: Turn, now: datetime) -> bool:
        """Take a turn for this worker alone; False where another was faster."""
        free = sa.or_(turns.c.claimed_until.is_(None), turns.c.claimed_until <= now)
        with self._engine.begin() as connection:
            taken = connection.execute(
                turns.update()
                .where(turns.c.name == turn.name, turns.c.next_at == turn.next_at, free)
                .values(claimed_until=now + _LEASE)
            )
        return taken.rowcount == 1

    def end(self, turn: Turn, now: datetime) -> None:
        """Go on to the next turn, unless another worker has done so."""
        with self._engine.begin() as connection:
            connection.execute(
                turns.update()
                .where(turns.c.name == turn.name, turns.c.next_at == turn.next_at)
                .values(
                    next_at=next_turn(turn.name, max(now, turn.next_at), self._timezone),
                    claimed_until=None,
                )
            )

    # --- what stands beside them ----------------------------------------------------------------

    def position(self) -> int:
        """Return the ledger's row that was read to."""
        query = sa.select(turns.c.position).where(turns.c.name == "collect")
        with self._reader.connect() as connection:
            return connection.scalar(query) or 0

    def moved(self, connection: sa.Connection, position: int) -> None:
        """Note that the ledger was read to a row; never backwards."""
        far = turns.update().where(turns.c.name == "collect", turns.c.position < position)
        if connection.execute(far.values(position=position)).rowcount == 0:
            # Before the first turn: it is due at once, whenever a worker comes.
            insert_once(connection, turns, name="collect", next_at=_LONG_AGO, position=position)

    def place(self) -> str | None:
        """Return the channel that hears of quality besides the admins: `team/channel`."""
        query = sa.select(turns.c.place).where(turns.c.name == "digest")
        with self._reader.connect() as connection:
            return connection.scalar(query)

    def post_to(self, place: str | None, now: datetime) -> None:
        """Name the channel that hears of quality besides the admins; None: none."""
        self._begin(now)
        with self._engine.begin() as connection:
            connection.execute(turns.update().where(turns.c.name == "digest").values(place=place))


_LONG_AGO: Final = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
