"""Runs a task over a suite: the drafter reads each case, the scorer judges what it read."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import Any, Final, Literal

from placet.clock import Clock, SystemClock
from placet.errors import BadInput, ModelMisbehaved, ModelUnavailable, ReplayMiss

from .case import PARTS, Case, Part
from .plan import Plan
from .port import Journal, NoJournal
from .result import Call, CaseResult, Head, SuiteResult
from .schedule import UNANSWERED, Attempt, Schedule
from .spec import SuiteSpec
from .suite import Suite, load_suite
from .task import Scored, Task
from .trial import Trial, opened

__all__ = ["run", "run_suite"]

Progress = Callable[[int, int], None]
"""Called after each case with how many are done and how many there are."""
_LONGEST_PAUSE: Final = 30.0


def run_suite(
    name: str,
    task: Task,
    part: Part | Literal["all"] = "all",
    *,
    tags: Sequence[str] = (),
    plan: Plan | None = None,
    reveal_held_out: bool = False,
    progress: Progress | None = None,
) -> SuiteResult:
    """Load a suite by name and run it. See `run`.

    Raises:
        NotFound: there is no suite of that name.
        BadInput: a suite file is not valid, or nothing is left to run.

    """
    return run(load_suite(name), task, part, tags=tags, plan=plan,
               reveal_held_out=reveal_held_out, progress=progress)  # fmt: skip


def run(
    suite: Suite,
    task: Task,
    part: Part | Literal["all"] = "all",
    *,
    tags: Sequence[str] = (),
    plan: Plan | None = None,
    journal: Journal | None = None,
    model: str | None = None,
    prompts: Mapping[str, str] | None = None,
    reveal_held_out: bool = False,
    progress: Progress | None = None,
    clock: Clock | None = None,
) -> SuiteResult:
    """Score a task's drafter on every case of a part, or on those with one of the tags.

    The content of held-out cases stays out of the result unless `reveal_held_out`: a report of them
    shows scores only, so that nobody tunes on what they read. A drafter or a world that fails
    leaves its case unscored; the run goes on.

    Args:
        suite: the cases.
        task: who reads them and who judges.
        part: which of them.
        tags: only cases with one of these; empty is all.
        plan: epochs, threads, budgets, retries; once, in this thread, without a limit.
        journal: where each case is written down before the next one; what stands there already is
            not run again.
        model: the name of the model behind the drafter, for the record.
        prompts: the hashes of the prompt texts in use, by name, for the record.
        reveal_held_out: whether held-out cases show their content.
        progress: told after each case.
        clock: what the time is.

    Raises:
        BadInput: no case of the suite is in that part with one of those tags.
        Conflict: the journal is of another run.
        ReplayMiss: a recorded answer was asked for that is not there.

    """
    plan, journal = plan or Plan(), journal or NoJournal()
    chosen = _chosen(suite, part, tags)
    started, begun = (clock or SystemClock()).now(), perf_counter()
    head = Head(
        suite=suite.spec.name, suite_version=suite.spec.version, suite_digest=suite.digest,
        part=part, tags=tuple(tags), epochs=plan.epochs, drafter=task.drafter, prompt=task.prompt,
        prompts=dict(prompts or {}), model=model, world=task.world, scorer=task.scorer,
    )  # fmt: skip
    journal.begin(head)
    hide: frozenset[Part] = frozenset() if reveal_held_out else frozenset({"test"})
    runs = _Cases(suite.spec, task, plan, hide)
    todo = [Attempt(part=of, case=case, epoch=epoch)
            for epoch in range(1, plan.epochs + 1) for of, case in chosen]  # fmt: skip
    schedule = Schedule(todo, plan=plan, done=_kept(journal), keep=journal.keep, progress=progress)
    schedule.work_off(runs.run)
    return SuiteResult(
        **dict(head), started_at=started, seconds=perf_counter() - begun,
        thresholds=suite.spec.thresholds, minimum_cases=suite.spec.minimum_cases,
        planned=len(todo), stopped=schedule.stopped, cases=_in_order(chosen, schedule.results),
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


def _kept(journal: Journal) -> dict[tuple[str, int], CaseResult]:
    """Return what need not be run again: all but the cases that a model never answered."""
    return {
        key: result
        for key, result in journal.done().items()
        if not (result.error or "").startswith(UNANSWERED)
    }


def _in_order(
    chosen: Sequence[tuple[Part, Case]], results: Sequence[CaseResult]
) -> tuple[CaseResult, ...]:
    place = {case.id: number for number, (_, case) in enumerate(chosen)}
    return tuple(sorted(results, key=lambda one: (place[one.id], one.epoch)))


class _Cases:
    """Runs single cases; safe to call from several threads where its task is."""

    def __init__(self, spec: SuiteSpec, task: Task, plan: Plan, hide: frozenset[Part]) -> None:
        self._spec, self._task, self._plan, self._hide = spec, task, plan, hide

    def run(self, attempt: Attempt) -> CaseResult:
        """Run one case; whatever fails is named in the result."""
        case, hidden = attempt.case, attempt.part in self._hide
        facts: dict[str, Any]
        spent, begun = None, perf_counter()
        with opened(case.id, attempt.epoch) as trial:
            try:
                reading = self._read(case, trial)
                spent = perf_counter() - begun
                facts = _facts(self._task.score(case, self._spec, reading), hidden=hidden)
            except ReplayMiss:
                raise  # a run that was to repeat another one cannot: nothing in it would be true
            except Exception as error:  # noqa: BLE001 - a crash is a finding about the case
                facts = {"error": _one_line(error, hidden=hidden)}
        calls = _shown(trial, hidden=hidden)
        read, written = sum(one.read for one in calls), sum(one.written for one in calls)
        return CaseResult(
            id=case.id, epoch=attempt.epoch, part=attempt.part, expect=case.expect, tags=case.tags,
            cluster=case.cluster, harm=case.harm, must_pass=case.must_pass,
            request="" if hidden else case.request,
            milliseconds=1000 * (perf_counter() - begun if spent is None else spent),
            read=read, written=written, cost=self._plan.cost(read, written), calls=calls, **facts,
        )  # fmt: skip

    def _read(self, case: Case, trial: Trial) -> Any:
        """Let the drafter read, again and again where no model answers; other errors are final."""
        while True:
            try:
                return self._read_once(case, trial)
            except ModelUnavailable:
                if trial.tried > self._plan.retries:
                    raise
                time.sleep(min(self._plan.pause_seconds * 2 ** (trial.tried - 1), _LONGEST_PAUSE))
                trial.tried += 1

    def _read_once(self, case: Case, trial: Trial) -> Any:
        before = len(trial.calls)
        reading = self._task.read(case, self._spec)
        _check_answered(trial.calls[before:])
        return reading


def _check_answered(calls: Sequence[Call]) -> None:
    """Raise where an agent fell back on its rules: what they read is no measure of the model."""
    silent = next((one for one in calls if one.error.startswith(UNANSWERED)), None)
    if silent is not None:
        raise ModelUnavailable(silent.error.removeprefix(f"{UNANSWERED}: "))
    if calls and calls[-1].error:
        raise ModelMisbehaved(calls[-1].error.partition(": ")[2])


def _shown(trial: Trial, *, hidden: bool) -> tuple[Call, ...]:
    words = {"said": "", "answered": "", "error": ""} if hidden else {}
    return tuple(one.model_copy(update=words) for one in trial.calls)


def _facts(scored: Scored, *, hidden: bool) -> dict[str, Any]:
    """Return what is kept; of a held-out case the figures only: a reason quotes the case."""
    if hidden:
        score = scored.score.model_copy(update={"reason": "held out"})
        return {"score": score, **_figures(scored)}
    return {
        "score": scored.score,
        **_figures(scored),
        "details": dict(scored.details),
        "reading": dict(scored.reading),
        "gold": None if scored.gold is None else dict(scored.gold),
    }


def _figures(scored: Scored) -> dict[str, Any]:
    """Return what says nothing of the case's words."""
    measures = dict(scored.measures)
    return {"measures": measures, "made": scored.made, "gold_print": scored.gold_print}


def _one_line(error: Exception, *, hidden: bool) -> str:
    kind = type(error).__name__
    return kind if hidden else f"{kind}: {' '.join(str(error).split())}"[:500]
