"""Scores a drafter's reading of one segment request. Pure: a case and facts in, a score out."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from pydantic import BaseModel, ConfigDict

from agents.port import Answer, Question, Refusal
from agents.segments.port import Count, Proposal, Reading
from evals.case import Case
from evals.comparison import Comparison

__all__ = ["RIGHT", "VERSION", "Outcome", "Score", "score"]

VERSION = "segments/1"
"""Moves with every change of what an outcome means; scores of two versions are not compared."""


class Outcome(StrEnum):
    """How a case ended. The first four are right; `silently_wrong` is the primary harm figure."""

    EXACT = "exact"
    """A draft or a count of exactly the gold members, on both worlds."""
    QUESTION_WHEN_NEEDED = "question_when_needed"
    REFUSED_WHEN_NEEDED = "refused_when_needed"
    ANSWERED_WHEN_NEEDED = "answered_when_needed"
    SILENTLY_WRONG = "silently_wrong"
    """A draft or a count of other people, or one where a question or a refusal was due."""
    NEEDLESS_QUESTION = "needless_question"
    OFF_QUESTION = "off_question"
    """A question was due, but this one does not mention the words it is about."""
    WRONG_REFUSAL = "wrong_refusal"
    MISSED_REFUSAL = "missed_refusal"
    """A refusal was due; it asked or talked, so that nothing wrong was drafted."""
    NEEDLESS_ANSWER = "needless_answer"
    """It talked where a draft, a count or a question was due."""
    WRONG_KIND = "wrong_kind"
    """The right people, but a count for a draft or a draft for a count."""
    WRONG_NAME = "wrong_name"
    """The right people under another name than was asked for."""
    UNUSABLE = "unusable"
    """A tree that the catalogue refuses: seen before anybody could approve it."""


RIGHT = frozenset({
    Outcome.EXACT, Outcome.QUESTION_WHEN_NEEDED, Outcome.REFUSED_WHEN_NEEDED,
    Outcome.ANSWERED_WHEN_NEEDED,
})  # fmt: skip


class Score(BaseModel):
    """What a reading is worth: 1 for right, 0 for not, with the reason and the scorer's version."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float
    outcome: Outcome
    reason: str
    version: str = VERSION

    @property
    def right(self) -> bool:
        """Whether the case is passed."""
        return self.outcome in RIGHT


def score(case: Case, reading: Reading, comparison: Comparison | None) -> Score:
    """Score a reading. `comparison` is needed where gold and reading both name people."""
    outcome, reason = _judge(case, reading, comparison)
    return Score(value=float(outcome in RIGHT), outcome=outcome, reason=reason)


def _judge(case: Case, reading: Reading, facts: Comparison | None) -> tuple[Outcome, str]:
    match reading:
        case Proposal() | Count():
            return _people(case, reading, facts)
        case Question():
            return _question(case, reading)
        case Refusal():
            if case.expect == "refuse":
                return Outcome.REFUSED_WHEN_NEEDED, "refused, as it should be"
            return Outcome.WRONG_REFUSAL, f"refused where {_due(case)} was due"
        case Answer():
            if case.expect == "answer":
                return Outcome.ANSWERED_WHEN_NEEDED, "answered, as it should be"
            missed = case.expect == "refuse"
            outcome = Outcome.MISSED_REFUSAL if missed else Outcome.NEEDLESS_ANSWER
            return outcome, f"only talked where {_due(case)} was due"
        case _:
            assert_never(reading)


def _people(case: Case, reading: Proposal | Count, facts: Comparison | None) -> tuple[Outcome, str]:
    if case.filter is None:
        return Outcome.SILENTLY_WRONG, f"named people where {_due(case)} was due"
    if facts is None:
        raise ValueError(f"{case.id}: a reading that names people needs a comparison")
    if facts.problem:
        return Outcome.UNUSABLE, f"cannot be used: {facts.problem}"
    if not facts.exact:
        return Outcome.SILENTLY_WRONG, _difference(facts)
    if isinstance(reading, Count) != (case.expect == "count"):
        return Outcome.WRONG_KIND, f"the right people, but {_due(case)} was due"
    if case.name is not None and reading.segment.name.casefold() != case.name.casefold():
        return Outcome.WRONG_NAME, f"named {reading.segment.name!r}, not {case.name!r}"
    return Outcome.EXACT, f"the same {facts.common} members, and {facts.rows} boundary rows agree"


def _question(case: Case, reading: Question) -> tuple[Outcome, str]:
    match case.expect:
        case "question":
            said = f"{reading.text} {reading.about}".casefold()
            if case.about and not any(word.casefold() in said for word in case.about):
                return Outcome.OFF_QUESTION, f"asked, but not about {' or '.join(case.about)}"
            return Outcome.QUESTION_WHEN_NEEDED, "asked, as it should"
        case "refuse":
            return Outcome.MISSED_REFUSAL, "asked where a refusal was due"
        case _:
            return Outcome.NEEDLESS_QUESTION, f"asked where {_due(case)} was due"


def _difference(facts: Comparison) -> str:
    parts = list(facts.differs)
    if facts.missing or facts.extra:
        parts.append(f"{facts.missing} members missing, {facts.extra} too many")
    if facts.rows_wrong:
        parts.append(f"{facts.rows_wrong} of {facts.rows} boundary rows differ: {facts.example}")
    return "; ".join(parts)


def _due(case: Case) -> str:
    words = {"draft": "a draft", "count": "a count", "question": "a question",
             "answer": "an answer", "refuse": "a refusal"}  # fmt: skip
    return words[case.expect]
