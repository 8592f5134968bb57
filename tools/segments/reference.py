"""The filter tree in plain Python over rows in memory: the second, independent reading of it.

Slow and obvious on purpose. Tests compare the compiled SQL with it on random trees and data; evals
and boundary checks use it where there is no database. It shares with the SQL only what defines
meaning: date ranges, text folding and the hash bucket.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, assert_never

from tools.sql import bucket_of, fold

from .dates import Span, micros, span_of, zone_of
from .lists import StoredList, StoredLists
from .portable import BLANKS
from .tree import (
    After,
    All,
    AnyOf,
    Before,
    Between,
    Bucket,
    Company,
    CompanyContacts,
    Contains,
    DateTest,
    Deals,
    During,
    Equals,
    Event,
    Filter,
    Greater,
    In,
    InList,
    InSegment,
    IsSet,
    LastEvent,
    Less,
    Not,
    Period,
    Property,
    Segment,
    StartsWith,
    UseExclusion,
    Within,
)
from .use import SUPPRESSION_REASONS, UsePolicy

__all__ = ["Data", "Reference"]

Record = Mapping[str, Any]
"""One row, by column name of `tools.crm.local.schema`; a column that is left out is NULL."""


@dataclass(frozen=True, kw_only=True)
class Data:
    """A whole CRM in memory, table by table."""

    contacts: Sequence[Record] = ()
    companies: Sequence[Record] = ()
    events: Sequence[Record] = ()
    deals: Sequence[Record] = ()
    lists: Sequence[Record] = ()
    list_members: Sequence[Record] = ()
    suppressions: Sequence[Record] = ()


class Reference:
    """Evaluates filters and segments over one `Data`."""

    def __init__(self, data: Data, use_policy: UsePolicy | None = None) -> None:
        self._data, self._policy = data, use_policy or UsePolicy()
        self._companies = {row["id"]: row for row in data.companies}
        self._events = _grouped(data.events, "contact_id")
        self._colleagues = _grouped(data.contacts, "company_id")
        self._contact_deals = _grouped(data.deals, "contact_id")
        self._company_deals = _grouped(data.deals, "company_id")
        self._reasons = {row["email"]: row["reason"] for row in data.suppressions}
        self._on_list = {(row["list_id"], row["contact_id"]) for row in data.list_members}
        self._lists = StoredLists(
            [
                StoredList(id=row["id"], name=row["name"], definition=row.get("definition"))
                for row in data.lists
                if not row.get("archived")
            ]
        )

    def matching(self, segment: Segment) -> Sequence[str]:
        """Return the ids that match the filter, before the use policy, sorted."""
        holds = self._at(segment)
        return sorted(
            row["id"] for row in self._data.contacts if holds.contact(segment.filter, row)
        )

    def members(self, segment: Segment) -> Sequence[str]:
        """Return the ids in the segment, use policy applied, sorted."""
        holds = self._at(segment)
        return sorted(
            row["id"]
            for row in self._data.contacts
            if holds.contact(segment.filter, row) and self.excluded(segment, row) is None
        )

    def excluded(self, segment: Segment, contact: Record) -> UseExclusion | None:
        """Return the first reason for which the use policy leaves the contact out."""
        reasons = self._policy.applied(segment)
        return next((one for one in reasons if self._applies(one, segment, contact)), None)

    def _applies(self, reason: UseExclusion, segment: Segment, contact: Record) -> bool:
        stored = self._reasons.get(contact["email"].lower())
        consent = (contact.get("consent") or "").lower()
        match reason:
            case "unsubscribed" | "complained" | "bounced":
                return stored in SUPPRESSION_REASONS[reason]
            case "suppressed":
                named = {one for some in SUPPRESSION_REASONS.values() for one in some}
                return stored is not None and stored not in named
            case "no_consent" if self._policy.require_consent == "granted":
                return consent != "granted"
            case "no_consent":
                return consent == "denied"
            case "frequency_cap":
                return self._at(segment).contact(self._policy.over_cap(), contact)
            case _:
                assert_never(reason)

    def _at(self, segment: Segment) -> _Holds:
        return _Holds(self, segment.as_of, zone_of(segment.timezone))


class _Holds:
    """Whether a filter holds for a row, at one moment and in one zone."""

    def __init__(self, world: Reference, as_of: datetime, zone: tzinfo) -> None:
        self._world, self._as_of, self._zone = world, as_of, zone

    def contact(self, node: Filter, row: Record) -> bool:
        return self._holds(node, row, "contact")

    def _holds(self, node: Filter, row: Record, subject: str) -> bool:
        world = self._world
        match node:
            case All():
                return all(self._holds(one, row, subject) for one in node.of)
            case AnyOf():
                return any(self._holds(one, row, subject) for one in node.of)
            case Not():
                return not self._holds(node.of, row, subject)
            case Property():
                return self._property(node, row)
            case Event():
                count = len(self._times(node, row))
                return _between(count, node.at_least, node.at_most)
            case LastEvent():
                times = self._times(Event(types=node.types), row)
                return self._in(max(times), node.is_) if times else node.unknown == "include"
            case InList():
                found = world._lists.called(node.list)
                return any((one.id, row["id"]) in world._on_list for one in found)
            case InSegment():
                return self._holds(world._lists.definition(node.segment), row, subject)
            case Company():
                company = world._companies.get(row.get("company_id"))
                if company is None:
                    return node.unknown == "include"
                return self._holds(node.where, company, "company")
            case CompanyContacts():
                return self._enough(node, world._colleagues[row["id"]], "contact")
            case Deals():
                deals = world._contact_deals if subject == "contact" else world._company_deals
                return self._enough(node, deals[row["id"]], "deal")
            case Bucket():
                return bucket_of(node.salt, row["id"], node.of) in node.take
            case _:
                assert_never(node)

    def _enough(self, node: CompanyContacts | Deals, rows: Iterable[Record], subject: str) -> bool:
        where = node.where
        count = sum(where is None or self._holds(where, row, subject) for row in rows)
        return _between(count, node.at_least, node.at_most)

    def _times(self, node: Event, row: Record) -> Sequence[int]:
        """Return when the events happened that the leaf counts."""
        now = micros(self._as_of)
        return [
            one["occurred_at"]
            for one in self._world._events[row["id"]]
            if one["type"] in node.types
            and one["occurred_at"] <= now
            and (node.asset is None or _text(node.asset, one.get("asset")))
            and (node.window is None or self._in(one["occurred_at"], node.window))
        ]

    def _property(self, node: Property, row: Record) -> bool:
        value, test = row.get(node.field), node.is_
        missing = value is None or (isinstance(value, str) and not value.strip(BLANKS))
        if isinstance(test, IsSet):
            return not missing
        if missing:
            return node.unknown == "include"
        return self._value(test, value)

    def _value(self, test: Any, value: Any) -> bool:
        match test:
            case Equals() | In() | Contains() | StartsWith() if isinstance(value, str):
                return _text(test, value)
            case Equals():
                return bool(value == test.value)
            case In():
                return value in test.values
            case Greater():
                return bool(value >= test.value if test.or_equal else value > test.value)
            case Less():
                return bool(value <= test.value if test.or_equal else value < test.value)
            case Between():
                return bool(test.low <= value <= test.high)
            case Before() | After() | During() | Within() | Period():
                return self._in(value, test)
            case _:
                raise TypeError(f"no such test: {test!r}")

    def _in(self, at: int, test: DateTest) -> bool:
        span: Span = span_of(test, as_of=self._as_of, zone=self._zone)
        if span.start is not None and at < micros(span.start):
            return False
        return span.end is None or at < micros(span.end)


def _grouped(rows: Iterable[Record], key: str) -> defaultdict[str, list[Record]]:
    groups: defaultdict[str, list[Record]] = defaultdict(list)
    for row in rows:
        if row.get(key) is not None:
            groups[row[key]].append(row)
    return groups


def _between(count: int, at_least: int, at_most: int | None) -> bool:
    return count >= at_least and (at_most is None or count <= at_most)


def _text(test: Equals | In | Contains | StartsWith, value: str | None) -> bool:
    if value is None:
        return False
    text = fold(value)
    match test:
        case Equals():
            return text == fold(str(test.value))
        case In():
            return text in {fold(str(one)) for one in test.values}
        case Contains():
            return fold(test.text) in text
        case StartsWith():
            return text.startswith(fold(test.text))
        case _:
            assert_never(test)
