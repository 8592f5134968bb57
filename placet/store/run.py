"""Carrying out what was approved: begin, chunk after chunk, finish. Each is one durable step.

A step may be repeated after a kill at any line of it. What keeps effects single is: the permit,
spent in the transaction that starts the run; the item row, claimed before the call; and the
destination's own idempotency key. A run that must wait (its schedule, quiet hours, a destination
that said "not now") ends its job, notes the moment, and a sweep starts the next job. A run never
ends without a state.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime

import sqlalchemy as sa

from gates.draft import Draft, State
from gates.gate import Gate
from gates.permit import PermitRow
from gates.transition import FINAL
from placet.clock import Clock
from placet.errors import Conflict, EffectError, PlacetError
from placet.ids import DraftId
from placet.log import get_logger
from tools.execution import AnyHandler

from . import switch
from .book import SqlBook, SqlPage, read_draft, read_permit
from .calls import Calls, Carried, Run, run_name
from .concluding import Concluding
from .ledger import read_entries
from .plan import Plans
from .schema import drafts
from .turn import Halt, Leg, Turns, note_next

__all__ = ["Runner", "run_name"]

_TRIES = 5
_log = get_logger(__name__)
_STEP_SECONDS = 2.0
"""How long a step claims batches. Shorter than `slots.COLD_AFTER`: a process that stood still until
its run was given up claims nothing more before it is asked whose run it is."""
_FORGED = "The ledger holds no sealed approval for this permit; nothing runs. Verify the ledger."

Reoffer = Callable[[Draft, str], Callable[[SqlPage], None] | None]
"""Prepares a fresh draft in place of a stale one, with the difference on its card."""


class Runner:
    """Runs approved drafts with the tools it is given."""

    def __init__(
        self,
        *,
        book: SqlBook,
        gate: Gate,
        handlers: Mapping[str, AnyHandler],
        reoffer: Reoffer,
        clock: Clock,
        per_second: float,
        token: str,
        key: bytes,
        step_seconds: float = _STEP_SECONDS,
    ) -> None:
        self._book, self._gate, self._handlers = book, gate, handlers
        self._reoffer = reoffer
        self._clock, self._key, self._step_seconds = clock, key, step_seconds
        self._plans = Plans(book.reader)
        self._calls = Calls(book.engine, clock)
        self._turns = Turns(
            engine=book.engine, plans=self._plans, clock=clock, per_second=per_second, token=token
        )
        self._concluding = Concluding(gate=gate, handlers=handlers, plans=self._plans, clock=clock)

    # --- the three steps -----------------------------------------------------------------------

    def bodies(self) -> Mapping[str, Callable[..., str]]:
        """Return what does each stage of an `execute` job."""
        return {
            "execute.begin": self.begin,
            "execute.chunk": self.chunk,
            "execute.finish": self.finish,
        }

    def begin(self, draft_id: str, revision: int, _job: str) -> str:
        """Check everything once more and start: `go`, `waiting` for its moment, or why not."""
        with self._book.begin() as page:
            draft = page.read(DraftId(draft_id))
            permit = page.permit(draft.revision.draft_id, revision)
            paused = switch.is_on(page.connection)
        if draft.revision.revision != revision or permit is None:
            return "another revision stands now"
        if draft.state is State.EXECUTING and permit.spent_by == run_name(draft_id, revision):
            return "paused" if paused and draft.stopped_by is None else "go"
        if draft.state is not State.APPROVED:
            return f"it is {draft.state.value}"
        if paused:
            return "paused"
        until = self._held_until(draft)
        if until is not None:
            return self._wait(draft_id, until)
        return self._start(draft, permit)

    def chunk(self, draft_id: str, revision: int, _job: str, _index: int) -> str:
        """Carry out batches for some seconds: `go` for more, `last`, `waiting` or `paused`.

        At least one, however long it takes. Which batch is next stands in the item rows: first what
        a dead run left, then the plan in order, then what was put off and is due.
        """
        ends = time.monotonic() + self._step_seconds
        leg, carried = Leg(self._load(draft_id, revision)), Carried()
        while carried.goes_on and (not leg.claimed or time.monotonic() < ends):
            claim = self._turns.take(leg, carried.told)
            if isinstance(claim, Halt):
                if claim.soon is None:
                    return self._halted(leg, claim)
                carried, said = Carried(), self._stand_by(draft_id, claim.soon)
                if said != "go":
                    return said
            else:
                carried = self._calls.carry_out(leg.run, claim, leg.made)
        self._calls.record(leg.run, carried.told)
        return self._ended_meanwhile(leg.run) or ("go" if carried.goes_on else "last")

    def _halted(self, leg: Leg, halt: Halt) -> str:
        """Return what the step says when the run does not go on now."""
        run = leg.run
        if halt.stopped:
            return self._wind_up(self._load(run.draft.revision.draft_id, run.permit.revision))
        if halt.ended and leg.claimed:
            return self._ended_meanwhile(run) or halt.said
        return halt.said

    def finish(self, draft_id: str, revision: int, _job: str) -> str:
        """Write the receipt and the final state; returns the state."""
        for _ in range(_TRIES):  # a stop may change the row between our reading and our swap
            with self._book.begin() as page:
                draft = page.read(DraftId(draft_id))
                permit = page.permit(draft.revision.draft_id, revision)
                if permit is None or draft.state not in (State.EXECUTING, State.UNKNOWN):
                    return f"it is {draft.state.value}"
                said = self._concluding.conclude(page, draft, permit)
            if said is not None:
                return said
        return "someone else was first"

    # --- after trouble -------------------------------------------------------------------------

    def reconcile(self, draft_id: str, revision: int) -> str:
        """Ask the destination about everything still in doubt, then conclude; never repeats a call.

        For runs whose outcome is unknown, and for those that stopped in the middle for good.
        """
        run = self._load(draft_id, revision)
        if run.draft.state is State.APPROVED:
            return self._close(
                run.draft, State.FAILED, "The run could not be started; see the log."
            )
        self._calls.ask(run)
        return self.finish(draft_id, revision, run_name(draft_id, revision))

    def _wind_up(self, run: Run) -> str:
        """End a run that a person stopped: ask about what is in doubt, call nothing more."""
        who = run.draft.stopped_by
        name = self._gate.policy.name_of(who) if who else "Placet"
        self._calls.ask(run, not_done=f"Stopped by @{name}.", stopped=True)
        return "last"

    # --- starting ------------------------------------------------------------------------------

    def _held_until(self, draft: Draft) -> datetime | None:
        """Return the moment before which an approved draft must not start, if that is to come."""
        handler, now = self._handlers.get(draft.revision.kind), self._clock.now()
        if handler is None:
            return None
        try:
            action = self._gate.read_action(draft.revision.kind, draft.revision.action)
            moments = (action.starts_at(), handler.not_before(action, now))
        except PlacetError:  # starting it says what is wrong
            return None
        return max((moment for moment in moments if moment and moment > now), default=None)

    def _start(self, draft: Draft, permit: PermitRow) -> str:
        late = self._gate.too_late(draft)
        if late:
            return self._close(draft, State.EXPIRED, late)
        if not self._is_proven(draft, permit):
            return self._close(draft, State.FAILED, _FORGED)
        outdated = self._gate.outdated(draft)
        if outdated:
            return self._stale(draft, outdated)
        try:
            run = self._load(draft.revision.draft_id, draft.revision.revision)
            drift = run.handler.drift(run.action, run.plan.members)
        except PlacetError as error:
            return self._close(draft, State.FAILED, str(error))
        if drift is not None:
            return self._stale(draft, drift)
        name = run_name(draft.revision.draft_id, draft.revision.revision)
        with self._book.begin() as page:
            try:
                started = page.apply(self._gate.start(draft, permit, run=name))
            except Conflict as conflict:
                return str(conflict)
        return "go" if started else "someone else was first"

    def _is_proven(self, draft: Draft, permit: PermitRow) -> bool:
        with self._book.reader.connect() as connection:
            rows = list(read_entries(connection, draft_id=draft.revision.draft_id))
        return self._gate.is_proven(draft, permit, rows, key=self._key)

    def _stale(self, draft: Draft, drift: str) -> str:
        reoffer = self._reoffer(draft, drift)
        try:
            with self._book.begin() as page:
                if page.apply(self._gate.close(draft, State.STALE, drift)) and reoffer is not None:
                    reoffer(page)
        except (
            PlacetError
        ) as error:  # the fresh draft is refused: the old one is stale all the same
            _log.warning("draft %s: %s", draft.revision.draft_id, error)
            self._close(draft, State.STALE, drift)
        return f"stale: {drift}"

    def _close(self, draft: Draft, to: State, why: str) -> str:
        with self._book.begin() as page:
            page.apply(self._gate.close(draft, to, why))
        return f"{to.value}: {why}"

    def _load(self, draft_id: str, revision: int) -> Run:
        with self._book.reader.connect() as connection:
            draft = read_draft(connection, draft_id)
            permit = read_permit(connection, draft_id, revision)
        if permit is None or draft.revision.revision != revision:
            raise Conflict("There is no permit for this revision; nothing runs.")
        if draft.revision.digest() != draft.digest or permit.digest != draft.digest:
            raise Conflict("The stored draft no longer matches what was approved; nothing runs.")
        handler = self._handlers.get(draft.revision.kind)
        if handler is None:
            raise EffectError(f"No tool here can carry out {draft.revision.kind}.")
        action = self._gate.read_action(draft.revision.kind, draft.revision.action)
        plan = self._plans.of(draft.digest, action, handler)
        return Run(draft=draft, action=action, handler=handler, permit=permit, plan=plan)

    # --- going on ------------------------------------------------------------------------------

    def _ended_meanwhile(self, run: Run) -> str | None:
        """Return how the run ended while this process was in its call, or None.

        A process that stood still (SIGSTOP, a frozen machine) was given up and its run concluded;
        what it then did all the same is told: the receipt is counted again.
        """
        revision = run.draft.revision
        query = sa.select(drafts.c.state).where(drafts.c.id == revision.draft_id)
        with self._book.reader.connect() as connection:
            state = connection.scalar(query)
        if state == State.EXECUTING.value:
            return None
        with self._book.begin() as page:
            draft, permit = page.read(revision.draft_id), run.permit
            if draft.state in FINAL:
                self._concluding.amend(page, draft, permit)
        return f"it is {draft.state.value}"

    def _stand_by(self, draft_id: str, until: datetime) -> str:
        """Wait for a moment that is near; `waiting` where the clock does not go on meanwhile."""
        time.sleep(max(0.0, (until - self._clock.now()).total_seconds()))
        if self._clock.now() >= until:
            return "go"
        return self._wait(draft_id, until)

    def _wait(self, draft_id: str, until: datetime) -> str:
        with self._book.engine.begin() as connection:
            note_next(connection, draft_id, until)
        return "waiting"
