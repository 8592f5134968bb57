"""What people are told: every click is answered, in words."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from .draft import Draft, State
from .policy import Policy

__all__ = ["clock_time", "standing"]


def clock_time(at: datetime | None) -> str:
    """Return a moment as people read it: `10:02 UTC on 24 Nov 2026`."""
    return f"{at:%H:%M} UTC on {at.day} {at:%b %Y}" if at else "an unknown time"


def standing(draft: Draft, policy: Policy) -> str:
    """Return why a draft that is not pending cannot be decided: who was first, and when."""
    by = f"@{policy.name_of(draft.decided_by)}" if draft.decided_by else "Placet"
    when = clock_time(draft.decided_at)
    if draft.stopped_by is not None:
        return _stopped(draft, policy)
    match draft.state:
        case State.PENDING:
            return "It is waiting for a decision."
        case State.APPROVED:
            start = f"it runs at {clock_time(draft.next_at)}" if draft.next_at else "it runs next"
            return f"It was already approved by {by} at {when}; {start}."
        case State.EXECUTING:
            return f"It was already approved by {by} at {when}; it is running."
        case State.EXECUTED:
            return f"It was already approved by {by} at {when} and carried out."
        case State.PARTIAL:
            return f"It was already approved by {by} at {when} and carried out in part."
        case State.FAILED:
            return f"It was already approved by {by} at {when}; the run failed, see its ticket."
        case State.UNKNOWN:
            return f"It was already approved by {by} at {when}; its outcome is being looked up."
        case State.REJECTED:
            return f"It was already rejected by {by} at {when}."
        case State.REVISING:
            return f"Changes were asked for by {by} at {when}; wait for the next revision."
        case State.EXPIRED:
            return f"It expired at {clock_time(draft.revision.expires_at)}; ask for it again."
        case State.WITHDRAWN:
            return f"It was withdrawn by {by} at {when}."
        case State.STALE:
            note = f" {draft.note}" if draft.note else ""
            return f"It went stale: what was approved no longer held.{note}"
        case _:
            assert_never(draft.state)


def _stopped(draft: Draft, policy: Policy) -> str:
    who = policy.name_of(draft.stopped_by) if draft.stopped_by else "Placet"
    said = f"It was already stopped by @{who} at {clock_time(draft.stopped_at)}"
    if draft.state is State.EXECUTING:
        return f"{said}; what is on its way ends first."
    if draft.state is State.EXECUTED:
        return f"{said}, when all of it was on its way; it was carried out."
    return f"{said}. {draft.note}" if draft.note else f"{said}."
