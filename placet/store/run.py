"""Carrying out what was approved: begin, chunk after chunk, finish. Each is one durable step.

A step may be repeated after a kill at any line of it. What keeps effects single is: the permit,
spent in the transaction that starts the run; the item row, claimed before the call; and the
destination's own idempotency key. A run never ends without a state.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gates.action import Action
from gates.draft import Draft, State
from gates.gate import Gate
from gates.permit import Permit, PermitRow, spent
from gates.targets import targets_of
from placet.clock import Clock
from placet.errors import Conflict, EffectError, EffectUnknown, PlacetError
from placet.ids import DraftId, ReceiptId, new_id
from placet.log import get_logger
from tools.execution import AnyHandler

from . import bucket, items, switch
from .book import SqlBook, SqlPage, read_draft, read_members, read_permit
from .ledger import read_entries
from .schema import receipts

__all__ = ["Runner", "run_name"]

_log = get_logger(__name__)
_SETTLE_TRIES = 3
_MOST_PLANS = 4
_FORGED = "The ledger holds no sealed approval for this permit; nothing runs. Verify the ledger."

Reoffer = Callable[[Draft, str], Callable[[SqlPage], None] | None]
"""Prepares a fresh draft in place of a stale one, with the difference on its card."""


def run_name(draft_id: str, revision: int) -> str:
    """Return the name under which a permit is spent: one per revision, whatever resumes it."""
    return f"execute:{draft_id}:{revision}"


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """The steps for one set of members, verified against its hash once per process."""

    members: Sequence[str]
    steps: Sequence[str]
    batches: Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class _Run:
    """Everything a step needs; draft, digest and permit are read anew for each step."""

    draft: Draft
    action: Action
    handler: AnyHandler
    permit: PermitRow
    plan: _Plan

    @property
    def first(self) -> Sequence[str]:
        """The first step, alone: where the others go."""
        return self.plan.steps[:1]


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
    ) -> None:
        self._book, self._gate, self._handlers = book, gate, handlers
        self._reoffer = reoffer
        self._clock, self._per_second, self._token = clock, per_second, token
        self._key = key
        self._plans: dict[str, _Plan] = {}

    # --- the three steps -----------------------------------------------------------------------

    def begin(self, draft_id: str, revision: int, _job: str) -> str:
        """Check everything once more and start: `go`, or why not."""
        with self._book.begin() as page:
            draft = page.read(DraftId(draft_id))
            permit = page.permit(draft.revision.draft_id, revision)
            paused = switch.is_on(page.connection)
        if draft.revision.revision != revision or permit is None:
            return "another revision stands now"
        if draft.state is State.EXECUTING and permit.spent_by == run_name(draft_id, revision):
            return "paused" if paused else "go"
        if draft.state is not State.APPROVED:
            return f"it is {draft.state.value}"
        if paused:
            return "paused"
        return self._start(draft, permit)

    def chunk(self, draft_id: str, revision: int, _job: str, index: int) -> str:
        """Carry out one batch: `go` for more, `last`, or `paused`."""
        run = self._load(draft_id, revision)
        batches = run.plan.batches
        if index >= len(batches):
            return "last"
        batch = batches[index]
        with self._book.engine.begin() as connection:
            if switch.is_on(connection):
                return "paused"
            now = self._clock.now()
            wait = bucket.take(
                connection, run.action.destination, len(batch), per_second=self._per_second, now=now
            )
            claim = items.claim(connection, run.permit.id, batch, token=self._token, at=now)
        time.sleep(wait)
        goes_on = self._carry_out(run, claim)
        return "go" if goes_on and index + 1 < len(batches) else "last"

    def finish(self, draft_id: str, revision: int, _job: str) -> str:
        """Write the receipt and the final state; returns the state."""
        with self._book.begin() as page:
            draft = page.read(DraftId(draft_id))
            permit = page.permit(draft.revision.draft_id, revision)
            if permit is None or draft.state not in (State.EXECUTING, State.UNKNOWN):
                return f"it is {draft.state.value}"
            return self._conclude(page, draft, permit)

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
        done = self._results(run.permit.id, run.first)
        with self._book.reader.connect() as connection:
            doubtful = items.in_doubt(connection, run.permit.id)
        name = run_name(draft_id, revision)
        permit = spent(run.permit, by=name, digest=run.draft.revision.digest())
        try:
            not_done = self._settle(run, permit, doubtful, done)
        except EffectUnknown as error:
            self._lose(run, doubtful, str(error))
        else:
            self._refuse(run, not_done, "The destination was asked: this was not done.")
        return self.finish(draft_id, revision, name)

    # --- pieces --------------------------------------------------------------------------------

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
        with self._book.begin() as page:
            if page.apply(self._gate.close(draft, State.STALE, drift)) and reoffer is not None:
                reoffer(page)
        return f"stale: {drift}"

    def _close(self, draft: Draft, to: State, why: str) -> str:
        with self._book.begin() as page:
            page.apply(self._gate.close(draft, to, why))
        return f"{to.value}: {why}"

    def _load(self, draft_id: str, revision: int) -> _Run:
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
        plan = self._plan(draft.digest, action, handler)
        return _Run(draft=draft, action=action, handler=handler, permit=permit, plan=plan)

    def _plan(self, digest: str, action: Action, handler: AnyHandler) -> _Plan:
        """Return the plan of a digest; its members are unpacked and hashed once per process.

        Raises:
            Conflict: the kept members are not those that were approved.
        """
        known = self._plans.get(digest)
        if known is not None:
            return known
        with self._book.reader.connect() as connection:
            members = read_members(connection, action.targets)
        if targets_of(members) != action.targets:
            raise Conflict("The stored members no longer match what was approved; nothing runs.")
        steps, size = handler.steps(action, members), handler.batch_size
        rest = [steps[i : i + size] for i in range(1, len(steps), size)]
        plan = _Plan(members=members, steps=steps, batches=[steps[:1], *rest])
        if len(self._plans) >= _MOST_PLANS:
            self._plans.pop(next(iter(self._plans)))
        self._plans[digest] = plan
        return plan

    def _carry_out(self, run: _Run, claim: items.Claim) -> bool:
        name = run_name(run.draft.revision.draft_id, run.draft.revision.revision)
        permit = spent(run.permit, by=name, digest=run.draft.revision.digest())
        done = self._results(run.permit.id, run.first)
        try:
            todo = [*self._settle(run, permit, claim.inherited, done), *claim.fresh]
        except EffectUnknown as error:
            self._lose(run, [*claim.inherited, *claim.fresh], str(error))
            return False
        return not todo or self._call(run, permit, todo, done)

    def _settle(
        self, run: _Run, permit: Permit, doubtful: Sequence[str], done: Mapping[str, str]
    ) -> list[str]:
        """Ask the destination about inherited claims; return those certainly not done."""
        if not doubtful:
            return []
        answers = run.handler.settle(permit.key, run.action, doubtful, done)
        known = {item: result for item, result in answers.items() if result is not None}
        self._finish_items(run, known)
        return [item for item in doubtful if item not in known]

    def _call(
        self, run: _Run, permit: Permit, todo: Sequence[str], done: Mapping[str, str]
    ) -> bool:
        """Call the destination once; where the outcome is open, ask it before anything else."""
        doubt: Sequence[str] = todo
        for _ in range(_SETTLE_TRIES):
            try:
                self._finish_items(run, run.handler.run(permit, run.action, doubt, done))
            except EffectUnknown as error:
                _log.warning("%s: %s", permit.id, error)
                try:
                    doubt = self._settle(run, permit, doubt, done)
                except EffectUnknown as again:
                    self._lose(run, doubt, str(again))
                    return False
                if not doubt:
                    return True
            except EffectError as error:
                return self._refuse(run, doubt, str(error))
            else:
                return True
        self._lose(run, doubt, "The destination kept failing in the middle of the call.")
        return False

    def _refuse(self, run: _Run, batch: Sequence[str], error: str) -> bool:
        """Record a refusal; go on with the other batches unless nothing can go on without this."""
        with self._book.engine.begin() as connection:
            items.fail(connection, run.permit.id, batch, error, at=self._clock.now())
        return run.first[0] not in batch

    def _lose(self, run: _Run, batch: Sequence[str], error: str) -> None:
        with self._book.engine.begin() as connection:
            items.lose(connection, run.permit.id, batch, error, at=self._clock.now())

    def _finish_items(self, run: _Run, results: Mapping[str, str]) -> None:
        with self._book.engine.begin() as connection:
            items.finish(connection, run.permit.id, results, at=self._clock.now())

    def _results(self, permit_id: str, only: Sequence[str]) -> dict[str, str]:
        with self._book.reader.connect() as connection:
            return items.read_results(connection, permit_id, only)

    def _conclude(self, page: SqlPage, draft: Draft, permit: PermitRow) -> str:
        action = self._gate.read_action(draft.revision.kind, draft.revision.action)
        steps = self._plan(draft.digest, action, self._handlers[draft.revision.kind]).steps
        count = items.counts(page.connection, permit.id)
        numbers = {"done": count["done"], "unknown": count["unknown"], "total": len(steps)}
        to, note = _outcome(**numbers)
        if to is draft.state:  # still unknown
            return to.value
        made = items.read_results(page.connection, permit.id, steps[:1])
        receipt_id = self._receipt_id(page, permit)
        finished = self._gate.finish(draft, to, receipt_id=receipt_id, counts=numbers, note=note)
        if not page.apply(finished):
            return "someone else was first"
        body = numbers | {"made": {item: json.loads(result) for item, result in made.items()}}
        self._write_receipt(page, receipt_id, draft, permit, to, body)
        if draft.state is State.UNKNOWN:
            page.tracker.close(f"{draft.revision.draft_id}:run", note)
        return to.value

    def _receipt_id(self, page: SqlPage, permit: PermitRow) -> ReceiptId:
        query = sa.select(receipts.c.id).where(receipts.c.permit_id == permit.id)
        return ReceiptId(page.connection.scalar(query) or new_id("rc"))

    def _write_receipt(
        self,
        page: SqlPage,
        receipt_id: ReceiptId,
        draft: Draft,
        permit: PermitRow,
        to: State,
        body: dict[str, Any],
    ) -> None:
        values = {
            "state": to.value,
            "body": json.dumps(body, ensure_ascii=False),
            "at": self._clock.now(),
        }
        there = page.connection.execute(
            receipts.update().where(receipts.c.id == receipt_id).values(values)
        )
        if there.rowcount == 0:
            page.connection.execute(
                receipts.insert().values(
                    id=receipt_id,
                    permit_id=permit.id,
                    draft_id=draft.revision.draft_id,
                    revision=draft.revision.revision,
                    digest=draft.digest,
                    kind=draft.revision.kind,
                    **values,
                )
            )


def _outcome(done: int, unknown: int, total: int) -> tuple[State, str]:
    if unknown:
        return State.UNKNOWN, f"The outcome of {unknown:,} of {total:,} steps is not known yet."
    if done == total:
        return State.EXECUTED, f"All {total:,} steps were carried out."
    if done == 0:
        return State.FAILED, "Nothing was carried out."
    return State.PARTIAL, f"{done:,} of {total:,} steps were carried out."
