"""Data quality of the embedded CRM, read through SQL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from .change import Subject
from .columns import Columns, Scope
from .detector import Reference
from .duplicates import Merge
from .read import read_columns

__all__ = ["SqlHygiene"]


class SqlHygiene:
    """A `HygieneReader` over the embedded CRM."""

    def __init__(
        self, engine: sa.Engine, *, owners: Callable[[], Collection[str] | None] = lambda: None
    ) -> None:
        self._engine, self._owners = engine, owners

    def columns(
        self, fields: Collection[Reference], *, as_of: datetime, scope: Scope | None = None
    ) -> Columns:
        """Return these columns of every record, all of one moment."""
        return read_columns(
            self._engine, fields, as_of=as_of, scope=scope, active_owners=self._owners()
        )

    def duplicates(self, subject: Subject, ids: Collection[str] | None = None) -> Sequence[Merge]:
        """Return the merges that these records take part in; None: all records."""
        from .duplicates.find import find_duplicates  # late: loads Splink and DuckDB

        return find_duplicates(self._engine, subject, scope_ids=ids)
