"""Segments as a task: a drafter reads, and the members decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agents.segments.port import Ask, Count, Drafter, Proposal, Reading
from evals.case import Case
from evals.spec import SuiteSpec
from evals.task import Scored

from .case import SegmentCase
from .comparison import compare
from .score import VERSION, score
from .world import World

__all__ = ["SegmentTask"]


class SegmentTask:
    """A segment drafter, judged on the seeded world and on boundary rows."""

    scorer = VERSION

    def __init__(self, drafter: Drafter, world: World) -> None:
        self._drafter, self._world = drafter, world

    @property
    def drafter(self) -> str:
        """Which drafter reads."""
        return self._drafter.name

    @property
    def prompt(self) -> str | None:
        """The hash of the prompt it uses; None for `rules`."""
        return self._drafter.prompt

    @property
    def world(self) -> str:
        """Which population, and which version of it."""
        return self._world.name

    def read(self, case: Case, spec: SuiteSpec) -> Reading:
        """Let the drafter read the request."""
        ask = Ask(text=case.request, as_of=spec.as_of, timezone=spec.timezone)
        return self._drafter.read(ask)

    def score(self, case: Case, spec: SuiteSpec, reading: Any) -> Scored:
        """Judge the reading by the people whom it names."""
        case = _own(case)
        comparison = None
        golds = case.golds(as_of=spec.as_of, timezone=spec.timezone)
        if golds and isinstance(reading, Proposal | Count):
            comparison = compare(reading.segment, golds, self._world)
        shares = (
            {}
            if comparison is None
            else {"precision": comparison.precision, "recall": comparison.recall}
        )
        return Scored(
            score=score(case, reading, comparison),
            reading=reading.model_dump(mode="json"),
            gold=golds[0].model_dump(mode="json")["filter"] if golds else None,
            measures={name: value for name, value in shares.items() if value is not None},
            details=comparison.model_dump(mode="json") if comparison else {},
        )

    def lint(self, case: Case, spec: SuiteSpec) -> Iterable[str]:
        """Return why the world's catalogue refuses a gold tree."""
        for gold in _own(case).golds(as_of=spec.as_of, timezone=spec.timezone):
            for problem in self._world.check(gold.filter):
                yield f"{case.id}: gold is refused at {problem.path}: {problem.message}"


def _own(case: Case) -> SegmentCase:
    assert isinstance(case, SegmentCase)  # noqa: S101 - the suite's trade says so
    return case
