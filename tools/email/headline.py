"""One line that says what pressing Approve does: how many people, by what, and when."""

from __future__ import annotations

from datetime import datetime, tzinfo

from .action import SendEmail, SendTest
from .model import Schedule

__all__ = ["headline", "moment"]


def headline(action: SendEmail | SendTest, zone: tzinfo) -> str:
    """Return `Send to 1,204 people via smtp, on Sat 12 Dec 2026 09:00 CET`, all of it counted."""
    if isinstance(action, SendTest):
        return f"Send one test message to {action.to} via {action.destination}"
    count = action.targets.count
    people = "1 person" if count == 1 else f"{count:,} people"
    return f"Send to {people} via {action.destination}, {_when(action.schedule, zone)}"


def moment(at: datetime, zone: tzinfo) -> str:
    """Return a moment on the clock of a time zone: `Sat 12 Dec 2026 09:00 CET`."""
    there = at.astimezone(zone)
    return f"{there:%a} {there.day} {there:%b %Y %H:%M} {there.tzname()}"


def _when(schedule: Schedule, zone: tzinfo) -> str:
    if schedule.send_at is None:
        return "as soon as it is approved"
    return f"on {moment(schedule.send_at, zone)}"
