"""Worker slots: stable names that at most one living process holds.

A slot is held by a lock that dies with its process (a file lock beside SQLite, a session advisory
lock in PostgreSQL) and kept warm by a heartbeat row, because a stopped process keeps its locks. A
slot is dead where its lock is free or its heartbeat is cold; its jobs are then handed back to the
queue.
"""

from __future__ import annotations

import fcntl
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from placet.errors import OperatorError
from placet.ids import new_id

from .schema import workers

__all__ = ["COLD_AFTER", "Slot", "Slots", "open_slots"]

COLD_AFTER = timedelta(seconds=5)
_MOST = 64


class _Locks(Protocol):
    def take(self, slot: str) -> bool: ...

    def is_free(self, slot: str) -> bool: ...

    def release(self) -> None: ...


class _FileLocks:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, int] = {}

    def take(self, slot: str) -> bool:
        self._folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._folder / f"{slot}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._held[slot] = descriptor
        return True

    def is_free(self, slot: str) -> bool:
        if slot in self._held or not self.take(slot):
            return False
        os.close(self._held.pop(slot))
        return True

    def release(self) -> None:
        for descriptor in self._held.values():
            os.close(descriptor)
        self._held.clear()


class _AdvisoryLocks:
    """One connection of its own holds every lock; where it breaks, the locks are gone with it."""

    def __init__(self, engine: sa.Engine) -> None:
        self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._held: set[str] = set()

    def take(self, slot: str) -> bool:
        taken = bool(self._call("pg_try_advisory_lock", slot))
        if taken:
            self._held.add(slot)
        return taken

    def is_free(self, slot: str) -> bool:
        if slot in self._held or not self._call("pg_try_advisory_lock", slot):
            return False
        self._call("pg_advisory_unlock", slot)
        return True

    def release(self) -> None:
        self._connection.invalidate()  # closes the session, and so frees the locks
        self._connection.close()

    def _call(self, function: str, slot: str) -> bool:
        query = sa.text(f"SELECT {function}(hashtext('placet-slot'), hashtext(:slot))")
        return bool(self._connection.scalar(query, {"slot": slot}))


class Slot:
    """A held slot: beats while its worker lives."""

    def __init__(self, name: str, engine: sa.Engine, version: str) -> None:
        self.name = name
        self._engine, self._version = engine, version
        self._life = new_id("lf")

    def beat(self, at: datetime) -> None:
        """Say that the worker is alive."""
        values = {"life": self._life, "beat_at": at, "version": self._version}
        with self._engine.begin() as connection:
            done = connection.execute(
                workers.update().where(workers.c.slot == self.name).values(values)
            )
            if done.rowcount == 0:
                connection.execute(workers.insert().values(slot=self.name, **values))

    def leave(self) -> None:
        """Say that the worker ended in good order."""
        with self._engine.begin() as connection:
            connection.execute(workers.delete().where(workers.c.slot == self.name))


class Slots:
    """Takes slots, and finds those whose worker died or was stopped."""

    def __init__(self, engine: sa.Engine, locks: _Locks, version: str) -> None:
        self._engine, self._locks, self._version = engine, locks, version

    def acquire(self, prefix: str) -> Slot:
        """Take the first free slot of this prefix: `worker-1`, `worker-2`, ...

        Raises:
            OperatorError: all are taken.
        """
        for number in range(1, _MOST + 1):
            name = f"{prefix}-{number}"
            if self._locks.take(name):
                return Slot(name, self._engine, self._version)
        raise OperatorError(f"All {_MOST} worker slots {prefix}-… are taken; stop a worker first.")

    def dead(self, *, now: datetime, but: str) -> list[str]:
        """Return the slots, other than `but`, whose worker is dead or stands still."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(workers.c.slot, workers.c.beat_at)).all()
        return [
            slot
            for slot, beat_at in rows
            if slot != but and (now - beat_at > COLD_AFTER or self._locks.is_free(slot))
        ]

    def forget(self, slot: str) -> None:
        """Drop a dead slot's row, unless its process still holds the lock."""
        if self._locks.is_free(slot):
            with self._engine.begin() as connection:
                connection.execute(workers.delete().where(workers.c.slot == slot))

    def release(self) -> None:
        """Let go of every slot held here."""
        self._locks.release()


def open_slots(engine: sa.Engine, *, home: Path, version: str) -> Slots:
    """Return the slots of the engine's database."""
    if engine.dialect.name == "sqlite":
        database = Path(str(engine.url.database)).name
        return Slots(engine, _FileLocks(home / "slots" / database), version)
    return Slots(engine, _AdvisoryLocks(engine), version)
