"""What a ticket says: why it exists, about which draft, and what a person would do by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import sqlalchemy as sa

from gates.action import Action
from gates.digest import short
from gates.draft import Draft, State
from gates.gate import Gate
from tools.execution import AnyHandler
from tools.tickets.port import NewTicket

from .book import read_members

__all__ = ["Ticketing"]

_REASONS: dict[State, Literal["rejected", "failed", "partial", "unknown"]] = {
    State.REJECTED: "rejected",
    State.FAILED: "failed",
    State.PARTIAL: "partial",
    State.UNKNOWN: "unknown",
}
_HEADS = {
    State.REJECTED: "Rejected, follow up",
    State.FAILED: "Could not be carried out",
    State.PARTIAL: "Carried out in part",
    State.UNKNOWN: "Outcome not known",
}


class Ticketing:
    """Words tickets; one cause, one ticket."""

    def __init__(self, *, gate: Gate, handlers: Mapping[str, AnyHandler]) -> None:
        self._gate, self._handlers = gate, handlers

    def ticket_for(
        self, connection: sa.Connection, draft: Draft, to: State, note: str | None
    ) -> NewTicket:
        """Return the ticket for a draft that ended in `to`."""
        revision = draft.revision
        end = "rejected" if to is State.REJECTED else "run"
        why = note or "No reason was given."
        return NewTicket(
            cause=f"{revision.draft_id}:{end}",
            reason=_REASONS[to],
            title=f"{_HEADS[to]}: {revision.title}",
            text=f"{why}\n\n{revision.summary}\n\nDraft {revision.draft_id}, "
            f"revision {revision.revision}, digest {short(draft.digest)}.",
            steps=self._steps(connection, revision.kind, revision.action),
            draft_id=revision.draft_id,
            revision=revision.revision,
            requester=revision.requester.key,
        )

    def _steps(
        self, connection: sa.Connection, kind: str, arguments: Mapping[str, Any]
    ) -> tuple[str, ...]:
        action: Action = self._gate.read_action(kind, dict(arguments))
        handler = self._handlers.get(kind)
        if handler is None:
            return ()
        return handler.manual_steps(action, read_members(connection, action.targets))
