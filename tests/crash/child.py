"""What the crash tests run in processes of their own: `python -m tests.crash.child ROLE ARGS`.

Roles: `flow` asks, approves and works until all is done, going on from wherever an earlier process
was killed; `race` presses one button on command; `serve` is a worker that works until it is killed.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
import threading
import time
import warnings
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event

from gates import State, Verb
from placet.clock import SystemClock
from placet.errors import PlacetError
from tests.support import ANA, BEN, FENCES, Street, paint
from tests.worlds import PaintWorld, proposed
from tools.execution import Later

warnings.simplefilter("ignore")
_SOON = timedelta(seconds=0.3)


class DiskStreet(Street):
    """A street that outlives every process: one row per coat of paint, one per key."""

    def __init__(self, path: Path, *, pause: float = 0.0) -> None:
        super().__init__()
        self.path, self.pause = path, pause
        with self._open() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS coats (key TEXT PRIMARY KEY, fence TEXT)"
            )
            connection.execute("CREATE TABLE IF NOT EXISTS calls (pid INTEGER, at REAL)")
            connection.execute("CREATE TABLE IF NOT EXISTS put_off (fence TEXT PRIMARY KEY)")
        if (path.parent / "later").exists():
            self.says = self._put_off_once

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        return connection

    def paint(self, key: str, fence: str, colour: str) -> None:
        if self.pause:
            time.sleep(self.pause)
        with self._open() as connection:
            connection.execute("INSERT OR IGNORE INTO coats VALUES (?, ?)", (key, fence))
            connection.execute("INSERT INTO calls VALUES (?, ?)", (os.getpid(), time.time()))
        connection.close()

    def _put_off_once(self, _key: str, fence: str) -> Later | None:
        """Say "not now" the first time somebody comes for one fence in seven."""
        if fence[-4:].isdecimal() and int(fence[-4:]) % 7 == 3:
            connection = self._open()
            new = connection.execute("INSERT OR IGNORE INTO put_off VALUES (?)", (fence,)).rowcount
            connection.close()
            if new:
                return Later(until=SystemClock().now() + _SOON, why="It is wet.")
        return None

    @property
    def keys(self) -> set[str]:  # type: ignore[override]
        connection = self._open()
        found = {key for (key,) in connection.execute("SELECT key FROM coats")}
        connection.close()
        return found

    @keys.setter
    def keys(self, _value: set[str]) -> None:
        pass


class Bomb:
    """Kills this process at the n-th commit: just before it, or just after."""

    def __init__(self, at: int, *, after: bool) -> None:
        self.left, self.after, self.count = at, after, 0
        self.lock = threading.Lock()
        event.listen(sa.engine.Engine, "commit", self._commit)
        event.listen(sa.pool.Pool, "checkin", self._back)
        self.due = False

    def _commit(self, connection: sa.Connection) -> None:
        with self.lock:
            self.count += 1
            if self.count == self.left:
                if self.after:
                    self.due = True
                else:
                    os.kill(os.getpid(), signal.SIGKILL)

    def _back(self, *_: object) -> None:
        if self.due:
            os.kill(os.getpid(), signal.SIGKILL)


def flow(url: str, home: str, fences: int, kill_at: int, after: bool) -> None:
    """Go on from wherever it stands, to the end."""
    names = tuple(f"fence-{n:04}" for n in range(fences)) if fences else FENCES
    street = DiskStreet(Path(home) / "street.db")
    world = PaintWorld(url, Path(home), SystemClock(), street=street, migrate=False)
    world.agent.run = lambda **_: _drafted(names)  # type: ignore[method-assign]
    bomb = Bomb(kill_at, after=after)
    with world.engine.connect() as connection:
        asked = connection.scalar(sa.text("SELECT count(*) FROM placet_requests"))
    if not asked:
        world.desk.ask("green", person=ANA, place="test")
    world.work()
    for draft in world.desk.drafts(state=State.PENDING):
        world.press(draft.revision.draft_id, Verb.APPROVE, BEN)
    world.work()
    while world.desk.drafts(state=State.EXECUTING):  # what was put off is due in a moment
        time.sleep(_SOON.total_seconds() / 2)
        world.work()
    print(json.dumps({"commits": bomb.count}))
    world.close()


def _drafted(names: tuple[str, ...]):
    from agents.port import Drafted

    return Drafted(reply="Here.", proposed=(proposed(paint(names), names),))


def race(url: str, home: str, verb: str) -> None:
    """Press `verb` on each draft that standard input names, and say how it went."""
    world = PaintWorld(url, Path(home), SystemClock(), migrate=False)
    world.draft  # noqa: B018 - everything is loaded before the race begins
    print("ready", flush=True)
    for line in sys.stdin:
        try:
            said = world.press(line.strip(), Verb(verb), BEN).words
            won = True
        except PlacetError as error:
            said, won = str(error), False
        print(json.dumps({"won": won, "said": said}), flush=True)
    world.engine.dispose()


def serve(url: str, home: str, pause: float) -> None:
    """Work until killed."""
    street = DiskStreet(Path(home) / "street.db", pause=pause)
    world = PaintWorld(url, Path(home), SystemClock(), street=street, migrate=False)
    worker = world.worker()
    print(worker.start(prefix="worker"), flush=True)
    worker.run()


if __name__ == "__main__":
    role, rest = sys.argv[1], sys.argv[2:]
    if role == "flow":
        flow(rest[0], rest[1], int(rest[2]), int(rest[3]), rest[4] == "after")
    elif role == "race":
        race(*rest)
    else:
        serve(rest[0], rest[1], float(rest[2]))
