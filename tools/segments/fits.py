"""Whether a test fits the field it is put to, and whether its values are ones the field can hold.

Pure over a catalogue. A problem says where it is, what is wrong and, where something is close
enough, what was probably meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import assert_never

from rapidfuzz import fuzz, process

from placet.errors import BadInput
from tools.crm.port import Catalogue, FieldSpec
from tools.sql import fold

from .dates import span_of
from .inert import show
from .port import Problem
from .portable import BLANKS
from .tree import (
    After,
    Before,
    Between,
    Contains,
    DateTest,
    During,
    Equals,
    Greater,
    In,
    IsSet,
    Less,
    Period,
    Property,
    Scalar,
    StartsWith,
    Subject,
    Within,
)

__all__ = ["at", "clean_problems", "date_problems", "nearest", "property_problems", "text_problems"]

MAX_NUMBER = 2**53
"""Beyond it doubles skip whole numbers, so that two databases could disagree."""

Path = tuple[str, ...]


def at(path: Path, message: str) -> Problem:
    """Return the problem at this place in the tree."""
    return Problem(path=".".join(path), message=message)


def nearest(word: str, known: Sequence[str]) -> str | None:
    """Return the known word that was probably meant, or None where none is close."""
    folded = {fold(one): one for one in known}
    found = process.extractOne(fold(word[:200]), folded.keys(), scorer=fuzz.WRatio, score_cutoff=70)
    return folded[found[0]] if found else None


def property_problems(
    node: Property, subject: Subject, catalogue: Catalogue, as_of: datetime, path: Path
) -> Iterator[Problem]:
    """Return what is wrong with the test of a subject's own field."""
    spec = catalogue.field(subject, node.field)
    if spec is None:
        yield at(path, _unknown_field(node.field, subject, catalogue))
        return
    test = node.is_
    match test:
        case IsSet():
            return
        case Before() | After() | During() | Within() | Period():
            if spec.type != "date":
                yield at(path, _wrong_test(spec, "a date test"))
            else:
                yield from date_problems(test, as_of, path)
        case Contains() | StartsWith():
            if spec.type not in {"text", "picklist"}:
                yield at(path, _wrong_test(spec, "a text test"))
            else:
                yield from text_problems(test, path)
        case Greater() | Less() | Between():
            if spec.type != "number":
                yield at(path, _wrong_test(spec, "a comparison of numbers"))
            else:
                yield from _numbers(test, path)
        case Equals() | In():
            values = (test.value,) if isinstance(test, Equals) else test.values
            for value in dict.fromkeys((type(value), value) for value in values):
                yield from _value_problems(spec, value[1], path)
        case _:
            assert_never(test)


def _unknown_field(name: str, subject: Subject, catalogue: Catalogue) -> str:
    own = [one.name for one in catalogue.fields if one.subject == subject]
    elsewhere = [
        one.subject for one in catalogue.fields if one.name == name and one.subject != subject
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


def _value_problems(spec: FieldSpec, value: Scalar, path: Path) -> Iterator[Problem]:
    match spec.type:
        case "date":
            yield at(path, _wrong_test(spec, "an equality"))
        case "boolean":
            if not isinstance(value, bool):
                yield at(path, f"{spec.name} is true or false, not {_value(value)}.")
        case "number":
            if isinstance(value, bool | str):
                yield at(path, f"{spec.name} is a number; {_value(value)} is none.")
            else:
                yield from _in_range(value, path)
        case "text" | "picklist":
            if not isinstance(value, str):
                yield at(path, f"{spec.name} is text; {_value(value)} is none.")
            elif problems := list(clean_problems((value,), path)):
                yield from problems
            elif spec.type == "picklist":
                yield from _picked(spec, value, path)
        case _:
            assert_never(spec.type)


def date_problems(test: DateTest, as_of: datetime, path: Path) -> Iterator[Problem]:
    """Return what is wrong with a test of a time."""
    try:
        span = span_of(test, as_of=as_of, zone=UTC)
    except BadInput as error:
        yield at(path, str(error))
        return
    if isinstance(test, During) and span.empty:
        yield at(path, "The period ends before it begins; swap its two dates.")


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


def _picked(spec: FieldSpec, value: str, path: Path) -> Iterator[Problem]:
    if any(fold(value) == fold(known) for known in spec.values):
        return
    labels = dict(zip(spec.value_labels, spec.values, strict=False))
    by_label = {fold(label): stored for label, stored in labels.items()}
    close = by_label.get(fold(value)) or nearest(value, [*spec.values, *labels])
    close = labels.get(close, close) if close else None
    hint = f"did you mean {close}?" if close else f"there are {', '.join(spec.values[:8])}."
    yield at(path, f"{spec.name} has no value {show(value, 60)}; {hint}")


def text_problems(test: Equals | In | Contains | StartsWith, path: Path) -> Iterator[Problem]:
    """Return what is wrong with a test of a name or any other text."""
    match test:
        case Contains() | StartsWith():
            yield from clean_problems((test.text,), path)
        case Equals():
            yield from _names((test.value,), path)
        case In():
            yield from _names(test.values, path)
        case _:
            assert_never(test)


def _names(values: Sequence[Scalar], path: Path) -> Iterator[Problem]:
    for value in values:
        if isinstance(value, str):
            yield from clean_problems((value,), path)
        else:
            yield at(path, f"An asset is named by text; {_value(value)} is none.")


def clean_problems(
    values: Sequence[str], path: Path, *, blank_ok: bool = False
) -> Iterator[Problem]:
    """Refuse text that no database could hold, or that is nothing but white space."""
    for value in values:
        if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
            yield at(path, f"{show(value, 60)} holds characters that are no text; leave them out.")
        elif not blank_ok and not value.strip(BLANKS):
            yield at(path, "The text is blank; to ask for a missing value use not is_set.")


def _numbers(test: Greater | Less | Between, path: Path) -> Iterator[Problem]:
    values = (test.low, test.high) if isinstance(test, Between) else (test.value,)
    for value in values:
        yield from _in_range(value, path)


def _in_range(value: float, path: Path) -> Iterator[Problem]:
    if isinstance(value, bool) or abs(value) > MAX_NUMBER:
        yield at(path, f"Numbers go up to {MAX_NUMBER:,}; use a smaller one.")
