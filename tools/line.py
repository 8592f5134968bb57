"""A line that people wait in: first come, first served, so many at once.

Python's own locks and semaphores let a latecomer barge in, and under load the unluckiest waits ten
times as long as everybody else. Here whoever leaves hands over to whoever came first.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Line"]


class Line:
    """Lets `at_once` holders in, in the order in which they came."""

    def __init__(self, at_once: int = 1) -> None:
        self._free = at_once
        self._waiting: deque[threading.Lock] = deque()
        self._guard = threading.Lock()

    def enter(self, timeout: float) -> bool:
        """Wait for a turn for at most `timeout` seconds; False where it did not come."""
        with self._guard:
            if self._free and not self._waiting:
                self._free -= 1
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=timeout):
            return True
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return False
        return True  # the turn came in this very moment

    def leave(self) -> None:
        """End one's turn and hand over to whoever came first."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1

    @contextmanager
    def turn(self, timeout: float) -> Iterator[None]:
        """Hold a turn for the length of a block; goes on without one after `timeout` seconds."""
        entered = self.enter(timeout)
        try:
            yield
        finally:
            if entered:
                self.leave()
