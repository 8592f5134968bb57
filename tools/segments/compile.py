"""A filter tree as one SQLAlchemy Core condition over the CRM's tables.

Values are always bound. Every condition is TRUE or FALSE, never NULL. A `Not` is pushed down to the
leaves, so that a negated membership becomes NOT EXISTS and never NOT IN.

Conditions about other rows (events, lists, deals, colleagues, the company) come in two shapes with
one meaning, because the engines differ (1M contacts, 10M events, measured in `benchmarks`):

- *probing*: `id IN (SELECT ...)` or `EXISTS`, where a WHERE clause or SQLite's CASE asks;
- *joining*: LEFT JOIN on the grouped rows, where PostgreSQL's CASE asks. There an IN becomes a
  "SubPlan" that turns into one scan per contact as soon as its hash would not fit `work_mem`
  (over 20 s instead of 0.6 s).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any, assert_never

import sqlalchemy as sa

from placet.errors import BadInput
from tools.crm.local import schema

from .dates import Span, span_of
from .leaves import happened_in, property_test, text_test
from .lists import StoredLists
from .portable import bucket
from .tree import (
    After,
    All,
    AnyOf,
    Before,
    Bucket,
    Company,
    CompanyContacts,
    Contains,
    Deals,
    During,
    Equals,
    Event,
    EventType,
    Filter,
    In,
    InList,
    InSegment,
    LastEvent,
    Not,
    Period,
    Property,
    StartsWith,
    Subject,
    Within,
)

__all__ = ["Compiler", "Scope"]

Condition = sa.ColumnElement[bool]
_TABLES: dict[Subject, sa.Table] = {
    "contact": schema.contacts,
    "company": schema.companies,
    "deal": schema.deals,
}
# SQLite builds the set of an `IN (SELECT ...)` in a temporary tree: quicker than one index look-up
# per contact while the window holds few events, slower when it holds most of them. Sends, opens and
# page views are most of all events; a year of the other kinds is about as many as two months of
# these.
_SET_DAYS, _RARE_SET_DAYS = 60, 365
_FREQUENT = frozenset({"email_sent", "email_open", "page_view"})


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Whose rows are being tested: one alias of one subject's table, and what is joined to it."""

    subject: Subject
    table: sa.FromClause
    joining: bool = False
    joins: list[tuple[sa.FromClause, Condition]] = field(default_factory=list)

    def source(self) -> sa.FromClause:
        """Return the table with everything that the conditions compiled so far need."""
        source = self.table
        for other, condition in self.joins:
            source = source.outerjoin(other, condition)
        return source


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """Rows elsewhere that belong to a subject: `key` says to which one (never NULL)."""

    key: sa.ColumnElement[Any]
    source: sa.FromClause
    where: Sequence[Condition]

    def keys(self) -> sa.Select[Any]:
        return sa.select(self.key.label("k")).select_from(self.source).where(*self.where)


