"""Transitions: what the gate decided, as a value that a book carries out in one transaction.

A book compares (id, state, revision, digest, version) with `draft`, and only where all still hold
writes everything else: the new state, the decision, the permit, the ledger row, the job to enqueue.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from .decision import Decision, Verb
from .draft import Approval, Draft, Revision, State
from .ledger import Event
from .permit import PermitRow

__all__ = ["ALLOWED", "FINAL", "Opening", "Transition"]

FINAL = frozenset(
    {
        State.EXECUTED,
        State.PARTIAL,
        State.FAILED,
        State.REJECTED,
        State.EXPIRED,
        State.WITHDRAWN,
        State.STALE,
    }
)
"""States that nothing leaves."""

ALLOWED: dict[State, frozenset[State]] = {
    State.PENDING: frozenset(
        {
            State.PENDING,  # one of several approvals, or an edit: the next revision
            State.APPROVED,
            State.REJECTED,
            State.REVISING,
            State.EXPIRED,
            State.WITHDRAWN,
        }
    ),
    State.REVISING: frozenset(
        {State.PENDING, State.REVISING, State.REJECTED, State.WITHDRAWN, State.EXPIRED}
    ),
    State.APPROVED: frozenset(
        {State.EXECUTING, State.STALE, State.EXPIRED, State.WITHDRAWN, State.FAILED}
    ),
    State.EXECUTING: frozenset(
        {
            State.EXECUTING,  # stopped: what is in flight ends first
            State.EXECUTED,
            State.PARTIAL,
            State.FAILED,
            State.UNKNOWN,
            State.WITHDRAWN,  # stopped before anything was done
        }
    ),
    State.UNKNOWN: frozenset({State.EXECUTED, State.PARTIAL, State.FAILED}),
}
"""The whole state machine; what is not here cannot happen."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A new draft at the gate."""

    revision: Revision
    digest: str
    event: Event


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One step of one draft, with all that belongs to it."""

    draft: Draft
    """As it was read: what the compare-and-swap compares."""
    to: State
    event: Event
    at: datetime
    words: str
    """What the person is told, if it counts."""
    decision: Decision | None = None
    revision: Revision | None = None
    """The next revision, where the step makes one."""
    approvals: tuple[Approval, ...] = ()
    """All approvals that stand after the step."""
    permit: PermitRow | None = None
    """Issued by this step."""
    spend: PermitRow | None = None
    """Spent by this step, `spent_by` filled in."""
    valid_until: datetime | None = None
    next_at: datetime | None = None
    """Before this its run does not start; None: at once."""
    job: Literal["execute", "redraft"] | None = None
    """What is enqueued in the same transaction."""
    ticket: bool = False
    """Whether the step logs a ticket in the same transaction."""
    note: str | None = None

    @property
    def current(self) -> Revision:
        """The revision that stands after the step."""
        return self.revision or self.draft.revision

    def after(self) -> Draft:
        """Return the draft as it stands once the step is carried out."""
        decision = self.decision
        changes: dict[str, Any] = {
            "revision": self.current,
            "digest": self.current.digest() if self.revision else self.draft.digest,
            "state": self.to,
            "version": self.draft.version + 1,
            "approvals": self.approvals,
            "valid_until": self.valid_until or self.draft.valid_until,
            "next_at": self.next_at,
            "note": self.note,
        }
        if decision is not None and self.to is not State.EXECUTING:
            changes |= {"decided_by": decision.by, "decided_at": decision.at}
        if decision is not None and decision.verb is Verb.STOP:
            changes |= {"stopped_by": decision.by, "stopped_at": decision.at}
        return self.draft.model_copy(update=changes)

    def __post_init__(self) -> None:
        if self.to not in ALLOWED.get(self.draft.state, frozenset()):
            raise AssertionError(f"no way from {self.draft.state} to {self.to}")
