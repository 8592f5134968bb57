"""kill -9 in the middle of a batch of fixes: each record is written once, and the undo is exact."""

import signal

import pytest
import sqlalchemy as sa

from gates import State
from placet.clock import SystemClock
from tests.conftest import FULL
from tests.crash.serving import started_workers, wait
from tests.record_worlds import RecordWorld, count_writes, writes
from tests.records import snapshot
from tools.crm.local.schema import contacts

PEOPLE, KILLS = (100_000, 5) if FULL else (3_000, 1)
CHANGED = 3


@pytest.fixture
def world(database_url, tmp_path):
    crm = f"sqlite:///{tmp_path / 'crm.db'}" if database_url.startswith("sqlite") else database_url
    made = RecordWorld(database_url, crm, tmp_path, SystemClock(), people=PEOPLE)
    yield made
    made.close()


@pytest.fixture
def serve(world, tmp_path):
    with started_workers() as start:
        yield lambda: start("tests.crash.records_child", world.url, world.crm_url, tmp_path)


def written(world) -> int:
    with world.crm.connect() as connection:
        return connection.scalar(sa.text("SELECT count(*) FROM writes")) or 0


def ended(world, draft_id: str) -> bool:
    return world.draft(draft_id).state not in (State.APPROVED, State.EXECUTING)


def run_killed(world, serve, draft_id: str, had: int) -> None:
    """Work on a draft, killed in the middle, until it has ended."""
    world.approve(draft_id)
    for kill in range(1, KILLS + 1):
        process = serve()
        mark = had + PEOPLE * kill // (KILLS + 1)
        wait(lambda mark=mark: written(world) >= mark, 900)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not ended(world, draft_id)
    process = serve()
    wait(lambda: ended(world, draft_id), 1_800)
    process.kill()
    process.wait()


def test_killed_in_the_middle_each_is_written_once_and_the_undo_is_exact(world, serve) -> None:
    before = snapshot(world.crm)
    count_writes(world.crm)
    draft_id = world.open(world.fixes(PEOPLE))
    run_killed(world, serve, draft_id, 0)
    assert world.draft(draft_id).state is State.EXECUTED
    assert writes(world.crm) == [(f"c_{n:06}", 1) for n in range(PEOPLE)]
    with world.crm.connect() as connection:
        phones = list(connection.scalars(sa.select(contacts.c.phone).order_by(contacts.c.id)))
    assert phones == [f"+4930{n}" for n in range(PEOPLE)]
    _undo_and_compare(world, serve, draft_id, before)


def _undo_and_compare(world, serve, draft_id: str, before) -> None:
    since = [f"c_{PEOPLE * n // (CHANGED + 1):06}" for n in range(1, CHANGED + 1)]
    with world.crm.begin() as connection:
        some = contacts.c.id.in_(since)
        connection.execute(contacts.update().where(some).values(phone="by hand"))
    undo_id = world.undo(draft_id)
    run_killed(world, serve, undo_id, PEOPLE + CHANGED)
    counted = dict(writes(world.crm))  # the fix, the hand and the undo, each once
    assert counted == {f"c_{n:06}": 2 for n in range(PEOPLE)}
    assert world.draft(undo_id).state is State.PARTIAL
    assert world.reasons(undo_id) == {"changed since: phone": CHANGED}
    was = {row[0]: row for row in before["crm_contacts"]}
    now = {row[0]: row for row in snapshot(world.crm)["crm_contacts"]}
    assert {one for one in was if was[one] != now[one]} == set(since)
