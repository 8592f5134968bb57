"""From the table of records to groups: score, complete the small components, group."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types

from tools.hygiene.change import Subject

from .clusters import MOST, Group, Pair, components, groups, pair_of
from .comparisons import COMPARISONS
from .model import Model
from .scoring import Scorer, block

__all__ = ["find_groups"]

_LARGEST = 4 * MOST
"""Components up to this size get every pair scored; in larger ones a pair that shares no block
counts as below the floor, which keeps records apart and never together."""


def find_groups(
    connection: duckdb.DuckDBPyConnection, subject: Subject, model: Model, rows: int
) -> list[Group]:
    """Return the groups among `records`, in the order of their first record."""
    if rows < 2:
        return []
    block(connection, subject)
    scorer = Scorer(connection, subject, model, rows)
    floor, link = _bits(model.floor), _bits(model.link)
    found = {
        (one.left, one.right): one
        for one in _pairs(connection, subject, scorer.score(floor))
        if len(one.differences) < 2
    }
    missing = list(_missing(found, link))
    if missing:
        rest = _pairs(connection, subject, scorer.score_pairs(_table(connection, missing)))
        found |= {(one.left, one.right): one for one in rest if one.weight >= floor}
    ordered = sorted(found.values(), key=lambda one: (one.left, one.right))
    return list(groups(ordered, link))


def _bits(probability: float) -> float:
    return math.log2(probability / (1 - probability))


def _pairs(connection: duckdb.DuckDBPyConnection, subject: Subject, table: str) -> Iterator[Pair]:
    gammas = ", ".join(f"gamma_{one.name}" for one in COMPARISONS[subject])
    result: Any = connection.execute(
        f"SELECT unique_id_l, unique_id_r, match_weight, {gammas} FROM {table}"  # noqa: S608 - ours
    )
    while rows := result.fetchmany(10_000):
        for left, right, weight, *levels in rows:
            yield pair_of(subject, left, right, weight, tuple(levels))


def _missing(found: dict[tuple[int, int], Pair], link: float) -> Iterator[tuple[int, int]]:
    for members in components(one for one in found.values() if one.weight >= link):
        if 2 < len(members) <= _LARGEST:
            for at, left in enumerate(members):
                for right in members[at + 1 :]:
                    if (left, right) not in found:
                        yield left, right


def _table(connection: duckdb.DuckDBPyConnection, pairs: Iterable[tuple[int, int]]) -> str:
    left, right = zip(*pairs, strict=True)
    made = pa.table({"join_key_l": pa.array(left), "join_key_r": pa.array(right)})
    connection.register("missing_arrow", made)
    connection.execute(
        "CREATE OR REPLACE TABLE missing_pairs AS "
        "SELECT '0' AS match_key, join_key_l, join_key_r FROM missing_arrow"
    )
    connection.unregister("missing_arrow")
    return "missing_pairs"
