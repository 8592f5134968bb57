"""Approve anyway: a person with the right answers for checks that failed, by name and in words."""

from __future__ import annotations

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from gates.decision import Verb
from gates.draft import Draft, State
from gates.words import standing
from placet.errors import Conflict, NotAllowed
from placet.slack import modals
from placet.slack.buttons import unanswered
from placet.slack.facts import overriders
from placet.slack.names import Seen
from placet.slack.payloads import Click, Submission
from placet.slack.room import Room

from .decisions import check_read, decide

__all__ = ["override", "override_checked", "override_sent"]


async def override(room: Room, client: AsyncWebClient, click: Click) -> None:
    """Show what blocks Approve, and ask for a reason."""
    back = click.back
    await room.show(client, click, lambda: _form(room, click, back))


def _form(room: Room, click: Click, back: modals.Back) -> modals.View:
    draft = _blocked(room, back.seen)
    may = overriders(room.placet.policy, draft.revision)
    if click.person.key not in {person.key for person in may}:
        names = ", ".join(f"@{room.placet.policy.name_of(person)}" for person in may) or "nobody"
        raise NotAllowed(f"You may not approve in spite of a check; {names} may.")
    check_read(room, click.person, back.seen)
    return modals.override_form(unanswered(draft), back)


def _blocked(room: Room, seen: Seen) -> Draft:
    """Return the draft as it was seen, still waiting.

    Raises:
        Conflict: it was decided, or there is another revision.
    """
    draft = room.draft(seen.draft_id)
    if draft.state is not State.PENDING:
        raise Conflict(standing(draft, room.placet.policy))
    if draft.digest != seen.digest:
        raise Conflict(f"This is revision {seen.revision}; see revision {draft.revision.revision}.")
    return draft


async def override_checked(_room: Room, form: Submission) -> dict[str, Any]:
    """Say beneath the fields what is missing."""
    errors: dict[str, str] = {}
    if not form.values.get("checks"):
        errors["checks"] = "Tick each check that you answer for."
    if not str(form.values.get("reason") or "").strip():
        errors["reason"] = "Say why; the reason goes into the ledger."
    return {"response_action": "errors", "errors": errors} if errors else {}


async def override_sent(room: Room, _client: AsyncWebClient, form: Submission) -> None:
    """Approve, with the checks that the person answers for."""
    await room.whisper(form, await room.sql(_approve, room, form))


def _approve(room: Room, form: Submission) -> str:
    seen = form.back.seen
    check_read(room, form.person, seen)
    failed = [check.name for check in unanswered(_blocked(room, seen))]
    ticked = set(form.values.get("checks") or ())
    return decide(
        room,
        seen,
        Verb.APPROVE,
        form.person,
        reason=str(form.values["reason"]),
        override=[name for number, name in enumerate(failed) if f"check:{number}" in ticked],
    )
