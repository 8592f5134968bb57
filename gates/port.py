"""What the gate needs from whoever keeps the drafts.

`placet.store` implements it in SQL; `gates.memory` in a dictionary, so that the gate runs, and is
tested, without a database.
"""

from __future__ import annotations

from typing import Protocol

from placet.ids import DraftId

from .draft import Draft
from .permit import PermitRow
from .transition import Opening, Transition

__all__ = ["Page"]


class Page(Protocol):
    """The book of drafts inside one transaction; what is written stands when it is committed."""

    def read(self, draft_id: DraftId) -> Draft:
        """Return the draft as it stands.

        Raises:
            NotFound: there is none with that id.
        """
        ...

    def open(self, opening: Opening) -> None:
        """Write a new draft with its ledger row."""
        ...

    def apply(self, transition: Transition) -> bool:
        """Carry a transition out, whole; False, and nothing written, where someone was first."""
        ...

    def permit(self, draft_id: DraftId, revision: int) -> PermitRow | None:
        """Return the permit that was issued for this revision, if any."""
        ...
