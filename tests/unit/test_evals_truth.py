"""Boundary rows written into a real CRM: the engine and the plain evaluator agree on each."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from evals.segments.boundary import people_around
from evals.segments.rows import Fields, Firm, Person
from evals.segments.shares import without_buckets
from evals.segments.truth import truth
from evals.suite import load_suite
from placet.clock import FixedClock
from tools.crm.local import schema
from tools.crm.local.crm import LocalCrm, micros
from tools.crm.local.migrate import upgrade
from tools.segments.engine import SqlSegments
from tools.segments.tree import Bucket, Filter, Property, Segment
from tools.sql import create_engine

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
FRAME = (NOW, UTC, dict[str, list[str]]())
STEP = 1 if os.environ.get("PLACET_TEST_FULL") else 9
TREES = [without_buckets(case.filter) for _, case in load_suite("segments").cases()
         if case.filter is not None][::STEP]  # fmt: skip


class _Writer:
    """Turns made-up people into rows of the CRM's tables."""

    def __init__(self) -> None:
        self.rows: dict[sa.Table, list[dict[str, Any]]] = {
            table: [] for table in schema.metadata.sorted_tables
        }
        self._number = count()

    def person(self, person: Person, company_id: str | None = None) -> str:
        id_ = self._next("c")
        if person.firm is not None:
            company_id = self._firm(person.firm)
        values = {**_columns(person.fields), "email": f"{id_}@example.org"}
        self.rows[schema.contacts].append({"id": id_, **values, "company_id": company_id})
        for event in person.events:
            self.rows[schema.events].append({
                "contact_id": id_, "type": event.type, "occurred_at": micros(event.at),
                "asset": event.asset, "key": self._next("e"),
            })  # fmt: skip
        for deal in person.deals:
            self._deal(deal.fields, contact_id=id_, company_id=None)
        for name in person.lists:
            self.rows[schema.list_members].append(
                {"list_id": name, "contact_id": id_, "added_at": 0}
            )
        return id_

    def _firm(self, firm: Firm) -> str:
        id_ = self._next("o")
        self.rows[schema.companies].append({"id": id_, "name": id_, **_columns(firm.fields)})
        for colleague in firm.people:
            self.person(colleague, id_)
        for deal in firm.deals:
            self._deal(deal.fields, contact_id=None, company_id=id_)
        return id_

    def _deal(self, fields: Fields, **of: str | None) -> None:
        id_ = self._next("d")
        self.rows[schema.deals].append({"id": id_, "name": id_, **_columns(fields), **of})

    def _next(self, letter: str) -> str:
        return f"{letter}{next(self._number):06d}"


def _columns(fields: Fields) -> dict[str, Any]:
    return {name: micros(value) if isinstance(value, datetime) else value for name, value in fields}


def _without_email(tree: Filter) -> bool:
    """Addresses are unique in the CRM, so rows that share one cannot be written as they are."""
    return '"field":"email"' not in tree.model_dump_json()


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    found = create_engine(database_url)
    upgrade(found)
    yield found
    found.dispose()


def test_the_engine_agrees_with_the_plain_evaluator_on_every_row(engine: sa.Engine) -> None:
    trees = [tree for tree in TREES if _without_email(tree)]
    writer = _Writer()
    people = {}
    for tree in trees:
        people |= {writer.person(one): one for one in people_around((tree,), FRAME)}
    names = {row["list_id"] for row in writer.rows[schema.list_members]}
    writer.rows[schema.lists] = [
        {"id": name, "name": name, "created_at": 0, "archived": False}
        for name in names | {"Newsletter"}
    ]
    with engine.begin() as connection:
        for table in schema.metadata.sorted_tables:
            for columns in {tuple(row) for row in writer.rows[table]}:
                rows = [row for row in writer.rows[table] if tuple(row) == columns]
                connection.execute(sa.insert(table), rows)
    reader = SqlSegments(engine, LocalCrm(engine, FixedClock(NOW)))
    assert len(people) > 150
    for tree in trees:
        segment = Segment(name="x", filter=tree, as_of=NOW, use="internal")
        found = people.keys() & set(reader.members(segment))
        wanted = {id_ for id_, person in people.items() if truth(tree, person, FRAME)}
        assert found == wanted, (tree, [str(people[id_]) for id_ in found ^ wanted][:3])


def test_a_draw_has_no_answer() -> None:
    with pytest.raises(ValueError, match="no draw"):
        truth(Bucket(of=2, take=(0,)), Person(), FRAME)


@pytest.mark.parametrize("unknown", ["include", "exclude"])
def test_a_missing_value_counts_as_the_leaf_says(unknown: str) -> None:
    tree = Property.model_validate(
        {"field": "country", "is": {"test": "equals", "value": "Spain"}, "unknown": unknown}
    )
    assert truth(tree, Person(), FRAME) == (unknown == "include")
    assert truth(tree, Person(fields=(("country", "SPAIN"),)), FRAME)
