"""Edit: a form with the draft's own fields; what it saves is the next revision."""

from __future__ import annotations

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from gates.decision import Verb
from placet.errors import BadInput, PlacetError
from placet.slack import modals
from placet.slack.edit_form import Edited, edit_view, read_edit
from placet.slack.email_form import email_view, read_email_edit
from placet.slack.names import Seen
from placet.slack.payloads import Click, Submission
from placet.slack.room import Room
from tools.email.action import SendEmail
from tools.segments.action import BuildSegment

from .forms import check_open

__all__ = ["edit", "edit_checked", "edit_sent"]


async def edit(room: Room, client: AsyncWebClient, click: Click) -> None:
    """Open the form with the fields as they stand."""
    back = click.back
    await room.show(client, click, lambda: _form(room, back))


def _form(room: Room, back: modals.Back) -> modals.View:
    check_open(room, back.seen)
    placet, action = room.placet, _editable(room, back.seen)
    if isinstance(action, SendEmail):
        return email_view(action, placet.mail.brand(), back)
    described = placet.segments.describe(action.segment.filter)
    return edit_view(action.arguments(), placet.reader.catalogue(), described, back)


def _editable(room: Room, seen: Seen) -> BuildSegment | SendEmail:
    """Return the action that is to be edited.

    Raises:
        BadInput: there is no form for its kind.
    """
    revision = room.draft(seen.draft_id).revision
    action = room.placet.gate.read_action(revision.kind, revision.action)
    if not (
        isinstance(action, BuildSegment | SendEmail) and room.placet.desk.editable(revision.kind)
    ):
        raise BadInput(
            f"A draft of kind {revision.kind} cannot be edited; reject it and ask for a new one."
        )
    return action


async def edit_checked(room: Room, form: Submission) -> dict[str, Any]:
    """Say beneath each field what is wrong with it, or show that the work goes on."""
    try:
        edited = await room.sql(_read, room, form)
    except PlacetError as error:
        return {"response_action": "update", "view": modals.words_view(str(error))}
    if edited.errors:
        return {"response_action": "errors", "errors": dict(edited.errors)}
    return {"response_action": "update", "view": modals.working()}


async def edit_sent(room: Room, client: AsyncWebClient, form: Submission) -> None:
    """Compute the edited draft and put it before the gate."""
    try:
        words = await room.sql(_save, room, form)
    except PlacetError as error:
        words = str(error)
    if not await room.update(client, form.view_id, modals.words_view(words)):
        await room.whisper(form, words)
    room.nudge()


def _read(room: Room, form: Submission) -> Edited:
    check_open(room, form.back.seen)
    placet, action = room.placet, _editable(room, form.back.seen)
    if isinstance(action, SendEmail):
        return read_email_edit(action, placet.mail.brand(), form.values, placet.clock.now())
    catalogue = placet.reader.catalogue()
    return read_edit(action.arguments(), catalogue, placet.segments, form.values)


def _save(room: Room, form: Submission) -> str:
    edited, seen = _read(room, form), form.back.seen
    if edited.errors:  # the catalogue changed since the form was checked
        raise BadInput(next(iter(edited.errors.values())))
    decided = room.placet.desk.decide(
        seen.draft_id,
        Verb.EDIT,
        person=form.person,
        seen=(seen.revision, seen.digest),
        edit=edited.patch,
    )
    return decided.words
