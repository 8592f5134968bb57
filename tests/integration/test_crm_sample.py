"""The sample company: the same each time, believable, and messy in the proportions it names."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from placet.errors import BadInput
from tools.crm.local.crm import micros
from tools.crm.local.migrate import upgrade
from tools.crm.local.sample import fill
from tools.crm.local.schema import companies, contacts, deals, events, metadata, suppressions
from tools.crm.values import country_names
from tools.sql import create_engine, reading

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = create_engine(database_url)
    upgrade(engine)
    yield engine
    engine.dispose()


def rows(engine: sa.Engine, table: sa.Table) -> list[dict[str, Any]]:
    with reading(engine).connect() as connection:
        query = sa.select(table).order_by(*table.primary_key.columns)
        return [dict(row) for row in connection.execute(query).mappings()]


def test_the_whole_sample_is_believable_and_messy(engine: sa.Engine) -> None:
    fill(engine, size=5_000, now=NOW)
    people = rows(engine, contacts)
    happened = rows(engine, events)
    assert (len(people), len(rows(engine, companies)), len(happened)) == (5_000, 800, 60_000)
    assert people[0]["id"] == "c_000001"
    counts = {
        name: sum(one[name] is None for one in people) / 5_000
        for name in ("lifecycle_stage", "country", "consent", "job_title")
    }
    assert 0.05 < counts["lifecycle_stage"] < 0.07
    assert 0.03 < counts["country"] < 0.05
    assert 0.08 < counts["consent"] < 0.12
    assert 0.05 < counts["job_title"] < 0.09
    odd = [one for one in people if one["country"] and one["country"] not in country_names()]
    assert 20 < len(odd) < 100
    assert 150 < len(rows(engine, suppressions)) < 400
    _check_events(people, happened)
    _check_the_example(people, happened)


def test_another_day_moves_the_times_and_nobody_else(tmp_path: Path) -> None:
    people = []
    for days in (0, 0.37, 5, 11.2):
        engine = create_engine(f"sqlite:///{tmp_path}/{days}.db")
        upgrade(engine)
        fill(engine, size=300, now=NOW + timedelta(days=days))
        times = ("created_at", "updated_at")
        people.append([{k: v for k, v in one.items() if k not in times}
                       for one in rows(engine, contacts)])  # fmt: skip
        engine.dispose()
    assert people[1:] == [people[0]] * 3


def _check_events(people: list[dict[str, Any]], happened: list[dict[str, Any]]) -> None:
    born = {one["id"]: one["created_at"] for one in people}
    assert all(born[one["contact_id"]] < one["occurred_at"] < micros(NOW) for one in happened)
    assert len({one["type"] for one in happened}) == 10
    assets = {one["asset"] for one in happened}
    assert {"March webinar", "/pricing", "Demo request", "November newsletter 2026"} <= assets
    opens: dict[str, int] = {}
    for one in happened:
        if one["type"] == "email_open":
            opens[one["contact_id"]] = opens.get(one["contact_id"], 0) + 1
    best = sorted(opens.values(), reverse=True)
    assert sum(best[:500]) > sum(best) * 0.3  # a tenth of the people, a third of the opens


def _check_the_example(people: list[dict[str, Any]], happened: list[dict[str, Any]]) -> None:
    """The request the README opens with has members."""
    since = micros(NOW - timedelta(days=30))
    opened = {
        one["contact_id"]
        for one in happened
        if one["type"] == "email_open" and one["occurred_at"] >= since
    }
    found = [
        one
        for one in people
        if one["seniority"] == "vp" and one["job_function"] == "marketing"
        and one["country"] in ("Germany", "France") and one["lifecycle_stage"] != "customer"
        and one["id"] in opened and one["consent"] == "granted"
    ]  # fmt: skip
    assert len(found) >= 4
    assert {one["country"] for one in found} == {"Germany", "France"}


def test_one_seed_and_moment_make_the_same_rows(engine: sa.Engine, tmp_path: Path) -> None:
    fill(engine, size=300, now=NOW)
    first = {table.name: rows(engine, table) for table in metadata.sorted_tables}
    other = create_engine(f"sqlite:///{tmp_path / 'other.db'}")
    upgrade(other)
    fill(other, size=300, now=NOW)
    assert {table.name: rows(other, table) for table in metadata.sorted_tables} == first
    other.dispose()
    assert {name: len(found) for name, found in first.items() if found}.keys() == {
        "crm_companies", "crm_contacts", "crm_events", "crm_deals", "crm_lists",
        "crm_list_members", "crm_suppressions",
    }  # fmt: skip


@pytest.mark.parametrize("size", [1, 7, 1_001])
def test_any_size_is_in_proportion(engine: sa.Engine, size: int) -> None:
    fill(engine, size=size, now=NOW, seed=5)
    assert len(rows(engine, contacts)) == size
    assert len(rows(engine, events)) == size * 12
    assert len(rows(engine, companies)) == max(1, round(size * 0.16))
    assert all(row["contact_id"] for row in rows(engine, deals))


def test_the_sample_goes_into_an_empty_crm_only(engine: sa.Engine) -> None:
    fill(engine, size=2, now=NOW)
    with pytest.raises(BadInput, match="holds contacts already"):
        fill(engine, size=2, now=NOW)
    with pytest.raises(BadInput, match="size of 1 or more"):
        fill(engine, size=0, now=NOW)
