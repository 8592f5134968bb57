"""A case of the emails suite: whom the email is for, and what it must and must not say."""

from __future__ import annotations

from typing import Self

from pydantic import AwareDatetime, Field, model_validator

from evals.case import Case
from tools.segments.tree import Filter, Segment, UseExclusion

__all__ = ["EmailCase"]


class EmailCase(Case):
    """A brief in plain words and the rules that its email must meet."""

    filter: Filter | None = None
    """Whom it is for; with `draft`, never otherwise."""
    also: tuple[Filter, ...] = ()
    """Other honest readings of the audience."""
    include_anyway: tuple[UseExclusion, ...] = ()
    facts: tuple[str, ...] = ()
    """What the email must say, each as its accepted spellings with `|` between them; letter case
    and white space do not count."""
    absent: tuple[str, ...] = ()
    """What must not be in it, in the same form."""
    links: tuple[str, ...] = ()
    """Every link of the copy, without campaign tags; no other may be there."""
    words: tuple[int, int] | None = None
    """At least and at most so many words of copy, the footer aside."""
    language: str = "en"
    send_at: AwareDatetime | None = None
    """When it must leave; None: as soon as it is approved."""
    variants: int = Field(default=0, ge=0)
    """How many subject lines are tested; 0: none."""
    subject: str | None = None
    """The subject where the brief gives one."""
    approved: str | None = Field(default=None, max_length=8_000)
    """The text that a person approved for it: how far a draft is from it is a figure, no rule."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.filter is not None) != (self.expect == "draft"):
            raise ValueError(f"a filter belongs to draft, and only there: {self.expect}")
        ruled = self.facts or self.absent or self.links or self.words or self.send_at
        if self.filter is None and (
            ruled or self.also or self.variants or self.subject or self.approved
        ):
            raise ValueError("facts, links and the other rules need a draft")
        return self

    def golds(self, *, as_of: AwareDatetime, timezone: str) -> tuple[Segment, ...]:
        """Return the gold audience and its accepted alternatives; empty without a filter."""
        trees = () if self.filter is None else (self.filter, *self.also)
        return tuple(
            Segment(name=self.id, filter=tree, as_of=as_of, timezone=timezone,
                    include_anyway=self.include_anyway)
            for tree in trees
        )  # fmt: skip
