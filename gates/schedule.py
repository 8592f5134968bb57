"""Schedules: an action may name the moment before which it must not run, and its clocks follow.

An approval of a scheduled action is valid from that moment on, and the request's own clock no
longer ends it; but nobody can approve what should have started already.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from placet.errors import Conflict

from .action import Action
from .draft import Approval
from .words import clock_time

__all__ = ["check_not_missed", "next_start", "valid_until"]


def check_not_missed(action: Action, now: datetime) -> None:
    """Refuse to approve what was to start before now.

    Raises:
        Conflict: the moment has passed.
    """
    starts_at = action.starts_at()
    if starts_at is not None and starts_at <= now:
        raise Conflict(
            f"It was to start at {clock_time(starts_at)}, which has passed; edit the schedule."
        )


def next_start(action: Action, now: datetime) -> datetime | None:
    """Return when an action approved now may start, or None where that is at once."""
    starts_at = action.starts_at()
    return starts_at if starts_at is not None and starts_at > now else None


def valid_until(
    approvals: Iterable[Approval], valid_for: timedelta, starts_at: datetime | None
) -> datetime:
    """Return until when these approvals permit a run: from the first of them or from its start."""
    first = min(approval.at for approval in approvals)
    return max(first, starts_at or first) + valid_for
