"""Opening a change of a prompt at the gate: one draft waits for each text, name and scope."""

from __future__ import annotations

import sqlalchemy as sa

from agents.port import Proposed
from gates.draft import Draft, State
from gates.gate import Gate
from gates.people import Person
from placet.errors import BadInput, Conflict
from placet.ids import new_id
from tools.portable import queue_behind
from tools.prompts.action import ChangePrompt

from .announce import PROMOTED
from .book import SqlBook, SqlPage
from .drafting import open_draft, packed
from .schema import drafts

__all__ = ["open_change"]

_WAITS = (State.PENDING, State.REVISING, State.APPROVED, State.EXECUTING, State.UNKNOWN)


def open_change(book: SqlBook, gate: Gate, proposed: Proposed, *, person: Person) -> Draft:
    """Open a proposed change of a prompt; it waits for approval like any other draft.

    Args:
        book: the book of drafts.
        gate: what decides whether it may wait.
        proposed: the change, with its card.
        person: who proposes it; a bot where the learning loop does.

    Raises:
        BadInput: it is no change of a prompt.
        Conflict: the same text waits for the same requests already.
        NotAllowed: the policy could never let it through.
    """
    action = gate.read_action(proposed.kind, proposed.action)
    if not isinstance(action, ChangePrompt):
        raise BadInput(f"A {proposed.kind} is no change of a prompt.")
    kept = packed(proposed)
    base = f"{PROMOTED}{action.name}:{action.scope}:{action.after.sha256[:12]}"
    with book.begin() as page:
        queue_behind(page.connection, base)
        source = f"{base}:{_earlier(page, base, action)}"
        draft_id = open_draft(page, gate, proposed, person, new_id("rq"), source, kept=kept)
        return page.read(draft_id)


def _earlier(page: SqlPage, base: str, action: ChangePrompt) -> int:
    """Return how many drafts there were of this text; one that waits is a conflict."""
    query = sa.select(drafts.c.id, drafts.c.state).where(
        drafts.c.source.startswith(f"{base}:", autoescape=True)
    )
    rows = page.connection.execute(query).all()
    for draft_id, state in rows:
        if state in {one.value for one in _WAITS}:
            raise Conflict(
                f"Draft {draft_id} with this very text of {action.name} is {state} already; "
                f"decide on it or withdraw it: `placet show {draft_id}`."
            )
    return len(rows)
