"""A reading against the gold, side by side: the lines of both as JSON, and where they differ."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from pydantic import BaseModel, ConfigDict

__all__ = ["Line", "side_by_side"]

_ALIKE = 0.5  # two objects with this share of common keys are of one form


class Line(BaseModel):
    """One line of both; a side that has none there is None."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gold: str | None
    reading: str | None

    @property
    def same(self) -> bool:
        """Whether both say the same here."""
        return self.gold == self.reading


def side_by_side(
    gold: Mapping[str, Any] | None, reading: Mapping[str, Any] | None
) -> tuple[Line, ...]:
    """Return both line by line.

    A reading says more than the gold (a name, a reason): where a part of it has the gold's form,
    that part is what is set against the gold.
    """
    part = reading if gold is None or reading is None else _of_form(gold, reading) or reading
    return tuple(_lines(_pretty(gold), _pretty(part)))


def _of_form(gold: Mapping[str, Any], reading: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the part of a reading with the gold's keys, the outermost one."""
    waiting: list[Any] = [reading]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, Mapping):
            if _alike(gold, one):
                return one
            waiting.extend(one.values())
        elif isinstance(one, list | tuple):
            waiting.extend(one)
    return None


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return len(one.keys() & other.keys()) >= _ALIKE * max(1, len(one.keys() | other.keys()))


def _pretty(value: Mapping[str, Any] | None) -> Sequence[str]:
    return [] if value is None else json.dumps(value, indent=1, ensure_ascii=False).split("\n")


def _lines(gold: Sequence[str], reading: Sequence[str]) -> Iterator[Line]:
    matcher = SequenceMatcher(None, gold, reading, autojunk=False)
    for _, a, b, c, d in matcher.get_opcodes():
        for one, other in zip_longest(gold[a:b], reading[c:d]):
            yield Line(gold=one, reading=other)
