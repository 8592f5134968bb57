"""The second world: people around the edges of two trees, one condition flipped at a time.

A sample company may have nobody who tells "more than 50" from "at least 50". These rows do: every
leaf of both trees gives values that just pass, that just fail and that are missing; from people who
match, and from people who do not, one thing is varied at a time. A trial of this kind caught every
wrong filter that was planted, where a thousand random rows missed one in seven.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from tools.segments.dates import zone_of
from tools.segments.tree import (
    All,
    AnyOf,
    Bucket,
    Company,
    CompanyContacts,
    Deals,
    Event,
    Filter,
    InList,
    InSegment,
    LastEvent,
    Node,
    Not,
    Property,
    Segment,
)

from .candidates import Frame, bundles, values
from .explore import explore
from .knobs import FIRM, Key, Knobs, deal_of, person_of
from .rows import DealRow, Person, segment_name
from .truth import truth

__all__ = ["disagreements", "people_around"]

_MOST_ITEMS = 24  # deals or colleagues of different kinds that are tried
_Item = TypeVar("_Item", bound=DealRow | Person)


def people_around(trees: Sequence[Filter], frame: Frame) -> tuple[Person, ...]:
    """Return people around the edges of all the trees, the same ones for the same trees."""
    knobs: Knobs = {}
    for tree in trees:
        _collect(tree, knobs, frame)
    people, _ = explore(trees, knobs, person_of, frame)
    return people


def disagreements(
    gold: Segment, drafted: Segment, *, known: Mapping[str, Sequence[str]]
) -> tuple[int, tuple[str, ...]]:
    """Return how many rows were tried and, in words, those on which the filters disagree.

    Each filter is read at its own segment's moment and in its own zone; the rows are made for both.
    """
    frames = _frame(gold, known), _frame(drafted, known)
    trees = gold.filter, drafted.filter
    people = dict.fromkeys(people_around(trees, frames[0]))
    if frames[0] != frames[1]:
        people |= dict.fromkeys(people_around(trees, frames[1]))
    wrong = []
    for person in people:
        wanted = truth(gold.filter, person, frames[0])
        if wanted != truth(drafted.filter, person, frames[1]):
            wrong.append(f"{person}: belongs {'in, but is not' if wanted else 'out, but is in'}")
    return len(people), tuple(wrong)


def _frame(segment: Segment, known: Mapping[str, Sequence[str]]) -> Frame:
    return segment.as_of, zone_of(segment.timezone), known


def _collect(tree: Filter, knobs: Knobs, frame: Frame, whose: str = "person") -> None:
    """Add to `knobs` what the tree depends on; options of one field in two leaves are joined."""
    match tree:
        case All() | AnyOf():
            for child in tree.of:
                _collect(child, knobs, frame, whose)
        case Not():
            _collect(tree.of, knobs, frame, whose)
        case Property():
            _add(knobs, (whose, "field", tree.field), values(tree.field, tree.is_, frame))
        case Event() | LastEvent():
            _add(knobs, (whose, "events", _text(tree)), bundles(tree, frame))
        case InList():
            _add(knobs, (whose, "list", tree.list), (True, False))
        case Company():
            _add(knobs, FIRM, (True, False))
            _collect(tree.where, knobs, frame, "firm")
        case Deals():
            _add(knobs, (whose, "deals", _text(tree)), _deals(tree, frame))
        case CompanyContacts():
            _add(knobs, (whose, "people", _text(tree)), _people(tree, frame))
        case InSegment():
            _add(knobs, (whose, "list", segment_name(tree)), (True, False))
        case Bucket():
            pass  # draws are compared by their share


def _deals(node: Deals, frame: Frame) -> tuple[tuple[DealRow, ...], ...]:
    where = node.where or All(of=())
    knobs: Knobs = {}
    _collect(where, knobs, frame)
    once = Deals(where=where)
    people, fits = explore((once,), knobs, deal_of, frame)
    items = [(person.deals[0], fit) for person, fit in zip(people, fits, strict=True)]
    return tuple(dict.fromkeys(_groups(items, node)))


def _people(node: CompanyContacts, frame: Frame) -> tuple[tuple[Person, ...], ...]:
    where = node.where or All(of=())
    knobs: Knobs = {}
    _collect(where, knobs, frame)
    people, fits = explore((where,), knobs, person_of, frame)
    return tuple(dict.fromkeys(_groups(list(zip(people, fits, strict=True)), node)))


def _groups(
    items: Sequence[tuple[_Item, bool]], node: Deals | CompanyContacts
) -> Iterator[tuple[_Item, ...]]:
    """Yield none, just enough, one short, one too many, and just enough with an odd one."""
    fitting = [item for item, fit in items if fit]
    enough = max(1, node.at_least)
    counts = {enough, enough - 1, node.at_least}
    if node.at_most is not None:
        counts |= {node.at_most, node.at_most + 1}
    if fitting:
        yield from ((fitting[0],) * count for count in sorted(counts, reverse=True))
    yield ()
    for item, _ in items[:_MOST_ITEMS]:
        yield (item, *fitting[:1] * (enough - 1))


def _add(knobs: Knobs, key: Key, options: Sequence[Any]) -> None:
    # By type as well: 1, 1.0 and True are equal in Python and different values here.
    joined = {(type(one), one): one for one in (*knobs.get(key, ()), *options)}
    knobs[key] = tuple(joined.values())


def _text(node: Node) -> str:
    return node.model_dump_json()
