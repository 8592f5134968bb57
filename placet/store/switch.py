"""The kill switch: one row, read before each call to a destination."""

import sqlalchemy as sa
from pydantic import AwareDatetime

from tools.portable import insert_or_skip

from .schema import switches

__all__ = ["PAUSE", "STANDING", "is_on", "turn"]

PAUSE = "pause"
STANDING = sa.select(switches.c.on).where(switches.c.name == PAUSE).scalar_subquery()
"""Whether execution is paused, for a statement that reads it along with a draft."""


def is_on(connection: sa.Connection, name: str = PAUSE) -> bool:
    """Return whether the switch is on."""
    return bool(connection.scalar(sa.select(switches.c.on).where(switches.c.name == name)))


def turn(
    connection: sa.Connection, *, on: bool, person: str, at: AwareDatetime, name: str = PAUSE
) -> int | None:
    """Turn the switch; return the number of this turn, or None where it stood so already."""
    first = {"name": name, "on": False, "turn": 0, "person": person, "at": at}
    connection.execute(insert_or_skip(connection, switches), first)
    query = sa.select(switches.c.on, switches.c.turn).where(switches.c.name == name)
    row = connection.execute(query.with_for_update()).one()
    if row.on == on:
        return None
    connection.execute(
        switches.update()
        .where(switches.c.name == name)
        .values(on=on, turn=row.turn + 1, person=person, at=at)
    )
    return int(row.turn) + 1
