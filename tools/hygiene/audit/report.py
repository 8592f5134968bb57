"""An audit as a value: what is stored, printed and drawn, the same in every place."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict

from tools.hygiene.change import Subject
from tools.hygiene.detector import Dimension, Severity

__all__ = ["Audit", "DetectorTotal", "FieldTotal", "Flaw", "Help", "RecordTotal", "Score"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Score(_Value):
    """One of the six scores: a share, in per cent."""

    name: Dimension
    good: int
    """What passes."""
    of: int
    """What is counted; 0 where there is nothing to score."""
    unit: str
    """What is counted, in words: `records`, `required fields`."""
    definition: str
    computed_by: str
    """The function that counts it: `tools.hygiene.audit.scores.freshness`."""

    @property
    def value(self) -> float:
        """From 0 to 100; 100 where there is nothing to score."""
        return 100.0 * self.good / self.of if self.of else 100.0


class DetectorTotal(_Value):
    """What one detector found."""

    name: str
    title: str
    dimension: Dimension
    severity: Severity
    findings: int
    records: int
    """How many records, each once."""
    certain: int
    """Repairs that may be approved in bulk."""
    likely: int
    doubtful: int


class FieldTotal(_Value):
    """One field, and in how many records something is wrong with it."""

    subject: Subject
    field: str
    records: int
    of: int
    detectors: tuple[str, ...]
    """Which found it, the one with most findings first."""

    @property
    def share(self) -> float:
        """Which part of the records, from 0 to 1."""
        return self.records / self.of if self.of else 0.0


class Flaw(_Value):
    """One thing that is wrong with a record."""

    field: str
    value: str | None
    detector: str
    severity: Severity
    message: str
    evidence: str


class RecordTotal(_Value):
    """One record with much that is wrong."""

    subject: Subject
    record: str
    label: str
    """As a person knows it: an address, a company's name."""
    weight: float
    """The sum of severity times confidence of what is wrong with it."""
    flaws: tuple[Flaw, ...]


class Help(_Value):
    """A draft that would help: what to ask for, and why."""

    request: str
    """What to say to Placet: "fix the phone numbers of 1,204 contacts"."""
    subject: Subject
    records: int
    """How many records have a repair."""
    marketable: int
    """How many of them may and can be mailed."""
    severity: float
    """The mean weight of the findings: error 3, warn 1, info 0.3."""
    confidence: float
    """The mean confidence of the repairs."""
    detectors: tuple[str, ...]

    @property
    def weight(self) -> float:
        """How much it would help: affected marketable records x severity x confidence."""
        return self.marketable * self.severity * self.confidence


class Audit(_Value):
    """One audit of the whole CRM."""

    at: AwareDatetime
    contacts: int
    companies: int
    marketable: int
    """Contacts that may and can be mailed."""
    scores: tuple[Score, ...]
    detectors: tuple[DetectorTotal, ...]
    fields: tuple[FieldTotal, ...]
    """The worst ones, the worst first."""
    records: tuple[RecordTotal, ...]
    """The worst ones, the worst first."""
    helps: tuple[Help, ...]
    """The drafts that would help most, the best first."""
    seconds: float
    """How long it took."""

    def score(self, name: str) -> Score | None:
        """Return the score of that name."""
        return next((one for one in self.scores if one.name == name), None)
