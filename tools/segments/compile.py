"""A filter tree as one SQLAlchemy Core condition over the CRM's tables.

Values are always bound. Every condition is TRUE or FALSE, never NULL. A `Not` is pushed down to the
leaves, so that a negated membership becomes NOT EXISTS and never NOT IN.

"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, assert_never

import sqlalchemy as sa

from placet.errors import BadInput
from tools.crm.local import schema

from .dates import Span, span_of
from .leaves import happened_in, property_test, text_test
from .lists import StoredLists
from .portable import bucket
from .related import EventRows, Many, Rows, existing, in_set, looked_up
from .stored import StoredValues
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


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Whose rows are being tested: one alias of one subject's table."""

    subject: Subject
    table: sa.FromClause


class Compiler:
    """Compiles filters for one moment, one zone and one snapshot of the lists."""

    def __init__(
        self,
        *,
        dialect: str,
        as_of: datetime,
        zone: tzinfo,
        lists: StoredLists,
        stored: StoredValues | None = None,
    ) -> None:
        self._sqlite = dialect == "sqlite"
        self._stored = stored
        self._as_of, self._zone, self._lists = as_of, zone, lists

    def scope(self, subject: Subject) -> Scope:
        """Return a fresh scope over the subject's table."""
        return Scope(subject=subject, table=_TABLES[subject].alias())

    def condition(self, node: Filter, scope: Scope, *, negated: bool = False) -> Condition:
        """Return the condition, or its exact complement.

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
        stored = None
        if self._stored is not None and scope.subject == "contact":
            stored = self._stored.of(node.field) if isinstance(node.is_, Equals | In) else None
        return property_test(node, column, span, stored)

    # --- tests on related rows ---------------------------------------------------------------

    def _related(self, node: Filter, scope: Scope, *, negated: bool) -> Condition:
        c = scope.table.c
        match node:
            case Event():
                span = Span() if node.window is None else self._span(node.window)
                rows = self._events(node.types, span.capped(self._as_of), node.asset)
                return self._many(c.id, rows, node.at_least, node.at_most, negated)
            case LastEvent():
                return self._last_event(node, scope, negated=negated)
            case InList():
                return self._many(c.id, self._listed(node), 1, None, negated)
            case Company():
                inner, condition = self._inner("company", node.where)
                rows = Rows(key=inner.table.c.id, source=inner.table, where=[condition])
                found = self._many(c.company_id, rows, 1, None, negated)
                if node.unknown == "exclude":
                    return found
                if negated:
                    return sa.and_(c.company_id.is_not(None), found)
                return sa.or_(c.company_id.is_(None), found)
            case CompanyContacts():
                rows = self._owned("contact", "company_id", node.where)
                return self._many(c.id, rows, node.at_least, node.at_most, negated)
            case Deals():
                key = "company_id" if scope.subject == "company" else "contact_id"
                rows = self._owned("deal", key, node.where)
                return self._many(c.id, rows, node.at_least, node.at_most, negated)
            case _:
                raise AssertionError(f"{node.op} is no related condition")

    def _last_event(self, node: LastEvent, scope: Scope, *, negated: bool) -> Condition:
        """Latest event in the span = one in the span, and none after it (nor after `as_of`)."""
        key, span = scope.table.c.id, self._span(node.is_).capped(self._as_of)
        after = Span(start=span.end).capped(self._as_of)
        inside = self._events(node.types, span, None)
        tests = [self._many(key, inside, 1, None, negated)]
        if not after.empty:
            later = self._events(node.types, after, None)
            tests.append(self._many(key, later, 0, 0, negated))
        result = sa.or_(*tests) if negated else sa.and_(*tests)
        if node.unknown == "exclude":
            return result
        ever = self._events(node.types, Span().capped(self._as_of), None)
        none = self._many(key, ever, 0, 0, negated)
        return sa.and_(none, result) if negated else sa.or_(none, result)

    def _span(self, test: Before | After | During | Within | Period) -> Span:
        return span_of(test, as_of=self._as_of, zone=self._zone)

    def _events(
        self,
        types: Sequence[EventType],
        span: Span,
        asset: Equals | In | Contains | StartsWith | None,
    ) -> Rows:
        table = schema.events.alias()
        unique = sorted(set(types))
        kind = table.c.type == unique[0] if len(unique) == 1 else table.c.type.in_(unique)
        where = [kind, happened_in(table.c.occurred_at, span)]
        if asset is not None:
            where.append(text_test(asset, table.c.asset))
        return EventRows(
            key=table.c.contact_id,
            source=table,
            where=where,
            span=span,
            types=unique,
        )

    def _listed(self, node: InList) -> Rows:
        found = self._lists.called(node.list)
        if len(found) != 1:
            raise BadInput(f"There is not exactly one list called {node.list[:60]!r}.")
        table = schema.list_members.alias()
        return Rows(key=table.c.contact_id, source=table, where=[table.c.list_id == found[0].id])

    def _owned(self, subject: Subject, key: str, where: Filter | None) -> Rows:
        scope, condition = self._inner(subject, where)
        owner = scope.table.c[key]
        return Rows(key=owner, source=scope.table, where=[owner.is_not(None), condition])

    def _inner(self, subject: Subject, where: Filter | None) -> tuple[Scope, Condition]:
        scope = self.scope(subject)
        return scope, self.condition(All(of=()) if where is None else where, scope)

    def _many(
        self,
        key: sa.ColumnElement[Any],
        rows: Rows,
        at_least: int,
        at_most: int | None,
        negated: bool,
    ) -> Condition:
        """Return whether so many rows belong to `key`; a NULL key has none."""
        if at_least > 0:
            return self._probe(key, rows, Many(at_least, at_most), negated=negated)
        if at_most is not None:
            return self._probe(key, rows, Many(at_most + 1), negated=not negated)
        return sa.false() if negated else sa.true()

    def _probe(
        self, key: sa.ColumnElement[Any], rows: Rows, many: Many, *, negated: bool
    ) -> Condition:
        """Return whether there are so many rows for the key, or (negated) are not."""
        if not self._sqlite:
            test = existing(key, rows, many)
        elif negated or not rows.as_set(self._as_of):
            test = looked_up(key, rows, many)
        else:
            test = in_set(key, rows, many)
        return sa.not_(test) if negated else test
