"""The values a contact's picklist column really holds, each once, whatever the catalogue says.

Found by skipping through the column's index from one value to the next: some microseconds for each
distinct value, however many contacts there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from tools.crm.local import schema

__all__ = ["StoredValues"]

_MOST = 1_000  # distinct values; a column that holds more is no picklist, and is tested row by row


class StoredValues:
    """The stored values of one snapshot, looked up when asked for and then kept."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._known: dict[str, Sequence[str]] = {}
        self._indexed = {
            index.columns[0].name for index in schema.contacts.indexes if len(index.columns) == 1
        }

    def of(self, column: str) -> Sequence[str] | None:
        """Return every value the column holds; None where they are too many, or not indexed."""
        if column not in self._indexed:
            return None
        if column not in self._known:
            self._known[column] = list(self._connection.scalars(_distinct(column)))
        found = self._known[column]
        return None if len(found) > _MOST else found

    def some(self, column: str) -> Sequence[str]:
        """Return the values `of` would, or the first ones of too many."""
        self.of(column)
        return self._known.get(column, ())

    def count(self, column: str, values: Sequence[str]) -> dict[str, int]:
        """Return how many contacts hold each of the values."""
        held = schema.contacts.c[column]
        query = sa.select(held, sa.func.count()).where(held.in_(values)).group_by(held)
        return {row[0]: row[1] for row in self._connection.execute(query)}


def _distinct(column: str) -> sa.Select[Any]:
    held = schema.contacts.c[column]
    found = sa.select(sa.func.min(held).label("value")).cte("found", recursive=True)
    greater = sa.select(sa.func.min(held)).where(held > found.c.value).scalar_subquery()
    found = found.union_all(sa.select(greater).where(found.c.value.is_not(None)))
    return sa.select(found.c.value).where(found.c.value.is_not(None)).limit(_MOST + 1)
