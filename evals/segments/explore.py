"""Finds people who match a tree and people who do not, and varies one thing about each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

from tools.segments.tree import All, AnyOf, Company, Deals, Filter, Not

from .candidates import Frame
from .knobs import Key, Knobs, Setting
from .rows import Person
from .truth import truth

__all__ = ["explore"]

_MOST_ROWS = 3_000
_BASES = 3  # people of each kind from whom one thing is varied
_TRIES = 6  # searches for them, each from another start
_SEED = 7  # the same rows for the same trees

Build = Callable[[Setting], Person]


def explore(
    trees: Sequence[Filter], knobs: Knobs, build: Build, frame: Frame
) -> tuple[tuple[Person, ...], tuple[bool, ...]]:
    """Return people around the trees' edges, each with whether the first tree holds for them."""
    keys = list(knobs)
    found: dict[tuple[Any, ...], Person] = {}
    for base in _bases(trees, knobs, build, frame):
        for variant in _variants(base, knobs):
            if len(found) >= _MOST_ROWS:
                break
            found.setdefault(tuple(map(repr, map(variant.__getitem__, keys))), build(variant))
    people = tuple(found.values())
    return people, tuple(truth(trees[0], person, frame) for person in people)


def _variants(base: dict[Key, Any], knobs: Knobs) -> Iterator[dict[Key, Any]]:
    yield base
    for key, options in knobs.items():
        yield from ({**base, key: option} for option in options)


def _bases(
    trees: Sequence[Filter], knobs: Knobs, build: Build, frame: Frame
) -> Iterator[dict[Key, Any]]:
    """Yield settings for which a tree holds and settings for which it does not."""
    for tree in trees:
        for wanted in (tree, Not(of=tree)):
            random, seen = Random(_SEED), list[dict[Key, Any]]()  # noqa: S311 - no secret
            for attempt in range(_TRIES):
                start = {key: options[0] if attempt == 0 else random.choice(options)
                         for key, options in knobs.items()}  # fmt: skip
                base = _climb(wanted, start, knobs, build, frame, random)
                if base not in seen and len(seen) < _BASES and truth(wanted, build(base), frame):
                    seen.append(base)
            yield from seen


def _climb(
    tree: Filter, at: dict[Key, Any], knobs: Knobs, build: Build, frame: Frame, random: Random
) -> dict[Key, Any]:
    """Turn one knob after the other to where most of the tree holds, until all of it does."""
    best = _score(tree, build(at), frame)
    for _ in range(4):
        for key in random.sample(list(knobs), len(knobs)):
            for option in knobs[key]:
                if best >= 1:
                    return at
                turned = {**at, key: option}
                if (score := _score(tree, build(turned), frame)) > best:
                    at, best = turned, score
    return at


def _score(tree: Filter, person: Person, frame: Frame, *, negated: bool = False) -> float:
    """Return how much of the tree holds, from 0 to 1; 1 only where all of it seems to."""
    match tree:
        case Not():
            return _score(tree.of, person, frame, negated=not negated)
        case All() | AnyOf() if tree.of:
            parts = [_score(child, person, frame, negated=negated) for child in tree.of]
            together = isinstance(tree, All) != negated
            return sum(parts) / len(parts) if together else max(parts)
        case Company(where=All(of=parts_of)) | Deals(where=All(of=parts_of)) if parts_of:
            # A hint for the climb: with one company, or one deal, each part is worth something.
            whole = [tree.model_copy(update={"where": part}) for part in parts_of]
            found = [truth(one, person, frame) != negated for one in (*whole, tree)]
            return 1.0 if found[-1] else sum(found[:-1]) / (len(found) + 1)
        case _:
            return float(truth(tree, person, frame) != negated)
