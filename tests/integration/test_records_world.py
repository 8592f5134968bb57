"""Fixes and merges through the gate and the runner: approved, carried out, counted, undone."""

from datetime import timedelta

import pytest

from gates import State
from gates.sections import read_sections
from placet.clock import FixedClock
from placet.errors import Conflict, NotAllowed
from tests.conftest import NOW
from tests.record_worlds import RecordWorld
from tests.records import change, fill, snapshot
from tools.crm.local.catalogue import build_catalogue
from tools.crm.local.schema import contacts, events
from tools.hygiene.duplicates.plan import Merge
from tools.records.drafting import fix, merge

PEOPLE = 120


@pytest.fixture
def world(database_url, tmp_path):
    crm = f"sqlite:///{tmp_path / 'crm.db'}" if database_url.startswith("sqlite") else database_url
    made = RecordWorld(database_url, crm, tmp_path, FixedClock(NOW), people=PEOPLE)
    yield made
    made.close()


def by_hand(world, record: str, **values) -> None:
    with world.crm.begin() as connection:
        connection.execute(contacts.update().where(contacts.c.id == record).values(**values))


def carried_out(world, draft_id: str):
    world.approve(draft_id)
    world.work()
    return world.draft(draft_id)


def test_a_batch_skips_and_names_what_changed_and_its_undo_too(world) -> None:
    before = snapshot(world.crm)
    draft_id = world.open(world.fixes(PEOPLE))
    by_hand(world, "c_000000", phone="030 new")  # the first of all, and within the tolerance
    fixed = carried_out(world, draft_id)
    assert fixed.state is State.PARTIAL
    assert fixed.note == (
        "119 of 120 records were changed; 1 was not. Why: changed since: phone (1)."
    )
    assert world.results(draft_id)["c_000001"]["fields"]["phone"]["after"] == "+49301"
    world.clock.move(timedelta(hours=1))
    by_hand(world, "c_000007", phone="030 later")
    undo_id = world.undo(draft_id)
    undo = world.draft(undo_id).revision
    assert undo.summary.startswith("Puts back 118 of the 119 records that receipt rc_")
    (section,) = read_sections(undo.evidence)
    assert "1 changed or gone since" in next(one.value for one in section.facts if one.loud)
    assert section.table.rows[0] == ('c_000001 ("p1@x.example")', "phone", '"+49301"', '"030 1"')
    assert section.files[0].name == "receipt.ndjson"
    assert any('from "+49301" to "030 1"' in step for step in undo.evidence["steps"])
    assert carried_out(world, undo_id).state is State.PARTIAL
    now = snapshot(world.crm)["crm_contacts"]
    differing = {one[0] for one in set(now) ^ set(before["crm_contacts"])}
    assert differing == {"c_000000", "c_000007"}
    redo = world.undo(undo_id)  # the change is made again, once
    assert carried_out(world, redo).state is State.EXECUTED
    with pytest.raises(Conflict):
        world.undo(undo_id)


def test_beyond_the_tolerance_nothing_runs(world) -> None:
    draft_id = world.open(world.fixes(PEOPLE))
    for number in range(3):
        by_hand(world, f"c_{number:06}", phone="030 new")
    before = snapshot(world.crm)
    stale = carried_out(world, draft_id)
    assert stale.state is State.STALE
    assert "3 of 120 records were changed since and 0 are gone" in str(stale.note)
    assert snapshot(world.crm) == before


def test_a_sensitive_batch_needs_two(world) -> None:
    draft_id = world.open(
        fix([change("c_000001", "lifecycle_stage", None, "customer")], build_catalogue())
    )
    assert world.draft(draft_id).revision.flags == ("changes the lifecycle stage of 1 record",)
    assert carried_out(world, draft_id).state is State.EXECUTED


def test_merges_are_carried_out_and_taken_apart(world) -> None:
    fill(world.crm, events, *(
        {"contact_id": f"c_{n:06}", "type": "email_open", "occurred_at": n, "key": f"k{n}"}
        for n in range(PEOPLE)))  # fmt: skip
    before = snapshot(world.crm)
    pairs = [(f"c_{n:06}", f"c_{n + 1:06}") for n in range(0, PEOPLE, 2)]
    seen = world.records.fingerprints("contact", [f"c_{n:06}" for n in range(PEOPLE)])
    batch = merge(
        Merge(survivor=kept, losers=(gone,), subject="contact", fields={}, lost={},
              confidence=1.0, tier="exact", evidence=(), seen={kept: seen[kept], gone: seen[gone]})
        for kept, gone in pairs
    )  # fmt: skip
    draft_id = world.open(batch)
    recipe = world.handlers["merge_records"].manual_steps(batch.action, batch.members)
    assert recipe[0] == "In crm:local, merge 60 groups of duplicates:"
    assert '"p1@x.example"' in recipe[1]
    done = carried_out(world, draft_id)
    assert (done.state, done.note) == (State.EXECUTED, "All 60 groups were merged.")
    assert len(snapshot(world.crm)["crm_contacts"]) == PEOPLE // 2
    undo_id = world.undo(draft_id)
    back = carried_out(world, undo_id)
    assert (back.state, back.note) == (State.EXECUTED, "All 60 merges were taken apart.")
    assert snapshot(world.crm) == before
    with pytest.raises(NotAllowed, match="look for the duplicates again"):
        world.undo(undo_id)
    assert world.desk.drafts(state=State.PENDING) == []
