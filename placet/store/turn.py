"""The one transaction between two calls: what the last call did, and what the next one covers.

In it, with the draft's row locked so that a stop waits or is seen: the last batch's outcomes are
written down, stop and pause are read, the token bucket is charged, and the next batch is claimed.
A batch is thus one durable commit, and none is called that was not claimed in one.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa

from gates.draft import State
from placet.clock import Clock
from tools.execution import Outcome

from . import bucket, items, switch
from .calls import Run
from .plan import Plans
from .schema import drafts

__all__ = ["Halt", "Leg", "Turns", "note_next"]

_PATIENCE = timedelta(seconds=2)
_NOTHING: Mapping[str, Outcome] = {}


@dataclass(frozen=True, kw_only=True)
class Halt:
    """Why a run does not go on with a batch now: what the step says."""

    said: str
    stopped: bool = False
    ended: bool = False
    """The run was concluded meanwhile, by somebody who gave this process up."""
    soon: datetime | None = None
    """The next batch is due at this moment, too near for the job to end over it."""


@dataclass(frozen=True, kw_only=True)
class _Batch:
    """Which items are next."""

    items: Sequence[str]
    planned: bool = False
    """Whether it is the plan's next batch, and not what was left or put off."""


class Leg:
    """One step's way through a run: what need not be read again before each of its batches."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.made: Mapping[str, str] = {}
        """What the first step made, once it is done: it stays done."""
        self.looked = False
        """Whether this step has asked for claims that a dead run left."""
        self.claimed = False
        """Whether this step has claimed a batch already."""


class Turns:
    """Claims the batches of runs, one after the other."""

    def __init__(
        self, *, engine: sa.Engine, plans: Plans, clock: Clock, per_second: float, token: str
    ) -> None:
        self._engine, self._plans, self._clock = engine, plans, clock
        self._per_second, self._token = per_second, token
        self._claims = count(1)

    def take(self, leg: Leg, told: Mapping[str, Outcome]) -> items.Claim | Halt:
        """Write down what the last call did and claim the next batch, or say why there is none.

        Args:
            leg: the step's way so far.
            told: the outcomes of the last call. They are written whatever else is found.
        """
        with self._engine.begin() as connection:
            batch = self._next(connection, leg, told)
            if isinstance(batch, Halt):
                return batch
            wait = bucket.take(
                connection,
                leg.run.action.destination,
                len(batch.items),
                per_second=self._per_second,
                now=self._clock.now(),
            )
            claim = None if wait else self._claim(connection, leg, batch)
        if claim is None:  # whoever pauses or stops it meanwhile is heard before the call
            time.sleep(wait)
            with self._engine.begin() as connection:
                batch = self._next(connection, leg, _NOTHING)
                if isinstance(batch, Halt):
                    return batch
                claim = self._claim(connection, leg, batch)
        if batch.planned and isinstance(claim, items.Claim):
            self._plans.claimed(leg.run.permit.id)
        leg.claimed = True
        return claim

    def _claim(self, connection: sa.Connection, leg: Leg, batch: _Batch) -> items.Claim | Halt:
        """Claim a batch; halt where another process was seen at work on the run.

        One of the two stood still and was given up. Whose run it is, is known where steps are
        recorded: this one ends, so that the question is asked.
        """
        permit_id, new = leg.run.permit.id, batch.items
        token, now = f"{self._token}.{next(self._claims)}", self._clock.now()
        if batch.planned and items.claim_new(connection, permit_id, new, token=token, at=now):
            return items.Claim(fresh=tuple(new), inherited=())
        if batch.planned and leg.claimed:
            self._plans.forget_place(permit_id)
            return Halt(said="go")
        return items.claim(connection, permit_id, new, token=token, at=now)

    def _next(
        self, connection: sa.Connection, leg: Leg, told: Mapping[str, Outcome]
    ) -> _Batch | Halt:
        """Return which items are next, the draft's row locked so that a stop waits or is seen."""
        row = connection.execute(_STANDING, {"the_id": leg.run.draft.revision.draft_id}).one()
        if told:
            items.record(connection, leg.run.permit.id, told, at=self._clock.now())
        halt = _halt(row, leg.run)
        return halt or self._pick(connection, leg)

    def _pick(self, connection: sa.Connection, leg: Leg) -> _Batch | Halt:
        run, now = leg.run, self._clock.now()
        until = run.handler.not_before(run.action, now)
        if until is not None and until > now:
            return self._put_off(connection, run, until)
        has_first = self._has_first(connection, leg)
        left = [] if leg.looked else self._left(connection, leg)
        if left:
            return _Batch(items=left)
        planned = self._plans.next_batch(connection, run.permit.id, run.plan)
        if planned and (has_first or list(planned) == list(run.plan.first)):
            return _Batch(items=planned, planned=True)
        return self._unplanned(connection, leg, now)

    def _unplanned(self, connection: sa.Connection, leg: Leg, now: datetime) -> _Batch | Halt:
        run = leg.run
        permit_id, size = run.permit.id, run.handler.batch_size
        again = self._left(connection, leg) or items.due(connection, permit_id, size, at=now)
        if again:
            return _Batch(items=again)
        until = items.next_due(connection, permit_id)
        if until is None:
            return Halt(said="last")
        if until - now <= _PATIENCE:
            return Halt(said="waiting", soon=until)
        return self._put_off(connection, run, until)

    def _left(self, connection: sa.Connection, leg: Leg) -> Sequence[str]:
        """Return what a dead run left: asked when a step begins, and before a run is called over.

        In between nothing is left to find, unless another process is at work on the same run; what
        that one has claimed is its own until it is gone.
        """
        left = items.abandoned(connection, leg.run.permit.id, leg.run.handler.batch_size)
        leg.looked = not left
        return left

    def _has_first(self, connection: sa.Connection, leg: Leg) -> bool:
        """Return whether the first step is done: without it there is nowhere for the others."""
        if not leg.made:
            leg.made = items.read_results(connection, leg.run.permit.id, leg.run.plan.first)
        return bool(leg.made)

    def _put_off(self, connection: sa.Connection, run: Run, until: datetime) -> Halt:
        note_next(connection, run.draft.revision.draft_id, until)
        return Halt(said="waiting")


_STANDING = (
    sa.select(drafts.c.state, drafts.c.stopped_at, drafts.c.digest, switch.STANDING.label("paused"))
    .where(drafts.c.id == sa.bindparam("the_id"))
    .with_for_update(key_share=True, of=drafts)
)


def _halt(row: Any, run: Run) -> Halt | None:
    if row.state != State.EXECUTING.value:
        return Halt(said=f"it is {row.state}", ended=True)
    if row.digest != run.draft.digest:  # nothing leads there; were it so, nothing may go on
        return Halt(said="another revision stands now")
    if row.stopped_at is not None:
        return Halt(said="last", stopped=True)
    return Halt(said="paused") if row.paused else None


def note_next(connection: sa.Connection, draft_id: str, until: datetime) -> None:
    """Note when the sweep is to start the next job; a note that a kill loses is made again."""
    connection.execute(
        drafts.update()
        .where(
            drafts.c.id == draft_id,
            drafts.c.state.in_([State.APPROVED.value, State.EXECUTING.value]),
            drafts.c.stopped_at.is_(None),
        )
        .values(next_at=until)
    )
