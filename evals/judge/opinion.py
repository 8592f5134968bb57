"""A judge's opinion on two runs of one suite: does the second draft better, where only taste tells?

It is asked about drafts of cases whose words may be read (train and dev). It blocks or supports
only with power; without it the figures stand there and decide nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from evals.paired import Interval, clustered_difference
from evals.result import CaseResult, SuiteResult
from evals.statistics import Rate, wilson

from .judge import Judge, JudgeId, Verdict
from .power import Power
from .subject import About, Subject

__all__ = ["FEWEST_PAIRS", "Opinion", "opinion"]

FEWEST_PAIRS = 20
"""Fewer pairs of drafts than this support and block nothing, whatever the interval says."""


class Opinion(BaseModel):
    """What a judge says of the second run against the first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    judge: JudgeId
    power: Power
    pairs: int
    """Cases of which it scored both drafts."""
    unscored: int
    """Cases of which it could not score one: they count for neither."""
    first: Rate
    second: Rate
    difference: Interval
    """Share that passes, second minus first, over clusters."""
    stance: Literal["supports", "blocks", "neither", "no power"]

    @property
    def said(self) -> str:
        """Return it in one line, as a card shows it."""
        points = self.difference
        figures = (
            f"{self.second.hits} of {self.pairs} pass with the second and {self.first.hits} with "
            f"the first ({100 * points.value:+.1f} points, {100 * points.low:+.1f} to "
            f"{100 * points.high:+.1f}); {self.unscored} could not be scored"
        )
        return f"Judge, {self.power.said}, {self.stance}: {figures}. {self.power.why}"


def opinion(judge: Judge, first: SuiteResult, second: SuiteResult, power: Power) -> Opinion:
    """Return what the judge says; equal drafts are judged once, so that they cannot differ."""
    pairs, unscored = _judged(judge, first.cases, second.cases)
    differences = [int(b) - int(a) for _, a, b in pairs]
    interval = clustered_difference(differences, [cluster for cluster, _, _ in pairs])
    return Opinion(
        judge=judge.id, power=power, pairs=len(pairs), unscored=unscored,
        first=wilson(sum(a for _, a, _ in pairs), len(pairs)),
        second=wilson(sum(b for _, _, b in pairs), len(pairs)),
        difference=interval, stance=_stance(interval, len(pairs), power),
    )  # fmt: skip


def _stance(
    interval: Interval, pairs: int, power: Power
) -> Literal["supports", "blocks", "neither", "no power"]:
    if not power.may_decide:
        return "no power"
    if pairs < FEWEST_PAIRS or interval.low <= 0 <= interval.high:
        return "neither"
    return "supports" if interval.low > 0 else "blocks"


def _judged(
    judge: Judge, first: Sequence[CaseResult], second: Sequence[CaseResult]
) -> tuple[list[tuple[str, bool, bool]], int]:
    there = {(case.id, case.epoch): case for case in second}
    said: dict[Subject, Verdict] = {}
    pairs: list[tuple[str, bool, bool]] = []
    unscored = 0
    for case in first:
        other = there.get((case.id, case.epoch))
        drafts = [_subject(judge.id.about, one) for one in (case, other) if one is not None]
        if len(drafts) < 2 or any(one is None for one in drafts):
            continue  # one of both asked or refused: other scorers tell that
        for one in drafts:
            if one is not None and one not in said:
                said[one] = judge.judge(one)
        found = [said[one] for one in drafts if one is not None]
        if any(one.verdict is None for one in found):
            unscored += 1
        else:
            pairs.append((case.cluster, found[0].verdict == "pass", found[1].verdict == "pass"))
    return pairs, unscored


def _subject(about: About, case: CaseResult) -> Subject | None:
    """Return what a judge sees of a case's draft; None where there is none, or it is held out."""
    reading = case.reading or {}
    if not case.request or case.part == "test":
        return None
    draft = _email(reading) if about == "email" else _name(reading)
    if not draft:
        return None
    return Subject(about=about, draft_id=case.id, request=case.request, draft=draft)


def _email(reading: Mapping[str, Any]) -> str:
    if not reading.get("subject"):
        return ""
    return f"Subject: {reading['subject']}\n\n{reading.get('copy', '')}"


def _name(reading: Mapping[str, Any]) -> str:
    segment = reading.get("segment")
    if not isinstance(segment, Mapping) or not segment.get("name"):
        return ""
    tree = json.dumps(segment.get("filter"), ensure_ascii=False)
    return f"Name: {segment['name']}\nFilter: {tree}"
