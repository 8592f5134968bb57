"""The six scores, each with its definition and the function that counts it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tools.hygiene.change import Subject
from tools.hygiene.columns import Columns
from tools.hygiene.detector import Dimension, Reference
from tools.hygiene.detectors.upkeep import REQUIRED

from .report import Score
from .tally import Tally

__all__ = ["FIELDS", "SCORES", "ScoreRule", "scores_of"]

FIELDS: tuple[Reference, ...] = (
    ("contact", "updated_at"), ("contact", "created_at"), ("contact", "engaged_at"),
    ("company", "updated_at"), ("company", "created_at"),
)  # fmt: skip
"""What is read for freshness."""

_SUBJECTS: tuple[Subject, ...] = ("contact", "company")
Count = Callable[[Tally, "dict[Subject, bytearray]"], tuple[int, int]]
"""Takes the findings' tally and the repeated rows; returns what passes, and of how many."""


@dataclass(frozen=True, kw_only=True)
class ScoreRule:
    """How a score is made."""

    name: Dimension
    unit: str
    definition: str
    count: Count

    def of(self, tally: Tally, repeats: dict[Subject, bytearray]) -> Score:
        """Return the score."""
        good, of = self.count(tally, repeats)
        by = f"{__name__}.{self.count.__name__}"
        return Score(
            name=self.name, good=good, of=of, unit=self.unit, definition=self.definition,
            computed_by=by,
        )  # fmt: skip


def completeness(tally: Tally, _repeats: dict[Subject, bytearray]) -> tuple[int, int]:
    """Count the required fields that hold a value."""
    fields = [("contact" if s == "contact" else "company", field) for s, field in REQUIRED]
    of = sum(tally.size["contact" if s == "contact" else "company"] for s, _ in fields)
    return of - sum(marks.count(1) for marks in tally.gaps.values()), of


def validity(tally: Tally, _repeats: dict[Subject, bytearray]) -> tuple[int, int]:
    """Count the records whose values are all valid."""
    return _without(tally, "validity")


def uniqueness(tally: Tally, repeats: dict[Subject, bytearray]) -> tuple[int, int]:
    """Count the records that repeat no earlier one by an exact key (`repeats.repeated`)."""
    of = sum(tally.size.values())
    return of - sum(marks.count(1) for marks in repeats.values()), of


def consistency(tally: Tally, _repeats: dict[Subject, bytearray]) -> tuple[int, int]:
    """Count the records whose fields do not contradict each other."""
    return _without(tally, "consistency")


def freshness(tally: Tally, _repeats: dict[Subject, bytearray]) -> tuple[int, int]:
    """Count the dated records with a change or a sign of life within two years."""
    of = _dated(tally.table, "contact", 3) + _dated(tally.table, "company", 2)
    return of - sum(marks.count(1) for marks in tally.stale.values()), of


def marketability(tally: Tally, _repeats: dict[Subject, bytearray]) -> tuple[int, int]:
    """Count the contacts that may and can be mailed (`marketable.contact_marks`)."""
    return tally.marketable["contact"].count(1), tally.size["contact"]


def _without(tally: Tally, dimension: Dimension) -> tuple[int, int]:
    marks = (tally.faulty.get((subject, dimension), b"") for subject in _SUBJECTS)
    of = sum(tally.size.values())
    return of - sum(one.count(1) for one in marks), of


def _dated(table: Columns, subject: Subject, many: int) -> int:
    """Return how many records have any date at all: of the others nobody can say."""
    names = ("updated_at", "created_at", "engaged_at")[:many]
    columns = [table.column(subject, name) for name in names]
    return sum(any(isinstance(one, int) for one in row) for row in zip(*columns, strict=True))


SCORES: tuple[ScoreRule, ...] = (
    ScoreRule(
        name="completeness", unit="required fields", count=completeness,
        definition="Of the fields that scoring, routing and mailing need, the share that holds a "
        "value; “n/a” and its like are none.",
    ),
    ScoreRule(
        name="validity", unit="records", count=validity,
        definition="The share of contacts and companies without an invalid value: no error and "
        "no warning of a validity detector.",
    ),
    ScoreRule(
        name="uniqueness", unit="records", count=uniqueness,
        definition="The share of contacts and companies that repeat no other one exactly: same "
        "mailbox, same name at the same company or with the same number; same company domain.",
    ),
    ScoreRule(
        name="consistency", unit="records", count=consistency,
        definition="The share of contacts and companies whose fields do not contradict each other: "
        "no error and no warning of a consistency detector.",
    ),
    ScoreRule(
        name="freshness", unit="dated records", count=freshness,
        definition="Of the records with a date, the share that was changed or showed a sign of "
        "life in the last 730 days.",
    ),
    ScoreRule(
        name="marketability", unit="contacts", count=marketability,
        definition="The share of contacts that may and can be mailed: not opted out, suppressed or "
        "bounced since the last sign of life, no test record, an address that works.",
    ),
)  # fmt: skip
"""In the order in which they are shown."""


def scores_of(tally: Tally, repeats: dict[Subject, bytearray]) -> tuple[Score, ...]:
    """Return all six."""
    return tuple(rule.of(tally, repeats) for rule in SCORES)
