"""One eval case: a request in plain words and what it means, as reviewed data."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from tools.segments.tree import Filter, Segment, Use, UseExclusion

__all__ = ["PARTS", "Case", "Expect", "Part"]

Expect = Literal["draft", "count", "question", "answer", "refuse"]
"""How the request should end."""
Part = Literal["train", "dev", "test"]
"""Which part of a suite a case is in; `test` is held out."""
PARTS: tuple[Part, ...] = ("train", "dev", "test")

_Word = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]


class Case(BaseModel):
    """A request and its gold; the suite's README says how each key and each word is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: _Word
    request: str = Field(min_length=1, max_length=2_000)
    expect: Expect
    filter: Filter | None = None
    """The gold tree; with `draft` and `count`, never otherwise."""
    also: tuple[Filter, ...] = ()
    """Other honest readings of the same words: any of them is right."""
    use: Use = "marketing"
    include_anyway: tuple[UseExclusion, ...] = ()
    name: str | None = None
    """The name the person gave the list; None where they gave none."""
    about: tuple[str, ...] = ()
    """The question must mention at least one of these; empty accepts any question."""
    must_pass: bool = False
    tags: tuple[_Word, ...] = Field(min_length=1)
    cluster: _Word
    """Variants of one request share it and stay in one part, so that nothing leaks."""
    source: Literal["authored", "harvested"] = "authored"
    harm: int = Field(ge=1, le=5)
    """How bad a silently wrong answer would be, 1 to 5."""

    @model_validator(mode="after")
    def _whole(self) -> Case:
        if (self.filter is not None) != (self.expect in {"draft", "count"}):
            raise ValueError(f"a filter belongs to draft and count, and only there: {self.expect}")
        if self.filter is None and (self.also or self.include_anyway or self.name):
            raise ValueError("also, include_anyway and name need a filter")
        if self.about and self.expect != "question":
            raise ValueError("about is for questions")
        return self

    def golds(self, *, as_of: AwareDatetime, timezone: str) -> tuple[Segment, ...]:
        """Return the gold segment and its accepted alternatives; empty without a filter."""
        trees = () if self.filter is None else (self.filter, *self.also)
        return tuple(
            Segment(name=self.name or self.id, filter=tree, as_of=as_of, timezone=timezone,
                    use=self.use, include_anyway=self.include_anyway)
            for tree in trees
        )  # fmt: skip
