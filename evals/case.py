"""One eval case: a request in plain words and how it should end, as reviewed data.

What the right ending looks like is the trade's own: `evals.segments.case` adds a gold filter,
`evals.emails.case` the facts and rules of an email.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["PARTS", "Case", "Expect", "Part", "Word"]

Expect = Literal["draft", "count", "question", "answer", "refuse"]
"""How the request should end."""
Part = Literal["train", "dev", "test"]
"""Which part of a suite a case is in; `test` is held out."""
PARTS: tuple[Part, ...] = ("train", "dev", "test")

Word = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]


class Case(BaseModel):
    """What every case has; the suite's README says how each key and each word is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Word
    request: str = Field(min_length=1, max_length=2_000)
    expect: Expect
    about: tuple[str, ...] = ()
    """The question must mention at least one of these; empty accepts any question."""
    must_pass: bool = False
    tags: tuple[Word, ...] = Field(min_length=1)
    cluster: Word
    """Variants of one request share it and stay in one part, so that nothing leaks."""
    source: Literal["authored", "harvested"] = "authored"
    harm: int = Field(ge=1, le=5)
    """How bad a silently wrong answer would be, 1 to 5."""

    @property
    def said(self) -> str:
        """What two cases are compared by: the request, and whatever else makes it another one."""
        return self.request

    @model_validator(mode="after")
    def _about_belongs(self) -> Case:
        if self.about and self.expect != "question":
            raise ValueError("about is for questions")
        return self
