"""Small builders of filters, so that the grammar reads as sentences do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tools.segments.tree import (
    All,
    AnyOf,
    Company,
    Deals,
    Equals,
    Filter,
    In,
    Not,
    Property,
    Subject,
    ValueTest,
)

from .lexicon import Lexicon, Place, Value
from .places import countries
from .text import fold

__all__ = [
    "RANKS",
    "all_of",
    "any_of",
    "country_names",
    "fields_of",
    "is_in",
    "place_filter",
    "prop",
    "values_filter",
]


RANKS = ("manager", "director", "vp", "c_level")
"""Seniorities from the lowest to the highest, for "and above"."""


def all_of(parts: Sequence[Filter]) -> Filter:
    """Return the conjunction, flattened; one part stays as it is."""
    flat: list[Filter] = []
    for part in parts:
        flat.extend(part.of if isinstance(part, All) else [part])
    unique = [part for n, part in enumerate(flat) if part not in flat[:n]]
    return unique[0] if len(unique) == 1 else All(of=tuple(unique))


def any_of(parts: Sequence[Filter]) -> Filter:
    """Return the union; tests on one field become one "is one of"."""
    flat: list[Filter] = []
    for part in parts:
        flat.extend(part.of if isinstance(part, AnyOf) else [part])
    merged: list[Filter] = []
    for part in flat:
        if part in merged:
            continue
        last = merged[-1] if merged else None
        joined = _join(last, part) if last is not None else None
        if joined is not None:
            merged[-1] = joined
        else:
            merged.append(part)
    return merged[0] if len(merged) == 1 else AnyOf(of=tuple(merged))


def _join(first: Filter, second: Filter) -> Filter | None:
    if isinstance(first, Company) and isinstance(second, Company):
        inner = _join(first.where, second.where)
        return Company(where=inner) if inner is not None else None
    if not (isinstance(first, Property) and isinstance(second, Property)):
        return None
    one, two = first.is_, second.is_
    if first.field != second.field or not (
        isinstance(one, Equals | In) and isinstance(two, Equals | In)
    ):
        return None
    values = (*_values(one), *_values(two))
    return prop_of(first.field, is_in(dict.fromkeys(values)))


def _values(test: Equals | In) -> tuple[bool | int | float | str, ...]:
    return test.values if isinstance(test, In) else (test.value,)


def is_in(values: Iterable[bool | int | float | str]) -> Equals | In:
    """Return "equals" for one value, "is one of" for more."""
    every = tuple(values)
    return Equals(value=every[0]) if len(every) == 1 else In(values=every)


def prop_of(name: str, test: ValueTest) -> Property:
    """Return a property leaf."""
    return Property.model_validate({"field": name, "is": test})


def prop(owner: Subject, name: str, test: ValueTest, subject: Subject) -> Filter:
    """Return a test on a field of `owner` as it stands within a tree about `subject`."""
    leaf = prop_of(name, test)
    if owner == "deal" and subject != "deal":
        return Deals(where=leaf)
    return Company(where=leaf) if owner == "company" and subject == "contact" else leaf


def values_filter(values: Sequence[Value], subject: Subject) -> Filter:
    """Return "is one of these picklist values"; they are values of one field."""
    spec = values[0].spec
    test = is_in(dict.fromkeys(value.value for value in values))
    return prop(spec.subject, spec.name, test, subject)


def country_names(lexicon: Lexicon, codes: Sequence[str]) -> tuple[str, ...]:
    """Return the countries as this CRM stores them."""
    spec = lexicon.fields.get(("contact", "country"))
    stored = {fold(value): value for value in spec.values} if spec else {}
    found = []
    for code in codes:
        names = countries()[code]
        match = next((stored[fold(name)] for name in names if fold(name) in stored), None)
        if match is not None:
            found.append(match)
        elif not stored:
            found.append(names[0])
    return tuple(sorted(set(found)))


def place_filter(lexicon: Lexicon, places: Sequence[Place], subject: Subject) -> Filter:
    """Return "country is one of these", for the contact or for the company."""
    codes = [code for place in places for code in place.codes]
    names = country_names(lexicon, codes)
    return prop_of("country", is_in(names))


def fields_of(tree: Filter) -> frozenset[str]:
    """Return which fields and kinds of condition a tree has: `country`, `company.industry`."""
    match tree:
        case All(of=parts) | AnyOf(of=parts):
            return frozenset().union(*(fields_of(part) for part in parts))
        case Not(of=part):
            return fields_of(part)
        case Property(field=name):
            return frozenset({name})
        case Company(where=where):
            return frozenset(f"company.{name}" for name in fields_of(where))
        case _:
            kinds = getattr(tree, "types", ())
            return frozenset({f"{tree.op}:{'+'.join(kinds)}"})
