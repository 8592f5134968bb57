"""Random draws in a tree: which people a bucket holds is free, how large a share it is, is not."""

from __future__ import annotations

from fractions import Fraction

from tools.segments.tree import All, AnyOf, Bucket, Filter, Not

__all__ = ["shares", "without_buckets"]

_EVERYBODY = All(of=())


def without_buckets(tree: Filter) -> Filter:
    """Return the tree with every draw, and every draw's complement, replaced by "everybody"."""
    match tree:
        case Bucket() | Not(of=Bucket()):
            return _EVERYBODY
        case All() | AnyOf():
            return tree.model_copy(update={"of": tuple(map(without_buckets, tree.of))})
        case Not():
            return Not(of=without_buckets(tree.of))
        case _:
            return tree


def shares(tree: Filter) -> tuple[Fraction, ...]:
    """Return how large each draw in the tree is, from 0 to 1, smallest first."""
    return tuple(sorted(_shares(tree)))


def _shares(tree: Filter) -> list[Fraction]:
    match tree:
        case Bucket():
            return [Fraction(len(set(tree.take)), tree.of)]
        case Not(of=Bucket() as draw):
            return [1 - share for share in _shares(draw)]
        case All() | AnyOf():
            return [share for child in tree.of for share in _shares(child)]
        case Not():
            return _shares(tree.of)
        case _:
            return []
