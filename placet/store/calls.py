"""Calling the destination: one batch, each item's outcome written down, doubt settled by asking.

What may have been done is asked about before anything is repeated; what the destination cannot tell
is unknown, for that item alone where it can tell about the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from gates.action import Action
from gates.draft import Draft
from gates.permit import Permit, PermitRow, spent
from placet.clock import Clock
from placet.errors import EffectError, EffectUnknown
from placet.log import get_logger
from tools.execution import AnyHandler, Outcome
from tools.sql import reading

from . import items
from .plan import Plan

__all__ = ["Calls", "Carried", "Run", "run_name"]

_log = get_logger(__name__)
_SETTLE_TRIES = 3
_ASKED = "The destination was asked: this was not done."
_UNTOLD = "The destination cannot tell whether this was done."


def run_name(draft_id: str, revision: int) -> str:
    """Return the name under which a permit is spent: one per revision, whatever resumes it."""
    return f"execute:{draft_id}:{revision}"


@dataclass(frozen=True, kw_only=True)
class Run:
    """Everything a step needs; draft, digest and permit are read anew for each step."""

    draft: Draft
    action: Action
    handler: AnyHandler
    permit: PermitRow
    plan: Plan

    def spent(self) -> Permit:
        """Return the permit that this run has spent.

        Raises:
            NotAllowed: it has not, or the permit is for another digest.
        """
        revision = self.draft.revision
        name = run_name(revision.draft_id, revision.revision)
        return spent(self.permit, by=name, digest=revision.digest())


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What came of a call."""

    goes_on: bool = True
    """Whether anything can go on after it."""
    told: Mapping[str, Outcome] = field(default_factory=dict)
    """Outcomes that are not written down yet: they are, in the transaction of the next claim."""


class Calls:
    """Carries out claimed items."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        self._engine, self._reader, self._clock = engine, reading(engine), clock

    def carry_out(self, run: Run, claim: items.Claim, done: Mapping[str, str]) -> Carried:
        """Carry out what was claimed.

        Args:
            run: the run.
            claim: what was claimed of it.
            done: what the first step made, if it is done.
        """
        permit = run.spent()
        try:
            todo = [*self._settle(run, permit, claim.inherited, done), *claim.fresh]
        except EffectUnknown as error:
            self._lose(run, [*claim.inherited, *claim.fresh], str(error))
            return Carried(goes_on=False)
        return self._call(run, permit, todo, done) if todo else Carried()

    def ask(self, run: Run, *, not_done: str = _ASKED, stopped: bool = False) -> None:
        """Ask the destination about everything in doubt; nothing is called.

        Args:
            run: the run.
            not_done: what is written beside items that were certainly not done.
            stopped: whether those count as left and not as failed.
        """
        with self._reader.connect() as connection:
            doubtful = items.in_doubt(connection, run.permit.id)
        try:
            left = self._settle(run, run.spent(), doubtful, self._results(run))
        except EffectUnknown as error:
            self._lose(run, doubtful, str(error))
            return
        with self._engine.begin() as connection:
            write = items.stop if stopped else items.fail
            write(connection, run.permit.id, left, not_done, at=self._clock.now())

    def _results(self, run: Run) -> dict[str, str]:
        with self._reader.connect() as connection:
            return items.read_results(connection, run.permit.id, run.plan.first)

    def _settle(
        self, run: Run, permit: Permit, doubtful: Sequence[str], done: Mapping[str, str]
    ) -> list[str]:
        """Ask the destination about claims in doubt; return those certainly not done."""
        if not doubtful:
            return []
        answers = run.handler.settle(permit.key, run.action, doubtful, done)
        found = {item: result for item in doubtful if (result := answers.get(item)) is not None}
        self.record(run, found)
        self._lose(run, [item for item in doubtful if item not in answers], _UNTOLD)
        return [item for item in doubtful if item in answers and answers[item] is None]

    def _call(
        self, run: Run, permit: Permit, todo: Sequence[str], done: Mapping[str, str]
    ) -> Carried:
        """Call the destination once; where an outcome is open, ask it before anything else."""
        doubt: Sequence[str] = todo
        for _ in range(_SETTLE_TRIES):
            try:
                said = run.handler.run(permit, run.action, doubt, done)
            except EffectUnknown as error:
                _log.warning("%s: %s", permit.id, error)
            except EffectError as error:
                return self._refuse(run, doubt, str(error))
            else:
                told = {item: said[item] for item in doubt if item in said}
                doubt = [item for item in doubt if item not in said]
                if not doubt:
                    return Carried(told=told)
                self.record(run, told)
            try:
                doubt = self._settle(run, permit, doubt, done)
            except EffectUnknown as again:
                self._lose(run, doubt, str(again))
                return Carried(goes_on=False)
            if not doubt:
                return Carried()
        self._lose(run, doubt, "The destination kept failing in the middle of the call.")
        return Carried(goes_on=False)

    def record(self, run: Run, outcomes: Mapping[str, Outcome]) -> None:
        """Write down what became of claimed items."""
        if outcomes:
            with self._engine.begin() as connection:
                items.record(connection, run.permit.id, outcomes, at=self._clock.now())

    def _refuse(self, run: Run, batch: Sequence[str], error: str) -> Carried:
        """Record a refusal; go on with the other batches unless nothing can go on without this."""
        with self._engine.begin() as connection:
            items.fail(connection, run.permit.id, batch, error, at=self._clock.now())
        return Carried(goes_on=run.plan.first[0] not in batch)

    def _lose(self, run: Run, batch: Sequence[str], error: str) -> None:
        if batch:
            with self._engine.begin() as connection:
                items.lose(connection, run.permit.id, batch, error, at=self._clock.now())
