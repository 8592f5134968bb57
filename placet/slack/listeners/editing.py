"""Edit: a form with the draft's own fields; what it saves is the next revision."""

from __future__ import annotations

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from gates.decision import Verb
from gates.draft import Draft
from placet.errors import BadInput, PlacetError
from placet.slack import modals
from placet.slack.edit_form import Edited, edit_view, read_edit
from placet.slack.names import Seen
from placet.slack.payloads import Click, Submission
from placet.slack.room import Room
from tools.segments.action import BuildSegment

from .forms import check_open

__all__ = ["edit", "edit_checked", "edit_sent"]


async def edit(room: Room, client: AsyncWebClient, click: Click) -> None:
    """Open the form with the fields as they stand."""
    back = click.back
    await room.show(client, click, lambda: _form(room, back))


def _form(room: Room, back: modals.Back) -> modals.View:
    check_open(room, back.seen)
    draft = _editable(room, back.seen)
    action = BuildSegment.model_validate(draft.revision.action)
    described = room.placet.segments.describe(action.segment.filter)
    return edit_view(draft.revision.action, room.placet.reader.catalogue(), described, back)


def _editable(room: Room, seen: Seen) -> Draft:
    draft = room.draft(seen.draft_id)
    kind = draft.revision.kind
    if kind != "build_segment" or not room.placet.desk.editable(kind):
        raise BadInput(f"A draft of kind {kind} cannot be edited; reject it and ask for a new one.")
    return draft


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
    draft = _editable(room, form.back.seen)
    placet = room.placet
    return read_edit(draft.revision.action, placet.reader.catalogue(), placet.segments, form.values)


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
