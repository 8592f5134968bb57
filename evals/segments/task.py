"""Segments as a task: a drafter reads, and the members decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agents.port import Question
from agents.segments.port import Ask, Count, Drafter, Proposal, Reading
from evals.case import Case
from evals.paraphrases import print_of
from evals.spec import SuiteSpec
from evals.task import Scored

from .case import SegmentCase
from .comparison import Comparison, compare
from .score import VERSION, score
from .shares import shares, without_buckets
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
        return Scored(
            score=score(case, reading, comparison),
            reading=reading.model_dump(mode="json"),
            gold=golds[0].model_dump(mode="json")["filter"] if golds else None,
            measures=_measures(case, reading, comparison),
            made=self._made(reading, comparison),
            gold_print=print_of([case.expect, golds[0].model_dump(mode="json")["filter"]])
            if golds
            else "",
            details=comparison.model_dump(mode="json") if comparison else {},
        )

    def _made(self, reading: Reading, comparison: Comparison | None) -> str:
        """Return the hash of whom a reading names; of how it ended where it names nobody."""
        if comparison is None or comparison.problem or not isinstance(reading, Proposal | Count):
            return print_of(reading.type)
        drawn = reading.segment.model_copy(
            update={"filter": without_buckets(reading.segment.filter)}
        )
        shares_ = [str(one) for one in shares(reading.segment.filter)]
        return print_of([reading.type, sorted(self._world.members(drawn)), shares_])

    def lint(self, case: Case, spec: SuiteSpec) -> Iterable[str]:
        """Return why the world's catalogue refuses a gold tree."""
        for gold in _own(case).golds(as_of=spec.as_of, timezone=spec.timezone):
            for problem in self._world.check(gold.filter):
                yield f"{case.id}: gold is refused at {problem.path}: {problem.message}"


def _measures(
    case: SegmentCase, reading: Reading, comparison: Comparison | None
) -> dict[str, float]:
    found: dict[str, float | None] = {}
    if case.expect == "question":
        found["asked_when_needed"] = float(isinstance(reading, Question))
    if comparison is not None:
        found |= {"precision": comparison.precision, "recall": comparison.recall,
                  "without_consent": float(comparison.barred)}  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


def _own(case: Case) -> SegmentCase:
    assert isinstance(case, SegmentCase)  # noqa: S101 - the suite's trade says so
    return case
