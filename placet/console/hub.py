"""The hub: tells open browser pages what changed, so that they fetch it anew.

A note says what and where, never the content: the page asks for that as the person it shows, and
is given only what that person may see.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["Hub", "Note"]

Note = dict[str, Any]
_MOST_WAITING = 1_000


class Hub:
    """Hands each note to every page that listens. Any thread may publish."""

    def __init__(self) -> None:
        self._pages: dict[asyncio.Queue[Note | None], asyncio.AbstractEventLoop] = {}
        self._lock = threading.Lock()

    def publish(self, kind: str, **what: Any) -> None:
        """Tell every page."""
        self._tell({"kind": kind, **what})

    def close(self) -> None:
        """Let every page go: its stream ends."""
        self._tell(None)

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[Note | None]]:
        """Listen from the running event loop; None in the queue is the end."""
        queue: asyncio.Queue[Note | None] = asyncio.Queue()
        with self._lock:
            self._pages[queue] = asyncio.get_running_loop()
        try:
            yield queue
        finally:
            with self._lock:
                self._pages.pop(queue, None)

    def _tell(self, note: Note | None) -> None:
        with self._lock:
            pages = list(self._pages.items())
        for queue, loop in pages:
            if queue.qsize() < _MOST_WAITING and not loop.is_closed():
                loop.call_soon_threadsafe(queue.put_nowait, note)
