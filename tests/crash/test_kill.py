"""kill -9 at every commit from request to receipt: nothing is lost and nothing happens twice."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gates import State
from gates.ledger import verify
from placet.clock import SystemClock
from placet.store.ledger import read_entries, read_head
from placet.store.views import read_receipts
from tests.conftest import FULL
from tests.support import FENCES, KEY
from tests.worlds import PaintWorld

ROOT = Path(__file__).parents[2]


def child(*args: object, **popen: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.crash.child", *map(str, args)]
    return subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **popen
    )


def finished(process: subprocess.Popen[str], timeout: float = 120) -> str:
    out, err = process.communicate(timeout=timeout)
    assert process.returncode == 0, err[-2000:]
    return out


def coats(home: Path) -> list[str]:
    connection = sqlite3.connect(home / "street.db")
    found = [fence for (fence,) in connection.execute("SELECT fence FROM coats ORDER BY fence")]
    connection.close()
    return found


def check_whole(world: PaintWorld, home: Path, fences: int) -> None:
    (draft,) = world.desk.drafts()
    assert draft.state is State.EXECUTED
    painted = coats(home)
    assert len(painted) == fences
    assert len(set(painted)) == fences
    with world.engine.connect() as connection:
        (receipt,) = read_receipts(connection)
        assert receipt["body"]["done"] == fences + 1
        entries = list(read_entries(connection))
        assert verify(entries, key=KEY) == read_head(connection)
    assert [entry.event for entry in entries] == [
        "draft.opened", "draft.approved", "run.started", "run.executed",
    ]  # fmt: skip


@pytest.fixture
def world(database_url, tmp_path):
    made = PaintWorld(database_url, tmp_path, SystemClock())
    yield made
    made.close()


def test_killed_at_any_commit_it_goes_on_and_does_everything_once(world, tmp_path) -> None:
    whole = child("flow", world.url, tmp_path, 0, 0, "before")
    commits = json.loads(finished(whole))["commits"]
    check_whole(world, tmp_path, len(FENCES))
    points = [(at, when) for at in range(1, commits + 1) for when in ("before", "after")]
    chosen = points if FULL else points[3 :: len(points) // 5]
    for at, when in chosen:
        _forget(world, tmp_path)
        killed = child("flow", world.url, tmp_path, 0, at, when)
        killed.communicate(timeout=120)
        assert killed.returncode in (-signal.SIGKILL, 0), (at, when)
        finished(child("flow", world.url, tmp_path, 0, 0, "before"))
        check_whole(world, tmp_path, len(FENCES))
    print(f"killed at {len(chosen)} of {len(points)} places")


def _forget(world: PaintWorld, home: Path) -> None:
    """Empty both worlds, faster than making them anew."""
    import sqlalchemy as sa

    tables = (
        "placet_receipts", "placet_items", "placet_permits",
        "placet_revisions", "placet_drafts", "placet_requests",
        "placet_ledger", "placet_ledger_head", "placet_workers",
    )  # fmt: skip
    with world.engine.begin() as connection:
        for table in tables:
            connection.execute(sa.text(f"DELETE FROM {table}"))
        prefix = "dbos." if connection.dialect.name == "postgresql" else ""
        connection.execute(sa.text(f"DELETE FROM {prefix}operation_outputs"))
        connection.execute(sa.text(f"DELETE FROM {prefix}workflow_status"))
    for file in home.glob("street.db*"):
        file.unlink()


def test_a_long_run_survives_being_killed_in_the_middle_again_and_again(world, tmp_path) -> None:
    fences = 1000
    for delay in (1.2, 1.6, 2.0) if not FULL else (1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.7, 1.9, 2.1):
        running = child("flow", world.url, tmp_path, fences, 0, "before")
        until = time.monotonic() + 60
        before = len(coats(tmp_path)) if (tmp_path / "street.db").exists() else 0
        while time.monotonic() < until and running.poll() is None:  # wait for the first new effect
            time.sleep(0.02)
            if (tmp_path / "street.db").exists() and len(_safe(tmp_path)) > before:
                break
        time.sleep(delay - 1.0)
        running.kill()
        running.communicate()
    assert len(coats(tmp_path)) > 0
    finished(child("flow", world.url, tmp_path, fences, 0, "before"))
    check_whole(world, tmp_path, fences)


def _safe(home: Path) -> list[str]:
    try:
        return coats(home)
    except sqlite3.OperationalError:
        return []
