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
from .context import add_counts, read_facts
from .model import Model
from .scoring import Scorer, block
from .trees import LOOK, Trees, trees_for

__all__ = ["find_groups"]

_LARGEST = 4 * MOST
"""Components up to this size get every pair scored; in larger ones a pair that shares no block
counts as below the floor, which keeps records apart and never together."""

_IDLE = "common_subexpressions,expression_rewriter,statistics_propagation"


def find_groups(
    connection: duckdb.DuckDBPyConnection, subject: Subject, model: Model, rows: int
) -> list[Group]:
    """Return the groups among `records`, in the order of their first record."""
    if rows < 2:
        return []
    block(connection, subject)
    scorer, trees = Scorer(connection, subject, model, rows), trees_for(subject, model.version)
    if trees is not None:
        add_counts(connection)
    floor, link = _bits(model.floor), _bits(model.link)
    known = max(rows, model.smallest)

    def judged(table: str) -> dict[tuple[int, int], Pair]:
        pairs = _pairs(connection, subject, _judge(table, trees, known), floor)
        return {(one.left, one.right): one for one in pairs if len(one.differences) < 2}

    found = judged(scorer.score(floor if trees is None else LOOK))
    missing = list(_missing(found, link))
    if missing:
        found |= judged(scorer.score_pairs(_table(connection, missing)))
    ordered = sorted(found.values(), key=lambda one: (one.left, one.right))
    return list(groups(ordered, link))


def _bits(probability: float) -> float:
    return math.log2(probability / (1 - probability))


def _judge(table: str, trees: Trees | None, rows: int) -> str:
    """Return the SQL of scored pairs with the last word on each: its weight, and what explains."""
    if trees is None:
        return f"SELECT *, match_weight AS weight, FALSE AS followed FROM {table}"  # noqa: S608 - ours
    return (
        f"SELECT *, {trees.weight} AS weight, fact_number_from_there = 1 AS followed "  # noqa: S608 - ours
        f"FROM ({read_facts(table, rows)})"
    )


def _pairs(
    connection: duckdb.DuckDBPyConnection, subject: Subject, judged: str, floor: float
) -> Iterator[Pair]:
    gammas = ", ".join(f"gamma_{one.name}" for one in COMPARISONS[subject])
    # A table of its own: as one query DuckDB would sum the trees twice, to filter and to return.
    # These optimizers think long about 200 trees, up to 14 s of CPU seen, and gain nothing.
    connection.execute(f"SET disabled_optimizers = '{_IDLE}'")
    connection.execute(
        "CREATE OR REPLACE TABLE judged AS "  # noqa: S608 - our own constants
        f"SELECT unique_id_l, unique_id_r, weight, followed, {gammas} FROM ({judged})"
    )
    connection.execute("RESET disabled_optimizers")
    result: Any = connection.execute("SELECT * FROM judged WHERE weight >= ?", [floor])
    while rows := result.fetchmany(10_000):
        for left, right, weight, followed, *levels in rows:
            yield pair_of(subject, left, right, weight, tuple(levels), followed=followed)


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
