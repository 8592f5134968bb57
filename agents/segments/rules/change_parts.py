"""The parts of a drafted segment: which of them a change speaks of, and what is left of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from agents.segments.port import WordUse
from tools.segments.tree import All, Company, Equals, Filter, In, Not, Property

from .doubts import Unclear
from .logic import all_of, fields_of, is_in, prop_of
from .text import fold

__all__ = [
    "Reader",
    "add_exclusion",
    "kinds_of",
    "lift_exclusion",
    "parts_named",
    "parts_of",
    "same_kind",
    "without_values",
]


@dataclass(frozen=True, slots=True)
class Reader:
    """How the wording of a change is read."""

    read: Callable[[str], tuple[Filter, tuple[WordUse, ...]]]
    describe: Callable[[Filter], str]
    today: date


def ask_change(text: str) -> Unclear:
    """Return the question for a change that is not clear."""
    return Unclear(
        "change",
        "What should change? You can say, for example:",
        ("only Germany", "also Austria", "drop the country condition", "last 60 days instead"),
        about=text[:120],
    )


def parts_of(tree: Filter) -> list[Filter]:
    """Return the conditions that must all hold."""
    return list(tree.of) if isinstance(tree, All) else [tree]


def kinds_of(tree: Filter) -> frozenset[str]:
    """Return what a condition speaks of."""
    return fields_of(tree)


def same_kind(parts: Sequence[Filter], found: Filter) -> list[int]:
    """Return which conditions speak of the same as this one."""
    kinds = kinds_of(found)
    loose = {kind.removeprefix("company.") for kind in kinds} | {
        k.split(":")[0] for k in kinds if ":" in k
    }
    hits = [n for n, part in enumerate(parts) if kinds_of(part) & kinds]
    if hits:
        return hits
    return [
        n
        for n, part in enumerate(parts)
        if {k.removeprefix("company.") for k in kinds_of(part)} & loose
    ]


def values_of(test: object) -> tuple[Any, ...] | None:
    if isinstance(test, Equals):
        return (test.value,)
    return test.values if isinstance(test, In) else None


def lift_exclusion(parts: list[Filter], at: int, found: Filter, said: str) -> Filter:
    """Take back what an exclusion left out."""
    part = parts[at]
    assert isinstance(part, Not)  # noqa: S101 - the caller has looked
    rest = without_values(part.of, found)
    if isinstance(rest, bool):
        raise ask_change(said)
    if rest is None:
        del parts[at]
    else:
        parts[at] = Not(of=rest)
    return all_of(parts) if parts else All(of=())


def without_values(tree: Filter, gone: Filter) -> Filter | bool | None:
    """Return the tree without the values in `gone`: None if nothing is left, False if unlike."""
    if tree == gone:
        return None
    if isinstance(tree, Company) and isinstance(gone, Company):
        inner = without_values(tree.where, gone.where)
        return Company(where=inner) if not isinstance(inner, bool) and inner is not None else inner
    if not (isinstance(tree, Property) and isinstance(gone, Property)) or tree.field != gone.field:
        return False
    old, new = values_of(tree.is_), values_of(gone.is_)
    if old is None or new is None or not set(old) & set(new):
        return False
    left = tuple(value for value in old if value not in new)
    return prop_of(tree.field, is_in(left)) if left else None


def add_exclusion(parts: list[Filter], found: Filter) -> Filter:
    """Leave these people out as well."""
    for n, part in enumerate(parts):
        rest = without_values(part, found)
        if rest is not None and not isinstance(rest, bool):
            parts[n] = rest
            return all_of(parts)
    return all_of([*parts, Not(of=found)])


_WORDS = {
    "country": "country", "countries": "country", "location": "country", "region": "country",
    "place": "country", "geography": "country", "seniority": "seniority", "level": "seniority",
    "function": "job_function", "department": "job_function", "job function": "job_function",
    "lifecycle": "lifecycle_stage", "stage": "lifecycle_stage",
    "lifecycle stage": "lifecycle_stage",
    "industry": "company.industry", "size": "company.employees", "employees": "company.employees",
    "employee": "company.employees", "company size": "company.employees",
    "headcount": "company.employees", "revenue": "company.annual_revenue", "score": "lead_score",
    "lead score": "lead_score", "date": "created_at", "created": "created_at",
    "source": "lead_source",
    "phone": "phone", "city": "city", "deal": "deals:", "deals": "deals:",
    "open": "event:email_open", "opens": "event:email_open", "email open": "event:email_open",
    "click": "event:email_click", "clicks": "event:email_click", "email": "event:email",
    "event": "event:", "webinar": "event:webinar", "list": "in_list:", "company": "company.",
}  # fmt: skip


def parts_named(parts: Sequence[Filter], words: str) -> list[int]:
    """Return which conditions a name like "the seniority" means."""
    key = _WORDS.get(fold(words).strip())
    if key is None:
        return []
    return [
        n
        for n, part in enumerate(parts)
        if any(
            kind == key or ((key.endswith((":", ".")) or ":" in key) and kind.startswith(key))
            for kind in kinds_of(part)
        )
    ]
