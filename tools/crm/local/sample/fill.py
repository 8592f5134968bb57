"""Fill an empty CRM with the sample, a thousand people at a time."""

from __future__ import annotations

import random
from array import array
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from placet.errors import BadInput
from tools.crm.importing.events import event_key
from tools.crm.local.crm import micros
from tools.crm.local.migrate import check
from tools.crm.local.schema import (
    companies,
    contacts,
    deals,
    events,
    list_members,
    lists,
    suppressions,
)
from tools.portable import insert_rows, refresh_statistics, widen_cache
from tools.sql import reading

from .activity import Activity, Happening
from .firms import COMPANY_COLUMNS, firm
from .people import CONTACT_COLUMNS, People, Person
from .pipeline import DEAL_COLUMNS, LISTS, Pipeline

__all__ = ["SEED", "fill"]

SEED = 20260408
_CHUNK = 1_000
_EVENTS_EACH = 12
_FIRMS_EACH = 0.16
_CROWDING = 1.7  # the first company has a hundred contacts in five thousand, the last three
_REASONS = {"unsubscribed": "unsubscribed", "bounced": "bounced", "complaint": "complained"}
_DAY = 86_400_000_000


def fill(
    engine: sa.Engine, *, size: int = 5_000, now: datetime, seed: int = SEED,
    progress: Callable[[int, int], None] | None = None,
) -> None:  # fmt: skip
    """Fill an empty, migrated CRM: `size` contacts, 0.16 companies and 12 events for each.

    Same size, seed and `now`: same rows; another `now` moves the times, not the people. Up to
    50,000 contacts are one transaction; more are written a thousand at a time. `progress` is called
    with contacts so far and in all.

    Raises:
        BadInput: the CRM holds contacts already, or the size is not above zero.
        NotInitialised: the database was not migrated.

    """
    if size < 1:
        raise BadInput(f"A sample of {size} contacts is none; use a size of 1 or more.")
    check(engine)
    _refuse_full(engine)
    for rows, done in _together(_chunks(size, micros(now), seed), size):
        with engine.begin() as connection:
            widen_cache(connection)
            for part in rows:
                for table, columns, lines in part:
                    insert_rows(connection, table, columns, lines)
        if progress is not None:
            progress(done, size)
    refresh_statistics(engine)


_Part = list[tuple[sa.Table, tuple[str, ...], list[tuple[Any, ...]]]]


def _refuse_full(engine: sa.Engine) -> None:
    with reading(engine).connect() as connection:
        if connection.scalar(sa.select(contacts.c.id).limit(1)) is not None:
            raise BadInput(
                "The CRM holds contacts already; the sample goes into an empty one. "
                "Use another home, for example PLACET_HOME=./sample."
            )


def _together(
    chunks: Iterator[tuple[_Part, int]], size: int
) -> Iterator[tuple[Iterator[_Part], int]]:
    """Group chunks by transaction: all of a small sample, one by one of a large one."""
    if size <= 50_000:
        yield (part for part, _ in chunks), size
        return
    for part, done in chunks:
        yield iter([part]), done


def _dice(seed: int, what: str) -> random.Random:
    """Return dice for one kind of row.

    Activity follows the calendar and rolls more often on some days; with dice of their own
    the people are the same on every day.
    """
    return random.Random(f"{seed} {what}")  # noqa: S311 - sample data, reproducible


def _weights(dice: random.Random, size: int) -> array[float]:
    """Return running totals of how active each contact is: a few a lot, most a little."""
    totals = array("d")
    total = 0.0
    for _ in range(size):
        total += 0.35 + dice.paretovariate(1.6)
        totals.append(total)
    return totals


def _chunks(size: int, now: int, seed: int) -> Iterator[tuple[_Part, int]]:
    totals = _weights(_dice(seed, "weights"), size)
    people = People(_dice(seed, "people"), now)
    activity = Activity(_dice(seed, "activity"), now)
    pipeline = Pipeline(_dice(seed, "pipeline"), now)
    firms = max(1, round(size * _FIRMS_EACH))
    all_events = size * _EVENTS_EACH
    made = 0
    happened = 0
    for start in range(0, size, _CHUNK):
        end = min(start + _CHUNK, size)
        last_firm = firms if end == size else int(firms * (end / size) ** _CROWDING) + 1
        known = {
            number: firm(seed, number, now)
            for number in range(_first(start, size, firms), last_firm)
        }
        part = _Rows(now)
        part.firms = [known[number].row for number in range(made, last_firm)]
        made = max(made, last_firm)
        for number in range(start, end):
            at = known[_first(number, size, firms)]
            until = (
                int(all_events * totals[number] / totals[-1]) if number < size - 1 else all_events
            )
            person = people.next(number, at)
            part.person(person, activity.of(until - happened, person.created_at, person.left))
            happened = until
            part.deals += pipeline.deals(person)
            part.members += pipeline.memberships(person)
        yield part.tables(first=start == 0), end


def _first(number: int, size: int, firms: int) -> int:
    """Return which company contact `number` belongs to: neighbours share one."""
    return int(firms * (number / size) ** _CROWDING)


class _Rows:
    """The rows of one chunk, table by table."""

    def __init__(self, now: int) -> None:
        self._now = now
        self.firms: list[tuple[Any, ...]] = []
        self.people: list[tuple[Any, ...]] = []
        self.events: list[tuple[Any, ...]] = []
        self.deals: list[tuple[Any, ...]] = []
        self.members: list[tuple[Any, ...]] = []
        self.suppressed: list[tuple[Any, ...]] = []

    def person(self, person: Person, happenings: list[Happening]) -> None:
        """Add one contact with what it did, and its suppression where it left."""
        self.people.append(person.row)
        for kind, at, asset in happenings:
            key = event_key(person.email, kind, at, asset)
            self.events.append((person.id, kind, at, asset, key))
        if person.left is not None:
            at = happenings[-1][1] if happenings else person.created_at
            self.suppressed.append((person.email, _REASONS[person.left], at))

    def tables(self, *, first: bool) -> _Part:
        """Return the rows, parents before children; the lists come with the first chunk."""
        made = self._now - 90 * _DAY
        named = [(key, name, None, made, False) for key, name, _ in LISTS] if first else []
        return [
            (companies, COMPANY_COLUMNS, self.firms),
            (contacts, CONTACT_COLUMNS, self.people),
            (events, ("contact_id", "type", "occurred_at", "asset", "key"), self.events),
            (deals, DEAL_COLUMNS, self.deals),
            (lists, ("id", "name", "definition", "created_at", "archived"), named),
            (list_members, ("list_id", "contact_id", "added_at"), self.members),
            (suppressions, ("email", "reason", "at"), self.suppressed),
        ]
