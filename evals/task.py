"""What one trade brings to a run: a drafter that reads, and a scorer that judges what it read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .case import Case
from .score import Score
from .spec import SuiteSpec

__all__ = ["Scored", "Task"]


@dataclass(frozen=True, kw_only=True)
class Scored:
    """What became of one case."""

    score: Score
    reading: Mapping[str, Any]
    """What the drafter returned, as JSON values."""
    gold: Mapping[str, Any] | None = None
    """What was right, as JSON values, where that can be shown."""
    measures: Mapping[str, float] = field(default_factory=dict)
    """Further figures by name, for example `precision`; means over the cases that have them."""
    made: str = ""
    """The hash of what the drafter made of it (`evals.paraphrases.print_of`)."""
    gold_print: str = ""
    """The hash of what is right: reworded requests share it."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """How the score came about, as JSON values; dropped where the case is held out."""


class Task(Protocol):
    """One trade's drafter, world and scorer."""

    @property
    def drafter(self) -> str:
        """Which drafter reads: `rules` or `llm`."""
        ...

    @property
    def prompt(self) -> str | None:
        """The hash of the prompt it uses; None for `rules`."""
        ...

    @property
    def world(self) -> str:
        """What it is carried out on and which version, so that two results can be compared."""
        ...

    @property
    def scorer(self) -> str:
        """The version of the scorer."""
        ...

    def read(self, case: Case, spec: SuiteSpec) -> Any:
        """Let the drafter read the request; this alone is timed."""
        ...

    def score(self, case: Case, spec: SuiteSpec, reading: Any) -> Scored:
        """Judge what it read."""
        ...

    def lint(self, case: Case, spec: SuiteSpec) -> Iterable[str]:
        """Return what is wrong with the case's gold in this world, in words; empty is good."""
        ...
