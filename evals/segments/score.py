"""Scores a drafter's reading of one segment request. Pure: a case and facts in, a score out."""

from __future__ import annotations

from agents.segments.port import Count, Proposal, Reading
from evals.score import RIGHT, Outcome, Score, due, judge_talk

from .case import SegmentCase
from .comparison import Comparison

__all__ = ["VERSION", "score"]

VERSION = "segments/2"
"""Moves with every change of what an outcome means; scores of two versions are not compared."""


def score(case: SegmentCase, reading: Reading, comparison: Comparison | None) -> Score:
    """Score a reading. `comparison` is needed where gold and reading both name people."""
    if isinstance(reading, Proposal | Count):
        outcome, reason = _people(case, reading, comparison)
    else:
        outcome, reason = judge_talk(case, reading)
    return Score(
        value=float(outcome in RIGHT), outcome=outcome, reason=reason, version=VERSION,
        hard=comparison is not None and comparison.barred > 0,
    )  # fmt: skip


def _people(
    case: SegmentCase, reading: Proposal | Count, facts: Comparison | None
) -> tuple[Outcome, str]:
    if case.filter is None:
        return Outcome.SILENTLY_WRONG, f"named people where {due(case)} was due"
    if facts is None:
        raise ValueError(f"{case.id}: a reading that names people needs a comparison")
    if facts.problem:
        return Outcome.UNUSABLE, f"cannot be used: {facts.problem}"
    if not facts.exact:
        return Outcome.SILENTLY_WRONG, _difference(facts)
    if isinstance(reading, Count) != (case.expect == "count"):
        return Outcome.WRONG_KIND, f"the right people, but {due(case)} was due"
    if case.name is not None and reading.segment.name.casefold() != case.name.casefold():
        return Outcome.WRONG_NAME, f"named {reading.segment.name!r}, not {case.name!r}"
    return Outcome.EXACT, f"the same {facts.common} members, and {facts.rows} boundary rows agree"


def _difference(facts: Comparison) -> str:
    parts = [f"{facts.barred} members may not be written to"] if facts.barred else []
    parts += facts.differs
    if facts.missing or facts.extra:
        parts.append(f"{facts.missing} members missing, {facts.extra} too many")
    if facts.rows_wrong:
        parts.append(f"{facts.rows_wrong} of {facts.rows} boundary rows differ: {facts.example}")
    return "; ".join(parts)
