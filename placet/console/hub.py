"""The hub: tells open browser pages what changed, so that they fetch it anew.

A note says what and where, never the content: the page asks for that as the person it shows, and
is given only what that person may see. Notes are numbered; a page says which it knows of, and gets
what came after, so that nothing is lost between drawing a page and listening.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["Hub", "Note"]

Note = dict[str, Any]
_KEPT = 2_000
_RELOAD: Note = {"kind": "reload"}


class Hub:
    """Hands each note to every page that listens. Any thread may publish."""

    def __init__(self) -> None:
        self._life = secrets.token_hex(4)
        self._number = 0
        self._kept: deque[tuple[str, Note]] = deque(maxlen=_KEPT)
        self._pages: dict[asyncio.Queue[tuple[str, Note] | None], asyncio.AbstractEventLoop] = {}
        self._lock = threading.Lock()

    @property
    def last(self) -> str:
        """The id of the last note: what a page that is drawn now knows of."""
        return self._id(self._number)

    def publish(self, kind: str, **what: Any) -> None:
        """Tell every page."""
        with self._lock:
            self._number += 1
            note = (self._id(self._number), {"kind": kind, **what})
            self._kept.append(note)
            self._tell(note)

    def close(self) -> None:
        """Let every page go: its stream ends."""
        with self._lock:
            self._tell(None)

    @contextmanager
    def listen(self, after: str) -> Iterator[asyncio.Queue[tuple[str, Note] | None]]:
        """Listen from the running event loop to what comes after a note; None is the end."""
        queue: asyncio.Queue[tuple[str, Note] | None] = asyncio.Queue()
        with self._lock:
            for note in self._missed(after):
                queue.put_nowait(note)
            self._pages[queue] = asyncio.get_running_loop()
        try:
            yield queue
        finally:
            with self._lock:
                self._pages.pop(queue, None)

    def _missed(self, after: str) -> list[tuple[str, Note]]:
        """Return the notes after one; what was not kept can only be seen by loading the page."""
        ids = [one for one, _ in self._kept]
        if after == self.last:
            return []
        if after in ids:
            return list(self._kept)[ids.index(after) + 1 :]
        if after == self._id(0) and len(ids) < _KEPT:
            return list(self._kept)
        return [(self.last, _RELOAD)]

    def _id(self, number: int) -> str:
        return f"{self._life}-{number}"

    def _tell(self, note: tuple[str, Note] | None) -> None:
        for queue, loop in self._pages.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(queue.put_nowait, note)
