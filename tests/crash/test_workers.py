"""Two workers on PostgreSQL: one killed, one stopped and woken; nothing is lost or done twice."""

import signal
import sqlite3
import time

import pytest

from gates import State, Verb
from placet.clock import SystemClock
from tests.conftest import FULL
from tests.crash.test_kill import check_whole, child, coats
from tests.support import BEN, paint
from tests.worlds import PaintWorld


@pytest.fixture
def world(postgres_url, tmp_path):
    made = PaintWorld(postgres_url, tmp_path, SystemClock())
    yield made
    made.close()


@pytest.fixture
def serve(world, tmp_path):
    """Start workers; whatever becomes of the test, none outlives it, stopped ones neither."""
    started = []

    def start():
        started.append(child("serve", world.url, tmp_path, 0.02))
        return started[-1]

    yield start
    for process in started:
        if not process.stdout.closed:
            process.kill()
            process.communicate()


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("how", "later"),
    [(signal.SIGKILL, False), (signal.SIGSTOP, True), *([(signal.SIGSTOP, False)] if FULL else [])],
)
def test_another_worker_takes_over(world, tmp_path, serve, how, later) -> None:
    if later:  # one fence in seven is put off the first time
        (tmp_path / "later").touch()
    fences = tuple(f"fence-{n:04}" for n in range(200))
    first = serve()
    assert first.stdout is not None
    assert first.stdout.readline() == "worker-1\n"
    second = serve()
    assert second.stdout is not None
    assert second.stdout.readline() == "worker-2\n"
    draft_id = world.open(paint(fences), fences=fences)
    world.press(draft_id, Verb.APPROVE, BEN)
    _wait(lambda: len(_painters(tmp_path)) == 1, 20)
    (busy,) = _painters(tmp_path)
    victim, other = (first, second) if first.pid == busy else (second, first)
    _signal(victim, how, tmp_path)
    stopped = time.monotonic()
    _wait(lambda: other.pid in _painters(tmp_path), 90)
    assert time.monotonic() - stopped < 10
    if how is signal.SIGSTOP:
        victim.send_signal(signal.SIGCONT)
    _wait(lambda: world.draft(draft_id).state is State.EXECUTED, 60)
    time.sleep(1.0)  # whatever the woken one still does
    for process in (first, second):
        process.kill()
        process.communicate()
    assert len(coats(tmp_path)) == len(fences)
    check_whole_run(world, tmp_path, len(fences))


def _signal(victim, how, home) -> None:
    """Stop a worker, but not while it holds the street's own lock: nobody could paint then.

    The lock is SQLite's and is the test's affair: a destination does not stand still with us.
    """
    connection = sqlite3.connect(home / "street.db", timeout=30, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    victim.send_signal(how)
    time.sleep(0.2)  # until it is stopped
    connection.execute("ROLLBACK")
    connection.close()


def check_whole_run(world: PaintWorld, home, fences: int) -> None:
    check_whole(world, home, fences)


def _painters(home) -> set[int]:
    if not (home / "street.db").exists():
        return set()
    connection = sqlite3.connect(home / "street.db")
    try:
        return {pid for (pid,) in connection.execute("SELECT DISTINCT pid FROM calls")}
    except sqlite3.OperationalError:
        return set()
    finally:
        connection.close()


def _wait(until, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if until():
            return
        time.sleep(0.05)
    raise AssertionError(f"it did not happen within {seconds} s")
