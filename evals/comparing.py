"""Two runs of one suite, case by case: is the second better than the first?"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from placet.errors import BadInput

from .paired import Interval, cases_needed, clustered_difference, mcnemar, smallest_difference
from .result import CaseResult, SuiteResult

__all__ = ["Comparison", "Flip", "Judgement", "compare_runs"]

_EXIT = {"better": 0, "not worse": 0, "worse": 1, "inconclusive": 4}
_FEWEST = 5  # fewer cases than this with a tag get no interval of their own


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Judgement(StrEnum):
    """What a comparison says of the second run."""

    BETTER = "better"
    NOT_WORSE = "not worse"
    WORSE = "worse"
    INCONCLUSIVE = "inconclusive"


class Flip(_Value):
    """A case that passes with one and not with the other."""

    id: str
    request: str
    """Empty where the case is held out."""
    first: str
    second: str
    """How each ended: an outcome, or `not scored`."""


class TagDifference(_Value):
    """The difference on the cases with one tag."""

    tag: str
    cases: int
    difference: Interval


class Comparison(_Value):
    """The second run against the first, over the cases that both could score."""

    suite: str
    suite_version: str
    first: str
    second: str
    """Drafter and, where there is one, the start of its prompt's hash."""
    cases: int
    unpaired: int
    """Cases that one of the two could not score: they count for neither."""
    allowed_loss: float
    """How much of the share passed the second may lose and still be not worse."""
    right: Interval
    """Share passed, second minus first, with its interval over clusters."""
    silently_wrong: Interval
    """Share silently wrong, second minus first: below zero is better."""
    p_value: float
    """McNemar's exact test on passed or not; reported, the interval decides."""
    smallest: float
    """The smallest difference that so many cases can see four times in five."""
    judgement: Judgement
    reason: str
    tags: tuple[TagDifference, ...]
    flips: tuple[Flip, ...]

    @property
    def exit_code(self) -> int:
        """0 better or not worse, 1 worse, 4 inconclusive."""
        return _EXIT[self.judgement.value]


def compare_runs(
    first: SuiteResult, second: SuiteResult, *, allowed_loss: float = 0.02
) -> Comparison:
    """Compare two runs of the same cases.

    Raises:
        BadInput: they are of different suites, parts, worlds or scorers, or share no case.

    """
    _check_alike(first, second)
    pairs, unpaired = _pairs(first, second)
    if not pairs:
        raise BadInput("The two runs share no case that both could score; run the suite again.")
    clusters = [one.cluster for one, _ in pairs]
    right = clustered_difference([int(b.right) - int(a.right) for a, b in pairs], clusters)
    silent = clustered_difference(
        [int(b.silently_wrong) - int(a.silently_wrong) for a, b in pairs], clusters
    )
    lost = sum(a.right and not b.right for a, b in pairs)
    won = sum(b.right and not a.right for a, b in pairs)
    judgement, reason = _judge(right, silent, (lost + won) / len(pairs), len(pairs), allowed_loss)
    if len(pairs) < first.minimum_cases:  # few cases that all agree would look certain
        judgement = Judgement.INCONCLUSIVE
        reason = f"{len(pairs)} cases, and this suite needs {first.minimum_cases} to decide"
    return Comparison(
        suite=first.suite, suite_version=first.suite_version,
        first=_name(first), second=_name(second), cases=len(pairs), unpaired=unpaired,
        allowed_loss=allowed_loss, right=right, silently_wrong=silent, p_value=mcnemar(lost, won),
        smallest=smallest_difference(len(set(clusters))), judgement=judgement, reason=reason,
        tags=tuple(_by_tag(pairs)), flips=tuple(_flips(pairs)),
    )  # fmt: skip


def _judge(
    right: Interval, silent: Interval, discordant: float, cases: int, allowed_loss: float
) -> tuple[Judgement, str]:
    if silent.low > 0:
        return Judgement.WORSE, f"more is silently wrong: {_points(silent)}"
    if right.high < 0:
        return Judgement.WORSE, f"less passes: {_points(right)}"
    if right.low > 0 and silent.high <= allowed_loss:
        return Judgement.BETTER, f"more passes: {_points(right)}"
    if right.low >= -allowed_loss and silent.high <= allowed_loss:
        return Judgement.NOT_WORSE, f"within the allowed loss: {_points(right)}"
    wanted = max(abs(right.value), allowed_loss, 0.005)
    more = max(1, cases_needed(wanted, discordant=max(discordant, 0.01)) - cases)
    return Judgement.INCONCLUSIVE, (
        f"could be either: {_points(right)}; silently wrong {_points(silent)}; "
        f"about {more:,} more cases would tell"
    )


def _points(interval: Interval) -> str:
    return (
        f"{100 * interval.value:+.1f} points ({100 * interval.low:+.1f} to "
        f"{100 * interval.high:+.1f})"
    )


def _check_alike(first: SuiteResult, second: SuiteResult) -> None:
    for name, words in (
        ("suite_digest", "suite or version of it"), ("part", "part"), ("world", "world"),
        ("scorer", "version of the scorer"),
    ):  # fmt: skip
        if getattr(first, name) != getattr(second, name):
            raise BadInput(f"The two runs are of another {words}; run both again on the same one.")


def _pairs(
    first: SuiteResult, second: SuiteResult
) -> tuple[list[tuple[CaseResult, CaseResult]], int]:
    there = {case.id: case for case in second.cases}
    both = [(case, there[case.id]) for case in first.cases if case.id in there]
    scored = [(a, b) for a, b in both if a.score is not None and b.score is not None]
    ids = {case.id for case in first.cases} | set(there)
    return scored, len(ids) - len(scored)


def _by_tag(pairs: Sequence[tuple[CaseResult, CaseResult]]) -> list[TagDifference]:
    found = []
    for tag in sorted({tag for case, _ in pairs for tag in case.tags}):
        some = [(a, b) for a, b in pairs if tag in a.tags]
        if len(some) >= _FEWEST:
            differences = [int(b.right) - int(a.right) for a, b in some]
            interval = clustered_difference(differences, [a.cluster for a, _ in some])
            found.append(TagDifference(tag=tag, cases=len(some), difference=interval))
    return found


def _flips(pairs: Sequence[tuple[CaseResult, CaseResult]]) -> list[Flip]:
    return [
        Flip(id=a.id, request=a.request, first=_ending(a), second=_ending(b))
        for a, b in pairs
        if a.right != b.right
    ]


def _ending(case: CaseResult) -> str:
    return case.score.outcome.value if case.score else "not scored"


def _name(result: SuiteResult) -> str:
    return result.drafter + (f" {result.prompt[:12]}" if result.prompt else "")
