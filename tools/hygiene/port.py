"""What drafting needs of the CRM's data quality: reading only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from .change import Subject
from .columns import Columns, Scope
from .detector import Reference
from .duplicates import Merge

__all__ = ["HygieneReader"]


class HygieneReader(Protocol):
    """Reads columns for detectors, and finds duplicates."""

    def columns(
        self, fields: Collection[Reference], *, as_of: datetime, scope: Scope | None = None
    ) -> Columns:
        """Return these columns of every record; findings are about `scope` only."""
        ...

    def duplicates(self, subject: Subject, ids: Collection[str] | None = None) -> Sequence[Merge]:
        """Return the merges that these records take part in; None: all records."""
        ...
