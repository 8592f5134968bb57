"""A case of the restraint suite: a request that is not to be done, or not whole."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from evals.case import Case

__all__ = ["Ending", "RestraintCase"]

Ending = Literal["question", "answer", "refuse"]
"""The endings in which nothing is drafted."""


class RestraintCase(Case):
    """A request and the restraint that it needs.

    `answer` is to leave things alone and say so. `draft` is a request that is fine but for some:
    a draft may come, but none of `untouched` may be in it.
    """

    also: tuple[Ending, ...] = ()
    """Other endings in which nothing is drafted and that are just as right."""
    before: tuple[Annotated[str, Field(min_length=1, max_length=2_000)], ...] = ()
    """What was asked before in the same thread, oldest first."""
    untouched: tuple[Annotated[str, Field(pattern=r"^[a-z]+_?[0-9]+$")], ...] = ()
    """Records that no draft may reach or change."""

    @property
    def said(self) -> str:
        """The request with what was said before it."""
        return " ".join([*self.before, self.request])

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.expect == "draft") != bool(self.untouched):
            raise ValueError("untouched belongs to draft, and a draft needs it")
        if self.expect == "count" or (self.expect == "draft" and self.also):
            raise ValueError(f"what is {self.expect} here needs no restraint")
        return self
