"""What a run found: per case, in sum, and what it means for whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, computed_field

from .case import Expect, Part
from .score import Outcome, Score
from .spec import Thresholds
from .statistics import Rate, wilson

__all__ = ["FORMAT", "CaseResult", "Group", "SuiteResult", "Summary", "Verdict"]

FORMAT: Final = 2
"""The version of this form; results of another one are not read."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Verdict(StrEnum):
    """What a run decides; the exit code follows it."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    BLOCKED = "blocked"
    INCOMPLETE = "incomplete"
    INCONCLUSIVE = "inconclusive"


_EXIT = {Verdict.PASS: 0, Verdict.BLOCKED: 1, Verdict.INCOMPLETE: 3, Verdict.INCONCLUSIVE: 4}


class CaseResult(_Value):
    """How one case ended. Exactly one of `score` and `error` is set."""

    id: str
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
    milliseconds: float
    """How long the drafter took."""

    @property
    def right(self) -> bool:
        """Whether it was scored and passed."""
        return self.score is not None and self.score.right

    @property
    def silently_wrong(self) -> bool:
        """Whether it looks right and is not."""
        return self.score is not None and self.score.outcome is Outcome.SILENTLY_WRONG


class Group(_Value):
    """Some of the cases: all with one tag, or all that expect the same ending."""

    name: str
    right: Rate
    silently_wrong: Rate


class Summary(_Value):
    """The figures of a run. Shares are of the scored cases, each with its Wilson interval."""

    cases: int
    scored: int
    unscored: int
    silently_wrong: Rate
    """The primary metric."""
    right: Rate
    harm: float
    """Harm of the silently wrong cases as a share of the harm of all scored ones."""
    must_pass_failed: tuple[str, ...]
    outcomes: dict[str, int]
    by_expect: tuple[Group, ...]
    by_tag: tuple[Group, ...]
    measures: dict[str, float]
    """Means of further figures, each over the cases that have it."""
    milliseconds_p50: float
    milliseconds_p95: float


class SuiteResult(_Value):
    """One run of one drafter over one part of one suite, on one world."""

    format: Literal[2] = FORMAT
    suite: str
    suite_version: str
    suite_digest: str
    part: Part | Literal["all"]
    tags: tuple[str, ...] = ()
    """Only cases with one of these tags were run; empty is every case."""
    drafter: str
    prompt: str | None
    """The hash of the prompt the drafter used; None for `rules`."""
    world: str
    scorer: str
    started_at: AwareDatetime
    seconds: float
    thresholds: Thresholds
    minimum_cases: int
    cases: tuple[CaseResult, ...]

    @computed_field  # type: ignore[prop-decorator]  # pydantic documents this very pair
    @property
    def summary(self) -> Summary:
        """The figures, always computed from the cases."""
        return summarise(self.cases)

    @computed_field  # type: ignore[prop-decorator]  # pydantic documents this very pair
    @property
    def verdict(self) -> Verdict:
        """What the run decides."""
        return self._decision[0]

    @computed_field  # type: ignore[prop-decorator]  # pydantic documents this very pair
    @property
    def reason(self) -> str:
        """Why, in one line."""
        return self._decision[1]

    @property
    def exit_code(self) -> int:
        """0 pass, 1 blocked, 3 incomplete, 4 inconclusive; wrong usage raises `BadInput` (2)."""
        return _EXIT[self.verdict]

    @property
    def _decision(self) -> tuple[Verdict, str]:
        return decide(self.summary, self.thresholds, self.minimum_cases)


def decide(summary: Summary, limits: Thresholds, minimum_cases: int) -> tuple[Verdict, str]:
    """Return the verdict and its reason. What was seen to be wrong outweighs what was not seen."""
    wrong, right = summary.silently_wrong, summary.right
    if summary.must_pass_failed:
        return Verdict.BLOCKED, f"must pass, but did not: {', '.join(summary.must_pass_failed)}"
    if wrong.value is not None and wrong.value > limits.silently_wrong:
        allowed = f"{limits.silently_wrong:.1%} allowed"
        return Verdict.BLOCKED, f"{wrong.hits} of {wrong.of} silently wrong, {allowed}"
    if summary.unscored > limits.unscored * summary.cases:
        return Verdict.INCOMPLETE, f"{summary.unscored} of {summary.cases} could not be scored"
    if summary.scored < minimum_cases:
        return Verdict.INCONCLUSIVE, f"{summary.scored} scored, {minimum_cases} needed to decide"
    if right.high < limits.accuracy:
        return Verdict.BLOCKED, f"at most {right.high:.1%} right, {limits.accuracy:.0%} needed"
    if right.value is not None and right.value < limits.accuracy:
        interval = f"{right.low:.1%} to {right.high:.1%}"
        return Verdict.INCONCLUSIVE, f"{right.value:.1%} right ({interval}): could be either"
    return Verdict.PASS, f"{right.hits} of {right.of} right, {wrong.hits} silently wrong"


def summarise(cases: Sequence[CaseResult]) -> Summary:
    """Return the figures of these cases."""
    scored = [case for case in cases if case.score is not None]
    harm = sum(case.harm for case in scored)
    times = sorted(case.milliseconds for case in cases)
    return Summary(
        cases=len(cases),
        scored=len(scored),
        unscored=len(cases) - len(scored),
        silently_wrong=wilson(sum(case.silently_wrong for case in scored), len(scored)),
        right=wilson(sum(case.right for case in scored), len(scored)),
        harm=sum(case.harm for case in scored if case.silently_wrong) / harm if harm else 0.0,
        must_pass_failed=tuple(case.id for case in scored if case.must_pass and not case.right),
        outcomes=_counts(case.score.outcome for case in scored if case.score is not None),
        by_expect=_groups(scored, lambda case: (case.expect,)),
        by_tag=_groups(scored, lambda case: case.tags),
        measures=_means(scored),
        milliseconds_p50=_quantile(times, 0.5),
        milliseconds_p95=_quantile(times, 0.95),
    )


def _groups(
    cases: Sequence[CaseResult], names: Callable[[CaseResult], Iterable[str]]
) -> tuple[Group, ...]:
    members: dict[str, list[CaseResult]] = {}
    for case in cases:
        for name in names(case):
            members.setdefault(name, []).append(case)
    return tuple(
        Group(name=name,
              right=wilson(sum(case.right for case in some), len(some)),
              silently_wrong=wilson(sum(case.silently_wrong for case in some), len(some)))
        for name, some in sorted(members.items())
    )  # fmt: skip


def _counts(outcomes: Iterable[Outcome]) -> dict[str, int]:
    found = list(outcomes)
    return {one.value: found.count(one) for one in Outcome if one in found}


def _means(cases: Sequence[CaseResult]) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for case in cases:
        for name, value in case.measures.items():
            found.setdefault(name, []).append(value)
    return {name: sum(values) / len(values) for name, values in sorted(found.items())}


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Return the nearest-rank quantile; 0 where there is nothing."""
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
