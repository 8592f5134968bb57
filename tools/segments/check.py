"""Whether a filter can be used: every field, value, list and nesting looked up, nothing invented.

Pure over a catalogue and the lists of one moment. A problem says where it is, what is wrong and,
where something is close enough, what was probably meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import assert_never

from placet.errors import BadInput
from tools.crm.port import Catalogue

from .fits import (
    at,
    clean_problems,
    date_problems,
    nearest,
    property_problems,
    text_problems,
)
from .inert import show
from .lists import MAX_NESTING, StoredLists, children
from .port import Problem
from .tree import (
    All,
    AnyOf,
    Bucket,
    Company,
    CompanyContacts,
    Deals,
    Event,
    Filter,
    In,
    InList,
    InSegment,
    LastEvent,
    Not,
    Property,
    Subject,
)

__all__ = ["MAX_NODES", "check_tree"]

MAX_NODES = 500
"""How many conditions one filter may hold, stored segments inlined."""
MAX_VALUES = 20_000
"""How many values all lists of values together may hold; drivers limit what can be bound."""

_PLURAL = {"contact": "contacts", "company": "companies", "deal": "deals"}


def check_tree(
    tree: Filter, catalogue: Catalogue, lists: StoredLists, *, as_of: datetime | None = None
) -> Sequence[Problem]:
    """Return everything that is wrong with a contact filter; empty is good.

    Args:
        tree: the filter.
        catalogue: the fields and values there are.
        lists: the lists there are.
        as_of: the moment relative dates count from; the present where it is not given.

    """
    checker = _Checker(catalogue, lists, as_of or datetime.now(UTC))
    return list(checker.walk(tree, "contact", ()))


@dataclass(kw_only=True)
class _Seen:
    nodes: int = 0
    values: int = 0
    full: bool = False
    stack: list[str] = field(default_factory=list)


class _Checker:
    def __init__(self, catalogue: Catalogue, lists: StoredLists, as_of: datetime) -> None:
        self._catalogue, self._lists, self._as_of = catalogue, lists, as_of
        self._seen = _Seen()

    def walk(self, node: Filter, subject: Subject, path: tuple[str, ...]) -> Iterator[Problem]:
        self._seen.nodes += 1
        if self._seen.nodes > MAX_NODES:
            if not self._seen.full:
                self._seen.full = True
                yield at(path, f"The filter holds more than {MAX_NODES} conditions; split it.")
            return
        if len(path) > MAX_NESTING:
            yield at(path, f"Conditions stand more than {MAX_NESTING} deep; flatten the filter.")
            return
        here = (*path, node.op)
        before = self._seen.values
        self._seen.values += _values_in(node)
        if before <= MAX_VALUES < self._seen.values:
            yield at(here, f"The filter lists more than {MAX_VALUES:,} values; use a list.")
        yield from self._one(node, subject, here)
        inner = _inside(node, subject)
        for number, child in enumerate(children(node)):
            step = f"{node.op}[{number}]" if isinstance(node, All | AnyOf) else node.op
            yield from self.walk(child, inner, (*path, step))

    def _one(self, node: Filter, subject: Subject, path: tuple[str, ...]) -> Iterator[Problem]:
        if wrong := _wrong_subject(node, subject):
            yield at(path, wrong)
            return
        match node:
            case Property():
                yield from property_problems(node, subject, self._catalogue, self._as_of, path)
            case Event():
                if node.window is not None:
                    yield from date_problems(node.window, self._as_of, path)
                if node.asset is not None:
                    yield from text_problems(node.asset, path)
            case LastEvent():
                yield from date_problems(node.is_, self._as_of, path)
            case InList():
                yield from self._list(node.list, path)
            case InSegment():
                yield from self._segment(node.segment, subject, path)
            case CompanyContacts() | Deals():
                yield from _possible(node, path)
            case Bucket():
                yield from clean_problems((node.salt,), path, blank_ok=True)
            case All() | AnyOf() | Not() | Company():
                return
            case _:
                assert_never(node)

    # --- lists -------------------------------------------------------------------------------

    def _list(self, reference: str, path: tuple[str, ...]) -> Iterator[Problem]:
        found = self._lists.called(reference)
        if not found:
            close = nearest(reference, self._lists.names)
            hint = f"; did you mean {show(close)}?" if close else "; see the lists there are."
            yield at(path, f"There is no list called {show(reference)}{hint}")
        elif len(found) > 1:
            ids = " or ".join(one.id for one in found[:5])
            yield at(path, f"Several lists are called {show(reference)}; name one by id: {ids}.")

    def _segment(
        self, reference: str, subject: Subject, path: tuple[str, ...]
    ) -> Iterator[Problem]:
        if problems := list(self._list(reference, path)):
            yield from problems
            return
        stored = self._lists.called(reference)[0].id
        if stored in self._seen.stack:
            yield at(path, f"The segment {show(reference)} contains itself; name a list instead.")
            return
        try:
            definition = self._lists.definition(reference)
        except BadInput as error:
            yield at(path, str(error)[:1].upper() + str(error)[1:])
            return
        self._seen.stack.append(stored)
        yield from self.walk(definition, subject, path)
        self._seen.stack.pop()


def _values_in(node: Filter) -> int:
    if isinstance(node, Property) and isinstance(node.is_, In):
        return len(node.is_.values)
    if isinstance(node, Event) and isinstance(node.asset, In):
        return len(node.asset.values)
    return 0


def _inside(node: Filter, subject: Subject) -> Subject:
    match node:
        case Company():
            return "company"
        case CompanyContacts():
            return "contact"
        case Deals():
            return "deal"
        case _:
            return subject


def _wrong_subject(node: Filter, subject: Subject) -> str | None:
    match node:
        case CompanyContacts():
            allowed = {"company"}
        case Deals():
            allowed = {"contact", "company"}
        case Event() | LastEvent() | InList() | InSegment() | Company() | Bucket():
            allowed = {"contact"}
        case _:
            return None
    if subject in allowed:
        return None
    where = " or ".join(_PLURAL[one] for one in sorted(allowed))
    return f"{node.op} is a condition on {where}; it stands among conditions on {_PLURAL[subject]}."


def _possible(node: CompanyContacts | Deals, path: tuple[str, ...]) -> Iterator[Problem]:
    if node.at_most is not None and node.at_most < node.at_least:
        yield at(path, "at_most is below at_least: nobody could match.")
    elif node.at_least == 0 and node.at_most is None:
        yield at(path, "At least 0 without at_most matches everybody; say how many.")
