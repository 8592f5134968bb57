"""Worlds that work: a worker over whatever a world is made of, as `placet work` runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import sqlalchemy as sa

from placet.clock import Clock
from placet.store.port import VERSION, Executor
from placet.store.run import Runner
from placet.store.slots import open_slots
from placet.store.sweeps import Sweeper
from placet.worker import ALL_KINDS, Worker


class Working:
    """What a world needs to work is set by its own `__init__`; `close` calls `stop_working`."""

    engine: sa.Engine
    home: Path
    clock: Clock
    executor: Executor
    runner: Runner
    sweeper: Sweeper
    _worker: Worker | None = None

    def bodies(self) -> Mapping[str, Callable[..., str]]:
        """What does each stage of a job: only what was approved is carried out, none is drafted."""
        return self.runner.bodies()

    def worker(self) -> Worker:
        return Worker(
            executor=self.executor,
            bodies=self.bodies(),
            slots=open_slots(self.engine, home=self.home, version=VERSION),
            sweeper=self.sweeper,
            clock=self.clock,
        )

    def work(self) -> None:
        """Do all that is due, as `placet work --drain` does."""
        if self._worker is None:
            self._worker = self.worker()
            self._worker.start(prefix="worker", kinds=ALL_KINDS)
        self._worker.drain()

    def stop_working(self) -> None:
        if self._worker is not None:
            self._worker.stop()
