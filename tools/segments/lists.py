"""The CRM's lists as filters speak of them: found by id or name, definitions inlined.

A filter names a list or a stored segment by its id or its exact name; archived ones do not count.
`expand` replaces every `InSegment` by the stored filter, which is then evaluated with the moment
and the time zone of the segment at hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from placet.errors import BadInput

from .inert import show
from .tree import (
    All,
    AnyOf,
    Company,
    CompanyContacts,
    Deals,
    Filter,
    InSegment,
    Not,
    Segment,
)

__all__ = ["MAX_NESTING", "StoredList", "StoredLists", "children"]

MAX_NESTING = 20
"""How deep conditions, and segments within segments, may stand in one another."""


@dataclass(frozen=True, kw_only=True)
class StoredList:
    """One list that is not archived."""

    id: str
    name: str
    definition: str | None = None
    """Canonical JSON of the `Segment` it was made from, if any."""


def children(node: Filter) -> Sequence[Filter]:
    """Return the filters that stand directly inside `node`."""
    match node:
        case All() | AnyOf():
            return node.of
        case Not():
            return (node.of,)
        case Company():
            return (node.where,)
        case CompanyContacts() | Deals():
            return () if node.where is None else (node.where,)
        case _:
            return ()


class StoredLists:
    """Every list that is not archived, as it was in one snapshot."""

    def __init__(self, lists: Sequence[StoredList]) -> None:
        self._lists = tuple(lists)

    @property
    def names(self) -> Sequence[str]:
        """The names, sorted."""
        return sorted({one.name for one in self._lists})

    def called(self, reference: str) -> Sequence[StoredList]:
        """Return the list with this id, or else every one with exactly this name."""
        by_id = [one for one in self._lists if one.id == reference]
        return by_id or [one for one in self._lists if one.name == reference]

    def definition(self, reference: str) -> Filter:
        """Return the filter stored with the list.

        Raises:
            BadInput: no such list, several of that name, or none that can be read.

        """
        found = self.called(reference)
        if len(found) != 1:
            many = "several lists are" if found else "no list is"
            raise BadInput(f"{many} called {show(reference)}; name one by its id.")
        if found[0].definition is None:
            raise BadInput(
                f"list {show(reference)} was not made from a filter; use membership of the list."
            )
        try:
            return Segment.model_validate_json(found[0].definition).filter
        except ValidationError:
            raise BadInput(
                f"the definition of {show(reference)} cannot be read; use membership of the list."
            ) from None

    def expand(self, node: Filter, *, _depth: int = 0) -> Filter:
        """Return the filter with every `InSegment` replaced by its stored definition.

        Raises:
            BadInput: as `definition`, or the segments contain each other.

        """
        if _depth > MAX_NESTING * 2:
            raise BadInput("Segments contain each other or stand too deep; name lists instead.")
        if isinstance(node, InSegment):
            return self.expand(self.definition(node.segment), _depth=_depth + 1)
        match node:
            case All() | AnyOf():
                of = tuple(self.expand(one, _depth=_depth + 1) for one in node.of)
                return node.model_copy(update={"of": of})
            case Not():
                return Not(of=self.expand(node.of, _depth=_depth + 1))
            case Company():
                where = self.expand(node.where, _depth=_depth + 1)
                return node.model_copy(update={"where": where})
            case CompanyContacts() | Deals() if node.where is not None:
                where = self.expand(node.where, _depth=_depth + 1)
                return node.model_copy(update={"where": where})
            case _:
                return node
