"""Drift: what changed between the members that were approved and those there would be now.

Pure: two sets of ids and a tolerance. Someone who may no longer be written to is never within
tolerance; anything else counts as a share of what was approved.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Drift", "compare"]


@dataclass(frozen=True, kw_only=True)
class Drift:
    """The difference, each part sorted."""

    approved: int
    """How many members were approved."""
    added: tuple[str, ...]
    """Who would be in now and was not approved; they are never added without a new approval."""
    removed: tuple[str, ...]
    """Who was approved and would not be in now."""
    newly_suppressed: tuple[str, ...] = ()
    """Those of the approved who may no longer be written to: suppressed, or consent withdrawn."""

    @property
    def share(self) -> float:
        """Changed members, both ways, as a share of the approved ones; may exceed 1."""
        return (len(self.added) + len(self.removed)) / max(1, self.approved)

    def beyond(self, tolerance: float) -> bool:
        """Whether the approval no longer covers what would run."""
        return bool(self.newly_suppressed) or self.share > tolerance

    def words(self) -> str:
        """Return the difference in one line for a person."""
        parts = [
            f"{len(self.removed):,} of {self.approved:,} approved members no longer match",
            f"{len(self.added):,} new ones do ({self.share:.1%} changed)",
        ]
        if self.newly_suppressed:
            parts.append(
                f"{len(self.newly_suppressed):,} approved members may no longer be written to"
            )
        return ", ".join(parts)


def compare(
    approved: Iterable[str], current: Iterable[str], *, unsendable: Iterable[str] = ()
) -> Drift:
    """Return how `current` differs from `approved`; `unsendable` are ids no one may write to."""
    before, now = set(approved), set(current)
    return Drift(
        approved=len(before),
        added=tuple(sorted(now - before)),
        removed=tuple(sorted(before - now)),
        newly_suppressed=tuple(sorted(before & set(unsendable))),
    )
