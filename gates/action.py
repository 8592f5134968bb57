"""Actions: what can be carried out, as values.

An action is everything that runs and nothing else. Its class says its `kind`, which of its fields
are cosmetic (an edit to any other field voids earlier approvals), and what makes a second person
look. The concrete actions live with the tools that carry them out; `tools.catalogue` closes the
union.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from .people import Person
from .targets import Targets

__all__ = ["Action"]


class Action(BaseModel):
    """One thing that can be carried out; frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: str
    """Which member of the closed union; policy rules are written per kind."""
    destination: str
    """Where it runs, for example `crm:local`; cannot be changed by an edit."""
    targets: Targets
    """Exactly which records it touches."""

    COSMETIC: ClassVar[frozenset[str]] = frozenset()
    """Fields an approver may change together with the approval."""
    FIXED: ClassVar[frozenset[str]] = frozenset({"kind", "destination"})
    """Fields no edit may change."""
    DERIVED: ClassVar[frozenset[str]] = frozenset({"targets"})
    """Fields computed from the others: recorded with an edit, not told to people as their edit."""

    def flags(self) -> tuple[str, ...]:
        """Return why a further approver is needed, in words; empty where nothing is unusual."""
        return ()

    def starts_at(self) -> datetime | None:
        """Return the moment before which it must not run; None: as soon as it is approved."""
        return None

    def concerns_only(self, person: Person, address: str | None) -> bool:
        """Return whether it reaches nobody but this person, whose address the policy knows.

        Such an action needs no second person where its rule says `self_service`.
        """
        return False

    def arguments(self) -> dict[str, Any]:
        """Return the action as JSON values, defaults included: what the digest covers."""
        return self.model_dump(mode="json", by_alias=True)
