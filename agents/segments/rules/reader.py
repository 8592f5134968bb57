"""What the parts of the grammar share: the cursor, clauses as read, the last event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tools.segments.tree import Filter

from .cursor import Cursor
from .often import EventPhrase

__all__ = ["ARTICLES", "Clause", "Item", "Reader"]


ARTICLES = {"a", "an", "the", "any", "all", "our", "their", "also", "both", "either", "some", "my"}


@dataclass(slots=True)
class Item:
    """One clause, how it was joined to what came before, and what kind of clause it is."""

    joint: str
    tree: Filter | None
    kind: str
    start: int
    end: int
    comma: bool = False
    negated: bool = False
    dims: tuple[str, ...] = ()
    restarts: bool = False
    """It begins with "everyone", "people", ...: a new group of people."""


Clause = tuple[Filter | None, str, bool, tuple[str, ...]]
"""A clause as read: its condition, its kind, whether it is negated, what it speaks of."""


class Reader:
    """What every part of the grammar shares: the cursor and what was read before."""

    def __init__(self, c: Cursor, describe: Callable[[Filter], str]) -> None:
        self.c = c
        self.describe = describe
        c.describe = describe
        self.last_event: EventPhrase | None = None
        self.depth = 0
        self.shared = False

    def description(self, *, nested: bool = False) -> Filter | None:
        """Read a whole description of people."""
        raise NotImplementedError

    def _clause(self, items: list[Item], joint: str) -> Clause:
        raise NotImplementedError

    def _joint(self) -> tuple[str, bool, int]:
        raise NotImplementedError

    def _unplaced(self, at: int) -> None:
        raise NotImplementedError

    def _people_inside(self, c: Cursor) -> Filter | None:
        return self.description(nested=True)
