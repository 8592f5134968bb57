"""How a run ends: what was counted, what it is called, and the receipt that says so.

The counts come from the item rows, the words from the counts; the receipt, the final state and the
ledger row are one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from gates.draft import Draft, State
from gates.gate import Gate
from gates.permit import PermitRow
from placet.clock import Clock
from placet.ids import ReceiptId, new_id
from tools.execution import AnyHandler, Counted

from . import items
from .book import SqlPage
from .plan import Plan, Plans
from .schema import receipts

__all__ = ["Concluding", "Numbers", "outcome"]

_MOST_REASONS = 20
_SPOKEN_REASONS = 3
_ENDED = "The run ended before it was tried again."


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """What became of the steps of a run."""

    done: int
    failed: int
    unknown: int
    total: int
    reasons: Mapping[str, int]
    """Why steps failed, with how many for each reason; the commonest first."""

    @property
    def left(self) -> int:
        """How many were not tried, or were put off and never tried again."""
        return self.total - self.done - self.failed - self.unknown

    def body(self) -> dict[str, Any]:
        """Return the numbers as the receipt and the ledger keep them."""
        shown = dict(list(self.reasons.items())[:_MOST_REASONS])
        others = self.failed - sum(shown.values())
        if others > 0:
            shown["other reasons"] = others
        return {
            "done": self.done,
            "failed": self.failed,
            "reasons": shown,
            "unknown": self.unknown,
            "left": self.left,
            "total": self.total,
        }


@dataclass(frozen=True, kw_only=True)
class _End:
    """How a run ended: the state, the words, the numbers, and what the first step made."""

    to: State
    note: str
    numbers: Numbers
    made: Mapping[str, str]


def outcome(
    numbers: Numbers, *, counted: Counted, aside: tuple[int, int] = (0, 0), stopped: str | None
) -> tuple[State, str]:
    """Return how a run ended, and the words for it.

    Args:
        numbers: what became of its steps.
        counted: how they are called.
        aside: of the steps done, and of all steps, how many are not counted in words.
        stopped: who stopped it, by name.
    """
    done, total = numbers.done - aside[0], numbers.total - aside[1]
    if numbers.unknown:
        known = f"The outcome of {numbers.unknown:,} of {total:,} {counted.noun} is not known yet."
        return State.UNKNOWN, known
    if numbers.done == numbers.total:
        one = f"The one {counted.noun.removesuffix('s')} was {counted.verb}."
        every = f"All {total:,} {counted.noun} were {counted.verb}."
        return State.EXECUTED, one if total == 1 else every
    if done == 0 and stopped and not numbers.failed:
        return State.WITHDRAWN, f"Stopped by @{stopped} before anything was {counted.verb}."
    why = _why(numbers, stopped)
    if done == 0:
        return State.FAILED, f"Nothing was {counted.verb}. {why}"
    rest = f"{total - done:,} {'was' if total - done == 1 else 'were'} not"
    said = f"{done:,} of {total:,} {counted.noun} were {counted.verb}; {rest}."
    return State.PARTIAL, f"{said} {why}"


def _why(numbers: Numbers, stopped: str | None) -> str:
    found = list(numbers.reasons.items())
    told = [f"{why.rstrip('.')} ({count:,})" for why, count in found[:_SPOKEN_REASONS]]
    others = sum(count for _, count in found[_SPOKEN_REASONS:])
    if others:
        told.append(f"other reasons ({others:,})")
    if numbers.left:
        told.append(f"{f'stopped by @{stopped}' if stopped else 'not tried'} ({numbers.left:,})")
    return f"Why: {'; '.join(told)}."


class Concluding:
    """Ends runs."""

    def __init__(
        self, *, gate: Gate, handlers: Mapping[str, AnyHandler], plans: Plans, clock: Clock
    ) -> None:
        self._gate, self._handlers = gate, handlers
        self._plans, self._clock = plans, clock

    def conclude(self, page: SqlPage, draft: Draft, permit: PermitRow) -> str | None:
        """Write the receipt and the final state; None where someone else changed the draft."""
        stopped = self._stopper(draft)
        items.stop_deferred(
            page.connection,
            permit.id,
            f"Stopped by @{stopped}." if stopped else _ENDED,
            at=self._clock.now(),
        )
        end = self._count(page, draft, permit)
        if end.to is draft.state:  # still unknown
            return end.to.value
        receipt_id, counts = _receipt_id(page, permit), end.numbers.body()
        finished = self._gate.finish(
            draft, end.to, receipt_id=receipt_id, counts=counts, note=end.note
        )
        if not page.apply(finished):
            return None
        self._write_receipt(page, receipt_id, draft, permit, end)
        if draft.state is State.UNKNOWN:
            page.tracker.close(f"{draft.revision.draft_id}:run", end.note)
        return end.to.value

    def amend(self, page: SqlPage, draft: Draft, permit: PermitRow) -> None:
        """Count a concluded run again, where something was done after it was given up.

        Its state stays as it is; the receipt and a ledger row say what was really done.
        """
        query = sa.select(receipts.c.body).where(receipts.c.permit_id == permit.id)
        told = json.loads(page.connection.scalar(query) or "{}")
        end = self._count(page, draft, permit)
        counts = end.numbers.body()
        if told.get("done") == counts["done"]:
            return
        receipt_id = _receipt_id(page, permit)
        page.append(self._gate.amended(draft, receipt_id=receipt_id, counts=counts, note=end.note))
        self._write_receipt(page, receipt_id, draft, permit, replace(end, to=draft.state))

    def _stopper(self, draft: Draft) -> str | None:
        return self._gate.policy.name_of(draft.stopped_by) if draft.stopped_by else None

    def _count(self, page: SqlPage, draft: Draft, permit: PermitRow) -> _End:
        revision = draft.revision
        handler = self._handlers[revision.kind]
        action = self._gate.read_action(revision.kind, revision.action)
        plan = self._plans.of(draft.digest, action, handler)
        made = items.read_results(page.connection, permit.id, plan.first)
        numbers = _numbers(page.connection, permit.id, len(plan.steps))
        counted = getattr(handler, "counted", Counted())  # optional, see tools.execution.Handler
        to, note = outcome(
            numbers,
            counted=counted,
            aside=_aside(plan, counted, made),
            stopped=self._stopper(draft),
        )
        return _End(to=to, note=note, numbers=numbers, made=made)

    def _write_receipt(
        self,
        page: SqlPage,
        receipt_id: ReceiptId,
        draft: Draft,
        permit: PermitRow,
        end: _End,
    ) -> None:
        made = {item: json.loads(result) for item, result in end.made.items()}
        body = end.numbers.body() | {"note": end.note, "made": made}
        values = {
            "state": end.to.value,
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


def _aside(plan: Plan, counted: Counted, made: Mapping[str, str]) -> tuple[int, int]:
    """Return how many steps done, and steps in all, are preparation and not counted in words."""
    alone = len(plan.steps) == 1 or not plan.first or plan.first[0] in plan.members
    if alone or counted.noun == Counted().noun:
        return 0, 0
    return len(made), 1


def _numbers(connection: sa.Connection, permit_id: str, total: int) -> Numbers:
    count = items.counts(connection, permit_id)
    return Numbers(
        done=count["done"],
        failed=count["failed"],
        unknown=count["unknown"] + count["claimed"],
        total=total,
        reasons=items.reasons(connection, permit_id),
    )


def _receipt_id(page: SqlPage, permit: PermitRow) -> ReceiptId:
    query = sa.select(receipts.c.id).where(receipts.c.permit_id == permit.id)
    return ReceiptId(page.connection.scalar(query) or new_id("rc"))
