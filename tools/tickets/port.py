"""What Placet needs from a ticket tracker: to log a ticket once per cause, and to close it."""

from __future__ import annotations

from typing import Literal, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict

from placet.ids import TicketId

__all__ = ["NewTicket", "Ticket", "Tracker"]

Reason = Literal["rejected", "failed", "partial", "unknown", "no_tool", "quality"]


class NewTicket(BaseModel):
    """A ticket to log: why, about which draft, and what a person would do by hand."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cause: str
    """What it is about, for example `dr_...:run`; a second ticket for one cause is never made."""
    reason: Reason
    title: str
    text: str
    """What happened, in words a colleague without context understands."""
    steps: tuple[str, ...] = ()
    """The exact manual steps, in order."""
    draft_id: str | None = None
    revision: int | None = None
    requester: str | None = None
    """`team/user` of who asked."""


class Ticket(NewTicket):
    """A ticket as it stands in the tracker."""

    id: TicketId
    state: Literal["open", "closed"]
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    outcome: str | None = None
    """How it ended, where it was closed."""


class Tracker(Protocol):
    """Where tickets live."""

    def log(self, ticket: NewTicket) -> TicketId:
        """Log a ticket, or return the one that stands for this cause already."""
        ...

    def close(self, cause: str, outcome: str) -> bool:
        """Close the open ticket of a cause; False where there is none."""
        ...
