"""The world of a harvested case, cut down to what matters: a handful of made-up people.

No row of the CRM gets into it. The rows are made from the approved filter itself (as the boundary
rows of `evals.segments`): some who just belong and some who just do not, with the fields that the
filter asks about and no others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict

from evals.segments.boundary import people_around
from evals.segments.rows import Person, Value
from evals.segments.truth import truth
from placet.clock import iso
from tools.segments.dates import zone_of
from tools.segments.tree import All, AnyOf, Bucket, Company, CompanyContacts, Deals, Filter, Not

__all__ = ["MOST_ROWS", "Fixture", "Row", "cut_down"]

MOST_ROWS = 16
"""Rows of one fixture: half of them belong, half of them do not, where there are so many."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Row(_Value):
    """One made-up person, and whether the approved filter selects them."""

    belongs: bool
    person: Mapping[str, Any]
    """`fields`, and where the filter asks about them `events`, `lists`, `deals`, `company`."""


class Fixture(_Value):
    """What a harvested case is read against."""

    as_of: AwareDatetime
    timezone: str
    rows: tuple[Row, ...] = ()


def cut_down(tree: Filter | None, *, as_of: AwareDatetime, timezone: str) -> Fixture:
    """Return the smallest world that tells this filter from the ones near it."""
    if tree is None or _draws(tree):  # who is in a random share cannot be told from a row
        return Fixture(as_of=as_of, timezone=timezone)
    frame = (as_of, zone_of(timezone), dict[str, Sequence[str]]())
    sides: dict[bool, list[Person]] = {True: [], False: []}
    for person in people_around((tree,), frame):
        sides[truth(tree, person, frame)].append(person)
    half = MOST_ROWS // 2
    rows = [
        Row(belongs=belongs, person=_plain(person))
        for belongs, people in sides.items()
        for person in _spread(people, half)
    ]
    return Fixture(as_of=as_of, timezone=timezone, rows=tuple(rows))


def _spread(people: Sequence[Person], most: int) -> Sequence[Person]:
    """Return so many of them, taken evenly: neighbours in the list differ in one thing only."""
    if len(people) <= most:
        return people
    return [people[index * len(people) // most] for index in range(most)]


def _draws(tree: Filter) -> bool:
    match tree:
        case Bucket():
            return True
        case All() | AnyOf():
            return any(_draws(child) for child in tree.of)
        case Not():
            return _draws(tree.of)
        case Company() | CompanyContacts() | Deals():
            return tree.where is not None and _draws(tree.where)
        case _:
            return False


def _plain(person: Person) -> dict[str, Any]:
    said: dict[str, Any] = {"fields": {name: _json(value) for name, value in person.fields}}
    if person.events:
        said["events"] = [
            {"type": one.type, "at": iso(one.at), "asset": one.asset} for one in person.events
        ]
    if person.lists:
        said["lists"] = sorted(person.lists)
    if person.deals:
        said["deals"] = [{k: _json(v) for k, v in deal.fields} for deal in person.deals]
    if person.firm is not None:
        said["company"] = {
            "fields": {name: _json(value) for name, value in person.firm.fields},
            "deals": len(person.firm.deals),
            "people": len(person.firm.people),
        }
    return said


def _json(value: Value) -> Any:
    return iso(value) if isinstance(value, datetime) else value
