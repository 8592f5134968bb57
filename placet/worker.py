"""The worker: does what requests and decisions left to be done, and keeps the clocks.

One process holds one slot. It works the queues, beats each second, hands back the jobs of dead
slots, and sweeps; the scheduled audit and the watch over quality, which may take minutes, run
beside the sweeps. `drain` does all that is due and stops.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence

from placet.clock import Clock
from placet.errors import PlacetError
from placet.log import get_logger
from placet.store.aside import Aside
from placet.store.port import Executor
from placet.store.slots import Slot, Slots
from placet.store.sweeps import Sweeper
from placet.wiring import Placet

__all__ = ["ALL_KINDS", "Worker", "worker_for"]

ALL_KINDS = ("draft", "redraft", "execute")

_log = get_logger(__name__)
_TICK_SECONDS = 1.0
_SWEEP_EVERY = 5  # ticks
_HOURLY = 3_600  # ticks
_SETTLE_SECONDS, _LOOK_SECONDS = 0.05, 0.3
_GRACE_SECONDS = 10.0  # any one part of an audit is shorter, up to a million contacts


class Worker:
    """Works until it is stopped."""

    def __init__(
        self,
        *,
        executor: Executor,
        bodies: Mapping[str, Callable[..., str]],
        slots: Slots,
        sweeper: Sweeper,
        clock: Clock,
    ) -> None:
        self._executor, self._bodies, self._slots = executor, bodies, slots
        self._sweeper, self._clock = sweeper, clock
        self._slot: Slot | None = None
        self._stopping = threading.Event()
        self._ticker: threading.Thread | None = None
        self._asides = (
            Aside(sweeper.audit, name="the scheduled audit"),
            Aside(sweeper.watch, name="the watch over quality"),
        )

    def start(self, *, prefix: str, kinds: Sequence[str] = ALL_KINDS) -> str:
        """Take a slot and begin; returns the slot's name.

        Raises:
            OperatorError: all slots are taken.
        """
        strangers = self._executor.strangers()
        if strangers:
            _log.error(
                "%d unfinished job(s) of another version of Placet will not run here: %s",
                len(strangers),
                ", ".join(strangers[:3]),
            )
        self._slot = self._slots.acquire(prefix)
        self._slot.beat(self._clock.now())
        self._reap()
        self._executor.work(self._bodies, slot=self._slot.name, kinds=kinds)
        self._ticker = threading.Thread(target=self._tick, name="placet-worker", daemon=True)
        self._ticker.start()
        return self._slot.name

    def run(self) -> None:
        """Work until `stop` is called from elsewhere."""
        ticks = 0
        while not self._stopping.wait(_TICK_SECONDS if ticks else 0):
            if ticks % _SWEEP_EVERY:
                self._guard(self._sweeper.go_on)  # what is scheduled starts within a second
            else:
                self._guard(self._sweeper.sweep)
                for aside in self._asides:
                    aside.start()
            if ticks % _HOURLY == 0:
                self._guard(self._sweeper.prune)
                self._guard(self._sweeper.note_head)
            ticks += 1

    def drain(self) -> None:
        """Do all that is due, sweeps included, and return; what is due later stays."""
        while True:
            self._wait_idle()
            if any(self._sweeper.sweep().values()):
                continue
            if not self._sweeper.audit() + self._sweeper.watch():
                break

    def stop(self) -> None:
        """Stop after the steps that are running."""
        self._stopping.set()
        for aside in self._asides:
            aside.tell()
        self._executor.stop()
        for aside in self._asides:
            if not aside.join(_GRACE_SECONDS):
                _log.warning("%s did not stop in time; its turn is taken again later", aside.name)
        if self._ticker is not None:
            self._ticker.join(timeout=2 * _TICK_SECONDS)
        if self._slot is not None:
            self._guard(self._slot.leave)
        self._slots.release()

    def _wait_idle(self) -> None:
        pause = _SETTLE_SECONDS
        while not self._executor.idle():
            time.sleep(pause)  # longer with each look: looking takes from those that work
            pause = min(1.2 * pause, _LOOK_SECONDS)

    def _tick(self) -> None:
        while not self._stopping.wait(_TICK_SECONDS):
            self._guard(self._beat_and_reap)

    def _beat_and_reap(self) -> None:
        if self._slot is not None:
            self._slot.beat(self._clock.now())
            self._reap()

    def _reap(self) -> None:
        if self._slot is None:
            return
        for slot in self._slots.dead(now=self._clock.now(), but=self._slot.name):
            taken = self._executor.reap(slot)
            if taken:
                _log.warning("slot %s is dead; took over %s", slot, ", ".join(taken))
            self._slots.forget(slot)

    def _guard(self, do: Callable[[], object]) -> None:
        try:
            do()
        except PlacetError as error:
            _log.warning("%s", error)
        except Exception:  # noqa: BLE001 - a beat that fails once must not end the heart
            _log.exception("a tick failed; it is tried again")


def worker_for(placet: Placet) -> Worker:
    """Return a worker for this process over one home."""
    return Worker(
        executor=placet.executor,
        bodies=placet.bodies(),
        slots=placet.slots(),
        sweeper=placet.sweeper,
        clock=placet.clock,
    )
