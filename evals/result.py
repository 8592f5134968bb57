"""What a run found: per case, in sum, and what it means for whoever waits for it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, computed_field

from .case import Part
from .ending import Call, CaseResult
from .spec import Thresholds
from .summary import Group, Summary, summarise

__all__ = [
    "FORMAT", "Call", "CaseResult", "Group", "Head", "SuiteResult", "Summary", "Verdict",
]  # fmt: skip

FORMAT: Final = 3
"""The version of this form; results of another one are not read."""


class Verdict(StrEnum):
    """What a run decides; the exit code follows it."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    BLOCKED = "blocked"
    INCOMPLETE = "incomplete"
    INCONCLUSIVE = "inconclusive"


_EXIT = {Verdict.PASS: 0, Verdict.BLOCKED: 1, Verdict.INCOMPLETE: 3, Verdict.INCONCLUSIVE: 4}


class Head(BaseModel):
    """What is run: all that a result depends on, known before the first case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    suite: str
    suite_version: str
    suite_digest: str
    part: Part | Literal["all"]
    tags: tuple[str, ...] = ()
    """Only cases with one of these tags are run; empty is every case."""
    epochs: int = Field(default=1, ge=1)
    """How often each case is run."""
    drafter: str
    prompt: str | None
    """The hash of the prompt the drafter uses; None for `rules`."""
    prompts: dict[str, str] = {}
    """The hash of every prompt text that the agents could use, by name, the glossary included."""
    model: str | None = None
    """The model's name; None for `rules`."""
    world: str
    scorer: str


class SuiteResult(Head):
    """One run of one drafter over one part of one suite, on one world."""

    format: Literal[3] = FORMAT
    started_at: AwareDatetime
    seconds: float
    """How long it took; of a run that was resumed, since then."""
    thresholds: Thresholds
    minimum_cases: int
    planned: int | None = None
    """How many runs of a case were planned; None is as many as there are."""
    stopped: str | None = None
    """Why the run ended before all of them, in words; None where it did not."""
    cases: tuple[CaseResult, ...]
    """In the order of the suite, epoch by epoch within a case, however they were run."""

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
        if self.stopped is not None:
            far = f"{len(self.cases)} of {self.planned or len(self.cases)} done"
            return Verdict.INCOMPLETE, f"{self.stopped}; {far}"
        return decide(self.summary, self.thresholds, self.minimum_cases)


def decide(summary: Summary, limits: Thresholds, minimum_cases: int) -> tuple[Verdict, str]:
    """Return the verdict and its reason. What was seen to be wrong outweighs what was not seen."""
    wrong, right = summary.silently_wrong, summary.right
    if summary.hard_failed:
        return Verdict.BLOCKED, f"hard fail: {', '.join(summary.hard_failed)}"
    if summary.must_pass_failed:
        return Verdict.BLOCKED, f"must pass, but did not: {', '.join(summary.must_pass_failed)}"
    if wrong.value is not None and wrong.value > limits.silently_wrong:
        allowed = f"{limits.silently_wrong:.1%} allowed"
        return Verdict.BLOCKED, f"{wrong.hits} of {wrong.of} silently wrong, {allowed}"
    if summary.unscored > limits.unscored * summary.cases:
        return Verdict.INCOMPLETE, f"{summary.unscored} of {summary.cases} could not be scored"
    if summary.different < minimum_cases:
        return Verdict.INCONCLUSIVE, f"{summary.different} scored, {minimum_cases} needed to decide"
    if right.high < limits.accuracy:
        return Verdict.BLOCKED, f"at most {right.high:.1%} right, {limits.accuracy:.0%} needed"
    if right.value is not None and right.value < limits.accuracy:
        interval = f"{right.low:.1%} to {right.high:.1%}"
        return Verdict.INCONCLUSIVE, f"{right.value:.1%} right ({interval}): could be either"
    return Verdict.PASS, f"{right.hits} of {right.of} right, {wrong.hits} silently wrong"
