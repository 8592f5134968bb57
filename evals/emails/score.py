"""Scores one email draft. Pure: a case and facts in, a score out."""

from __future__ import annotations

from collections.abc import Sequence

from evals.score import RIGHT, Outcome, Score, due
from evals.segments.comparison import Comparison

from .case import EmailCase

__all__ = ["VERSION", "score_email"]

VERSION = "emails/2"
"""Moves with every change of what an outcome means; scores of two versions are not compared."""


def score_email(
    case: EmailCase, blocked: Sequence[str], audience: Comparison | None, broken: Sequence[str]
) -> Score:
    """Score a draft.

    Args:
        case: what was asked and what is right.
        blocked: the draft's own checks that block Approve, in words.
        audience: how far its audience is from the gold; None where the case wants no draft.
        broken: the rules of the case that it breaks, in words.

    """
    outcome, reason = _judge(case, blocked, audience, broken)
    barred = audience is not None and audience.barred > 0 and not blocked
    return Score(value=float(outcome in RIGHT), outcome=outcome, reason=reason, version=VERSION,
                 hard=barred)  # fmt: skip


def _judge(
    case: EmailCase, blocked: Sequence[str], audience: Comparison | None, broken: Sequence[str]
) -> tuple[Outcome, str]:
    if blocked:  # a person sees it before anybody can approve it
        return Outcome.UNUSABLE, f"blocked by its own checks: {'; '.join(blocked)}"
    if audience is None:
        return Outcome.SILENTLY_WRONG, f"drafted an email where {due(case)} was due"
    wrong = list(broken)
    if not audience.exact:
        people = f"{audience.missing} members missing, {audience.extra} too many"
        people += f", {audience.barred} who may not be written to" if audience.barred else ""
        wrong.insert(0, f"wrong audience: {audience.problem or people}")
    if wrong:
        return Outcome.SILENTLY_WRONG, "; ".join(wrong)
    return Outcome.EXACT, f"the same {audience.common} members, every rule met"
