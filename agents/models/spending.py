"""What the calls of one run cost: counted where they are made, read where the run is known.

A run of an agent crosses graphs and threads; whoever starts it opens a count, and every call made
on its behalf adds to it. What an earlier process paid before it was killed is not in it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from .port import Usage

__all__ = ["Spent", "counting", "note"]


class Spent:
    """A running count; calls may come from several threads."""

    def __init__(self) -> None:
        self.model: str | None = None
        """The model that was asked last."""
        self.calls = 0
        self.usage = Usage()
        self._lock = threading.Lock()

    def add(self, model: str, usage: Usage) -> None:
        """Count one call."""
        with self._lock:
            self.model, self.calls, self.usage = model, self.calls + 1, self.usage + usage


_OPEN: ContextVar[Spent | None] = ContextVar("placet_spent", default=None)


@contextmanager
def counting() -> Iterator[Spent]:
    """Count what is spent within; a count that is open around it does not see these calls."""
    spent = Spent()
    token = _OPEN.set(spent)
    try:
        yield spent
    finally:
        _OPEN.reset(token)


def note(model: str, usage: Usage) -> None:
    """Add a call to the count that is open, if one is."""
    spent = _OPEN.get()
    if spent is not None:
        spent.add(model, usage)
