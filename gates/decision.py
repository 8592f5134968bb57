"""Decisions: what a person did with a draft, on which digest, and why."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from placet.ids import DraftId

from .people import Person

__all__ = ["Decision", "Verb"]


class Verb(StrEnum):
    """What a person can do with a draft."""

    APPROVE = "approve"
    REJECT = "reject"
    REVISE = "revise"
    EDIT = "edit"
    WITHDRAW = "withdraw"
    STOP = "stop"


class Decision(BaseModel):
    """One press of a button, or its equal: nothing in it is trusted but who pressed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    draft_id: DraftId
    verb: Verb
    by: Person
    revision: int
    """The revision the person saw."""
    digest: str
    """The digest the person saw; the gate recomputes its own."""
    reason: str | None = Field(default=None, max_length=4_000)
    """Why; required for `revise` (what to change)."""
    follow_up: bool = True
    """Whether a rejection logs a ticket."""
    override: tuple[str, ...] = ()
    """For `approve`: the checks whose errors the person answers for, with a reason."""
    at: AwareDatetime

    def record(self) -> dict[str, Any]:
        """Return the decision as the ledger keeps it."""
        record: dict[str, Any] = {
            "verb": self.verb.value,
            "by": self.by.key,
            "reason": self.reason,
            "follow_up": self.follow_up,
        }
        return record | {"override": list(self.override)} if self.override else record
