"""Boundary rows: people made up to stand just inside and just outside a tree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tools.segments.tree import EventType, InSegment

__all__ = ["DealRow", "Fields", "Firm", "Happening", "Person", "Value", "segment_name"]

Value = bool | str | int | float | datetime | None
Fields = tuple[tuple[str, Value], ...]
"""Field names of the catalogue with their values; a field that is not named is missing."""


def segment_name(leaf: InSegment) -> str:
    """Return how membership in a stored segment stands in `Person.lists`, apart from any list."""
    return f"segment:{leaf.segment}"


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One event of a person."""

    type: EventType
    at: datetime
    asset: str | None = None

    def __str__(self) -> str:
        return f"{self.type} of {self.asset or 'nothing named'} at {self.at:%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True, kw_only=True)
class DealRow:
    """One deal of a person or a company."""

    fields: Fields = ()


@dataclass(frozen=True, kw_only=True)
class Firm:
    """A company with its deals and its other people."""

    fields: Fields = ()
    deals: tuple[DealRow, ...] = ()
    people: tuple[Person, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Person:
    """A contact with all that a tree can ask about."""

    fields: Fields = ()
    events: tuple[Happening, ...] = ()
    lists: frozenset[str] = frozenset()
    deals: tuple[DealRow, ...] = ()
    firm: Firm | None = None

    def __str__(self) -> str:
        parts = [f"{name}={value!s}" for name, value in self.fields]
        parts += map(str, self.events[:3])
        if len(self.events) > 3:
            parts.append(f"{len(self.events) - 3} more events")
        parts += [f"on the list {name}" for name in sorted(self.lists)]
        parts += [f"a deal with {dict(deal.fields)}" for deal in self.deals]
        if self.firm is not None:
            firm = self.firm
            parts.append(f"a company with {dict(firm.fields)}, {len(firm.people)} other people "
                         f"and {len(firm.deals)} deals")  # fmt: skip
        return ", ".join(parts) or "nothing is known"
