"""What evals need from outside: where runs are kept, and who runs a suite for the loops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, runtime_checkable

from .case import Part
from .result import CaseResult, Head, SuiteResult

__all__ = ["Evaluate", "EvaluateSome", "Journal", "NoJournal", "RunStore"]


class Journal(Protocol):
    """Where a run writes each case down before it goes on, so that a killed run can be resumed."""

    def begin(self, head: Head) -> None:
        """Say what is about to be run, once, before anything else.

        Raises:
            Conflict: what was written down before is of something else; the message says what.
        """
        ...

    def done(self) -> Mapping[tuple[str, int], CaseResult]:
        """Return what was written down before, by case id and epoch."""
        ...

    def keep(self, result: CaseResult) -> None:
        """Write one case down; it is on disk when this returns. Called from several threads."""
        ...


class NoJournal:
    """Keeps nothing."""

    def begin(self, head: Head) -> None:
        """Take anything."""

    def done(self) -> Mapping[tuple[str, int], CaseResult]:
        """Return nothing."""
        return {}

    def keep(self, result: CaseResult) -> None:
        """Forget it."""


class RunStore(Protocol):
    """Finished runs in the database, beside the decisions."""

    def save(self, result: SuiteResult) -> str:
        """Keep a finished run and return its id."""
        ...

    def load(self, run_id: str) -> SuiteResult:
        """Return a run.

        Raises:
            NotFound: there is none of that id.
        """
        ...

    def looks(self, suite: str, digest: str) -> int:
        """Return how often the held-out part of this version of a suite was looked at."""
        ...

    def latest(self, suite: str, *, prompt: str | None, limit: int = 20) -> Sequence[SuiteResult]:
        """Return the newest runs of a suite with this prompt, newest first."""
        ...


class Evaluate(Protocol):
    """Runs a suite with a prompt's text standing in for the one that ships: the learning loops'."""

    def __call__(self, suite: str, text: bytes | None, part: Part | Literal["all"]) -> SuiteResult:
        """Return the result of the agents that production runs; `text` None is what serves now."""
        ...


@runtime_checkable
class EvaluateSome(Protocol):
    """An `Evaluate` that can also run single cases: what evolving a text asks for.

    Where only whole parts can be run, each new text costs the whole part.
    """

    def some(self, suite: str, text: bytes | None, part: Part, ids: Sequence[str]) -> SuiteResult:
        """Return the result of these cases alone."""
        ...
