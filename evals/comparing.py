"""Two runs of one suite, case by case: is the second better than the first?

With several epochs a case counts by the share of its runs that passed, so that the pairs stay the
cases; intervals are over clusters of cases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from placet.errors import BadInput

from .ending import CaseResult
from .paired import (
    Interval,
    cases_needed,
    clustered_difference,
    mcnemar,
    pass_hat,
    smallest_difference,
)
from .result import SuiteResult

__all__ = [
    "Comparison", "Flip", "Judgement", "PassHat", "Spent", "TagDifference", "compare_runs",
]  # fmt: skip

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
    """A case that passes with one and not with the other, in most of its runs."""

    id: str
    request: str
    """Empty where the case is held out, as are the readings."""
    first: str
    second: str
    """How each ended: an outcome; with several epochs the most frequent one, and how often."""
    first_reading: dict[str, Any] | None = None
    second_reading: dict[str, Any] | None = None
    gold: dict[str, Any] | None = None


class TagDifference(_Value):
    """The difference on the cases with one tag."""

    tag: str
    cases: int
    difference: Interval
    p_value: float
    """McNemar's, on these cases alone; of twenty tags one is below 0.05 by chance."""
    judgement: Judgement


class PassHat(_Value):
    """The chance that `k` runs of one case all pass, with each of the two."""

    k: int
    first: float
    second: float


class Spent(_Value):
    """What one run of a case took, on average."""

    read: float
    written: float
    cost: float
    milliseconds: float


class Comparison(_Value):
    """The second run against the first, over the cases that both could score."""

    suite: str
    suite_version: str
    first: str
    second: str
    """Drafter, model and, where there is one, the start of its prompt's hash."""
    cases: int
    unpaired: int
    """Cases that one of the two could not score: they count for neither."""
    epochs: tuple[int, int]
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
    more_cases: int | None = None
    """About how many more cases would tell; None where these do."""
    judgement: Judgement
    reason: str
    pass_hat: tuple[PassHat, ...] = ()
    """Where both ran several epochs."""
    first_spent: Spent
    second_spent: Spent
    tags: tuple[TagDifference, ...]
    flips: tuple[Flip, ...]

    @property
    def exit_code(self) -> int:
        """0 better or not worse, 1 worse, 4 inconclusive."""
        return _EXIT[self.judgement.value]


