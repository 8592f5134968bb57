"""What the findings of an audit add up to: one byte for each row and question, never a finding.

A million contacts make some millions of findings; each is counted as it is yielded and dropped.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping

from tools.hygiene.change import Subject, level_of
from tools.hygiene.columns import Columns
from tools.hygiene.detector import Detector, Dimension, Severity
from tools.hygiene.detectors.upkeep import REQUIRED

from .asks import Ask, ask_of
from .marketable import BARRING, company_marks, contact_marks
from .report import DetectorTotal

__all__ = ["WEIGHTS", "Repairs", "Tally"]

WEIGHTS: Mapping[Severity, float] = {"error": 3.0, "warn": 1.0, "info": 0.3}
"""How much a finding counts, by its severity."""

_GAPS = frozenset({"missing_field", "placeholder"})


class Repairs:
    """The repairs of one kind of request: which rows, and how bad and how sure."""

    def __init__(self, rows: int) -> None:
        self.rows = bytearray(rows)
        self.findings = 0
        self.severity = 0.0
        self.confidence = 0.0
        self.detectors: Counter[str] = Counter()


class Tally:
    """Counts findings over one table."""

    def __init__(self, table: Columns) -> None:
        self.table = table
        self.size: dict[Subject, int] = {
            "contact": len(table.ids("contact")),
            "company": len(table.ids("company")),
        }
        contacts = contact_marks(table)
        self.marketable: dict[Subject, bytearray] = {"contact": contacts}
        self.faulty: dict[tuple[Subject, Dimension], bytearray] = {}
        """Rows with an error or a warning of a dimension."""
        self.stale: dict[Subject, bytearray] = {}
        self.gaps: dict[tuple[Subject, str], bytearray] = {}
        """Rows without a required field."""
        self.fields: dict[tuple[Subject, str], bytearray] = {}
        self.by_field: defaultdict[tuple[Subject, str], Counter[str]] = defaultdict(Counter)
        self.weight: dict[Subject, array[float]] = {
            subject: array("f", bytes(4 * rows)) for subject, rows in self.size.items()
        }
        self.junk = bytearray(self.size["contact"])
        self.repairs: dict[tuple[Subject, Ask], Repairs] = {}
        self.totals: list[DetectorTotal] = []

    def settle(self) -> None:
        """Say which companies are marketable, once all detectors have spoken about contacts."""
        self.marketable["company"] = company_marks(self.table, self.marketable["contact"])

    def take(self, detector: Detector) -> None:
        """Count everything that one detector finds."""
        hit: dict[Subject, bytearray] = {}
        levels: Counter[str] = Counter()
        count = _Count(self, detector, hit)
        for found in detector.find(self.table):
            row = count(found.record, found.subject, found.field, found.confidence)
            change = found.change
            if change is None or (found.subject == "contact" and self.junk[row]):
                continue
            levels[level_of(change.confidence)] += 1
            self._repair(detector, found.subject, row, change.confidence)
        findings = count.findings
        if findings:
            self.totals.append(_total(detector, findings, hit, levels))

    def _repair(self, detector: Detector, subject: Subject, row: int, confidence: float) -> None:
        ask = ask_of(detector.name)
        if ask is None:
            return
        kept = self.repairs.get((subject, ask))
        if kept is None:
            kept = self.repairs[subject, ask] = Repairs(self.size[subject])
        kept.rows[row] = 1
        kept.findings += 1
        kept.severity += WEIGHTS[detector.severity]
        kept.confidence += confidence
        kept.detectors[detector.name] += 1


class _Count:
    """Marks one detector's findings; what depends on subject and field is looked up once."""

    def __init__(self, tally: Tally, detector: Detector, hit: dict[Subject, bytearray]) -> None:
        self.findings = 0
        self._tally, self._detector, self._hit = tally, detector, hit
        self._place: tuple[Subject, str] | None = None
        self._marks: tuple[bytearray, ...] = ()
        self._worth = WEIGHTS[detector.severity]

    def __call__(self, record: str, subject: Subject, field: str, confidence: float) -> int:
        row = self._tally.table.row(subject, record)
        if row is None:  # a detector speaks of records of its own table
            raise LookupError(f"{self._detector.name} found a {subject} that is not there")
        self.findings += 1
        if self._place != (subject, field):
            self._place = (subject, field)
            self._marks = self._open(subject, field)
            self._weight = self._tally.weight[subject]
            self._of_field = self._tally.by_field[subject, field]
        for marks in self._marks:
            marks[row] = 1
        self._weight[row] += self._worth * confidence
        self._of_field[self._detector.name] += 1
        if subject == "contact" and self._detector.name in BARRING:
            self._tally.marketable["contact"][row] = 0
        return row

    def _open(self, subject: Subject, field: str) -> tuple[bytearray, ...]:
        """Return everything that a finding about this field marks."""
        tally, detector = self._tally, self._detector
        size = tally.size[subject]
        marks = [self._hit.setdefault(subject, bytearray(size))]
        marks.append(tally.fields.setdefault((subject, field), bytearray(size)))
        if detector.severity != "info":
            key = (subject, detector.dimension)
            marks.append(tally.faulty.setdefault(key, bytearray(size)))
        if detector.dimension == "freshness":
            marks.append(tally.stale.setdefault(subject, bytearray(size)))
        if detector.name in _GAPS and (subject, field) in REQUIRED:
            marks.append(tally.gaps.setdefault((subject, field), bytearray(size)))
        if detector.name == "test_record" and subject == "contact":
            marks.append(tally.junk)
        return tuple(marks)


def _total(
    detector: Detector, findings: int, hit: Mapping[Subject, bytearray], levels: Counter[str]
) -> DetectorTotal:
    return DetectorTotal(
        name=detector.name, title=detector.title, dimension=detector.dimension,
        severity=detector.severity, findings=findings,
        records=sum(marks.count(1) for marks in hit.values()),
        certain=levels["certain"], likely=levels["likely"], doubtful=levels["doubtful"],
    )  # fmt: skip
