"""The figures of a run: shares with intervals, by tag and by what was due, times and costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pydantic import BaseModel, ConfigDict

from .ending import CaseResult
from .paired import pass_hat
from .paraphrases import measure
from .score import Outcome
from .statistics import Rate, wilson

__all__ = ["Group", "Summary", "summarise"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Group(_Value):
    """Some of the cases: all with one tag, or all that expect the same ending."""

    name: str
    right: Rate
    silently_wrong: Rate


class Summary(_Value):
    """The figures of a run. Shares are of the scored runs of cases, each with its Wilson interval.

    With several epochs a case counts once for each; the intervals rest on the different cases.
    """

    cases: int
    """Runs of a case: cases times epochs."""
    scored: int
    unscored: int
    different: int
    """Different cases among the scored ones: what intervals and minimum rest on."""
    silently_wrong: Rate
    """The primary metric."""
    right: Rate
    pass_hat: tuple[float, ...]
    """pass^1, pass^2, ...: the chance that so many runs of one case all pass; to the fewest epochs
    in which each scored case was scored."""
    harm: float
    """Harm of the silently wrong cases as a share of the harm of all scored ones."""
    must_pass_failed: tuple[str, ...]
    """Cases that must pass and did not, in any epoch."""
    hard_failed: tuple[str, ...] = ()
    """Cases with a failure that blocks by itself, in any epoch: somebody without consent reached,
    a cell changed that nobody asked for, an effect without approval."""
    outcomes: dict[str, int]
    by_expect: tuple[Group, ...]
    by_tag: tuple[Group, ...]
    measures: dict[str, float]
    """Means of further figures, each over the cases that have it."""
    milliseconds_p50: float
    milliseconds_p95: float
    read: int
    written: int
    cost: float
    """Tokens read, tokens written and what they cost, in sum."""


def summarise(cases: Sequence[CaseResult]) -> Summary:
    """Return the figures of these cases."""
    scored = [case for case in cases if case.score is not None]
    harm = sum(case.harm for case in scored)
    times = sorted(case.milliseconds for case in cases)
    failed = (case.id for case in scored if case.must_pass and not case.right)
    return Summary(
        cases=len(cases),
        scored=len(scored),
        unscored=len(cases) - len(scored),
        different=_different(scored),
        silently_wrong=_rate(scored, lambda case: case.silently_wrong),
        right=_rate(scored, lambda case: case.right),
        pass_hat=_pass_hat(scored),
        harm=sum(case.harm for case in scored if case.silently_wrong) / harm if harm else 0.0,
        must_pass_failed=tuple(dict.fromkeys(failed)),
        hard_failed=tuple(
            dict.fromkeys(case.id for case in scored if case.score is not None and case.score.hard)
        ),
        outcomes=_counts(case.score.outcome for case in scored if case.score is not None),
        by_expect=_groups(scored, lambda case: (case.expect,)),
        by_tag=_groups(scored, lambda case: case.tags),
        measures=dict(sorted({**_means(scored), **measure(scored)}.items())),
        milliseconds_p50=_quantile(times, 0.5),
        milliseconds_p95=_quantile(times, 0.95),
        read=sum(case.read for case in cases),
        written=sum(case.written for case in cases),
        cost=sum(case.cost for case in cases),
    )


def _different(cases: Iterable[CaseResult]) -> int:
    return len({case.id for case in cases})


def _rate(cases: Sequence[CaseResult], counts: Callable[[CaseResult], bool]) -> Rate:
    return wilson(sum(map(counts, cases)), len(cases), independent=_different(cases))


def _pass_hat(cases: Sequence[CaseResult]) -> tuple[float, ...]:
    runs: dict[str, list[bool]] = {}
    for case in cases:
        runs.setdefault(case.id, []).append(case.right)
    fewest = min(map(len, runs.values()), default=0)
    return tuple(
        sum(pass_hat(sum(found), len(found), k) for found in runs.values()) / len(runs)
        for k in range(1, fewest + 1)
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
              right=_rate(some, lambda case: case.right),
              silently_wrong=_rate(some, lambda case: case.silently_wrong))
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
