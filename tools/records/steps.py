"""What every handler of records has in common: its steps, and asking the CRM after a doubt.

The first step writes nothing. The store runs it alone, and goes on only where it is done: were it a
record, one that changed since would hold up all the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from gates.digest import canonical
from tools.crm.port import RecordReader
from tools.execution import Outcome

__all__ = ["START", "Steps", "allowed", "only_records", "records_of", "started"]

START = "start"
"""The first step: what is to be written was read whole and is what was approved."""


def allowed(tolerance: float, count: int) -> float:
    """Return how many of so many may have changed since approval: they are skipped and told.

    One always may, unless it is all there is: else a single one would void every small batch.
    """
    return min(max(1.0, tolerance * count), count - 1)


def only_records(results: Mapping[str, str]) -> dict[str, str]:
    """Return the results of records, without the first step's."""
    return {item: result for item, result in results.items() if item != START}


class Steps:
    """The parts of a `Handler` that do not depend on what is written. Items: `start`, then ids."""

    def __init__(self, records: RecordReader) -> None:
        self._asked = records

    def steps(self, action: Any, members: Sequence[str]) -> Sequence[str]:
        """Return the items: the first step, then the records, sorted."""
        return [START, *sorted(set(members))]

    def not_before(self, action: Any, now: datetime) -> datetime | None:
        """Return None: it may run at any time."""
        return None

    def settle(
        self,
        key: Callable[[str], str],
        action: Any,
        items: Sequence[str],
        done: Mapping[str, str],
    ) -> Mapping[str, str | None]:
        """Ask the CRM which of the keys it has seen; what it has not seen was not done."""
        written = self._asked.written([key(item) for item in items if item != START])
        return {item: written.get(key(item)) for item in items}


def started(items: Sequence[str], what: Mapping[str, Any]) -> dict[str, Outcome]:
    """Return the outcome of the first step, where it is among these items."""
    return {START: canonical(dict(what))} if START in items else {}


def records_of(items: Iterable[str]) -> list[str]:
    """Return the items that are records."""
    return [item for item in items if item != START]
