"""Duplicates as they are found, merged as they are planned, and apart again."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.integration.test_records_merging import Merged
from tests.records import contact, fill, snapshot
from tools.crm.local import migrate
from tools.crm.local.records import LocalRecords
from tools.crm.local.schema import contacts, events, suppressions
from tools.hygiene.duplicates.find import find_duplicates
from tools.sql import create_engine

NAMES = [("Ines", "Okafor"), ("Bram", "Lindqvist"), ("Chiara", "Moretti"), ("Dilan", "Yıldız")]


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = create_engine(database_url)
    migrate.upgrade(engine)
    people = []
    for n, (first, last) in enumerate(NAMES):
        told = {"first_name": first, "last_name": last, "phone": f"+49301234{n}0",
                "company_name": f"Werk {n} GmbH", "city": "Berlin"}  # fmt: skip
        people.append(contact(n, email=f"{first.lower()}@werk{n}.com", consent="granted", **told))
        people.append(contact(50 + n, email=f"{first[0].lower()}.{last[:4].lower()}@werk{n}.com",
                              consent="denied" if n == 0 else None, **told))  # fmt: skip
    fill(engine, contacts, *people)
    fill(engine, events, *(
        {"contact_id": one["id"], "type": "email_open", "occurred_at": n, "key": f"k{n}"}
        for n, one in enumerate(people)))  # fmt: skip
    fill(engine, suppressions, {"email": people[3]["email"], "reason": "unsubscribed", "at": 1})
    yield engine
    engine.dispose()


def test_what_was_found_is_merged_and_comes_back(engine, clock) -> None:
    before = snapshot(engine)
    merges = find_duplicates(engine, "contact")
    assert len(merges) == len(NAMES)
    done = Merged(LocalRecords(engine, clock), *merges)
    assert all(isinstance(one, str) for one in done.outcomes.values()), done.outcomes
    with engine.connect() as connection:
        kept = connection.execute(sa.select(contacts)).all()
        barred = set(connection.scalars(sa.select(suppressions.c.email)))
        owners = list(connection.scalars(sa.select(events.c.contact_id)))
    assert len(kept) == len(NAMES)
    assert sorted(owners) == sorted(2 * [one.id for one in kept])
    (ines,) = (one for one in kept if one.first_name == "Ines")
    (bram,) = (one for one in kept if one.first_name == "Bram")
    assert ines.consent == "denied"
    assert bram.email in barred
    assert "granted" not in {one.consent for one in kept}
    assert all(isinstance(one, str) for one in done.back().values())
    assert snapshot(engine) == before
