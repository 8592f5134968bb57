"""Why fewer drafts are approved unchanged: the drafter, the requests, or the reviewers.

A replay of frozen cases tells the drafter apart from all else: nobody's wishes and nobody's taste
are in it. What is left is split by standardising: how far would the old rates fall under the new
mix of requests, and how far under the new mix of reviewers?
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from evals.paired import mcnemar
from evals.statistics import wilson

from .outcome import Ending, Outcome

__all__ = ["Cause", "Diagnosis", "Replay", "diagnose"]

_SURE: Final = 0.05
_MUCH: Final = 0.5
"""The share of a fall that a changed mix must explain to be called its cause."""
_FEWEST: Final = 5
"""A person with fewer decisions than this on a side is not told apart."""
_STEADY: Final = 0.05
"""A rate within this of its past is read as steady."""


class Cause(StrEnum):
    """What changed."""

    MODEL = "model"
    """The frozen cases got worse under the same prompt: the model or its server changed."""
    PROMPT = "prompt"
    """The frozen cases got worse, and the prompt is another one."""
    REQUESTS = "requests"
    """The drafter is steady; other things are asked for."""
    REVIEWERS = "reviewers"
    """Drafter and requests are alike; other people decide, or people decide otherwise."""
    UNTOLD = "untold"
    """Nothing that is watched explains it."""


class Replay(BaseModel):
    """One replay of the frozen cases."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sentinel: str
    """The hash of the frozen cases: replays of other ones are not compared."""
    prompt: str | None
    model: str | None
    passed: dict[str, bool]
    """Each scored case by id."""


class Diagnosis(BaseModel):
    """The cause, and what it rests on, in words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cause: Cause
    why: str
    replayed: bool
    """Whether frozen cases were compared: without them the drafter is not cleared."""


def diagnose(
    before: Sequence[Outcome], after: Sequence[Outcome], *, then: Replay | None, now: Replay | None
) -> Diagnosis:
    """Return why `after` has fewer drafts approved unchanged than `before`."""
    drafter = _drafter(then, now)
    if drafter is not None and drafter.cause is not Cause.UNTOLD:
        return drafter
    steady = drafter is not None
    seen = drafter.why if drafter else "no two replays of the same frozen cases to compare"
    cause, why = _people(before, after)
    said = f"{why[0].upper()}{why[1:]}; {seen}."
    return Diagnosis(cause=cause, why=said, replayed=steady)


def _drafter(then: Replay | None, now: Replay | None) -> Diagnosis | None:
    if then is None or now is None or then.sentinel != now.sentinel:
        return None
    both = then.passed.keys() & now.passed.keys()
    if not both:
        return None
    lost = sum(then.passed[one] and not now.passed[one] for one in both)
    won = sum(now.passed[one] and not then.passed[one] for one in both)
    counted = (
        f"{lost} of {len(both)} frozen cases lost and {won} won (p = {mcnemar(lost, won):.2g})"
    )
    if lost <= won or mcnemar(lost, won) > _SURE:
        return Diagnosis(cause=Cause.UNTOLD, replayed=True, why=f"the drafter is steady: {counted}")
    if then.prompt != now.prompt:
        said = f"The prompt is another one: {counted}."
        return Diagnosis(cause=Cause.PROMPT, replayed=True, why=said)
    named = f" ({then.model} before, {now.model} now)" if then.model != now.model else ""
    said = f"Under the same prompt{named} {counted}."
    return Diagnosis(cause=Cause.MODEL, replayed=True, why=said)


def _people(before: Sequence[Outcome], after: Sequence[Outcome]) -> tuple[Cause, str]:
    fall = _rate(before) - _rate(after)
    if not before or not after or fall <= 0:
        return Cause.UNTOLD, "fewer drafts were not approved unchanged than before"
    asked = _explained(before, after, lambda one: one.shape) / fall
    if asked >= _MUCH:
        return Cause.REQUESTS, f"the mix of requests explains {_share(asked)} of the fall"
    decided = _explained(before, after, lambda one: one.decided_by) / fall
    if decided >= _MUCH:
        return Cause.REVIEWERS, f"who decides explains {_share(decided)} of the fall"
    stricter = _stricter(before, after)
    if stricter:
        return Cause.REVIEWERS, f"only {' and '.join(stricter)} decides otherwise than before"
    return Cause.UNTOLD, "neither other requests nor other reviewers explain it"


def _share(part: float) -> str:
    return f"{min(part, 1):.0%}"


def _rate(outcomes: Sequence[Outcome]) -> float:
    return sum(one.ending is Ending.UNCHANGED for one in outcomes) / max(1, len(outcomes))


def _explained(
    before: Sequence[Outcome], after: Sequence[Outcome], group: Callable[[Outcome], str]
) -> float:
    """Return how far the old rates would fall under the new mix (direct standardisation).

    A group that was not there before has no old rate: its own is taken, so that a new kind of
    request that goes badly counts as a change of the mix.
    """
    old, new = Counter(map(group, before)), Counter(map(group, after))
    expected = 0.0
    for name, count in new.items():
        some = [one for one in (before if old[name] else after) if group(one) == name]
        expected += count / len(after) * _rate(some)
    return _rate(before) - expected


def _stricter(before: Sequence[Outcome], after: Sequence[Outcome]) -> list[str]:
    """Return who alone changed: some fell surely against their own past, others held it."""
    fell, held = [], []
    for person in sorted({one.decided_by for one in before} & {one.decided_by for one in after}):
        own = [[one for one in some if one.decided_by == person] for some in (before, after)]
        if min(map(len, own)) < _FEWEST:
            continue
        now = wilson(sum(one.ending is Ending.UNCHANGED for one in own[1]), len(own[1]))
        if now.high < _rate(own[0]):
            fell.append(person)
        elif _rate(own[1]) >= _rate(own[0]) - _STEADY:
            held.append(person)
    return fell if held else []
