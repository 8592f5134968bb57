"""Whether a filter can be used: every field, value, list and nesting looked up, nothing invented.

Pure over a catalogue and the lists of one moment. A problem says where it is, what is wrong and,
where something is close enough, what was probably meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import assert_never

from rapidfuzz import fuzz, process

from placet.errors import BadInput
from tools.crm.port import Catalogue, FieldSpec
from tools.sql import fold

from .dates import span_of
from .inert import show
from .lists import MAX_NESTING, StoredLists, children
from .port import Problem
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
    Scalar,
    StartsWith,
    Subject,
    Within,
)

__all__ = ["MAX_NODES", "check_tree", "nearest"]

MAX_NODES = 500
"""How many conditions one filter may hold, stored segments inlined."""
MAX_VALUES = 20_000
"""How many values all lists of values together may hold; drivers limit what can be bound."""
MAX_NUMBER = 2**53
"""Beyond it doubles skip whole numbers, so that two databases could disagree."""

_PLURAL = {"contact": "contacts", "company": "companies", "deal": "deals"}


def nearest(word: str, known: Sequence[str]) -> str | None:
    """Return the known word that was probably meant, or None where none is close."""
    folded = {fold(one): one for one in known}
    found = process.extractOne(fold(word[:200]), folded.keys(), scorer=fuzz.WRatio, score_cutoff=70)
    return folded[found[0]] if found else None


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
                yield _at(path, f"The filter holds more than {MAX_NODES} conditions; split it.")
            return
        if len(path) > MAX_NESTING:
            yield _at(path, f"Conditions stand more than {MAX_NESTING} deep; flatten the filter.")
            return
        here = (*path, node.op)
        before = self._seen.values
        self._seen.values += _values_in(node)
        if before <= MAX_VALUES < self._seen.values:
            yield _at(here, f"The filter lists more than {MAX_VALUES:,} values; use a list.")
        yield from self._one(node, subject, here)
        inner = _inside(node, subject)
        for number, child in enumerate(children(node)):
            step = f"{node.op}[{number}]" if isinstance(node, All | AnyOf) else node.op
            yield from self.walk(child, inner, (*path, step))

    def _one(self, node: Filter, subject: Subject, path: tuple[str, ...]) -> Iterator[Problem]:
        if wrong := _wrong_subject(node, subject):
            yield _at(path, wrong)
            return
        match node:
            case Property():
                yield from self._property(node, subject, path)
            case Event():
                if node.window is not None:
                    yield from self._date(node.window, path)
                if node.asset is not None:
                    yield from _texts(node.asset, path)
            case LastEvent():
                yield from self._date(node.is_, path)
            case InList():
                yield from self._list(node.list, path)
            case InSegment():
                yield from self._segment(node.segment, subject, path)
            case CompanyContacts() | Deals():
                yield from _possible(node, path)
            case Bucket():
                yield from _clean((node.salt,), path, blank_ok=True)
            case All() | AnyOf() | Not() | Company():
                return
            case _:
                assert_never(node)

    # --- fields ------------------------------------------------------------------------------

    def _property(
        self, node: Property, subject: Subject, path: tuple[str, ...]
    ) -> Iterator[Problem]:
        spec = self._catalogue.field(subject, node.field)
        if spec is None:
            yield _at(path, self._unknown_field(node.field, subject))
            return
        test = node.is_
        match test:
            case IsSet():
                return
            case Before() | After() | During() | Within() | Period():
                if spec.type != "date":
                    yield _at(path, _wrong_test(spec, "a date test"))
                else:
                    yield from self._date(test, path)
            case Contains() | StartsWith():
                if spec.type not in {"text", "picklist"}:
                    yield _at(path, _wrong_test(spec, "a text test"))
                else:
                    yield from _texts(test, path)
            case Greater() | Less() | Between():
                if spec.type != "number":
                    yield _at(path, _wrong_test(spec, "a comparison of numbers"))
                else:
                    yield from _numbers(test, path)
            case Equals() | In():
                values = (test.value,) if isinstance(test, Equals) else test.values
                for value in dict.fromkeys((type(value), value) for value in values):
                    yield from self._value(spec, value[1], path)
            case _:
                assert_never(test)

    def _unknown_field(self, name: str, subject: Subject) -> str:
        own = [one.name for one in self._catalogue.fields if one.subject == subject]
        elsewhere = [
            one.subject
            for one in self._catalogue.fields
            if one.name == name and one.subject != subject
        ]
        if elsewhere:
            return (
                f"A {subject} has no field {show(name, 64)}, but a {elsewhere[0]} has: put the "
                f"condition inside one about the {elsewhere[0]}."
            )
        close = nearest(name, own)
        return f"A {subject} has no field {show(name, 64)}" + (
            f"; did you mean {close}?" if close else f"; there are {', '.join(own[:12])}."
        )

    def _value(self, spec: FieldSpec, value: Scalar, path: tuple[str, ...]) -> Iterator[Problem]:
        match spec.type:
            case "date":
                yield _at(path, _wrong_test(spec, "an equality"))
            case "boolean":
                if not isinstance(value, bool):
                    yield _at(path, f"{spec.name} is true or false, not {_value(value)}.")
            case "number":
                if isinstance(value, bool | str):
                    yield _at(path, f"{spec.name} is a number; {_value(value)} is none.")
                else:
                    yield from _in_range(value, path)
            case "text" | "picklist":
                if not isinstance(value, str):
                    yield _at(path, f"{spec.name} is text; {_value(value)} is none.")
                elif problems := list(_clean((value,), path)):
                    yield from problems
                elif spec.type == "picklist":
                    yield from _picked(spec, value, path)
            case _:
                assert_never(spec.type)

    def _date(self, test: DateTest, path: tuple[str, ...]) -> Iterator[Problem]:
        try:
            span = span_of(test, as_of=self._as_of, zone=UTC)
        except BadInput as error:
            yield _at(path, str(error))
            return
        if isinstance(test, During) and span.empty:
            yield _at(path, "The period ends before it begins; swap its two dates.")

    # --- lists -------------------------------------------------------------------------------

    def _list(self, reference: str, path: tuple[str, ...]) -> Iterator[Problem]:
        found = self._lists.called(reference)
        if not found:
            close = nearest(reference, self._lists.names)
            hint = f"; did you mean {show(close)}?" if close else "; see the lists there are."
            yield _at(path, f"There is no list called {show(reference)}{hint}")
        elif len(found) > 1:
            ids = " or ".join(one.id for one in found[:5])
            yield _at(path, f"Several lists are called {show(reference)}; name one by id: {ids}.")

    def _segment(
        self, reference: str, subject: Subject, path: tuple[str, ...]
    ) -> Iterator[Problem]:
        if problems := list(self._list(reference, path)):
            yield from problems
            return
        stored = self._lists.called(reference)[0].id
        if stored in self._seen.stack:
            yield _at(path, f"The segment {show(reference)} contains itself; name a list instead.")
            return
        try:
            definition = self._lists.definition(reference)
        except BadInput as error:
            yield _at(path, str(error)[:1].upper() + str(error)[1:])
            return
        self._seen.stack.append(stored)
        yield from self.walk(definition, subject, path)
        self._seen.stack.pop()


def _at(path: tuple[str, ...], message: str) -> Problem:
    return Problem(path=".".join(path), message=message)


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


def _wrong_test(spec: FieldSpec, test: str) -> str:
    fits = {
        "text": "equals, in, contains, starts_with or is_set",
        "picklist": "equals, in or is_set",
        "number": "equals, in, greater, less, between or is_set",
        "date": "before, after, during, within, period or is_set",
        "boolean": "equals or is_set",
    }[spec.type]
    return f"{spec.name} is a {spec.type} field; {test} does not fit it: use {fits}."


def _value(value: Scalar) -> str:
    return show(value, 60) if isinstance(value, str) else str(value).lower()[:40]


def _picked(spec: FieldSpec, value: str, path: tuple[str, ...]) -> Iterator[Problem]:
    if any(fold(value) == fold(known) for known in spec.values):
        return
    labels = dict(zip(spec.value_labels, spec.values, strict=False))
    by_label = {fold(label): stored for label, stored in labels.items()}
    close = by_label.get(fold(value)) or nearest(value, [*spec.values, *labels])
    close = labels.get(close, close) if close else None
    hint = f"did you mean {close}?" if close else f"there are {', '.join(spec.values[:8])}."
    yield _at(path, f"{spec.name} has no value {show(value, 60)}; {hint}")


def _texts(test: Equals | In | Contains | StartsWith, path: tuple[str, ...]) -> Iterator[Problem]:
    match test:
        case Contains() | StartsWith():
            yield from _clean((test.text,), path)
        case Equals():
            yield from _names((test.value,), path)
        case In():
            yield from _names(test.values, path)
        case _:
            assert_never(test)


def _names(values: Sequence[Scalar], path: tuple[str, ...]) -> Iterator[Problem]:
    for value in values:
        if isinstance(value, str):
            yield from _clean((value,), path)
        else:
            yield _at(path, f"An asset is named by text; {_value(value)} is none.")


def _clean(
    values: Sequence[str], path: tuple[str, ...], *, blank_ok: bool = False
) -> Iterator[Problem]:
    """Refuse text that no database could hold, or that is nothing but white space."""
    for value in values:
        if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
            yield _at(path, f"{show(value, 60)} holds characters that are no text; leave them out.")
        elif not blank_ok and not value.strip(BLANKS):
            yield _at(path, "The text is blank; to ask for a missing value use not is_set.")


def _numbers(test: Greater | Less | Between, path: tuple[str, ...]) -> Iterator[Problem]:
    values = (test.low, test.high) if isinstance(test, Between) else (test.value,)
    for value in values:
        yield from _in_range(value, path)


def _in_range(value: float, path: tuple[str, ...]) -> Iterator[Problem]:
    if isinstance(value, bool) or abs(value) > MAX_NUMBER:
        yield _at(path, f"Numbers go up to {MAX_NUMBER:,}; use a smaller one.")


def _possible(node: CompanyContacts | Deals, path: tuple[str, ...]) -> Iterator[Problem]:
    if node.at_most is not None and node.at_most < node.at_least:
        yield _at(path, "at_most is below at_least: nobody could match.")
    elif node.at_least == 0 and node.at_most is None:
        yield _at(path, "At least 0 without at_most matches everybody; say how many.")
