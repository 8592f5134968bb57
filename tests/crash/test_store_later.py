"""kill -9 while items are put off, and around a stop: nothing lost, nothing twice, nothing new."""

from __future__ import annotations

import json
import signal
import time

import pytest

from gates import State, Verb
from placet.clock import SystemClock
from placet.store.views import read_receipts
from tests.conftest import FULL
from tests.crash.test_kill import _forget, _safe, check_whole, child, coats, finished
from tests.support import ANA, BEN, FENCES, paint
from tests.worlds import PaintWorld


@pytest.fixture
def world(database_url, tmp_path):
    (tmp_path / "later").touch()
    made = PaintWorld(database_url, tmp_path, SystemClock())
    yield made
    made.close()


def test_killed_at_any_commit_while_an_item_is_put_off(world, tmp_path) -> None:
    whole = child("flow", world.url, tmp_path, 0, 0, "before")
    commits = json.loads(finished(whole))["commits"]
    check_whole(world, tmp_path, len(FENCES))
    points = [(at, when) for at in range(1, commits + 1) for when in ("before", "after")]
    last = points[len(points) // 2 :]  # the earlier ones are those of every run
    for at, when in points if FULL else last[3 :: len(last) // 2]:
        _forget(world, tmp_path)
        killed = child("flow", world.url, tmp_path, 0, at, when)
        killed.communicate(timeout=120)
        assert killed.returncode in (-signal.SIGKILL, 0), (at, when)
        finished(child("flow", world.url, tmp_path, 0, 0, "before"))
        check_whole(world, tmp_path, len(FENCES))


def test_a_long_run_with_items_put_off_is_killed_three_times(world, tmp_path) -> None:
    fences = 84
    for _ in range(3):
        before = len(_safe(tmp_path)) if (tmp_path / "street.db").exists() else 0
        running = child("flow", world.url, tmp_path, fences, 0, "before")
        until = time.monotonic() + 60
        while time.monotonic() < until and running.poll() is None:
            time.sleep(0.02)
            if (tmp_path / "street.db").exists() and len(_safe(tmp_path)) > before + 10:
                break
        running.kill()
        running.communicate()
    finished(child("flow", world.url, tmp_path, fences, 0, "before"))
    check_whole(world, tmp_path, fences)


def test_a_stop_holds_although_its_worker_is_killed_at_once(world, tmp_path) -> None:
    fences = tuple(f"fence-{n:04}" for n in range(300))
    first = child("serve", world.url, tmp_path, 0.02)
    assert first.stdout is not None
    assert first.stdout.readline().startswith("worker-")
    draft_id = world.open(paint(fences), fences=fences)
    world.press(draft_id, Verb.APPROVE, BEN)
    _wait(lambda: len(_safe(tmp_path)) > 20)
    world.press(draft_id, Verb.STOP, ANA)
    first.kill()
    first.communicate()
    painted = coats(tmp_path)
    second = child("serve", world.url, tmp_path, 0.0)
    _wait(lambda: world.draft(draft_id).state is State.PARTIAL)
    second.kill()
    second.communicate()
    assert coats(tmp_path) == painted  # nothing was begun after the stop
    with world.engine.connect() as connection:
        (receipt,) = read_receipts(connection)
    body = receipt["body"]
    assert body["done"] == len(painted) + 1
    assert (body["failed"], body["unknown"]) == (0, 0)
    assert body["left"] == len(fences) - len(painted)
    assert f"stopped by @ana ({body['left']})" in body["note"]


def _wait(until, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, f"it did not happen within {seconds} s"
        time.sleep(0.02)
