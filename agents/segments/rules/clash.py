"""Conditions nobody can meet: two different values of one field at once. They are asked about."""

from __future__ import annotations

from tools.segments.tree import All, AnyOf, Company, Equals, Filter, In, Not, Property

__all__ = ["find_clash"]


def _values(test: object) -> frozenset[str] | None:
    if isinstance(test, Equals):
        return frozenset({str(test.value).casefold()})
    if isinstance(test, In):
        return frozenset(str(value).casefold() for value in test.values)
    return None


def _flat(tree: Filter) -> list[tuple[str, frozenset[str]]]:
    match tree:
        case Property(field=name, is_=test):
            values = _values(test)
            return [(name, values)] if values is not None else []
        case Company(where=where):
            inner = where.of if isinstance(where, All) else (where,)
            return [(f"company {n}", v) for part in inner for n, v in _flat(part)]
        case _:
            return []


def find_clash(tree: Filter) -> str | None:
    """Return in words which two conditions exclude each other, or None."""
    match tree:
        case All(of=parts):
            seen: dict[str, frozenset[str]] = {}
            for name, values in (pair for part in parts for pair in _flat(part)):
                if name in seen and not seen[name] & values:
                    field = name.replace("_", " ")
                    return (
                        f"Nobody can have two values of {field} at once "
                        f"({', '.join(sorted(seen[name] | values)[:6])}). Which do you "
                        f"mean: either of them?"
                    )
                seen[name] = values
            return next((c for part in parts if (c := find_clash(part)) is not None), None)
        case AnyOf(of=parts):
            return next((c for part in parts if (c := find_clash(part)) is not None), None)
        case Not(of=part) | Company(where=part):
            return find_clash(part)
        case _:
            return None
