"""The second opinion: what the trees' SQL says, when they keep quiet, the facts they ask about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import numpy as np
import pytest

from benchmarks.duplicates.boost import grow, odds_of
from benchmarks.duplicates.score import b_cubed, compare
from tools.hygiene.duplicates.clusters import pair_of
from tools.hygiene.duplicates.comparisons import COMPARISONS, ELSE
from tools.hygiene.duplicates.context import add_counts, read_facts
from tools.hygiene.duplicates.features import CONTACT_COLUMNS
from tools.hygiene.duplicates.model import load_model
from tools.hygiene.duplicates.trees import COLUMNS, Trees, read_trees, trees_for


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    made = duckdb.connect()
    yield made
    made.close()


def _values(count: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    dice = np.random.default_rng(3)
    values = dice.normal(0, 4, (count, len(COLUMNS))).round(3)
    values[:, COLUMNS.index("gamma_email")] = 1.0
    return values


def _weights(
    connection: duckdb.DuckDBPyConnection, trees: Trees, values: np.ndarray[Any, Any]
) -> list[float]:
    names = ", ".join(f"{name} DOUBLE" for name in COLUMNS)
    connection.execute(f"CREATE OR REPLACE TABLE pairs ({names})")
    marks = ", ".join("?" for _ in COLUMNS)
    connection.executemany(f"INSERT INTO pairs VALUES ({marks})", values.tolist())
    return [row[0] for row in connection.execute(f"SELECT {trees.weight} FROM pairs").fetchall()]


def test_the_database_says_what_the_trees_say(connection: duckdb.DuckDBPyConnection) -> None:
    trees = trees_for("contact", load_model("contact").version)
    assert trees is not None
    values = _values(300)
    expected = np.clip(values[:, 0], -14, 14) + sum(
        odds_of(tree, values) for tree in trees.trees
    ) / np.log(2)
    assert _weights(connection, trees, values) == pytest.approx(expected.tolist(), abs=1e-6)


def test_they_keep_quiet_where_one_has_no_address(connection: duckdb.DuckDBPyConnection) -> None:
    trees = Trees(version="t", weights="w", trees=(5.0,))
    values = _values(3)
    values[:, COLUMNS.index("gamma_email")] = -1.0
    assert _weights(connection, trees, values) == pytest.approx(values[:, 0].tolist())


def test_trees_go_with_the_weights_they_learnt_from_and_with_people() -> None:
    assert trees_for("contact", "another-1") is None
    assert trees_for("company", load_model("company").version) is None


def test_trees_of_other_columns_are_refused_with_what_to_do() -> None:
    data = {"version": "t", "weights": "w", "columns": ["match_weight"], "trees": []}
    with pytest.raises(ValueError, match=r"benchmarks\.duplicates train"):
        read_trees(data)


def test_boosting_finds_what_two_facts_say_only_together_and_repeats() -> None:
    dice = np.random.default_rng(1)
    values = dice.random((4000, 3))
    labels = ((values[:, 0] > 0.5) ^ (values[:, 1] > 0.5)).astype(float)
    grown = grow(values, labels, np.zeros(4000), np.ones(4000), 20)
    odds = sum(odds_of(tree, values) for tree in grown)
    assert np.mean((odds > 0) == (labels == 1)) > 0.97
    assert grow(values, labels, np.zeros(4000), np.ones(4000), 20) == grown


PEOPLE = (
    {"given": "anna", "given_root": "anna", "family": "falk", "country": "DE", "phone": "+4930111"},
    {"given": "anna", "given_root": "anna", "family": "falk", "country": "FR", "phone": "+4930111"},
    {"given": "ben", "given_root": "ben", "family": "falk", "country": "FR", "phone": "+33144444"},
    {"given": "cem", "given_root": "cem", "family": None, "country": None, "phone": None},
)


def _fill(connection: duckdb.DuckDBPyConnection) -> None:
    columns = ", ".join(f'"{name}" VARCHAR' for name in (*CONTACT_COLUMNS, "own_phone"))
    connection.execute(f"CREATE TABLE records (unique_id BIGINT, {columns})")
    for number, one in enumerate(PEOPLE):
        row = one | {"own_phone": one["phone"]}
        names, marks = ", ".join(row), ", ".join("?" for _ in row)
        connection.execute(
            f"INSERT INTO records (unique_id, {names}) VALUES (?, {marks})", [number, *row.values()]
        )
    connection.execute("CREATE TABLE pairs (unique_id_l BIGINT, unique_id_r BIGINT)")
    connection.execute("INSERT INTO pairs VALUES (0, 1), (0, 2), (0, 3)")


def _facts(connection: duckdb.DuckDBPyConnection, rows: float) -> list[dict[str, float]]:
    add_counts(connection)
    found = connection.execute(read_facts("pairs", rows) + " ORDER BY unique_id_r")
    names = [one[0] for one in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_facts_count_namesakes_among_the_rows_told(connection: duckdb.DuckDBPyConnection) -> None:
    _fill(connection)
    few, many = _facts(connection, 4.0)[0], _facts(connection, 4096.0)[0]
    # Two Annas and three Falks among four records: one and a half of the name by chance alone.
    assert few["fact_namesakes_anywhere"] == pytest.approx(np.log2(2 * 3 / 4), abs=0.01)
    assert few["fact_namesakes_anywhere"] - many["fact_namesakes_anywhere"] == pytest.approx(10)


def test_what_is_not_known_is_below_all_that_is(connection: duckdb.DuckDBPyConnection) -> None:
    _fill(connection)
    unknown = _facts(connection, 10_000.0)[2]
    assert unknown["fact_same_country"] == unknown["fact_same_family"] == -9
    assert unknown["fact_same_given"] == 0


def test_a_number_brought_along_explains_the_other_country() -> None:
    order = [one.name for one in COMPARISONS["contact"]]
    levels = {"name": "same", "email": ELSE, "phone": "unknown", "company": ELSE, "place": ELSE,
              "title": "same"}  # fmt: skip
    gammas = tuple(
        -1 if levels[one.name] == "unknown" else one.gamma(levels[one.name])
        for one in COMPARISONS["contact"]
    )
    assert order == list(levels)
    assert pair_of("contact", 1, 2, 9.0, gammas).differences == ("employer", "country")
    moved = pair_of("contact", 1, 2, 9.0, gammas, followed=True)
    assert moved.differences == ("employer",)
    assert moved.thin


def test_b_cubed_gives_credit_for_parts_and_none_for_those_alone() -> None:
    truth = {"a": 1, "b": 1, "c": 1, "d": 2, "e": 3}
    assert compare([["a", "b"]], truth)[1].f1 == 0
    # a and b: precision 1, recall 2/3; c: precision 1, recall 1/3; d and e count for nothing.
    assert b_cubed([["a", "b"]], truth) == pytest.approx(2 * 1 * (5 / 9) / (1 + 5 / 9))
    assert b_cubed([["a", "b", "c"]], truth) == 1
    assert b_cubed([], {"d": 2, "e": 3}) == 1
