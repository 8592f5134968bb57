"""How one case ended, with the calls that led there."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from .case import Expect, Part
from .score import Outcome, Score

__all__ = ["Call", "CaseResult"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Call(_Value):
    """One call of a model; the words are empty where the case is held out."""

    model: str
    milliseconds: float
    read: int = 0
    """Tokens read."""
    written: int = 0
    """Tokens written."""
    said: str = ""
    """The messages; a system message by its hash alone."""
    answered: str = ""
    """The answer as JSON."""
    error: str = ""
    """Why there is no answer."""


class CaseResult(_Value):
    """How one case ended in one epoch. Exactly one of `score` and `error` is set."""

    id: str
    epoch: int = Field(default=1, ge=1)
    part: Part
    expect: Expect
    tags: tuple[str, ...]
    cluster: str
    """Reworded versions of one request share it."""
    harm: int
    must_pass: bool
    score: Score | None = None
    error: str | None = None
    """Why the case could not be scored: the drafter or the world failed."""
    measures: dict[str, float] = {}
    """Further figures by name, for example `precision`."""
    details: dict[str, Any] | None = None
    """How the score came about; None where the case is held out."""
    request: str = ""
    """Empty where the case is held out and its content was not asked for."""
    reading: dict[str, Any] | None = None
    """What the drafter returned, as JSON values; None where it failed or the case is held out."""
    gold: dict[str, Any] | None = None
    """What was right, as JSON values; None where there is none or the case is held out."""
    made: str = ""
    """The hash of what the drafter made of it; empty where a trade keeps none."""
    gold_print: str = ""
    """The hash of what was right: reworded requests share it."""
    milliseconds: float
    """How long the drafter took."""
    read: int = 0
    """Tokens that its model calls read."""
    written: int = 0
    """Tokens that its model calls wrote."""
    cost: float = 0.0
    """What these cost at the plan's prices."""
    calls: tuple[Call, ...] = ()
    """The model calls, in order; none for the rules drafter."""

    @property
    def right(self) -> bool:
        """Whether it was scored and passed."""
        return self.score is not None and self.score.right

    @property
    def silently_wrong(self) -> bool:
        """Whether it looks right and is not."""
        return self.score is not None and self.score.outcome is Outcome.SILENTLY_WRONG

    @property
    def key(self) -> tuple[str, int]:
        """Which case in which epoch."""
        return self.id, self.epoch