class Compiler:
    """Compiles filters for one moment, one zone and one snapshot of the lists."""

    def __init__(self, *, dialect: str, as_of: datetime, zone: tzinfo, lists: StoredLists) -> None:
        self._sqlite = dialect == "sqlite"
        self._as_of, self._zone, self._lists = as_of, zone, lists

    def scope(self, subject: Subject, *, joining: bool) -> Scope:
        """Return a fresh scope over the subject's table."""
        return Scope(subject=subject, table=_TABLES[subject].alias(), joining=joining)

    def condition(self, node: Filter, scope: Scope, *, negated: bool = False) -> Condition:
        """Return the condition, or its exact complement; may add joins to the scope.

        Raises:
            BadInput: the tree would not pass `check`; the message says where it breaks.

        """
        match node:
            case All() | AnyOf():
                parts = [self.condition(one, scope, negated=negated) for one in node.of]
                if isinstance(node, All) != negated:
                    return sa.and_(sa.true(), *parts)
                return sa.or_(sa.false(), *parts)
            case Not():
                return self.condition(node.of, scope, negated=not negated)
            case InSegment():
                return self.condition(self._lists.expand(node), scope, negated=negated)
            case Event() | LastEvent() | InList() | Company() | CompanyContacts() | Deals():
                return self._related(node, scope, negated=negated)
            case Property() | Bucket():
                test = self._own(node, scope)
                return sa.not_(test) if negated else test
            case _:
                assert_never(node)

    # --- tests on the subject's own row ------------------------------------------------------

    def _own(self, node: Property | Bucket, scope: Scope) -> Condition:
        if isinstance(node, Bucket):
            return bucket(node.salt, scope.table.c.id, node.of).in_(sorted(set(node.take)))
        column = scope.table.c.get(node.field)
        if column is None or node.field in {"id", "contact_id", "company_id"}:
            raise BadInput(f"A {scope.subject} has no field {node.field}.")
        span = None
        if isinstance(node.is_, Before | After | During | Within | Period):
            span = span_of(node.is_, as_of=self._as_of, zone=self._zone)
        return property_test(node, column, span)

    # --- tests on related rows ---------------------------------------------------------------

    def _related(self, node: Filter, scope: Scope, *, negated: bool) -> Condition:
        c = scope.table.c
        match node:
            case Event():
                span = Span() if node.window is None else self._span(node.window)
                rows = self._events(node.types, span.capped(self._as_of), node.asset)
                return self._many(scope, c.id, rows, node.at_least, node.at_most, negated)
            case LastEvent():
                return self._last_event(node, scope, negated=negated)
            case InList():
                return self._many(scope, c.id, self._listed(node), 1, None, negated)
            case Company():
                inner = self._inner("company", node.where, scope)
                rows = _Rows(key=inner[0].table.c.id, source=inner[0].source(), where=[inner[1]])
                found = self._many(scope, c.company_id, rows, 1, None, negated)
                if node.unknown == "exclude":
                    return found
                if negated:
                    return sa.and_(c.company_id.is_not(None), found)
                return sa.or_(c.company_id.is_(None), found)
            case CompanyContacts():
                rows = self._owned("contact", "company_id", node.where, scope)
                return self._many(scope, c.id, rows, node.at_least, node.at_most, negated)
            case Deals():
                key = "company_id" if scope.subject == "company" else "contact_id"
                rows = self._owned("deal", key, node.where, scope)
                return self._many(scope, c.id, rows, node.at_least, node.at_most, negated)
            case _:
                raise AssertionError(f"{node.op} is no related condition")

    def _last_event(self, node: LastEvent, scope: Scope, *, negated: bool) -> Condition:
        """Latest event in the span = one in the span, and none after it (nor after `as_of`)."""
        key, span = scope.table.c.id, self._span(node.is_).capped(self._as_of)
        after = Span(start=span.end).capped(self._as_of)
        inside = self._events(node.types, span, None)
        tests = [self._many(scope, key, inside, 1, None, negated)]
        if not after.empty:
            later = self._events(node.types, after, None)
            tests.append(self._many(scope, key, later, 0, 0, negated))
        result = sa.or_(*tests) if negated else sa.and_(*tests)
        if node.unknown == "exclude":
            return result
        ever = self._events(node.types, Span().capped(self._as_of), None)
        none = self._many(scope, key, ever, 0, 0, negated)
        return sa.and_(none, result) if negated else sa.or_(none, result)

    def _span(self, test: Before | After | During | Within | Period) -> Span:
        return span_of(test, as_of=self._as_of, zone=self._zone)

    def _events(
        self,
        types: Sequence[EventType],
        span: Span,
        asset: Equals | In | Contains | StartsWith | None,
    ) -> _Rows:
        table = schema.events.alias()
        unique = sorted(set(types))
        kind = table.c.type == unique[0] if len(unique) == 1 else table.c.type.in_(unique)
        where = [kind, happened_in(table.c.occurred_at, span)]
        if asset is not None:
            where.append(text_test(asset, table.c.asset))
        return _Events(
            key=table.c.contact_id,
            source=table,
            where=where,
            span=span,
            frequent=not _FREQUENT.isdisjoint(unique),
        )

    def _listed(self, node: InList) -> _Rows:
        found = self._lists.called(node.list)
        if len(found) != 1:
            raise BadInput(f"There is not exactly one list called {node.list[:60]!r}.")
        table = schema.list_members.alias()
        return _Rows(key=table.c.contact_id, source=table, where=[table.c.list_id == found[0].id])

    def _owned(self, subject: Subject, key: str, where: Filter | None, outer: Scope) -> _Rows:
        scope, condition = self._inner(subject, where, outer)
        owner = scope.table.c[key]
        return _Rows(key=owner, source=scope.source(), where=[owner.is_not(None), condition])

    def _inner(
        self, subject: Subject, where: Filter | None, outer: Scope
    ) -> tuple[Scope, Condition]:
        # Inside a related condition rows are always gathered as a set: joins suit PostgreSQL.
        scope = self.scope(subject, joining=not self._sqlite)
        return scope, self.condition(All(of=()) if where is None else where, scope)

    # --- how many related rows there are -----------------------------------------------------

    def _many(
        self,
        scope: Scope,
        key: sa.ColumnElement[Any],
        rows: _Rows,
        at_least: int,
        at_most: int | None,
        negated: bool,
    ) -> Condition:
        """Return whether so many rows belong to `key`; a NULL key has none."""
        if scope.joining:
            test = _joined(scope, key, rows, at_least, at_most)
            return sa.not_(test) if negated else test
        tests: list[Condition] = []
        if at_least > 0:
            tests.append(self._probed(key, rows, at_least, negated=negated))
        if at_most is not None:
            tests.append(self._probed(key, rows, at_most + 1, negated=not negated))
        if negated:
            return sa.or_(sa.false(), *tests)
        return sa.and_(sa.true(), *tests)

    def _probed(
        self, key: sa.ColumnElement[Any], rows: _Rows, count: int, *, negated: bool
    ) -> Condition:
        """Return whether there are at least `count` rows for the key, or (negated) fewer."""
        keys = rows.keys()
        many = sa.func.count() >= sa.literal(count, sa.BigInteger())
        if negated or (self._sqlite and isinstance(rows, _Events) and not rows.short(self._as_of)):
            one = keys.where(rows.key == key).correlate(*key._from_objects)
            if count > 1:
                one = one.group_by(rows.key).having(many)
            return sa.not_(one.exists()) if negated else one.exists()
        if count > 1:
            keys = keys.group_by(rows.key).having(many)
        # NULL IN (...) would be NULL: only a company id can be missing.
        return sa.and_(key.is_not(None), key.in_(keys))


