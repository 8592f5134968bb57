"""From a segment to the draft that makes the list. Code computes all that the card shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agents.port import Proposed
from gates.targets import targets_of
from tools.segments.action import BuildSegment
from tools.segments.port import SegmentReader
from tools.segments.tree import Segment

from .audience import audience_of
from .port import Reading, WordUse

__all__ = ["propose"]


def propose(
    segments: SegmentReader, segment: Segment, *, drafter: str, prompt: str | None = None,
    words: Sequence[WordUse] = (), second: Reading | None = None, second_name: str = "",
    fallback: str = "", why: str = "", tolerance: float | None = None,
) -> Proposed:  # fmt: skip
    """Return the draft that makes the list: exact members, what was checked, what was found."""
    audience = audience_of(
        segments, segment, words=words, second=second, second_name=second_name,
        fallback=fallback, why=why,
    )  # fmt: skip
    fields: dict[str, Any] = {"segment": segment, "targets": targets_of(audience.members)}
    if tolerance is not None:
        fields["tolerance"] = tolerance
    action = BuildSegment(**fields)
    return Proposed(
        kind=action.kind,
        action=action.arguments(),
        members=audience.members,
        title=f"Build the list “{segment.name}”",
        summary=audience.summary,
        checks=audience.checks,
        evidence=audience.evidence,
        drafter=drafter,
        prompt=prompt,
    )
