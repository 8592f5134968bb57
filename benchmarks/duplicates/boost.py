"""Boosted trees on top of given odds: what facts together add to weights that stand alone.

Newton boosting over binned values, each tree grown level by level; the odds that the first model
gives are where it starts, so that a tree says only what is missing in them. The same rows, the same
trees: what is drawn for a tree depends on its number alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["Tree", "grow", "odds_of"]

_Array = np.ndarray[Any, np.dtype[np.float64]]
_Bins = np.ndarray[Any, np.dtype[np.uint8]]
Tree = float | list[Any]
"""A leaf's log odds (natural), or `[column, threshold, at or below it, above it]`."""
_BINS = 96
_RATE = 0.12
_DEPTH = 5
_LEAST = 12.0
"""The least sum of the curvature in a leaf; about fifty undecided pairs."""
_RIDGE = 4.0
_SHARE = 0.5
"""The share of the rows each tree sees."""


def _cuts(column: _Array) -> _Array:
    """Return the thresholds between bins: between every two values, or so many quantiles."""
    values = np.unique(column)
    if len(values) > _BINS:
        values = np.unique(np.quantile(column, np.linspace(0, 1, _BINS), method="nearest"))
    return np.asarray((values[1:] + values[:-1]) / 2, float)


def _tree(bins: _Bins, cuts: list[_Array], slope: _Array, curve: _Array) -> Tree:
    """Grow one tree, level by level; `slope` and `curve` are those of the loss, by row.

    Nodes are numbered as in a heap: those below `n` are `2 * n + 1` and `2 * n + 2`.
    """
    place = np.zeros(len(slope), np.int64)
    splits: dict[int, tuple[int, int]] = {}
    worth: dict[int, float] = {}
    nodes = [0]
    for depth in range(_DEPTH + 1):
        lookup = np.full(2 ** (depth + 2), -1, np.int64)
        lookup[nodes] = range(len(nodes))
        rows = np.flatnonzero(lookup[place] >= 0)
        spot = lookup[place[rows]]
        total_g = _sums(spot, slope[rows], len(nodes))
        total_h = _sums(spot, curve[rows], len(nodes))
        steps = -total_g / (total_h + _RIDGE) * _RATE
        worth |= dict(zip(nodes, steps.tolist(), strict=True))
        if depth == _DEPTH:
            break
        best = _best(bins[rows], cuts, spot, slope[rows], curve[rows], total_g, total_h)
        following: list[int] = []
        for at, found in enumerate(best):
            if found is None:
                continue
            node, inside = nodes[at], rows[spot == at]
            splits[node] = found
            place[inside] = 2 * node + 1 + (bins[inside, found[0]] > found[1])
            following += [2 * node + 1, 2 * node + 2]
        nodes = following
    return _nested(0, splits, worth, cuts)


def _sums(spot: np.ndarray[Any, Any], values: _Array, count: int) -> _Array:
    return np.asarray(np.bincount(spot, values, count), float)


def _best(
    bins: _Bins, cuts: list[_Array], spot: np.ndarray[Any, Any], slope: _Array, curve: _Array,
    total_g: _Array, total_h: _Array,
) -> list[tuple[int, int] | None]:  # fmt: skip
    """Return for each node the column and bin after which to split it; None where none gains."""
    count = len(total_g)
    best: list[tuple[int, int] | None] = [None] * count
    gains = np.full(count, 1e-3)
    before = total_g**2 / (total_h + _RIDGE)
    for column, cut in enumerate(cuts):
        if not len(cut):
            continue
        width = len(cut) + 1
        key = spot * width + bins[:, column]
        left_g = _sums(key, slope, count * width).reshape(count, width).cumsum(1)[:, :-1]
        left_h = _sums(key, curve, count * width).reshape(count, width).cumsum(1)[:, :-1]
        right_g, right_h = total_g[:, None] - left_g, total_h[:, None] - left_h
        gain = left_g**2 / (left_h + _RIDGE) + right_g**2 / (right_h + _RIDGE) - before[:, None]
        gain[(left_h < _LEAST) | (right_h < _LEAST)] = 0.0
        at = gain.argmax(1)
        top = gain[np.arange(count), at]
        for node in np.flatnonzero(top > gains):
            gains[node], best[node] = top[node], (column, int(at[node]))
    return best


def _nested(
    node: int, splits: dict[int, tuple[int, int]], worth: dict[int, float], cuts: list[_Array]
) -> Tree:
    if node not in splits:
        return float(f"{worth[node]:.4g}")
    column, at = splits[node]
    low, high = (_nested(2 * node + side, splits, worth, cuts) for side in (1, 2))
    return [column, float(f"{cuts[column][at]:.6g}"), low, high]


def odds_of(tree: Tree, values: _Array) -> _Array:
    """Return what a tree adds for each row."""
    if not isinstance(tree, list):
        return np.full(len(values), tree)
    column, cut, low, high = tree
    below = values[:, column] <= cut
    found = np.empty(len(values))
    found[below], found[~below] = odds_of(low, values[below]), odds_of(high, values[~below])
    return found


def grow(values: _Array, labels: _Array, start: _Array, weights: _Array, trees: int) -> list[Tree]:
    """Return trees whose sum, added to the odds at the start, tells the labels best.

    Args:
        values: one row for each pair, one column for each fact.
        labels: 1 where the pair is one, else 0.
        start: the log odds (natural) that each pair begins with.
        weights: how many pairs each row stands for.
        trees: how many trees.

    """
    cuts = [_cuts(column) for column in values.T]
    bins = np.column_stack([
        np.searchsorted(cut, column).astype(np.uint8)
        for cut, column in zip(cuts, values.T, strict=True)
    ])  # fmt: skip
    odds, grown = start.copy(), []
    for number in range(trees):
        seen = np.random.default_rng(number).random(len(odds)) < _SHARE
        sure = 1 / (1 + np.exp(-np.clip(odds[seen], -40, 40)))
        slope, curve = (sure - labels[seen]) * weights[seen], sure * (1 - sure) * weights[seen]
        grown.append(_tree(bins[seen], cuts, slope, curve))
        odds += odds_of(grown[-1], values)
    return grown
