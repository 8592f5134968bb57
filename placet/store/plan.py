"""The plan of a run: the approved members as steps in batches, and how far a run got with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa

from gates.action import Action
from gates.targets import targets_of
from placet.errors import Conflict
from tools.execution import AnyHandler

from . import items
from .book import read_members

__all__ = ["Plan", "Plans"]

_T = TypeVar("_T")
_MOST_PLANS = 4
_MOST_PLACES = 64


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The steps for one set of members, verified against its hash once per process."""

    members: Sequence[str]
    steps: Sequence[str]
    batches: Sequence[Sequence[str]]

    @property
    def first(self) -> Sequence[str]:
        """The first step, alone: what it makes is where the others go."""
        return self.steps[:1]


class Plans:
    """Remembers a few plans, and for each permit which batch comes next."""

    def __init__(self, reader: sa.Engine) -> None:
        self._reader = reader
        self._plans: dict[str, Plan] = {}
        self._places: dict[str, int] = {}

    def of(self, digest: str, action: Action, handler: AnyHandler) -> Plan:
        """Return the plan of a digest; its members are unpacked and hashed once per process.

        Raises:
            Conflict: the kept members are not those that were approved.
        """
        known = self._plans.get(digest)
        if known is not None:
            return known
        with self._reader.connect() as connection:
            members = read_members(connection, action.targets)
        if targets_of(members) != action.targets:
            raise Conflict("The stored members no longer match what was approved; nothing runs.")
        steps, size = handler.steps(action, members), handler.batch_size
        rest = [steps[i : i + size] for i in range(1, len(steps), size)]
        plan = Plan(members=members, steps=steps, batches=[steps[:1], *rest])
        _remember(self._plans, digest, plan, _MOST_PLANS)
        return plan

    def next_batch(self, connection: sa.Connection, permit_id: str, plan: Plan) -> Sequence[str]:
        """Return the first batch that was not claimed whole yet; empty where all were.

        Where a run stands is read from the item rows once per process, not before each batch.
        """
        place = self._places.get(permit_id)
        if place is None:
            known = items.known(connection, permit_id)
            batches = enumerate(plan.batches)
            place = next((i for i, one in batches if not known.issuperset(one)), len(plan.batches))
            self.claimed(permit_id, place)
        return plan.batches[place] if place < len(plan.batches) else ()

    def claimed(self, permit_id: str, place: int | None = None) -> None:
        """Note that the next batch was claimed and committed, or that `place` is the next one."""
        there = self._places.get(permit_id, 0) + 1 if place is None else place
        _remember(self._places, permit_id, there, _MOST_PLACES)

    def forget_place(self, permit_id: str) -> None:
        """Read anew where a run stands, the next time it is asked."""
        self._places.pop(permit_id, None)


def _remember(kept: dict[str, _T], key: str, value: _T, most: int) -> None:
    kept.pop(key, None)
    if len(kept) >= most:
        kept.pop(next(iter(kept)))
    kept[key] = value
