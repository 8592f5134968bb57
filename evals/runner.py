"""Runs a drafter over a suite, on the seeded world and on boundary rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any, Literal

from agents.segments.port import Ask, Count, Drafter, Proposal, Reading
from placet.clock import Clock, SystemClock
from placet.errors import BadInput

from .case import PARTS, Case, Part
from .comparison import compare
from .result import CaseResult, SuiteResult
from .scorers import VERSION, score
from .suite import Suite, load_suite
from .world import World

__all__ = ["run", "run_suite"]

Progress = Callable[[int, int], None]
"""Called after each case with how many are done and how many there are."""


def run_suite(
    name: str,
    drafter: Drafter,
    world: World,
    part: Part | Literal["all"] = "all",
    *,
    tags: Sequence[str] = (),
    reveal_held_out: bool = False,
    progress: Progress | None = None,
) -> SuiteResult:
    """Load a suite by name and run it. See `run`.

    Raises:
        NotFound: there is no suite of that name.
        BadInput: a suite file is not valid, or nothing is left to run.

    """
    return run(load_suite(name), drafter, world, part, tags=tags,
               reveal_held_out=reveal_held_out, progress=progress)  # fmt: skip


def run(
    suite: Suite,
    drafter: Drafter,
    world: World,
    part: Part | Literal["all"] = "all",
    *,
    tags: Sequence[str] = (),
    reveal_held_out: bool = False,
    progress: Progress | None = None,
    clock: Clock | None = None,
) -> SuiteResult:
    """Score a drafter on every case of a part, or on those with one of the tags.

    The content of held-out cases stays out of the result unless `reveal_held_out`: a report of them
    shows scores only, so that nobody tunes on what they read. A drafter or a world that fails
    leaves its case unscored; the run goes on.

    Raises:
        BadInput: no case of the suite is in that part with one of those tags.

    """
    chosen = _chosen(suite, part, tags)
    started, begun = (clock or SystemClock()).now(), perf_counter()
    results = []
    for number, (of, case) in enumerate(chosen, start=1):
        hidden = of == "test" and not reveal_held_out
        results.append(_case(suite, of, case, drafter, world, hidden=hidden))
        if progress is not None:
            progress(number, len(chosen))
    return SuiteResult(
        suite=suite.spec.name, suite_version=suite.spec.version, suite_digest=suite.digest,
        part=part, tags=tuple(tags), drafter=drafter.name, prompt=drafter.prompt, world=world.name,
        scorer=VERSION, started_at=started, seconds=perf_counter() - begun,
        thresholds=suite.spec.thresholds, minimum_cases=suite.spec.minimum_cases,
        cases=tuple(results),
    )  # fmt: skip


def _chosen(
    suite: Suite, part: Part | Literal["all"], tags: Sequence[str]
) -> list[tuple[Part, Case]]:
    if part not in {"all", *PARTS}:
        raise BadInput(f"There is no part {part!r}; use all, {', '.join(PARTS)}.")
    wanted = set(tags)
    chosen: list[tuple[Part, Case]] = []
    chosen += (one for one in suite.cases(part) if not wanted or wanted.intersection(one[1].tags))
    if not chosen:
        known = sorted({tag for _, case in suite.cases(part) for tag in case.tags})
        raise BadInput(f"No case to run; the tags in {part} are {', '.join(known) or 'none'}.")
    return chosen


def _case(
    suite: Suite, part: Part, case: Case, drafter: Drafter, world: World, *, hidden: bool
) -> CaseResult:
    """Run one case; whatever fails is named in the result."""
    begun = perf_counter()
    facts: dict[str, Any] = {}
    spent = None
    try:
        ask = Ask(text=case.request, as_of=suite.spec.as_of, timezone=suite.spec.timezone)
        reading = drafter.read(ask)
        spent = perf_counter() - begun
        facts = _scored(suite, case, reading, world)
    except Exception as error:  # noqa: BLE001 - a crash is a finding about the case, not the run
        facts = {"error": _one_line(error, hidden=hidden)}
    else:
        if hidden:
            facts = _without_content(facts)
    return CaseResult(
        id=case.id, part=part, expect=case.expect, tags=case.tags, harm=case.harm,
        must_pass=case.must_pass, request="" if hidden else case.request,
        milliseconds=1000 * (perf_counter() - begun if spent is None else spent), **facts,
    )  # fmt: skip


def _scored(suite: Suite, case: Case, reading: Reading, world: World) -> dict[str, Any]:
    comparison = None
    golds = case.golds(as_of=suite.spec.as_of, timezone=suite.spec.timezone)
    if golds and isinstance(reading, Proposal | Count):
        comparison = compare(reading.segment, golds, world)
    return {
        "score": score(case, reading, comparison),
        "comparison": comparison,
        "reading": reading.model_dump(mode="json"),
        "gold": golds[0].model_dump(mode="json")["filter"] if golds else None,
    }


def _without_content(facts: dict[str, Any]) -> dict[str, Any]:
    """Keep the figures and drop the words: a reason or an example row quotes the case."""
    found, comparison = facts["score"], facts["comparison"]
    return {
        "score": found.model_copy(update={"reason": "held out"}),
        "comparison": comparison and comparison.model_copy(
            update={"example": "", "differs": ("held out",) if comparison.differs else (),
                    "problem": "held out" if comparison.problem else ""}),
    }  # fmt: skip


def _one_line(error: Exception, *, hidden: bool) -> str:
    kind = type(error).__name__
    return kind if hidden else f"{kind}: {' '.join(str(error).split())}"[:500]
