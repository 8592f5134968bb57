"""Runs a task over a suite: the drafter reads each case, the scorer judges what it read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any, Literal

from placet.clock import Clock, SystemClock
from placet.errors import BadInput

from .case import PARTS, Case, Part
from .result import CaseResult, SuiteResult
from .suite import Suite, load_suite
from .task import Scored, Task

__all__ = ["run", "run_suite"]

Progress = Callable[[int, int], None]
"""Called after each case with how many are done and how many there are."""


def run_suite(
    name: str,
    task: Task,
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
    return run(load_suite(name), task, part, tags=tags,
               reveal_held_out=reveal_held_out, progress=progress)  # fmt: skip


def run(
    suite: Suite,
    task: Task,
    part: Part | Literal["all"] = "all",
    *,
    tags: Sequence[str] = (),
    reveal_held_out: bool = False,
    progress: Progress | None = None,
    clock: Clock | None = None,
) -> SuiteResult:
    """Score a task's drafter on every case of a part, or on those with one of the tags.

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
        results.append(_case(suite, of, case, task, hidden=hidden))
        if progress is not None:
            progress(number, len(chosen))
    return SuiteResult(
        suite=suite.spec.name, suite_version=suite.spec.version, suite_digest=suite.digest,
        part=part, tags=tuple(tags), drafter=task.drafter, prompt=task.prompt, world=task.world,
        scorer=task.scorer, started_at=started, seconds=perf_counter() - begun,
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


def _case(suite: Suite, part: Part, case: Case, task: Task, *, hidden: bool) -> CaseResult:
    """Run one case; whatever fails is named in the result."""
    begun = perf_counter()
    facts: dict[str, Any] = {}
    spent = None
    try:
        reading = task.read(case, suite.spec)
        spent = perf_counter() - begun
        facts = _facts(task.score(case, suite.spec, reading), hidden=hidden)
    except Exception as error:  # noqa: BLE001 - a crash is a finding about the case, not the run
        facts = {"error": _one_line(error, hidden=hidden)}
    return CaseResult(
        id=case.id, part=part, expect=case.expect, tags=case.tags,
        cluster=case.cluster, harm=case.harm,
        must_pass=case.must_pass, request="" if hidden else case.request,
        milliseconds=1000 * (perf_counter() - begun if spent is None else spent), **facts,
    )  # fmt: skip


def _facts(scored: Scored, *, hidden: bool) -> dict[str, Any]:
    """Return what is kept; of a held-out case the figures only: a reason quotes the case."""
    if hidden:
        score = scored.score.model_copy(update={"reason": "held out"})
        return {"score": score, "measures": dict(scored.measures)}
    return {
        "score": scored.score,
        "measures": dict(scored.measures),
        "details": dict(scored.details),
        "reading": dict(scored.reading),
        "gold": None if scored.gold is None else dict(scored.gold),
    }


def _one_line(error: Exception, *, hidden: bool) -> str:
    kind = type(error).__name__
    return kind if hidden else f"{kind}: {' '.join(str(error).split())}"[:500]
