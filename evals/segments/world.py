"""Where a segment is carried out to see whom it selects.

The seeded world is a whole sample company behind the real engine; somebody above builds it, filled
as of the suite's moment. The boundary rows (`.boundary`) are the second world: made from the trees
themselves, they show the differences that a sample may miss.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Protocol

from tools.crm.port import CrmReader
from tools.segments.port import Problem, SegmentReader
from tools.segments.tree import All, Filter, Segment

__all__ = ["ReaderWorld", "World", "known_values"]

_MOST_NAMES = 2_000  # company names that boundary rows may use; more add nothing


class World(Protocol):
    """A population that segments are carried out on; reading only."""

    @property
    def name(self) -> str:
        """What it is and which version, so that two results can be compared: `sample-5000@1`."""
        ...

    @property
    def known(self) -> Mapping[str, Sequence[str]]:
        """Values that exist in it, for boundary rows, by field: `asset`, `company_name`, `name`."""
        ...

    def population(self) -> int:
        """Return how many contacts there are."""
        ...

    def check(self, tree: Filter) -> Sequence[Problem]:
        """Return what is wrong with a tree; empty is good."""
        ...

    def members(self, segment: Segment) -> frozenset[str]:
        """Return who is in the segment, use policy applied."""
        ...


class ReaderWorld:
    """A world behind any `SegmentReader`, such as the embedded CRM's engine."""

    def __init__(
        self, reader: SegmentReader, *, name: str, known: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._reader = reader
        self._name = name
        self._known = dict(known or {})

    @property
    def name(self) -> str:
        """What it is and which version."""
        return self._name

    @property
    def known(self) -> Mapping[str, Sequence[str]]:
        """Values that exist in it, by field."""
        return self._known

    @cached_property
    def _population(self) -> int:
        everybody = {"name": "everybody", "filter": All(of=()), "use": "internal"}
        as_of = "9000-01-01T00:00:00Z"  # no condition, so no date matters
        return self._reader.count(Segment.model_validate({**everybody, "as_of": as_of}))

    def population(self) -> int:
        """Return how many contacts there are."""
        return self._population

    def check(self, tree: Filter) -> Sequence[Problem]:
        """Return what is wrong with a tree; empty is good."""
        return self._reader.check(tree)

    def members(self, segment: Segment) -> frozenset[str]:
        """Return who is in the segment, use policy applied."""
        return frozenset(self._reader.members(segment))


def known_values(crm: CrmReader) -> Mapping[str, Sequence[str]]:
    """Return what `World.known` wants of a CRM: its assets and company names."""
    return {
        "asset": crm.assets(),
        "company_name": crm.values("contact", "company_name", limit=_MOST_NAMES),
        "name": crm.values("company", "name", limit=_MOST_NAMES),
    }
