"""One repair of one field of one record, as a value: what it was, what it becomes and why."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["CERTAIN", "LIKELY", "FieldChange", "Level", "Subject", "level_of"]

Subject = Literal["contact", "company"]
"""What a record is; deals, events and lists are evidence here and are never repaired."""

Level = Literal["certain", "likely", "doubtful"]
"""Which draft a repair belongs to: approved in bulk, looked through, or decided one by one."""

CERTAIN = 0.99
"""From here on a repair may be approved in bulk; `benchmarks/decay` holds every detector to it."""
LIKELY = 0.8
"""From here on a repair is worth a look as a batch; below it, one by one."""


def level_of(confidence: float) -> Level:
    """Return the level of a confidence between 0 and 1."""
    if confidence >= CERTAIN:
        return "certain"
    return "likely" if confidence >= LIKELY else "doubtful"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """What would be written to one field of one record, and what must still be there then."""

    record: str
    """The record's id in the CRM."""
    subject: Subject
    field: str
    """As the field catalogue names it: `phone`."""
    before: str | None
    """The stored value, byte for byte; None where the field is empty."""
    after: str | None
    """What it becomes; None empties the field."""
    rule: str
    """The detector's name; several, joined with "+", where one repair built on another."""
    confidence: float
    """Between 0 and 1; `level_of` says which draft it belongs to."""
    why: str
    """The reason, as a sentence for the person who approves."""
    evidence: str
    """Where the new value comes from: the record, a reference library, an enrichment source."""
