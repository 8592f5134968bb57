"""Many rows in one statement: the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tools.bulk import insert_all, select_all, update_all
from tools.sql import create_engine

_META = sa.MetaData()
FENCES = sa.Table(
    "fences",
    _META,
    sa.Column("street", sa.String(20), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("colour", sa.String(12)),
    sa.Column("metres", sa.Float),
    sa.Column("sold", sa.Boolean),
    sa.Column("at", sa.BigInteger),
)
NAMES = ("street", "number", "colour", "metres", "sold", "at")
ROWS = [
    ("Ålesund % {0} 'x'", 1, "green", 1.5, True, 2**40),
    ("Ålesund % {0} 'x'", 2, None, None, None, None),
    ("東京 :b ?", 1, "red", 2.0, False, 0),
]


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    made = create_engine(database_url)
    _META.create_all(made)
    yield made
    made.dispose()


def stored(engine: sa.Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        query = sa.select(FENCES).order_by(FENCES.c.street, FENCES.c.number)
        return [tuple(row) for row in connection.execute(query)]


def test_rows_go_in_as_they_are_and_those_there_may_be_left_out(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        assert insert_all(connection, FENCES, NAMES, []) == 0
        assert insert_all(connection, FENCES, NAMES, ROWS[:2]) == 2
    with engine.begin() as connection:
        changed = [(*row[:2], "blue", *row[3:]) for row in ROWS]
        assert insert_all(connection, FENCES, NAMES, changed, skip=True) == 1
        assert insert_all(connection, FENCES, NAMES, ROWS, skip=True) == 0
    assert stored(engine)[:2] == sorted(ROWS[:2], key=str)
    assert stored(engine)[2][2] == "blue"
    with pytest.raises(IntegrityError), engine.begin() as connection:
        insert_all(connection, FENCES, NAMES, ROWS)


def test_rows_are_set_by_all_their_keys_but_not_those_that_are_done(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        insert_all(connection, FENCES, NAMES, ROWS)
        update_all(connection, FENCES, ("colour",), ("street", "number"), [])
        given = [("white", 9.5, street, number) for street, number, *_ in ROWS[::2]]
        given.append(("white", 9.5, "nowhere", 1))
        update_all(
            connection, FENCES, ("colour", "metres"), ("street", "number"), given,
            unless=("colour", "red"),
        )  # fmt: skip
    first, second, third = stored(engine)
    assert (first[2], first[3], first[5]) == ("white", 9.5, 2**40)
    assert second == ROWS[1]
    assert third == ROWS[2]


def test_a_text_that_is_too_long_is_refused_by_postgres_and_never_cut(
    engine: sa.Engine,
) -> None:
    with engine.begin() as connection:
        insert_all(connection, FENCES, NAMES, ROWS)
    long = "x" * 30
    try:
        with engine.begin() as connection:
            update_all(
                connection, FENCES, ("colour",), ("street", "number"), [(long, *ROWS[0][:2])]
            )
    except sa.exc.DataError:
        assert engine.dialect.name == "postgresql"
    assert stored(engine)[0][2] in ("green", long)


@pytest.mark.parametrize("lock", [False, True])
def test_rows_are_found_by_more_keys_than_one_statement_takes(
    engine: sa.Engine, lock: bool
) -> None:
    rows = [(f"s{n:05}", n, "green", 0.0, False, n) for n in range(6_000)]
    with engine.begin() as connection:
        insert_all(connection, FENCES, NAMES, rows)
        wanted = [row[0] for row in rows[::-1]] + ["nowhere"]
        found = select_all(connection, FENCES, ("number", "street"), "street", wanted, lock=lock)
        assert sorted(map(tuple, found)) == [(row[1], row[0]) for row in rows]
        some = select_all(connection, FENCES, ("number",), "street", wanted[:100], lock=True)
        assert [row[0] for row in some] == list(range(5_900, 6_000))
        assert select_all(connection, FENCES, ("number",), "street", []) == []