@dataclass(frozen=True, kw_only=True)
class _Pair:
    """One case with both: its scored runs."""

    first: Sequence[CaseResult]
    second: Sequence[CaseResult]

    @property
    def case(self) -> CaseResult:
        return self.first[0]

    def difference(self, counts: Callable[[CaseResult], bool]) -> float:
        return _share(self.second, counts) - _share(self.first, counts)

    @property
    def won(self) -> bool:
        return _passes(self.second) and not _passes(self.first)

    @property
    def lost(self) -> bool:
        return _passes(self.first) and not _passes(self.second)


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What some pairs say."""

    right: Interval
    silent: Interval
    p_value: float
    discordant: float

    @classmethod
    def of(cls, pairs: Sequence[_Pair]) -> _Found:
        clusters = [pair.case.cluster for pair in pairs]
        right = [pair.difference(lambda one: one.right) for pair in pairs]
        silent = [pair.difference(lambda one: one.silently_wrong) for pair in pairs]
        return cls(
            right=clustered_difference(right, clusters),
            silent=clustered_difference(silent, clusters),
            p_value=mcnemar(sum(pair.lost for pair in pairs), sum(pair.won for pair in pairs)),
            discordant=sum(map(abs, right)) / len(pairs),
        )


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
    found = _Found.of(pairs)
    judgement, reason, more = _judge(found, len(pairs), allowed_loss)
    if len(pairs) < first.minimum_cases:  # few cases that all agree would look certain
        judgement, more = Judgement.INCONCLUSIVE, first.minimum_cases - len(pairs)
        reason = f"{len(pairs)} cases, and this suite needs {first.minimum_cases} to decide"
    return Comparison(
        suite=first.suite, suite_version=first.suite_version,
        first=_name(first), second=_name(second), cases=len(pairs), unpaired=unpaired,
        epochs=(first.epochs, second.epochs), allowed_loss=allowed_loss, right=found.right,
        silently_wrong=found.silent, p_value=found.p_value,
        smallest=smallest_difference(len({pair.case.cluster for pair in pairs})),
        more_cases=more, judgement=judgement, reason=reason, pass_hat=_pass_hat(pairs),
        first_spent=_spent([one for pair in pairs for one in pair.first]),
        second_spent=_spent([one for pair in pairs for one in pair.second]),
        tags=tuple(_by_tag(pairs, allowed_loss, first.minimum_cases)), flips=tuple(_flips(pairs)),
    )  # fmt: skip


def _judge(found: _Found, cases: int, allowed_loss: float) -> tuple[Judgement, str, int | None]:
    right, silent = found.right, found.silent
    if silent.low > 0:
        return Judgement.WORSE, f"more is silently wrong: {_points(silent)}", None
    if right.high < 0:
        return Judgement.WORSE, f"less passes: {_points(right)}", None
    if right.low > 0 and silent.high <= allowed_loss:
        return Judgement.BETTER, f"more passes: {_points(right)}", None
    if right.low >= -allowed_loss and silent.high <= allowed_loss:
        return Judgement.NOT_WORSE, f"within the allowed loss: {_points(right)}", None
    wanted = max(abs(right.value), allowed_loss, 0.005)
    more = max(1, cases_needed(wanted, discordant=max(found.discordant, 0.01)) - cases)
    return (
        Judgement.INCONCLUSIVE,
        (
            f"could be either: {_points(right)}; silently wrong {_points(silent)}; "
            f"about {more:,} more cases would tell"
        ),
        more,
    )


def _points(interval: Interval) -> str:
    return (
        f"{100 * interval.value:+.1f} points ({100 * interval.low:+.1f} to "
        f"{100 * interval.high:+.1f})"
    )


def _check_alike(first: SuiteResult, second: SuiteResult) -> None:
    if first.suite != second.suite:
        raise BadInput(
            f"One run is of the suite {first.suite}, the other of {second.suite}; compare two of "
            "one suite."
        )
    if first.suite_digest != second.suite_digest:
        versions = f"{first.suite_version} and {second.suite_version}"
        if first.suite_version == second.suite_version:
            versions = f"both {first.suite_version}, with other cases"
        raise BadInput(
            f"The two runs are of another version of the suite {first.suite} ({versions}); what "
            "differs may be the cases. Run both again on the same one."
        )
    for name, words in (("part", "part"), ("world", "world"), ("scorer", "version of the scorer")):
        one, other = getattr(first, name), getattr(second, name)
        if one != other:
            raise BadInput(
                f"The two runs are of another {words} ({one} and {other}); run both again on the "
                "same one."
            )


def _pairs(first: SuiteResult, second: SuiteResult) -> tuple[list[_Pair], int]:
    one, other = _scored(first), _scored(second)
    pairs = [_Pair(first=runs, second=other[id_]) for id_, runs in one.items() if id_ in other]
    ids = {case.id for case in first.cases} | {case.id for case in second.cases}
    return pairs, len(ids) - len(pairs)


def _scored(result: SuiteResult) -> dict[str, list[CaseResult]]:
    runs: dict[str, list[CaseResult]] = {}
    for case in result.cases:
        if case.score is not None:
            runs.setdefault(case.id, []).append(case)
    return runs


def _share(runs: Sequence[CaseResult], counts: Callable[[CaseResult], bool]) -> float:
    return sum(map(counts, runs)) / len(runs)


def _passes(runs: Sequence[CaseResult]) -> bool:
    return _share(runs, lambda one: one.right) > 0.5


def _by_tag(pairs: Sequence[_Pair], allowed_loss: float, minimum_cases: int) -> list[TagDifference]:
    differences = []
    for tag in sorted({tag for pair in pairs for tag in pair.case.tags}):
        some = [pair for pair in pairs if tag in pair.case.tags]
        if len(some) >= _FEWEST:
            found = _Found.of(some)
            judgement = _judge(found, len(some), allowed_loss)[0]
            if len(some) < minimum_cases:
                judgement = Judgement.INCONCLUSIVE
            differences.append(
                TagDifference(tag=tag, cases=len(some), difference=found.right,
                              p_value=found.p_value, judgement=judgement)
            )  # fmt: skip
    return differences


def _pass_hat(pairs: Sequence[_Pair]) -> tuple[PassHat, ...]:
    fewest = min(min(len(pair.first), len(pair.second)) for pair in pairs)
    if fewest < 2:
        return ()
    return tuple(
        PassHat(k=k, first=_all_pass([pair.first for pair in pairs], k),
                second=_all_pass([pair.second for pair in pairs], k))
        for k in range(1, fewest + 1)
    )  # fmt: skip


def _all_pass(cases: Sequence[Sequence[CaseResult]], k: int) -> float:
    chances = [pass_hat(sum(one.right for one in runs), len(runs), k) for runs in cases]
    return sum(chances) / len(chances)


def _spent(runs: Sequence[CaseResult]) -> Spent:
    def mean(of: Callable[[CaseResult], float]) -> float:
        return sum(map(of, runs)) / len(runs)

    return Spent(
        read=mean(lambda one: one.read), written=mean(lambda one: one.written),
        cost=mean(lambda one: one.cost), milliseconds=mean(lambda one: one.milliseconds),
    )  # fmt: skip


def _flips(pairs: Sequence[_Pair]) -> list[Flip]:
    return [
        Flip(
            id=pair.case.id, request=pair.case.request, gold=pair.case.gold,
            first=_ending(pair.first), first_reading=pair.first[0].reading,
            second=_ending(pair.second), second_reading=pair.second[0].reading,
        )
        for pair in pairs
        if pair.won or pair.lost
    ]  # fmt: skip


def _ending(runs: Sequence[CaseResult]) -> str:
    outcomes = [one.score.outcome.value for one in runs if one.score is not None]
    most = max(outcomes, key=outcomes.count)
    return most if len(outcomes) == 1 else f"{most} ({outcomes.count(most)} of {len(outcomes)})"


def _name(result: SuiteResult) -> str:
    prompt = result.prompt.removeprefix("sha256:")[:12] if result.prompt else None
    return " ".join(one for one in (result.drafter, result.model, prompt) if one)
