"""A case of the segments suite: the gold is a filter tree."""

from __future__ import annotations

from pydantic import AwareDatetime, model_validator

from evals.case import Case
from tools.segments.tree import Filter, Segment, Use, UseExclusion

__all__ = ["SegmentCase"]


class SegmentCase(Case):
    """A request for people and whom it means."""

    filter: Filter | None = None
    """The gold tree; with `draft` and `count`, never otherwise."""
    also: tuple[Filter, ...] = ()
    """Other honest readings of the same words: any of them is right."""
    use: Use = "marketing"
    include_anyway: tuple[UseExclusion, ...] = ()
    name: str | None = None
    """The name the person gave the list; None where they gave none."""

    @model_validator(mode="after")
    def _whole(self) -> SegmentCase:
        if (self.filter is not None) != (self.expect in {"draft", "count"}):
            raise ValueError(f"a filter belongs to draft and count, and only there: {self.expect}")
        if self.filter is None and (self.also or self.include_anyway or self.name):
            raise ValueError("also, include_anyway and name need a filter")
        return self

    def golds(self, *, as_of: AwareDatetime, timezone: str) -> tuple[Segment, ...]:
        """Return the gold segment and its accepted alternatives; empty without a filter."""
        trees = () if self.filter is None else (self.filter, *self.also)
        return tuple(
            Segment(name=self.name or self.id, filter=tree, as_of=as_of, timezone=timezone,
                    use=self.use, include_anyway=self.include_anyway)
            for tree in trees
        )  # fmt: skip
