"""What people did with one draft, as quality over time counts it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

__all__ = ["MATERIAL", "TRADES", "Ending", "Outcome", "Source"]

TRADES: Final = {
    "build_segment": "segments",
    "send_email": "emails",
    "fix_records": "records",
    "merge_records": "records",
}
"""Which trade a kind of draft belongs to; what is not here is not counted (undos, tests)."""

MATERIAL: Final = 0.15
"""From which edit distance on an approved draft counts as materially edited."""


class Ending(StrEnum):
    """How people ended a draft."""

    UNCHANGED = "unchanged"
    """Approved as it was drafted."""
    CHANGED = "changed"
    """Approved after an edit or after changes were asked for."""
    REJECTED = "rejected"


class Source(BaseModel):
    """What drafted: figures are kept apart by it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trade: str
    drafter: str
    prompt: str | None = None
    """The hash of the prompt; None for `rules`."""
    model: str | None = None
    """The model's name; None for `rules`, or where it was not kept."""

    @property
    def key(self) -> str:
        """A short name that is the same for the same source."""
        return ":".join((self.trade, self.drafter, (self.prompt or "-")[:12], self.model or "-"))

    def said(self) -> str:
        """Return it in words."""
        if self.prompt is None:
            return f"{self.trade}, {self.drafter}"
        return f"{self.trade}, prompt {self.prompt[:12]}, {self.model or 'model not kept'}"


class Outcome(BaseModel):
    """One draft that people decided, with what is counted of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    draft_id: str
    source: Source
    shape: str = ""
    """What kind of request it was, coarsely: the action, the door, the length."""
    ending: Ending
    decided_by: str
    """`team/user`."""
    decided_at: AwareDatetime
    seconds: float = Field(ge=0)
    """From when the decided revision was there until the decision."""
    words: int = Field(default=0, ge=0)
    """How long the draft is to read."""
    distance: float | None = Field(default=None, ge=0, le=1)
    """Of an approved draft: how much of the first one was changed, 0 for nothing."""
    reason: str = ""
    """Why it was rejected, in the person's words; untrusted."""
    group: str = ""
    """Which group the reason belongs to."""
    read: int = 0
    """Tokens that drafting it read, all revisions."""
    written: int = 0
    judged: bool | None = None
    """What the judge said of the first revision; None where it did not."""

    @property
    def approved(self) -> bool:
        """Whether it was approved, changed or not."""
        return self.ending is not Ending.REJECTED

    @property
    def materially_changed(self) -> bool:
        """Whether it was rejected, or approved with more than a touch."""
        if self.ending is Ending.REJECTED:
            return True
        return self.ending is Ending.CHANGED and (self.distance or 0.0) >= MATERIAL
