"""What detectors read: columns of contacts and companies, and which records are in scope.

Evidence comes from all records, findings only from those in scope: whether "gmial.com" is a slip of
the hand is told by the whole CRM, even where one segment is cleaned up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from .change import FieldChange, Subject
from .column import Column, Value
from .detector import Reference

__all__ = ["Columns", "Scope"]

_Learnt = TypeVar("_Learnt")

Scope = Mapping[Subject, Collection[str]]
"""The ids that findings may be about; a subject that is not named has none in scope."""


class Columns:
    """The CRM as columns. Columns nobody filled are empty in every row."""

    def __init__(
        self,
        *,
        as_of: datetime,
        ids: Mapping[Subject, Sequence[str]],
        columns: Mapping[Reference, Column],
        scope: Scope | None = None,
        active_owners: Collection[str] | None = None,
    ) -> None:
        self.as_of = as_of
        self.active_owners = active_owners
        """Who owns records today, where somebody said so; None where it is not known."""
        self._ids, self._columns, self._scope = ids, columns, scope
        self._rows: dict[Subject, dict[str, int]] = {}
        self._scoped: dict[Subject, list[int]] = {}
        self._learnt: dict[Any, Any] = {}
        self._domains: Column | None = None

    @classmethod
    def of(
        cls,
        *,
        as_of: datetime,
        contacts: Sequence[Mapping[str, Value]] = (),
        companies: Sequence[Mapping[str, Value]] = (),
        **more: Any,
    ) -> Columns:
        """Return the table of these records: dicts with `id` and any fields, derived ones too."""
        ids: dict[Subject, Sequence[str]] = {}
        columns: dict[Reference, Column] = {}
        given: tuple[tuple[Subject, Sequence[Mapping[str, Value]]], ...] = (
            ("contact", contacts), ("company", companies),
        )  # fmt: skip
        for subject, rows in given:
            ids[subject] = [row["id"] for row in rows]
            for field in dict.fromkeys(name for row in rows for name in row):
                columns[subject, field] = Column.of([row.get(field) for row in rows])
        return cls(as_of=as_of, ids=ids, columns=columns, **more)

    @property
    def now(self) -> int:
        """The moment of the audit in epoch microseconds, as the CRM stores times."""
        return int(self.as_of.timestamp() * 1_000_000)

    def ids(self, subject: Subject) -> Sequence[str]:
        """Return the ids of all records of a subject, by row."""
        return self._ids.get(subject, ())

    def column(self, subject: Subject, field: str) -> Column:
        """Return one column, empty where nothing was read into it."""
        if field == "id":
            return Column(self.ids(subject), range(len(self.ids(subject))))
        if field == "email.domain":
            if self._domains is None:
                self._domains = _email_domains(self)
            return self._domains
        found = self._columns.get((subject, field))
        return Column.empty(len(self.ids(subject))) if found is None else found

    def row(self, subject: Subject, record: str) -> int | None:
        """Return the row of a record, or None."""
        if subject not in self._rows:
            self._rows[subject] = {one: row for row, one in enumerate(self.ids(subject))}
        return self._rows[subject].get(record)

    def scoped(self, subject: Subject) -> Sequence[int] | None:
        """Return the rows in scope, in order; None where every row is."""
        if self._scope is None:
            return None
        if subject not in self._scoped:
            rows = (self.row(subject, record) for record in self._scope.get(subject, ()))
            self._scoped[subject] = sorted({row for row in rows if row is not None})
        return self._scoped[subject]

    def once(self, learn: Callable[[Columns], _Learnt]) -> _Learnt:
        """Return `learn(self)`, learnt once for all detectors that ask.

        A table made by `with_changes` keeps what was learnt: evidence is what the CRM stores, not
        what repairs would make of it.
        """
        if learn not in self._learnt:
            self._learnt[learn] = learn(self)
        found: _Learnt = self._learnt[learn]
        return found

    def within(self, scope: Scope | None) -> Columns:
        """Return the same records with another scope."""
        return self._copy(self._columns, scope)

    def with_changes(self, changes: Iterable[FieldChange]) -> Columns:
        """Return the table as it would be after these repairs; this one stays as it is."""
        by: dict[Reference, dict[int, Value]] = {}
        for change in changes:
            row = self.row(change.subject, change.record)
            if row is not None:
                by.setdefault((change.subject, change.field), {})[row] = change.after
        columns = dict(self._columns)
        for (subject, field), rows in by.items():
            columns[subject, field] = self.column(subject, field).replaced(rows)
        return self._copy(columns, self._scope)

    def _copy(self, columns: Mapping[Reference, Column], scope: Scope | None) -> Columns:
        made = Columns(
            as_of=self.as_of, ids=self._ids, columns=columns, scope=scope,
            active_owners=self.active_owners,
        )  # fmt: skip
        made._rows, made._learnt = self._rows, self._learnt  # the same records in the same rows
        return made


def _email_domains(table: Columns) -> Column:
    """Return what stands after the @ of each contact's address, small; empty for nothing."""
    return Column.of(
        email.rpartition("@")[2].lower() if isinstance(email, str) and "@" in email else ""
        for email in table.column("contact", "email")
    )
