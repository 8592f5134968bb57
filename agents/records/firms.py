"""Which companies a scope means: by their own fields, else those of the people it selects."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from tools.hygiene.column import Value
from tools.hygiene.columns import Columns
from tools.hygiene.detector import Reference
from tools.segments.tree import (
    All,
    AnyOf,
    Between,
    Company,
    Contains,
    Equals,
    Filter,
    Greater,
    In,
    IsSet,
    Less,
    Not,
    Property,
    Segment,
    StartsWith,
)  # fmt: skip

__all__ = ["firm_fields", "firms_in", "of_firms"]


def of_firms(segment: Segment) -> Filter | None:
    """Return what the scope asks of companies, where it asks nothing else and code can tell.

    Then companies without contacts are in it as well: "companies in Germany" means all of them.
    """
    clauses: Sequence[Filter] = (
        segment.filter.of if isinstance(segment.filter, All) else (segment.filter,)
    )
    wheres = [_where(one) for one in clauses]
    known = [one for one in wheres if one is not None]
    return All(of=tuple(known)) if known and len(known) == len(wheres) else None


def _where(clause: Filter) -> Filter | None:
    if isinstance(clause, Company) and clause.unknown == "exclude" and _plain(clause.where):
        return clause.where
    if isinstance(clause, Not) and isinstance(clause.of, Company) and _plain(clause.of.where):
        return Not(of=clause.of.where)
    return None


def _plain(tree: Filter) -> bool:
    match tree:
        case All(of=parts) | AnyOf(of=parts):
            return all(map(_plain, parts))
        case Not(of=part):
            return _plain(part)
        case Property(is_=test, unknown="exclude"):
            kinds = Equals | In | Contains | StartsWith | IsSet | Greater | Less | Between
            return isinstance(test, kinds)
        case _:
            return False


def firm_fields(tree: Filter) -> Iterator[Reference]:
    """Return the fields of companies that a tree asks about."""
    match tree:
        case All(of=parts) | AnyOf(of=parts):
            for part in parts:
                yield from firm_fields(part)
        case Not(of=part):
            yield from firm_fields(part)
        case Property(field=field):
            yield ("company", field)
        case _:
            return


def firms_in(
    table: Columns, tree: Filter | None, people: Collection[str]
) -> frozenset[str]:  # fmt: skip
    """Return the ids of the companies that meet the tree; without one, those of these people."""
    ids = table.ids("company")
    if tree is not None:
        return frozenset(one for row, one in enumerate(ids) if _meets(table, row, tree))
    wanted, link = frozenset(people), table.column("contact", "company_id")
    there = enumerate(table.ids("contact"))
    found = {link[row] for row, contact in there if contact in wanted}
    return frozenset(one for one in found if isinstance(one, str))


def _meets(table: Columns, row: int, tree: Filter) -> bool:
    match tree:
        case All(of=parts):
            return all(_meets(table, row, part) for part in parts)
        case AnyOf(of=parts):
            return any(_meets(table, row, part) for part in parts)
        case Not(of=part):
            return not _meets(table, row, part)
        case Property(field=field, is_=test):
            return _passes(table.column("company", field)[row], test)
        case _:
            return False


def _passes(value: Value, test: object) -> bool:
    if value is None:
        return False
    match test:
        case IsSet():
            return True
        case Equals(value=wanted):
            return _same(value, wanted)
        case In(values=values):
            return any(_same(value, one) for one in values)
        case Contains(text=text):
            return text.casefold() in str(value).casefold()
        case StartsWith(text=text):
            return str(value).casefold().startswith(text.casefold())
        case _:
            return isinstance(value, int | float) and _measures(value, test)


def _measures(value: float, test: object) -> bool:
    match test:
        case Greater(value=least, or_equal=equal):
            return value > least or (equal and value == least)
        case Less(value=most, or_equal=equal):
            return value < most or (equal and value == most)
        case Between(low=low, high=high):
            return low <= value <= high
        case _:
            return False


def _same(value: Value, wanted: object) -> bool:
    if isinstance(value, str) or isinstance(wanted, str):
        return str(value).casefold() == str(wanted).casefold()
    return bool(value == wanted)
