"""One long task in a thread of its own, so that what is short need not wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from placet.log import get_logger

__all__ = ["Aside"]

_log = get_logger(__name__)


class Aside:
    """Does one thing at a time beside whoever starts it, and can be told to stop.

    The thread ends with the process: a task that does not heed the stop in time holds nobody up.
    """

    def __init__(self, do: Callable[[Callable[[], bool]], object], *, name: str) -> None:
        """Take what is to be done: it is given a question, whether it is to stop."""
        self._do, self.name = do, name
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> bool:
        """Begin, unless it is at it or was stopped; returns whether it began."""
        if self._stopping.is_set() or (self._thread is not None and self._thread.is_alive()):
            return False
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()
        return True

    def tell(self) -> None:
        """Tell it to stop, and begin no more."""
        self._stopping.set()

    def join(self, seconds: float) -> bool:
        """Wait for its end for so long; returns whether it has ended."""
        if self._thread is not None:
            self._thread.join(timeout=seconds)
        return self._thread is None or not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._do(self._stopping.is_set)
        except Exception:  # noqa: BLE001 - what fails once is tried again when it is next started
            _log.exception("%s failed; it is tried again", self.name)
