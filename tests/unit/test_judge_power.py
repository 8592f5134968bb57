"""When a judge may decide: enough labels, high enough bounds, young enough, this very judge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from evals.judge import Calibration, JudgeId, Label, Verdict, calibrate, label_of, power
from evals.quality.outcome import Ending, Outcome, Source

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ID = JudgeId(about="email", prompt="a" * 64, model="m1")


def calibrated(*, pp: int = 48, pf: int = 4, fp: int = 4, ff: int = 48, **rest: Any) -> Calibration:
    cells = [("pass", "pass", pp), ("pass", "fail", pf), ("fail", "pass", fp), ("fail", "fail", ff)]
    labels: list[Label] = []
    verdicts: dict[str, Verdict] = {}
    for human, machine, count in cells:
        for n in range(count):
            one = f"{human}-{machine}-{n}"
            labels.append(Label(draft_id=one, verdict=human, source="decision"))  # type: ignore[arg-type]
            verdicts[one] = Verdict(verdict=machine)  # type: ignore[arg-type]
    return calibrate(ID, labels, verdicts, **({"at": NOW} | rest))


def test_a_good_calibration_gives_power() -> None:
    found = power(calibrated(), "a" * 64, "m1", NOW)
    assert found.may_decide
    assert found.said == "calibrated"
    assert "52 passes and 52 fails" in found.why


@pytest.mark.parametrize(
    ("calibration", "words"),
    [
        (None, "never calibrated"),
        (calibrated(pp=45, pf=4), "49 of 50 labels that pass"),
        (calibrated(ff=45, fp=4), "49 of 50 labels that fail"),
        (calibrated(pf=10), "TPR is 0.71"),
        (calibrated(fp=10), "TNR is 0.71"),
        (calibrated(at=NOW - timedelta(days=90)), "90 days old"),
        (calibrated(at=NOW + timedelta(seconds=1)), "in the future"),
    ],
)
def test_anything_missing_takes_the_power(calibration: Calibration | None, words: str) -> None:
    found = power(calibration, "a" * 64, "m1", NOW)
    assert not found.may_decide
    assert found.said == "uncalibrated"
    assert words in found.why


def test_the_edges_count_as_said() -> None:
    assert power(calibrated(pp=46, pf=4, fp=4, ff=46), "a" * 64, "m1", NOW).may_decide  # 50 each
    young = calibrated(at=NOW - timedelta(days=90) + timedelta(seconds=1))
    assert power(young, "a" * 64, "m1", NOW).may_decide


def test_another_prompt_or_model_is_another_judge() -> None:
    assert "another prompt" in power(calibrated(), "b" * 64, "m1", NOW).why
    assert "another model" in power(calibrated(), "a" * 64, "m2", NOW).why


def test_unscored_and_unjudged_drafts_are_in_no_rate() -> None:
    labels = [Label(draft_id=f"d{n}", verdict="pass", source="decision") for n in range(3)]
    found = calibrate(
        ID, labels, {"d0": Verdict(verdict="pass"), "d1": Verdict(unscored="x")}, at=NOW
    )
    assert (found.passes, found.unscored, found.agreement.tpr.of) == (1, 1, 1)


def test_a_hand_given_label_outweighs_the_decision() -> None:
    labels = [
        Label(draft_id="d", verdict="fail", source="hand"),
        Label(draft_id="d", verdict="pass", source="decision"),
    ]
    for given in (labels, labels[::-1]):
        found = calibrate(ID, given, {"d": Verdict(verdict="pass")}, at=NOW)
        assert (found.fails, found.by_hand, found.disagreed) == (1, 1, ("d",))


def test_a_yes_before_it_could_be_read_is_no_label() -> None:
    quick = Outcome(
        draft_id="d", source=Source(trade="emails", drafter="llm"), ending=Ending.UNCHANGED,
        decided_by="local/ben", decided_at=NOW, seconds=9, words=400,
    )  # fmt: skip
    assert label_of(quick) is None
    assert label_of(quick.model_copy(update={"seconds": 90})) is not None
    rejected = quick.model_copy(update={"ending": Ending.REJECTED})
    assert label_of(rejected) is not None, "a quick no was a no all the same"


@pytest.mark.parametrize(
    ("ending", "distance", "group", "verdict"),
    [
        (Ending.UNCHANGED, 0.0, "", "pass"),
        (Ending.CHANGED, 0.15, "", "fail"),
        (Ending.CHANGED, 0.14, "", None),
        (Ending.REJECTED, None, "tone or wording", "fail"),
        (Ending.REJECTED, None, "no reason given", "fail"),
        (Ending.REJECTED, None, "not needed any more", None),
    ],
)
def test_what_a_decision_says_of_a_draft(
    ending: Ending, distance: float | None, group: str, verdict: str | None
) -> None:
    found = label_of(
        Outcome(
            draft_id="d", source=Source(trade="emails", drafter="llm"), ending=ending,
            decided_by="local/ben", decided_at=NOW, seconds=60, distance=distance, group=group,
        )
    )  # fmt: skip
    assert (found.verdict if found else None) == verdict
