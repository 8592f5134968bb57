"""What drafting and executing need from the segment engine: reading only.

The engine that implements it stands where the data stands (`tools.segments.engine` over SQL).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from .tree import Filter, Segment, UseExclusion

__all__ = ["FunnelStep", "LeftOut", "Preview", "Problem", "Row", "SegmentReader"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Problem(_Value):
    """Why a filter cannot be used, or what its reader should know."""

    path: str
    """Where in the tree, for example `and[1].not.property`."""
    message: str
    """One line for a person or a model: what is wrong and what would be right."""


class FunnelStep(_Value):
    """How many contacts are left after one more top-level clause."""

    words: str
    """The clause in plain words, what unknown values do included."""
    remaining: int


class LeftOut(_Value):
    """How many matching contacts the use policy leaves out, by first reason that applies."""

    reason: UseExclusion
    count: int


class Row(_Value):
    """One member as a person would recognise them."""

    contact_id: str
    email: str
    name: str
    job_title: str | None = None
    company: str | None = None
    country: str | None = None


class Preview(_Value):
    """Everything a card says about a segment, computed by code in one scan."""

    members: tuple[str, ...]
    """Contact ids, sorted; exactly who would be on the list."""
    matching: int
    """How many match the filter before the use policy."""
    funnel: tuple[FunnelStep, ...]
    """From everybody, clause by clause, to the members (the use policy comes last)."""
    left_out: tuple[LeftOut, ...]
    included_anyway: tuple[LeftOut, ...] = ()
    """Members whom the use policy would leave out, but the segment includes on request."""
    sample: tuple[Row, ...] = ()
    """A few members, the same ones for the same members."""
    warnings: tuple[str, ...] = ()
    """What the approver should know: "312 people have no lifecycle stage and are included"."""


class SegmentReader(Protocol):
    """Computes who is in a segment."""

    def check(self, tree: Filter) -> Sequence[Problem]:
        """Return what is wrong with the filter (fields, values, types); empty is good."""
        ...

    def preview(self, segment: Segment, *, sample: int = 5) -> Preview:
        """Return members, counts, funnel, exclusions and a sample."""
        ...

    def members(self, segment: Segment) -> Sequence[str]:
        """Return the contact ids in the segment, use policy applied, sorted."""
        ...

    def count(self, segment: Segment) -> int:
        """Return how many contacts match, use policy applied."""
        ...

    def rows(self, contact_ids: Sequence[str]) -> Sequence[Row]:
        """Return these contacts as rows, in the order given; unknown ids are left out."""
        ...

    def describe(self, tree: Filter) -> str:
        """Return the filter in plain words, what unknown values do included."""
        ...
