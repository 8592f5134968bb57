"""The scheduled audit runs beside the sweeps, in one worker at a time, and stops when told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from gates import State
from gates.policy import read_policy
from placet.clock import FixedClock
from placet.store.auditing import Auditor
from placet.store.audits import next_run
from placet.store.sweeps import Sweeper
from tests.support import ANA, HOUR, paint
from tests.worlds import PaintWorld
from tools.crm.local.migrate import upgrade
from tools.sql import create_engine

LONG = 30.0  # seconds; nothing waits for so long unless it is broken
LEASE = timedelta(minutes=30)
POLICY = read_policy(
    'default_person = "ana"\n[people.ana]\nuser = "ana"\nadmin = true\n'
    '[rules.paint]\napprovers = ["ana"]\nneed = 1\nneed_flagged = 1\nexpires_hours = 48\n'
)


@pytest.fixture
def world(database_url, tmp_path, clock):
    made = PaintWorld(database_url, tmp_path, clock)
    yield made
    made.close()


@pytest.fixture
def auditors(world, tmp_path, clock: FixedClock):
    """Two workers' auditors over an empty CRM; the first turn is due."""
    crm = create_engine(f"sqlite:///{tmp_path / 'crm.db'}")
    upgrade(crm)

    def auditor() -> Auditor:
        return Auditor(
            engine=world.engine, crm=crm, desk=lambda: world.desk, policy=POLICY, clock=clock,
            timezone="UTC",
        )  # fmt: skip

    one, other = auditor(), auditor()
    set_up(one, clock)
    yield one, other
    crm.dispose()


def set_up(auditor: Auditor, clock: FixedClock) -> None:
    auditor.audits.set_schedule("daily", person=ANA, place=None, now=clock.now(), timezone="UTC")
    clock.move(24 * HOUR)


def swept_by(world: PaintWorld, audit: Callable[[Callable[[], bool]], int]) -> Sweeper:
    return Sweeper(
        book=world.book, gate=world.gate, runner=world.runner, executor=world.executor,
        clock=world.clock, forget_thread=world.forgotten.append, audit_due=audit,
    )  # fmt: skip


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


class Slow:
    """An audit that goes on until it is let go or told to stop; counts how many began."""

    def __init__(self) -> None:
        self.began, self.stopped = 0, False
        self.at_it, self.go = threading.Event(), threading.Event()

    def run(self, stopping: Callable[[], bool]) -> int:
        self.began += 1
        self.at_it.set()
        until(lambda: self.go.is_set() or stopping())
        self.stopped = stopping()
        return 1


def test_a_slow_audit_holds_up_neither_sweeps_nor_what_is_due_nor_the_stop(
    world: PaintWorld, clock: FixedClock
) -> None:
    slow = Slow()
    world.sweeper = swept_by(world, slow.run)
    due = world.open(paint(at=clock.now() + timedelta(hours=1)))
    late = world.open(paint(colour="red"))
    world.press(due, "approve")
    worker = world.worker()
    worker.start(prefix="worker")
    running = threading.Thread(target=worker.run)
    running.start()
    try:
        assert slow.at_it.wait(LONG)
        clock.move(HOUR)
        until(lambda: world.draft(due).state is State.EXECUTED)
        clock.move(72 * HOUR)
        until(lambda: world.draft(late).state is State.EXPIRED)
        assert slow.began == 1
        assert not slow.go.is_set()
    finally:
        worker.stop()
        running.join(LONG)
    assert not running.is_alive()
    assert slow.stopped
    assert slow.began == 1


def test_drain_waits_for_the_audit_that_is_due(world: PaintWorld) -> None:
    turns = [1, 0]
    world.sweeper = swept_by(world, lambda _stopping: turns.pop(0))
    world.work()
    assert turns == []


def test_a_turn_is_held_while_it_is_worked_on_and_nobody_else_takes_it(
    auditors: tuple[Auditor, Auditor], clock: FixedClock
) -> None:
    one, other = auditors
    others: list[int] = []

    def meanwhile() -> bool:  # asked between any two parts of the audit
        clock.move(timedelta(minutes=16))
        others.append(other.run_due())
        return False

    assert one.run_due(meanwhile) == 1
    assert len(others) * timedelta(minutes=16) > LEASE
    assert set(others) == {0}
    assert len(one.audits.history()) == 1


def test_whoever_stood_still_for_too_long_finds_the_turn_taken_and_does_nothing(
    auditors: tuple[Auditor, Auditor], clock: FixedClock, world: PaintWorld
) -> None:
    one, other = auditors
    others: list[int] = []

    def stand_still() -> bool:
        if not others:
            clock.move(LEASE)
            others.append(other.run_due())
        return False

    assert one.run_due(stand_still) == 0
    assert others == [1]
    assert len(one.audits.history()) == 1
    schedule = one.audits.schedule()
    assert schedule is not None
    assert schedule.next_at == next_run("daily", clock.now(), "UTC")
    assert posts(world) == 1


def test_a_worker_that_stops_lets_go_of_the_turn(
    auditors: tuple[Auditor, Auditor], clock: FixedClock
) -> None:
    one, other = auditors
    assert one.run_due(lambda: True) == 0
    assert one.audits.history() == []
    assert other.run_due() == 1, "at once, and not after the lease"
    assert one.run_due() == 0


def test_whoever_has_lost_a_turn_neither_holds_it_longer_nor_lets_go_of_it(
    auditors: tuple[Auditor, Auditor], clock: FixedClock
) -> None:
    audits, now = auditors[0].audits, clock.now()
    mine = now + LEASE
    turn = audits.claim(now, until=mine)
    assert turn is not None
    theirs: datetime = mine + LEASE
    assert audits.claim(mine, until=theirs) is not None
    assert not audits.hold(turn, since=mine, until=theirs + LEASE)
    assert not audits.hold(turn, since=mine, until=None)
    assert audits.claim(mine, until=theirs) is None
    assert audits.hold(turn, since=theirs, until=None)


def posts(world: PaintWorld) -> int:
    query = sa.text("SELECT count(*) FROM placet_outbox WHERE kind = 'audit'")
    with world.engine.connect() as connection:
        return connection.scalar(query) or 0
