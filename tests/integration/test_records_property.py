"""Compare-and-set against a model: any values, any edits, any order, any changes in between."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from placet.clock import FixedClock
from tests.conftest import FULL, NOW
from tests.records import contact, fill, permit_for
from tools.crm.local import migrate
from tools.crm.local.records import LocalRecords
from tools.crm.local.schema import contacts, effects, former_emails, suppressions, topics
from tools.crm.port import FieldSet, RecordEdit
from tools.records.undoing import back
from tools.sql import create_engine

FIELDS = ("phone", "city", "lead_score", "email")
WORD = st.text("aÉ山ب\u2028'\"%", min_size=1, max_size=3)
VALUES = {
    "phone": st.one_of(st.none(), WORD),
    "city": st.one_of(st.none(), WORD),
    "lead_score": st.one_of(st.none(), st.integers(-9, 9).map(str)),
    "email": st.sampled_from([f"{one}@x.example" for one in "abcdefgh"]),
}


@st.composite
def worlds(draw):
    """Up to four contacts, edits of them, and what somebody else writes in between."""
    emails = draw(st.lists(VALUES["email"], min_size=1, max_size=4, unique=True))
    people = {
        f"c_{n}": {"email": one} | {f: draw(VALUES[f]) for f in FIELDS if f != "email"}
        for n, one in enumerate(emails)
    }
    edits = {}
    for record, row in people.items():
        fields = draw(st.sets(st.sampled_from(FIELDS)))
        edits[record] = {
            f: (row[f] if draw(st.integers(0, 4)) else draw(VALUES[f]), draw(VALUES[f]))
            for f in sorted(fields)
        }
    meanwhile = draw(st.dictionaries(
        st.sampled_from(sorted(people)),
        st.tuples(st.sampled_from(FIELDS[:2]), st.just("by hand")), max_size=2,
    ))  # fmt: skip
    return people, {one: edit for one, edit in edits.items() if edit}, meanwhile


def model(people, edits):
    """Say what the CRM must hold afterwards, and whose edit must be refused."""
    state, refused = {one: dict(row) for one, row in people.items()}, set()
    taken = {row["email"] for row in people.values()}
    for record, edit in edits.items():
        row = state[record]
        blank = any(after is not None and not after.strip() for _, after in edit.values())
        stale = any(row[field] != before for field, (before, _) in edit.items())
        wanted = edit.get("email", (None, None))[1]
        clash = wanted is not None and wanted != row["email"] and wanted in taken
        if blank or stale or clash:
            refused.add(record)
            continue
        taken |= {wanted}
        row.update({field: after for field, (_, after) in edit.items()})
    return state, refused


@pytest.fixture(scope="module")
def scratch() -> Iterator[sa.Engine]:
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'crm.db'}")
        migrate.upgrade(engine)
        yield engine
        engine.dispose()


def stored(engine: sa.Engine) -> dict[str, dict[str, object]]:
    with engine.connect() as connection:
        return {row["id"]: dict(row) for row in connection.execute(sa.select(contacts)).mappings()}


def shown(rows):
    return {
        one: {f: None if row[f] is None else str(row[f]) for f in FIELDS}
        for one, row in rows.items()
    }


@settings(max_examples=500 if FULL else 40, deadline=None)
@given(world=worlds())
def test_a_batch_does_what_the_model_says_once_and_comes_back(scratch, world) -> None:
    people, edits, meanwhile = world
    with scratch.begin() as connection:
        for table in (former_emails, suppressions, topics, effects, contacts):
            connection.execute(table.delete())
    fill(scratch, contacts, *(
        contact(n, id=one, **{f: int(v) if f == "lead_score" and v else v for f, v in row.items()})
        for n, (one, row) in enumerate(people.items())))  # fmt: skip
    before, clock = stored(scratch), FixedClock(NOW)
    records, permit = LocalRecords(scratch, clock), permit_for(clock)
    keyed = [
        (permit.key(one), RecordEdit(record=one, sets=tuple(
            FieldSet(field=field, before=was, after=becomes)
            for field, (was, becomes) in edit.items())))
        for one, edit in edits.items()
    ]  # fmt: skip
    said = records.change_records(permit, subject="contact", edits=keyed)
    expected, refused = model(people, edits)
    assert shown(stored(scratch)) == expected
    assert {one for one, outcome in said.items() if not isinstance(outcome, str)} == refused
    after = stored(scratch)
    again = records.change_records(
        permit, subject="contact",
        edits=[one for one in keyed if one[1].record not in refused],
    )  # fmt: skip
    assert again == {one: said[one] for one in again}
    assert stored(scratch) == after
    _undo(scratch, records, clock, said, meanwhile, before)


def _undo(scratch, records, clock, said, meanwhile, before) -> None:
    results = {one: outcome for one, outcome in said.items() if isinstance(outcome, str)}
    with scratch.begin() as connection:
        for one, (field, value) in meanwhile.items():
            change = contacts.update().where(contacts.c.id == one).values({field: value})
            connection.execute(change)
    permit = permit_for(clock, "dr_2")
    undone = records.change_records(permit, subject="contact", edits=[
        (permit.key(one), RecordEdit(record=one, sets=back(result), undoes=result))
        for one, result in results.items()
    ])  # fmt: skip
    now = stored(scratch)
    for one, outcome in undone.items():
        touched = meanwhile.get(one, ("", ""))[0] in json.loads(results[one])["fields"]
        if isinstance(outcome, str) and one not in meanwhile:
            assert now[one] == before[one]  # byte for byte, `updated_at` too
        assert isinstance(outcome, str) is not touched or "address" in str(outcome)
