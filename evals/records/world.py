"""What records cases are carried out on: the sample company and a set of flawed records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from tools.crm.port import RecordSubject
from tools.segments.port import Problem
from tools.segments.tree import Filter, Segment

from .applying import Key

__all__ = ["ReaderRecords", "RecordsWorld", "flawed_records", "world_name"]

_FILE = Path(__file__).parents[1] / "suites" / "records" / "fixtures" / "flawed.json"


class RecordsWorld(Protocol):
    """Stored values, and who is in a segment."""

    @property
    def name(self) -> str:
        """Which population, and which version of it."""
        ...

    def check(self, tree: Filter) -> Sequence[Problem]:
        """Return what is wrong with a filter; empty is good."""
        ...

    def members(self, segment: Segment) -> Sequence[str]:
        """Return the contacts in a segment."""
        ...

    def rows(
        self, subject: RecordSubject, ids: Sequence[str]
    ) -> Mapping[str, Mapping[str, str | None]]:
        """Return those of these records that there are, whole, as text."""
        ...

    def stored(self, key: Key) -> str | None:
        """Return what a cell holds; None where it is empty."""
        ...


class ReaderRecords:
    """A world over readers of a real CRM."""

    def __init__(self, *, name: str, segments: Any, records: Any) -> None:
        self.name = name
        self._segments, self._records = segments, records
        self._rows: dict[tuple[str, str], Mapping[str, str | None]] = {}

    def check(self, tree: Filter) -> Sequence[Problem]:
        """Return what is wrong with a filter; empty is good."""
        found: Sequence[Problem] = self._segments.check(tree)
        return found

    def members(self, segment: Segment) -> Sequence[str]:
        """Return the contacts in a segment."""
        found: Sequence[str] = self._segments.members(segment)
        return found

    def rows(
        self, subject: RecordSubject, ids: Sequence[str]
    ) -> Mapping[str, Mapping[str, str | None]]:
        """Return those of these records that there are, whole, as text."""
        unknown = [one for one in ids if (subject, one) not in self._rows]
        for record, row in self._records.rows(subject, unknown).items():
            self._rows[subject, record] = row
        return {one: self._rows[subject, one] for one in ids if (subject, one) in self._rows}

    def stored(self, key: Key) -> str | None:
        """Return what a cell holds; None where it is empty."""
        subject, record, field = key
        kind: RecordSubject = "company" if subject == "company" else "contact"
        return self.rows(kind, [record]).get(record, {}).get(field)


def flawed_records(file: Path = _FILE) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return the flawed records by kind: `contacts` and `companies`, as columns of the CRM."""
    read: Mapping[str, Sequence[Mapping[str, Any]]] = json.loads(file.read_text(encoding="utf-8"))
    return read


def world_name(sample: str, file: Path = _FILE) -> str:
    """Return the name of a sample with the flawed records in it, their content hash included."""
    return f"{sample}+flawed-{hashlib.sha256(file.read_bytes()).hexdigest()[:8]}"
