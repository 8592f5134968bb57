"""Rows elsewhere that belong to a subject, and the test whether there are so many of them.

One meaning, in the shape each engine is quick with (1M contacts, 10M events, `benchmarks`):

- PostgreSQL gets EXISTS everywhere. Its planner makes a join of it in a WHERE, and in a CASE
  chooses between a hashed set and one index look-up per contact; it never falls into scanning the
  set once per contact, as `IN (SELECT ...)` does when the hash outgrows `work_mem`.
- SQLite plans nothing of the kind: a set (`IN`) is built in a temporary tree, whole, the first time
  somebody is looked up in it, and EXISTS costs an index look-up each time. Which of them it gets is
  decided by how many rows the set would hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from .dates import Span
from .tree import EventType

__all__ = ["EventRows", "Many", "Rows", "existing", "in_set", "looked_up"]

Condition = sa.ColumnElement[bool]

# A set is quicker than one look-up per contact while the window holds few events, and slower when
# it holds most of them. Sends, opens and page views are most of all events; a year of the other
# kinds is about as many as two months of these.
_SET_DAYS, _RARE_SET_DAYS = 60, 365
_FREQUENT = frozenset({"email_sent", "email_open", "page_view"})


@dataclass(frozen=True)
class Many:
    """How many rows: at least one, and a most where there is one."""

    least: int
    most: int | None = None

    @property
    def some(self) -> bool:
        """Whether any row at all will do."""
        return self.least == 1 and self.most is None


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows elsewhere that belong to a subject: `key` says to which one (never NULL)."""

    key: sa.ColumnElement[Any]
    source: sa.FromClause
    where: Sequence[Condition]

    def as_set(self, as_of: datetime) -> bool:
        """Return whether SQLite should gather them all rather than look each contact up."""
        return True

    def query(self) -> sa.Select[Any]:
        """Return the key of each row."""
        return sa.select(self.key.label("k")).select_from(self.source).where(*self.where)

    def keys(self, many: Many) -> sa.Select[Any]:
        """Return the keys that have so many rows."""
        return _counted(self.query(), self.key, many)


@dataclass(frozen=True, kw_only=True)
class EventRows(Rows):
    """Events of some types, in the span."""

    span: Span
    types: Sequence[EventType]

    def as_set(self, as_of: datetime) -> bool:
        """Return whether few enough of them lie in the span."""
        days = _RARE_SET_DAYS if _FREQUENT.isdisjoint(self.types) else _SET_DAYS
        return self.span.start is not None and as_of - self.span.start <= timedelta(days)


def _counted(query: sa.Select[Any], key: sa.ColumnElement[Any], many: Many) -> sa.Select[Any]:
    if many.some:
        return query
    bounds = [sa.func.count() >= sa.literal(many.least, sa.BigInteger())]
    if many.most is not None:
        bounds.append(sa.func.count() <= sa.literal(many.most, sa.BigInteger()))
    return query.group_by(key).having(sa.and_(*bounds))


def in_set(key: sa.ColumnElement[Any], rows: Rows, many: Many) -> Condition:
    """Return whether so many rows belong to the key, asked of the set of such keys."""
    # NULL IN (...) would be NULL: only a company id can be missing.
    return sa.and_(key.is_not(None), key.in_(rows.keys(many)))


def looked_up(key: sa.ColumnElement[Any], rows: Rows, many: Many) -> Condition:
    """Return the same, asked of an index once for each key."""
    own = _counted(rows.query().where(rows.key == key), rows.key, many)
    return own.correlate(*key._from_objects).exists()


def existing(key: sa.ColumnElement[Any], rows: Rows, many: Many) -> Condition:
    """Return the same, as PostgreSQL can either hash or look up."""
    if many.some:
        return looked_up(key, rows, many)
    groups = rows.keys(many).subquery()  # compared from outside: else they could not be hashed
    return sa.exists().where(groups.c.k == key).correlate(*key._from_objects)