@dataclass(frozen=True, kw_only=True)
class _Events(_Rows):
    """Events, with the span they lie in and whether they are of a frequent kind."""

    span: Span
    frequent: bool

    def short(self, as_of: datetime) -> bool:
        """Return whether few enough lie in the span to make a set of them."""
        days = _SET_DAYS if self.frequent else _RARE_SET_DAYS
        return self.span.start is not None and as_of - self.span.start <= timedelta(days=days)


def _joined(
    scope: Scope,
    key: sa.ColumnElement[Any],
    rows: _Rows,
    at_least: int,
    at_most: int | None,
) -> Condition:
    """Join the rows, grouped by their key, and return the test on their number."""
    plain = at_most is None and at_least == 1
    none = at_least == 0 and at_most == 0
    grouped = rows.keys().group_by(rows.key)
    if not plain and not none:
        grouped = grouped.add_columns(sa.func.count().label("n"))
    other = grouped.subquery()
    scope.joins.append((other, other.c.k == key))
    if plain:
        return other.c.k.is_not(None)
    if none:
        return other.c.k.is_(None)
    number = sa.func.coalesce(other.c.n, 0)
    bounds = [number >= sa.literal(at_least, sa.BigInteger())] if at_least else []
    if at_most is not None:
        bounds.append(number <= sa.literal(at_most, sa.BigInteger()))
    return sa.and_(sa.true(), *bounds)
