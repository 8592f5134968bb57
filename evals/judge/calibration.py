"""Calibration: a judge held against what people decided, kept with its date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from evals.agreement import Agreement, Table, agreement
from evals.quality.habits import reading_seconds
from evals.quality.outcome import Ending, Outcome
from evals.quality.reasons import NOT_ABOUT_QUALITY

from .judge import JudgeId, Verdict

__all__ = ["Calibration", "Label", "calibrate", "label_of"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Label(_Value):
    """What people say of a draft as it was first drafted."""

    draft_id: str
    verdict: Literal["pass", "fail"]
    source: Literal["decision", "hand"]
    """A hand-given label outweighs what the decision says."""


class Calibration(_Value):
    """How a judge did against people's labels, on one day."""

    judge: JudgeId
    at: AwareDatetime
    passes: int
    """Labels that pass, of those the judge scored."""
    fails: int
    unscored: int
    """Labelled drafts that the judge could not score: in no rate, and counted here."""
    by_hand: int
    """How many labels were given by hand."""
    agreement: Agreement
    disagreed: tuple[str, ...]
    """Ids of the drafts on which the judge and people differ, failed ones that passed first."""


def label_of(outcome: Outcome) -> Label | None:
    """Return the label that a decision gives, or None where it says nothing of the draft.

    Approved unchanged passes; rejected, or approved after a material edit, fails. A light edit, a
    rejection of what was not needed any more, and a yes that came before the draft could be read
    are no label.
    """
    if outcome.ending is Ending.UNCHANGED:
        if outcome.seconds < reading_seconds(outcome.words):
            return None
        return Label(draft_id=outcome.draft_id, verdict="pass", source="decision")
    if outcome.ending is Ending.REJECTED and outcome.group in NOT_ABOUT_QUALITY:
        return None
    if outcome.materially_changed:
        return Label(draft_id=outcome.draft_id, verdict="fail", source="decision")
    return None


def calibrate(
    judge: JudgeId, labels: Iterable[Label], verdicts: Mapping[str, Verdict], *, at: AwareDatetime
) -> Calibration:
    """Return the calibration of a judge over the labelled drafts that it was shown."""
    counts = {(a, b): 0 for a in ("pass", "fail") for b in ("pass", "fail")}
    wrongly_passed: list[str] = []
    wrongly_failed: list[str] = []
    unscored = by_hand = 0
    for label in _latest(labels):
        found = verdicts.get(label.draft_id)
        if found is None:
            continue
        if found.verdict is None:
            unscored += 1
            continue
        counts[label.verdict, found.verdict] += 1
        by_hand += label.source == "hand"
        if label.verdict != found.verdict:
            (wrongly_passed if found.verdict == "pass" else wrongly_failed).append(label.draft_id)
    table = Table(
        pass_pass=counts["pass", "pass"], pass_fail=counts["pass", "fail"],
        fail_pass=counts["fail", "pass"], fail_fail=counts["fail", "fail"],
    )  # fmt: skip
    return Calibration(
        judge=judge, at=at, passes=table.passes, fails=table.fails, unscored=unscored,
        by_hand=by_hand, agreement=agreement(table),
        disagreed=(*sorted(wrongly_passed), *sorted(wrongly_failed)),
    )  # fmt: skip


def _latest(labels: Iterable[Label]) -> Iterable[Label]:
    """Return one label for each draft, a hand-given one before what the decision says."""
    best: dict[str, Label] = {}
    for label in labels:
        held = best.get(label.draft_id)
        if held is None or (label.source == "hand" and held.source != "hand"):
            best[label.draft_id] = label
    return best.values()
