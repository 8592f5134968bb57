"""The permit: the right to run one digest once.

Only this module makes one, and only from a permit row that was just spent in the database. A
writing method of a port takes a `Permit`, so that an unapproved write is a type error before it is
a policy error.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from placet.errors import NotAllowed
from placet.ids import DraftId, PermitId

__all__ = ["Permit", "PermitRow", "spent"]

_MINT = object()


@dataclass(frozen=True, kw_only=True)
class PermitRow:
    """A permit as it is stored: issued at approval, spent by the run that executes it."""

    id: PermitId
    draft_id: DraftId
    revision: int
    digest: str
    issued_at: datetime
    valid_until: datetime
    spent_by: str | None = None


class Permit:
    """The right to run one digest once; cannot be built outside `gates.permit`."""

    __slots__ = ("_row",)

    def __init__(self, mint: object, row: PermitRow) -> None:
        if mint is not _MINT:
            raise NotAllowed("A permit is made by the gate only; get the draft approved.")
        self._row = row

    @property
    def id(self) -> PermitId:
        """The permit's id."""
        return self._row.id

    @property
    def draft_id(self) -> DraftId:
        """The draft it was given for."""
        return self._row.draft_id

    @property
    def revision(self) -> int:
        """The revision it was given for."""
        return self._row.revision

    @property
    def digest(self) -> str:
        """The digest that may run: no other."""
        return self._row.digest

    def key(self, item: str) -> str:
        """Return the idempotency key of one item: `draft:revision:item`."""
        return f"{self.draft_id}:{self.revision}:{item}"

    def __repr__(self) -> str:
        return f"<Permit {self.id} for {self.draft_id} revision {self.revision}>"


def spent(row: PermitRow, *, by: str, digest: str) -> Permit:
    """Turn a row that `by` has spent into the permit that run may use.

    Raises:
        NotAllowed: the row was spent by another run, not spent at all, or is for another digest.

    """
    if row.spent_by is None or row.spent_by != by:
        raise NotAllowed(f"Permit {row.id} was not spent by this run; nothing was done.")
    if row.digest != digest:
        raise NotAllowed(
            f"Permit {row.id} is for another digest; the draft changed and needs a new approval."
        )
    return Permit(_MINT, row)
