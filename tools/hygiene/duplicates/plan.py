"""One merge as a value: who stays, who goes, field by field, and what would be lost.

A merge says nothing of children (events, deals, list memberships): the writer moves all of them to
the survivor. Values are JSON scalars as the CRM stores them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gates.digest import digest_of
from tools.hygiene.change import Subject

__all__ = ["FieldChoice", "Lost", "Merge", "Tier", "Value", "fingerprint"]

Tier = Literal["exact", "certain", "review"]
"""How a merge may be approved: `exact` (they share a key that only one record should have) and
`certain` in bulk, `review` one by one."""

Value = str | int | float | bool | None
"""A stored value: text, a number, a flag, a time in epoch microseconds, or None for empty."""


def fingerprint(row: Mapping[str, Value]) -> str:
    """Return the sha256 of a stored row, all its columns by name: the same row, the same text.

    A writer compares it with the row it has locked; a record changed since is not merged.
    """
    return digest_of(dict(row))


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChoice:
    """What one field of the survivor holds after the merge, and whose value that is."""

    value: Value
    from_record: str
    """The id of the record whose value it is: the survivor's own, or a loser's."""
    before: Value
    """What the survivor holds now; the same as `value` where it keeps its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A value that no field of the survivor will hold."""

    record: str
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Records that are one, and the one they become."""

    survivor: str
    losers: tuple[str, ...]
    """Sorted, at least one."""
    subject: Subject
    fields: Mapping[str, FieldChoice]
    """Every field in which the records differ; where `value` is not `before`, it is written."""
    lost: Mapping[str, tuple[Lost, ...]]
    """By field, the different non-empty values that go, by record."""
    confidence: float
    """Between 0 and 1: the probability that the least likely pair among them is one."""
    tier: Tier
    evidence: tuple[str, ...]
    """What agrees and what does not, as sentences for the person who approves."""
    seen: Mapping[str, str] = field(default_factory=dict)
    """`fingerprint` of each record's stored row, survivor and losers, as it was read."""
    suppress: str | None = None
    """The reason under which the survivor's address must be suppressed, because a part's address
    is (unsubscribed, complained, ...); None where nothing is to be added."""
    topics_off: tuple[str, ...] = ()
    """The topics that a part refused; the survivor's address must refuse them too."""

    @property
    def records(self) -> tuple[str, ...]:
        """Return the ids of all parts, survivor first."""
        return (self.survivor, *self.losers)

    @property
    def changes(self) -> Mapping[str, FieldChoice]:
        """Return the fields that are written to the survivor."""
        return {name: one for name, one in self.fields.items() if one.value != one.before}

    def to_row(self) -> dict[str, Any]:
        """Return the merge as JSON values, for one line of a plan file."""
        return {
            "survivor": self.survivor, "losers": list(self.losers), "subject": self.subject,
            "fields": {
                name: {"value": one.value, "from": one.from_record, "before": one.before}
                for name, one in sorted(self.fields.items())
            },
            "lost": {
                name: [{"record": one.record, "value": one.value} for one in gone]
                for name, gone in sorted(self.lost.items())
            },
            "confidence": self.confidence, "tier": self.tier, "evidence": list(self.evidence),
            "seen": dict(sorted(self.seen.items())), "suppress": self.suppress,
            "topics_off": list(self.topics_off),
        }  # fmt: skip

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Merge:
        """Return the merge that `to_row` wrote down.

        Raises:
            KeyError, TypeError: the row is none that `to_row` writes.

        """
        return cls(
            survivor=row["survivor"], losers=tuple(row["losers"]), subject=row["subject"],
            fields={
                name: FieldChoice(value=one["value"], from_record=one["from"], before=one["before"])
                for name, one in row["fields"].items()
            },
            lost={
                name: tuple(Lost(record=one["record"], value=one["value"]) for one in gone)
                for name, gone in row["lost"].items()
            },
            confidence=row["confidence"], tier=row["tier"], evidence=tuple(row["evidence"]),
            seen=dict(row["seen"]), suppress=row["suppress"], topics_off=tuple(row["topics_off"]),
        )  # fmt: skip
