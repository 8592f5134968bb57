"""Whether a tree holds for one made-up person, as plainly as it can be written.

The meaning of every leaf is that of `tools.segments.tree`; dates come from `tools.segments.dates`,
the same code that production counts them with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from tools.segments.dates import span_of
from tools.segments.tree import (
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
    StartsWith,
    ValueTest,
    Within,
)

from .candidates import Frame
from .rows import DealRow, Firm, Person, Value, segment_name

__all__ = ["truth"]

_PersonLeaf = Event | LastEvent | InList | InSegment | Company


def truth(tree: Filter, person: Person, frame: Frame) -> bool:
    """Return whether the tree holds for the person. A draw (`Bucket`) must be taken out before.

    Raises:
        ValueError: there is a draw in the tree.

    """
    return _Reader(frame=frame, person=person).holds(tree, person)


@dataclass(frozen=True, kw_only=True)
class _Reader:
    frame: Frame
    person: Person
    """The contact who is looked at: one of the people of their own company."""

    def holds(self, tree: Filter, row: Person | Firm | DealRow) -> bool:
        match tree:
            case All():
                return all(self.holds(child, row) for child in tree.of)
            case AnyOf():
                return any(self.holds(child, row) for child in tree.of)
            case Not():
                return not self.holds(tree.of, row)
            case Property():
                return self._property(tree, dict(row.fields).get(tree.field))
            case Event() | LastEvent() | InList() | InSegment() | Company():
                return isinstance(row, Person) and self._of_person(tree, row)
            case Deals():
                deals = () if isinstance(row, DealRow) else row.deals
                where = tree.where or All(of=())
                return _count(tree, sum(self.holds(where, deal) for deal in deals))
            case CompanyContacts():
                others = row.people if isinstance(row, Firm) else ()
                where = tree.where or All(of=())
                found = (truth(where, one, self.frame) for one in (*others, self.person))
                return _count(tree, sum(found))
            case Bucket():
                raise ValueError("a made-up person is in no draw; compare draws by their share")
            case _:
                assert_never(tree)

    def _of_person(self, leaf: _PersonLeaf, person: Person) -> bool:
        match leaf:
            case Event():
                return _count(leaf, sum(1 for _ in self._events(leaf, person)))
            case LastEvent():
                last = max(self._events(leaf, person), default=None)
                return leaf.unknown == "include" if last is None else self._in(last, leaf.is_)
            case InList():
                return leaf.list in person.lists
            case InSegment():
                return segment_name(leaf) in person.lists
            case Company():
                firm = person.firm
                return leaf.unknown == "include" if firm is None else self.holds(leaf.where, firm)

    def _events(self, leaf: Event | LastEvent, person: Person) -> Iterable[datetime]:
        """Yield when the events that the leaf counts happened; what lies ahead does not count."""
        asset = leaf.asset if isinstance(leaf, Event) else None
        window = leaf.window if isinstance(leaf, Event) else None
        for one in person.events:
            if (
                one.type in leaf.types
                and one.at <= self.frame[0]
                and (asset is None or (one.asset is not None and self._passes(one.asset, asset)))
                and (window is None or self._in(one.at, window))
            ):
                yield one.at

    def _property(self, leaf: Property, value: Value) -> bool:
        if isinstance(leaf.is_, IsSet):
            return value is not None
        return leaf.unknown == "include" if value is None else self._passes(value, leaf.is_)

    def _passes(self, value: Value, test: ValueTest) -> bool:
        match test:
            case Equals():
                return _fold(value) == _fold(test.value)
            case In():
                return _fold(value) in {_fold(one) for one in test.values}
            case Contains():
                return test.text.casefold() in str(value).casefold()
            case StartsWith():
                return str(value).casefold().startswith(test.text.casefold())
            case IsSet():
                return value is not None
            case Greater() | Less() | Between():
                return isinstance(value, int | float) and _number(value, test)
            case Before() | After() | During() | Within() | Period():
                return isinstance(value, datetime) and self._in(value, test)
            case _:
                assert_never(test)

    def _in(self, at: datetime, test: DateTest) -> bool:
        span = span_of(test, as_of=self.frame[0], zone=self.frame[1])
        return (span.start is None or span.start <= at) and (span.end is None or at < span.end)


def _number(value: float, test: Greater | Less | Between) -> bool:
    match test:
        case Greater():
            return value > test.value or (test.or_equal and value == test.value)
        case Less():
            return value < test.value or (test.or_equal and value == test.value)
        case Between():
            return test.low <= value <= test.high


def _count(leaf: Event | Deals | CompanyContacts, count: int) -> bool:
    return leaf.at_least <= count and (leaf.at_most is None or count <= leaf.at_most)


def _fold(value: Value) -> Value:
    return value.casefold() if isinstance(value, str) else value
