"""What can be carried out with emails: send a campaign, send a test to oneself."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import EmailStr, Field
from typing_extensions import override

from gates.action import Action
from gates.files import FileRef
from gates.people import Person
from tools.segments.tree import Segment

from .model import Email, Schedule

__all__ = ["SendEmail", "SendTest"]


class SendEmail(Action):
    """Send one email to exactly the approved members, in exactly the approved bytes."""

    # Frozen, so that narrowing `kind` is safe.
    kind: Literal["send_email"] = "send_email"  # pyright: ignore[reportIncompatibleVariableOverride]
    destination: str = "smtp"
    segment: Segment
    """Who it is for, as it was read; the members themselves are `targets`."""
    tolerance: float = Field(default=0.02, ge=0, le=1)
    """Share of the members that may have changed between approval and run; beyond it: stale."""
    email: Email
    brief: str = ""
    """What was asked and how it was understood, in words: what the facts in the copy are held
    against, also when a person edits the copy. An edit of it is shown like any other."""
    schedule: Schedule = Schedule()
    brand: str = Field(pattern=r"^[0-9a-f]{64}$")
    """The sha256 of the brand file that it was built with."""
    campaign: str = Field(pattern=r"^cp_[a-z0-9]+$")
    """Names the messages: Message-IDs and links derive from it, so a repeat is recognised."""
    tracking: bool = False
    """Whether opens and clicks are recorded."""
    manifest: FileRef
    """One canonical JSON line per member, by contact id: `contact`, `to`, `variant`, `sha256` of
    the message as rendered (all but the Date header). What leaves must match its line."""

    COSMETIC: ClassVar[frozenset[str]] = frozenset({"email.name", "segment.name"})
    FIXED: ClassVar[frozenset[str]] = frozenset({"kind", "destination", "campaign"})
    DERIVED: ClassVar[frozenset[str]] = frozenset({"targets", "manifest"})

    @override
    def flags(self) -> tuple[str, ...]:
        return tuple(
            f"includes people the use policy leaves out: {reason.replace('_', ' ')}"
            for reason in self.segment.include_anyway
        )

    @override
    def starts_at(self) -> datetime | None:
        return self.schedule.send_at


class SendTest(Action):
    """Send one rendered message to the person who asked for it, and to nobody else."""

    # Frozen, so that narrowing `kind` is safe.
    kind: Literal["send_test"] = "send_test"  # pyright: ignore[reportIncompatibleVariableOverride]
    destination: str = "smtp"
    to: EmailStr
    """The requester's own address, as the policy file knows it."""
    of: str
    """The draft it shows, `dr_...`."""
    message: FileRef
    """The message, headers included, all but its Date."""

    @override
    def concerns_only(self, person: Person, address: str | None) -> bool:
        return address is not None and self.to.casefold() == address.casefold()
