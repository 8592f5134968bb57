"""Duplicates found in a CRM, on both databases; the corrupted CRM of our own, small; FEBRL."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from placet.errors import BadInput
from tests.conftest import FULL
from tools.crm.local.merge import merge_one
from tools.crm.local.migrate import upgrade
from tools.crm.local.schema import companies, contacts, events, suppressions, topics
from tools.hygiene.change import Subject
from tools.hygiene.duplicates import Merge, fingerprint
from tools.hygiene.duplicates.find import find_duplicates
from tools.records.merging import merging_of
from tools.sql import create_engine

SIZE = 100_000 if FULL else 2_000


def crm(url: str, people: Sequence[Mapping[str, Any]]) -> sa.Engine:
    engine = create_engine(url)
    upgrade(engine)
    names = {name for one in people for name in one}
    with engine.begin() as connection:
        connection.execute(
            sa.insert(companies),
            [{"id": f"co{n}", "name": f"{core} GmbH", "domain": f"{core.lower()}.de",
              "country": "Germany"} for n, core in enumerate(("Blauwerk", "Rotfeld"))],
        )  # fmt: skip
        connection.execute(
            sa.insert(contacts), [dict.fromkeys(names) | dict(one) for one in people]
        )
    return engine


PEOPLE = (
    {"id": "a", "email": "kiwi.falk@gmail.com", "first_name": "Anna", "last_name": "Falkenrath",
     "consent": "granted", "lifecycle_stage": "lead", "phone": "+4930901821"},
    {"id": "b", "email": "kiwifalk+web@googlemail.com", "first_name": "Anna",
     "last_name": "FALKENRATH", "consent": "denied", "lifecycle_stage": "customer"},
    {"id": "c", "email": "bernd.falkenrath@blauwerk.de", "first_name": "Bernd",
     "last_name": "Falkenrath", "phone": "+4930901821", "company_id": "co0"},
    {"id": "d", "email": "joerg.zwiebelmann@blauwerk.de", "first_name": "Jörg",
     "last_name": "Zwiebelmann", "phone": "+49 89 7654321", "company_id": "co0",
     "job_title": "CEO"},
    {"id": "e", "email": "j.zwiebelmann@blauwerk.de", "first_name": "Joerg",
     "last_name": "Zwiebelmann", "phone": "089 7654321", "country": "Germany",
     "company_name": "Blauwerk", "job_title": "CEO"},
    {"id": "f", "email": "jorg.zwiebelmann@rotfeld.de", "first_name": "Jörg",
     "last_name": "Zwiebelmann", "phone": "+49 40 1234567", "company_id": "co1"},
)  # fmt: skip


@pytest.fixture
def engine(database_url: str) -> sa.Engine:
    made = crm(database_url, PEOPLE)
    with made.begin() as connection:
        connection.execute(
            sa.insert(suppressions).values(
                email="kiwifalk+web@googlemail.com", reason="unsubscribed", at=1
            )
        )
        connection.execute(
            sa.insert(topics).values(
                email="kiwifalk+web@googlemail.com", topic="news", takes=False, at=1
            )
        )
        connection.execute(
            sa.insert(events).values(contact_id="a", type="email_open", occurred_at=1, key="k")
        )
    return made


def by_survivor(found: Sequence[Merge]) -> dict[str, Merge]:
    return {one.survivor: one for one in found}


def test_one_mailbox_is_one_person_and_a_relative_is_not(engine: sa.Engine) -> None:
    found = by_survivor(find_duplicates(engine, "contact"))
    merge = found["a"]
    assert (merge.losers, merge.tier) == (("b",), "exact")
    assert merge.fields["consent"].value == "denied"
    assert merge.fields["lifecycle_stage"].value == "customer"
    assert (merge.suppress, merge.topics_off) == ("unsubscribed", ("news",))
    assert all("c" not in one.records for one in found.values())
    assert "one" in merge.evidence[0]


def test_two_employers_and_two_numbers_are_two_people(engine: sa.Engine) -> None:
    pairs = [one.records for one in find_duplicates(engine, "contact")]
    assert {"d", "e"} in map(set, pairs)
    assert all("f" not in one for one in pairs)


def test_what_was_read_is_pinned(engine: sa.Engine) -> None:
    merge = by_survivor(find_duplicates(engine, "contact"))["a"]
    with engine.connect() as connection:
        rows = connection.execute(
            sa.select(contacts).where(contacts.c.id.in_(("a", "b")))
        ).mappings()
        assert merge.seen == {str(row["id"]): fingerprint(dict(row)) for row in rows}


def test_a_scope_keeps_groups_with_one_of_its_records(engine: sa.Engine) -> None:
    assert [one.survivor for one in find_duplicates(engine, "contact", ["b"])] == ["a"]
    assert find_duplicates(engine, "contact", ["c"]) == ()
    assert find_duplicates(engine, "contact", []) == ()


def test_a_run_repeats_and_an_empty_crm_has_none(engine: sa.Engine) -> None:
    assert find_duplicates(engine, "contact") == find_duplicates(engine, "contact")
    with engine.begin() as connection:
        for table in (events, contacts):
            connection.execute(sa.delete(table))
    assert find_duplicates(engine, "contact") == ()


def test_another_subject_is_refused(engine: sa.Engine) -> None:
    with pytest.raises(BadInput, match="use contact or company"):
        find_duplicates(engine, "deal")  # type: ignore[arg-type]  # what a caller may get wrong


def test_what_is_proposed_is_what_the_crm_merges(engine: sa.Engine) -> None:
    found = find_duplicates(engine, "contact")
    with engine.begin() as connection:
        for one in found:
            outcome = merge_one(connection, "contact", merging_of(one), now=5)
            assert isinstance(outcome, str), outcome
    with engine.connect() as connection:
        kept = {str(row.id): row for row in connection.execute(sa.select(contacts))}
        barred = set(connection.scalars(sa.select(suppressions.c.email)))
    assert set(kept) == {"c", "f"} | {one.survivor for one in found}
    for one in found:
        for name, choice in one.fields.items():
            assert getattr(kept[one.survivor], name) == choice.value
    assert "kiwi.falk@gmail.com" in barred


@pytest.mark.parametrize("seed", [8] if not FULL else [7, 8, 9])
def test_the_figures_of_our_own_crm_hold(tmp_path: Path, seed: int) -> None:
    run = importlib.import_module("benchmarks.duplicates.run")
    world = importlib.import_module("benchmarks.duplicates.copies").make(SIZE, seed)
    compare = importlib.import_module("benchmarks.duplicates.score").compare
    url = f"sqlite:///{tmp_path / 'crm.db'}"
    run.fill(url, world)
    engine = create_engine(url)
    truths: dict[Subject, dict[str, int]] = {
        "contact": world.contact_truth, "company": world.company_truth,
    }  # fmt: skip
    for subject, truth in truths.items():
        found = find_duplicates(engine, subject)
        pairs, clusters = compare([one.records for one in found], truth)
        bulk, _ = compare([one.records for one in found if one.tier != "review"], truth)
        assert pairs.f1 >= 0.91, pairs
        assert clusters.f1 >= 0.87, clusters
        assert bulk.found - bulk.right <= max(1, bulk.found // 1_000), bulk


def test_febrl_is_a_smoke_test() -> None:
    febrl = importlib.import_module("benchmarks.duplicates.febrl").febrl
    pairs, _ = febrl(1)
    assert pairs.precision >= 0.98
    assert pairs.recall >= 0.88


def test_what_makes_the_crm_imports_nothing_that_finds_duplicates() -> None:
    root = Path(__file__).parents[2] / "benchmarks" / "duplicates"
    for name in ("world", "copies"):
        text = (root / f"{name}.py").read_text("utf-8")
        assert "import tools" not in text
        assert "from tools" not in text
