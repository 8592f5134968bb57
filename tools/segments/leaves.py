"""One test on one column, as an SQL condition that is TRUE or FALSE, never NULL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

import sqlalchemy as sa

from placet.errors import BadInput
from tools.sql import fold

from .dates import Span, micros
from .portable import contains, equals_any, not_blank, starts_with
from .tree import (
    After,
    Before,
    Between,
    Contains,
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
    Within,
)

__all__ = ["happened_in", "is_text", "property_test", "text_test"]

Column = sa.ColumnElement[Any]
Condition = sa.ColumnElement[bool]


def is_text(column: Column) -> bool:
    """Return whether the column holds text (a picklist's values are text too)."""
    return isinstance(column.type, sa.String)


def present(column: Column) -> Condition:
    """Return whether there is a value: not NULL and, for text, not blank."""
    if is_text(column):
        return sa.and_(column.is_not(None), not_blank(column))
    return column.is_not(None)


def missing(column: Column) -> Condition:
    """Return the opposite of `present`."""
    if is_text(column):
        return sa.or_(column.is_(None), sa.not_(not_blank(column)))
    return column.is_(None)


def property_test(
    leaf: Property, column: Column, span: Span | None, stored: Sequence[str] | None = None
) -> Condition:
    """Return the leaf's condition on its column.

    Args:
        leaf: the test.
        column: what it tests.
        span: the dates' range, where it has one.
        stored: every value the column holds, where that is known: equality is then settled here,
            value by value, and the database compares bytes, which indexes and planners understand.

    """
    if isinstance(leaf.is_, IsSet):
        return present(column)
    test = happened_in(column, span) if span is not None else _value_test(leaf, column, stored)
    if leaf.unknown == "include":
        return sa.or_(missing(column), test)
    # `check` refuses blank values, so blank text fails every test and needs no look of its own.
    return sa.and_(column.is_not(None), test)


def happened_in(column: Column, span: Span) -> Condition:
    """Return whether the time lies in the span; NULL where the column is NULL."""
    if span.empty:
        return sa.false()
    bounds: list[Condition] = []
    if span.start is not None:
        bounds.append(column >= sa.literal(micros(span.start), sa.BigInteger()))
    if span.end is not None:
        bounds.append(column < sa.literal(micros(span.end), sa.BigInteger()))
    return sa.and_(sa.true(), *bounds)


def text_test(test: Equals | In | Contains | StartsWith, column: Column) -> Condition:
    """Return the test on a text column; NULL where the column is NULL."""
    match test:
        case Equals():
            return equals_any(column, [str(test.value)])
        case In():
            return equals_any(column, [str(value) for value in test.values])
        case Contains():
            return contains(column, test.text)
        case StartsWith():
            return starts_with(column, test.text)
        case _:
            assert_never(test)


def _value_test(leaf: Property, column: Column, stored: Sequence[str] | None) -> Condition:
    test = leaf.is_
    match test:
        case Equals() | In() if stored is not None:
            values = (test.value,) if isinstance(test, Equals) else test.values
            return _held(column, values, stored)
        case Contains() | StartsWith():
            return text_test(test, column)
        case Equals() | In() if is_text(column):
            return text_test(test, column)
        case Equals():
            return _equal(column, (test.value,))
        case In():
            return _equal(column, test.values)
        case Greater():
            number = _number(column)
            return number >= test.value if test.or_equal else number > test.value
        case Less():
            number = _number(column)
            return number <= test.value if test.or_equal else number < test.value
        case Between():
            return _number(column).between(test.low, test.high)
        case IsSet() | Before() | After() | During() | Within() | Period():
            raise BadInput(f"{leaf.field}: this test needs another kind of field.")
        case _:
            assert_never(test)


def _held(column: Column, values: Sequence[Scalar], stored: Sequence[str]) -> Condition:
    wanted = {fold(str(value)) for value in values}
    held = [value for value in stored if fold(value) in wanted]
    return column.in_(held) if held else sa.false()


def _number(column: Column) -> Column:
    # Compared as doubles, so that a fraction is not rounded to the column's integer type.
    return sa.type_coerce(column, sa.Double())


def _equal(column: Column, values: tuple[Scalar, ...]) -> Condition:
    if isinstance(column.type, sa.Boolean):
        return column.in_([bool(value) for value in values])
    return _number(column).in_([float(value) for value in values])
