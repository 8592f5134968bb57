"""Drafts: immutable, typed proposals. A change makes a new revision.

A `Revision` is what a person sees and approves. `sealed` returns all that the digest covers: draft,
revision, kind, arguments with the targets' hash, destination, policy version, prompt hash, drafter.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from placet.ids import DraftId, RequestId

from .digest import digest_of
from .people import Person

__all__ = ["Approval", "Check", "Draft", "Evidence", "Proposal", "Revision", "State"]

Evidence = dict[str, Any]
"""What the drafter and the engine found, as JSON values: shown on the card, not carried out."""


class State(StrEnum):
    """Where a draft stands."""

    PENDING = "pending"
    APPROVED = "approved"
    EXECUTING = "executing"
    EXECUTED = "executed"
    PARTIAL = "partial"
    FAILED = "failed"
    UNKNOWN = "unknown"
    REJECTED = "rejected"
    REVISING = "revising"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    STALE = "stale"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Check(_Value):
    """One thing that was checked about a draft; an error blocks approval."""

    name: str
    status: Literal["ok", "warn", "error"]
    message: str
    fix: str = ""
    """What would put it right, in one line; empty where nothing is wrong or the message says it."""


class Proposal(_Value):
    """What a drafter or an editor puts before the gate: a revision without its circumstances."""

    kind: str
    action: dict[str, Any]
    """The action's arguments as JSON values, with the targets' hash."""
    title: str
    summary: str
    checks: tuple[Check, ...] = ()
    evidence: Evidence = {}
    flags: tuple[str, ...] = ()
    drafter: str
    prompt: str | None = None


class Revision(_Value):
    """One revision of a draft, as it is shown, hashed and run."""

    draft_id: DraftId
    revision: int
    request_id: RequestId
    kind: str
    action: dict[str, Any]
    """The action's arguments as canonical JSON values; `tools.catalogue` reads them back."""
    title: str
    summary: str
    checks: tuple[Check, ...] = ()
    evidence: Evidence = {}
    flags: tuple[str, ...] = ()
    """Why a further approver is needed; computed from the action, covered by the digest."""
    requester: Person
    author: Person
    """Who made this revision: the requester, or the last editor."""
    editors: tuple[Person, ...] = ()
    """Everyone who edited a revision since the drafter's own; none of them counts towards the
    quorum."""
    drafter: str
    prompt: str | None = None
    """The hash of the prompt text, where a model drafted."""
    policy_version: str
    created_at: AwareDatetime
    expires_at: AwareDatetime
    """After this the request can no longer be decided."""

    def sealed(self) -> dict[str, Any]:
        """Return what the digest covers: all that runs, and under which rules."""
        return {
            "v": 1,
            "draft": self.draft_id,
            "revision": self.revision,
            "kind": self.kind,
            "action": self.action,
            "flags": list(self.flags),
            "requester": self.requester.key,
            "author": self.author.key,
            "policy": self.policy_version,
            "drafter": self.drafter,
            "prompt": self.prompt,
        }

    def digest(self) -> str:
        """Return the sha256 over the canonical form of `sealed`."""
        return digest_of(self.sealed())


class Approval(_Value):
    """One person's yes to one revision."""

    by: Person
    at: AwareDatetime
    override: tuple[str, ...] = ()
    """Checks of this very revision whose errors this person answers for."""


class Draft(_Value):
    """A draft as it stands: its current revision, the recorded digest and the state."""

    revision: Revision
    digest: str
    """As recorded when the revision was opened; the gate recomputes it and trusts no copy."""
    state: State
    version: int
    """Counts every change of the row; the compare in compare-and-swap."""
    approvals: tuple[Approval, ...] = ()
    """Who approved this revision so far, and when."""
    decided_by: Person | None = None
    decided_at: datetime | None = None
    valid_until: datetime | None = None
    """After this an approval no longer permits a run."""
    next_at: datetime | None = None
    """Before this its run is not started or does not go on: a schedule, quiet hours, a destination
    that said "not now"."""
    stopped_by: Person | None = None
    """Who stopped it after it was approved; what had left by then stays."""
    stopped_at: datetime | None = None
    note: str | None = None
    """Why it stands where it stands, in words, where a person should know."""
