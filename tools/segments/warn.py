"""What an approver should know about the data behind a segment, counted rather than guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from tools.crm.local import schema
from tools.crm.port import Catalogue, FieldSpec
from tools.sql import fold

from .inert import show
from .stored import StoredValues
from .tree import All, AnyOf, Company, Equals, Filter, In, IsSet, Not, Property

__all__ = ["Gap", "gap_words", "gaps", "odd_values"]

_CLOSE = 75


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A column whose missing values count as a match, and how to say so."""

    column: str
    words: str


def gaps(tree: Filter, catalogue: Catalogue) -> Sequence[Gap]:
    """Return the contact columns whose missing values are let in by the filter."""
    found: dict[str, Gap] = {}
    for leaf, negated in _leaves(tree, negated=False):
        if (leaf.unknown == "include") == negated:
            continue
        if isinstance(leaf, Company):
            found.setdefault("company_id", Gap(column="company_id", words="company"))
        elif not isinstance(leaf.is_, IsSet) and leaf.field in schema.contacts.c:
            spec = catalogue.field("contact", leaf.field)
            label = spec.label.lower() if spec else leaf.field
            found.setdefault(leaf.field, Gap(column=leaf.field, words=label))
    return list(found.values())


def _leaves(tree: Filter, *, negated: bool) -> Iterator[tuple[Property | Company, bool]]:
    match tree:
        case All() | AnyOf():
            for one in tree.of:
                yield from _leaves(one, negated=negated)
        case Not():
            yield from _leaves(tree.of, negated=not negated)
        case Property() | Company():
            yield tree, negated
        case _:
            return


def gap_words(found: Sequence[Gap], counts: Sequence[int]) -> Sequence[str]:
    """Return one line for each gap that lets anybody in."""
    return [
        f"{count:,} of the members {'has' if count == 1 else 'have'} no {gap.words}: "
        "a missing value counts as a match here"
        for gap, count in zip(found, counts, strict=True)
        if count
    ]


def odd_values(stored: StoredValues, tree: Filter, catalogue: Catalogue) -> Sequence[str]:
    """Return one line for each picklist whose stored values look like misspelt wanted ones."""
    lines = []
    for spec, wanted in _asked(tree, catalogue):
        known = {fold(value) for value in spec.values}
        held = stored.some(spec.name)
        near = [one for one in held if fold(one) not in known and _near(one, wanted)]
        if near:
            counts = Counter(stored.count(spec.name, near))
            lines.append(_odd_words(spec, counts, cut=stored.of(spec.name) is None))
    return lines


def _asked(tree: Filter, catalogue: Catalogue) -> Sequence[tuple[FieldSpec, Sequence[str]]]:
    """Return each contact picklist the filter tests, with the values and labels it asks for."""
    wanted: dict[str, list[str]] = {}
    for leaf, _ in _leaves(tree, negated=False):
        if isinstance(leaf, Property) and isinstance(leaf.is_, Equals | In):
            values = (leaf.is_.value,) if isinstance(leaf.is_, Equals) else leaf.is_.values
            wanted.setdefault(leaf.field, []).extend(str(value) for value in values)
    specs = ((catalogue.field("contact", name), values) for name, values in wanted.items())
    return [
        (spec, _with_labels(spec, values))
        for spec, values in specs
        if spec is not None and spec.type == "picklist" and spec.name in schema.contacts.c
    ]


def _with_labels(spec: FieldSpec, values: Sequence[str]) -> Sequence[str]:
    labels = {fold(v): label for v, label in zip(spec.values, spec.value_labels, strict=False)}
    folded = [fold(value) for value in values]
    return [*folded, *(fold(labels[one]) for one in folded if one in labels)]


def _near(odd: str, wanted: Sequence[str]) -> bool:
    text = fold(odd[:100]).strip()
    return any(fuzz.ratio(text, one) >= _CLOSE for one in wanted)


def _odd_words(spec: FieldSpec, near: Counter[str], *, cut: bool) -> str:
    total = near.total()
    shown = ", ".join(f"{show(value, 40)} {count:,}" for value, count in near.most_common(3))
    more = ", ..." if len(near) > 3 else ""
    who = "contact carries a" if total == 1 else "contacts carry"
    return (
        f"{'at least ' if cut else ''}{total:,} {who} {spec.label.lower()} "
        f"{'value that is' if total == 1 else 'values that are'} not in the list "
        f"({shown}{more}) and cannot match"
    )
