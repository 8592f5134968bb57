"""Whether a judge may block or support a promotion: only where people's labels say that it can.

Absence of a calibration is absence of power; a judge without it is shown, and decides nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict

from .calibration import Calibration

__all__ = ["FEWEST_LABELS", "LEAST_BOUND", "LONGEST_AGE", "Power", "power"]

FEWEST_LABELS: Final = 50
"""Labels that pass, and labels that fail, each."""
LEAST_BOUND: Final = 0.75
"""What the lower bounds of TPR and TNR must reach."""
LONGEST_AGE: Final = timedelta(days=90)


class Power(BaseModel):
    """Whether a judge may decide, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    may_decide: bool
    why: str

    @property
    def said(self) -> str:
        """What stands beside each of its figures."""
        return "calibrated" if self.may_decide else "uncalibrated"


def power(
    calibration: Calibration | None, judge_hash: str, model: str, now: AwareDatetime
) -> Power:
    """Return whether the judge with this prompt hash and model may decide now."""
    why = _why_not(calibration, judge_hash, model, now)
    if why is not None:
        return Power(may_decide=False, why=f"It has no power: {why}.")
    assert calibration is not None  # noqa: S101 - `_why_not` names the lack of one
    found = calibration.agreement
    return Power(
        may_decide=True,
        why=f"Calibrated on {calibration.at:%Y-%m-%d} against {calibration.passes} passes and "
        f"{calibration.fails} fails: TPR at least {found.tpr.low:.2f}, TNR at least "
        f"{found.tnr.low:.2f}.",
    )


def _why_not(
    calibration: Calibration | None, judge_hash: str, model: str, now: AwareDatetime
) -> str | None:
    if calibration is None:
        return "it was never calibrated"
    if calibration.judge.prompt != judge_hash:
        return "its calibration is of another prompt"
    if calibration.judge.model != model:
        return f"its calibration is of another model, {calibration.judge.model}"
    age = now - calibration.at
    if age >= LONGEST_AGE:
        return f"its calibration is {age.days} days old, and {LONGEST_AGE.days} are too many"
    if age < timedelta(0):
        return "its calibration is dated in the future"
    for name, count in (("pass", calibration.passes), ("fail", calibration.fails)):
        if count < FEWEST_LABELS:
            return f"{count} of {FEWEST_LABELS} labels that {name}"
    for name, rate in (("TPR", calibration.agreement.tpr), ("TNR", calibration.agreement.tnr)):
        if rate.low < LEAST_BOUND:
            return f"the lower bound of its {name} is {rate.low:.2f}, below {LEAST_BOUND}"
    return None
