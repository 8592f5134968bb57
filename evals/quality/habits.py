"""Approvals that say little: faster than anybody reads, or never anything but yes."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Final

from pydantic import BaseModel, ConfigDict

from evals.statistics import Rate, wilson

from .outcome import Ending, Outcome

__all__ = ["FEWEST", "UNIFORM", "WORDS_PER_SECOND", "Habit", "habits", "reading_seconds"]

WORDS_PER_SECOND: Final = 8.0
"""Twice the pace at which people read silently (about 240 words a minute, Brysbaert 2019)."""
_GLANCE: Final = 4.0
"""Seconds that finding the card and the button take at least."""
FEWEST: Final = 8
"""Fewer approvals than this show no habit."""
UNIFORM: Final = 30
"""So many decisions without one rejection, edit or wish for changes are shown as uniform."""


class Habit(BaseModel):
    """How one person decides."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: str
    """`team/user`."""
    decided: int
    unchanged: Rate
    seconds: float
    """Median seconds to an approval."""
    needed: float
    """Median seconds that reading these drafts takes at twice the usual pace."""
    fast: bool
    """Whether half of the approvals came sooner than the draft could be read."""
    uniform: bool
    """Whether there was nothing but approvals, and many."""


def reading_seconds(words: int) -> float:
    """Return the seconds below which a draft of so many words was not read."""
    return _GLANCE + words / WORDS_PER_SECOND


def habits(outcomes: Sequence[Outcome]) -> list[Habit]:
    """Return how each person decides, those with most decisions first."""
    people = dict.fromkeys(one.decided_by for one in outcomes)
    found = [_habit(who, [one for one in outcomes if one.decided_by == who]) for who in people]
    return sorted(found, key=lambda one: (-one.decided, one.person))


def _habit(person: str, own: Sequence[Outcome]) -> Habit:
    approved = [one for one in own if one.approved]
    unchanged = sum(one.ending is Ending.UNCHANGED for one in own)
    # Each draft against its own length: a fast yes to a short one is no haste.
    haste = [one.seconds / reading_seconds(one.words) for one in approved]
    return Habit(
        person=person,
        decided=len(own),
        unchanged=wilson(unchanged, len(own)),
        seconds=median([one.seconds for one in approved]) if approved else 0.0,
        needed=median([reading_seconds(one.words) for one in approved]) if approved else 0.0,
        fast=len(approved) >= FEWEST and median(haste) < 1,
        uniform=len(own) >= UNIFORM and unchanged == len(own),
    )
