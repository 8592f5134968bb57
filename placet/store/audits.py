"""Audits as they are kept: the last one, those before it, and when the next is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from gates.people import Person
from placet.errors import NotFound
from placet.ids import new_id
from tools.hygiene.audit import Audit, Trend, trend_of
from tools.sql import reading

from .audit_schema import audits, schedules
from .outbox import insert_once

__all__ = ["Audits", "Every", "Kept", "Schedule", "end_turn", "next_run"]

Every = Literal["daily", "weekly", "off"]
_NAME = "crm"
_HOUR = time(6)
"""When a scheduled audit runs, on the operator's clock: before people come to work."""
_MONDAY = 0
_KEPT = 400
"""How many audits are kept: more than a year of daily ones."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An audit with its id and what changed since the one before."""

    id: str
    audit: Audit
    trend: Trend | None


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When the CRM is audited, and who hears of it."""

    every: Every
    person: Person
    """Who set it."""
    place: str | None
    """A channel that hears of it besides: `team/channel`."""
    next_at: datetime | None
    """When it is due next; None where it is off."""


def next_run(every: Every, after: datetime, timezone: str) -> datetime | None:
    """Return the first turn after a moment: at 06:00 there, daily or on Mondays; None for off."""
    if every == "off":
        return None
    zone = ZoneInfo(timezone)
    day = after.astimezone(zone).date()
    while True:
        turn = datetime.combine(day, _HOUR, zone)
        if turn > after and (every == "daily" or day.weekday() == _MONDAY):
            return turn.astimezone(after.tzinfo)
        day += timedelta(days=1)


class Audits:
    """Keeps audits and their schedule in Placet's own database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine, self._reader = engine, reading(engine)

    # --- audits --------------------------------------------------------------------------------

    def keep(self, audit: Audit, *, due: datetime | None = None) -> Kept:
        """Keep an audit; of two for one turn of the schedule the first one is kept."""
        audit_id = new_id("au")
        with self._engine.begin() as connection:
            values = {"id": audit_id, "at": audit.at, "due": due, "body": audit.model_dump_json()}
            if not insert_once(connection, audits, **values):
                query = sa.select(audits.c.id).where(audits.c.due == due)
                audit_id = str(connection.scalar(query))
            old = sa.select(audits.c.id).order_by(audits.c.at.desc()).offset(_KEPT)
            gone = list(connection.scalars(old.limit(_KEPT)))
            if gone:
                connection.execute(audits.delete().where(audits.c.id.in_(gone)))
        return self.read(audit_id)

    def read(self, audit_id: str) -> Kept:
        """Return an audit by its id.

        Raises:
            NotFound: there is none.
        """
        with self._reader.connect() as connection:
            row = connection.execute(sa.select(audits).where(audits.c.id == audit_id)).first()
            if row is None:
                raise NotFound(f"There is no audit {audit_id}; it may be older than what is kept.")
            return _kept(connection, row)

    def last(self) -> Kept | None:
        """Return the latest audit, or None where there was none yet."""
        with self._reader.connect() as connection:
            query = sa.select(audits).order_by(audits.c.at.desc(), audits.c.id.desc()).limit(1)
            row = connection.execute(query).first()
            return None if row is None else _kept(connection, row)

    def of_turn(self, due: datetime) -> Kept | None:
        """Return the audit of one turn of the schedule, if it was made already."""
        with self._reader.connect() as connection:
            row = connection.execute(sa.select(audits).where(audits.c.due == due)).first()
            return None if row is None else _kept(connection, row)

    def history(self, most: int = 30) -> Sequence[Audit]:
        """Return the latest audits, the oldest first."""
        query = sa.select(audits.c.body).order_by(audits.c.at.desc(), audits.c.id.desc())
        with self._reader.connect() as connection:
            bodies = list(connection.scalars(query.limit(most)))
        return [Audit.model_validate_json(body) for body in reversed(bodies)]

    # --- the schedule --------------------------------------------------------------------------

    def schedule(self) -> Schedule | None:
        """Return the schedule; None where nobody ever set one."""
        with self._reader.connect() as connection:
            row = connection.execute(sa.select(schedules)).first()
        return None if row is None else _schedule(row)

    def set_schedule(
        self, every: Every, *, person: Person, place: str | None, now: datetime, timezone: str
    ) -> Schedule:
        """Set when the CRM is audited; returns the schedule as it stands now."""
        values = {
            "every": every, "person": person.key, "place": place, "claimed_until": None,
            "next_at": next_run(every, now, timezone),
        }  # fmt: skip
        with self._engine.begin() as connection:
            if not insert_once(connection, schedules, name=_NAME, **values):
                connection.execute(
                    schedules.update().where(schedules.c.name == _NAME).values(**values)
                )
            row = connection.execute(sa.select(schedules)).one()
        return _schedule(row)

    def claim(self, now: datetime, *, until: datetime) -> Schedule | None:
        """Take the turn that is due, for this worker alone until then; None where none is."""
        free = sa.or_(schedules.c.claimed_until.is_(None), schedules.c.claimed_until <= now)
        with self._reader.connect() as connection:  # cheap: it is asked every few seconds
            query = sa.select(schedules).where(schedules.c.next_at <= now, free)
            row = connection.execute(query).first()
        if row is None:
            return None
        with self._engine.begin() as connection:
            taken = connection.execute(
                schedules.update()
                .where(schedules.c.name == row.name, schedules.c.next_at == row.next_at, free)
                .values(claimed_until=until)
            )
        return _schedule(row) if taken.rowcount == 1 else None

    def hold(self, turn: Schedule, *, since: datetime, until: datetime | None) -> bool:
        """Hold a turn for longer; `until` None lets go of it. Returns whether it was still held.

        Args:
            turn: as it was claimed.
            since: the moment until which it is held so far, by which its holder is known.
            until: the new one.
        """
        with self._engine.begin() as connection:
            held = connection.execute(
                schedules.update()
                .where(
                    schedules.c.name == _NAME,
                    schedules.c.next_at == turn.next_at,
                    schedules.c.claimed_until == since,
                )
                .values(claimed_until=until)
            )
        return held.rowcount == 1


def end_turn(connection: sa.Connection, turn: Schedule, *, next_at: datetime | None) -> bool:
    """Go on to the next turn; returns whether this one was still the one that is due."""
    ended = connection.execute(
        schedules.update()
        .where(schedules.c.name == _NAME, schedules.c.next_at == turn.next_at)
        .values(next_at=next_at, claimed_until=None)
    )
    return ended.rowcount == 1


def _kept(connection: sa.Connection, row: sa.Row[tuple[object, ...]]) -> Kept:
    found = row._mapping
    audit = Audit.model_validate_json(found["body"])
    earlier = (
        sa.select(audits.c.body)
        .where(
            sa.or_(
                audits.c.at < found["at"],
                sa.and_(audits.c.at == found["at"], audits.c.id < found["id"]),
            )
        )
        .order_by(audits.c.at.desc(), audits.c.id.desc())
    )
    before = connection.scalar(earlier.limit(1))
    trend = trend_of(Audit.model_validate_json(before), audit) if before else None
    return Kept(id=found["id"], audit=audit, trend=trend)


def _schedule(row: sa.Row[tuple[object, ...]]) -> Schedule:
    found = row._mapping
    return Schedule(
        every=found["every"], person=Person.from_key(found["person"]), place=found["place"],
        next_at=found["next_at"],
    )  # fmt: skip
