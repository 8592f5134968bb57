"""The buttons that open a form, and what the forms send: changes, rejection, feedback."""

from __future__ import annotations

from typing import Literal

from slack_sdk.web.async_client import AsyncWebClient

from gates.decision import Verb
from gates.draft import State
from gates.words import standing
from placet.errors import Conflict
from placet.slack import modals
from placet.slack.buttons import REPLY
from placet.slack.names import Seen
from placet.slack.payloads import Click, Submission
from placet.slack.room import Room
from placet.store.learning import feedback as keep_thumb
from placet.store.thumbs import keep_reply_thumb

from .decisions import decide

__all__ = ["feedback", "feedback_sent", "reject", "reject_sent", "revise", "revise_sent"]

_OPEN = (State.PENDING, State.REVISING)
_THANKS = {
    "up": "Thank you; that is kept with the request.",
    "down": "Thank you; that is kept with the request. Say in this thread what you meant, and it "
    "is read again.",
}


async def revise(room: Room, client: AsyncWebClient, click: Click) -> None:
    """Ask what should change."""
    back = click.back
    await room.show(client, click, lambda: _if_open(room, back.seen, modals.revise_form(back)))


async def reject(room: Room, client: AsyncWebClient, click: Click) -> None:
    """Ask why it is rejected."""
    back = click.back
    await room.show(client, click, lambda: _if_open(room, back.seen, modals.reject_form(back)))


def _if_open(room: Room, seen: Seen, form: modals.View) -> modals.View:
    """Return the form, unless what was seen can no longer be decided."""
    check_open(room, seen)
    return form


def check_open(room: Room, seen: Seen) -> None:
    """Refuse early, in the gate's words, what the gate would refuse later.

    Raises:
        Conflict: it was decided, or there is another revision.
    """
    draft = room.draft(seen.draft_id)
    if draft.state not in _OPEN:
        raise Conflict(standing(draft, room.placet.policy))
    if draft.revision.revision != seen.revision:
        raise Conflict(f"This is revision {seen.revision}; see revision {draft.revision.revision}.")


async def revise_sent(room: Room, _client: AsyncWebClient, form: Submission) -> None:
    """Ask for changes: the next revision takes the comment into account."""
    comment = str(form.values.get("comment") or "")
    words = await room.sql(decide, room, form.back.seen, Verb.REVISE, form.person, reason=comment)
    await room.whisper(form, words)


async def reject_sent(room: Room, _client: AsyncWebClient, form: Submission) -> None:
    """Reject, and log a ticket where one is wanted."""
    words = await room.sql(
        decide,
        room,
        form.back.seen,
        Verb.REJECT,
        form.person,
        reason=str(form.values.get("reason") or "") or None,
        follow_up="ticket" in (form.values.get("ticket") or ()),
    )
    await room.whisper(form, words)


# --- feedback ------------------------------------------------------------------------------------


async def feedback(room: Room, client: AsyncWebClient, click: Click) -> None:
    """Keep a thumb; a thumb down may say why."""
    thumb, _, rest = click.value.partition(":")
    if rest.startswith(REPLY) and thumb in ("up", "down"):
        request_id = rest.removeprefix(REPLY)
        await room.sql(_keep_reply, room, click, request_id, "up" if thumb == "up" else "down")
        await room.whisper(click, _THANKS[thumb])
        return
    seen = Seen.unpack(rest)
    if seen is None or thumb not in ("up", "down"):
        click.seen  # noqa: B018 - raises, in words
        return
    await room.sql(_keep, room, click, seen, "up" if thumb == "up" else "down", None)
    if thumb == "up":
        await room.whisper(click, "Thank you; that is kept with the draft.")
        return
    back = modals.Back(seen=seen, channel=click.channel, thread_ts=click.thread_ts)
    await room.show(client, click, lambda: modals.feedback_form(back))


async def feedback_sent(room: Room, _client: AsyncWebClient, form: Submission) -> None:
    """Keep why a thumb was down."""
    reason = str(form.values.get("reason") or "")
    await room.sql(_keep, room, form, form.back.seen, "down", reason)
    await room.whisper(form, "Thank you; that is kept with the draft.")


def _keep_reply(room: Room, click: Click, request_id: str, thumb: Literal["up", "down"]) -> None:
    placet = room.placet
    with placet.book.engine.begin() as connection:
        keep_reply_thumb(connection, request_id, click.person, thumb, at=placet.clock.now())


def _keep(
    room: Room,
    who: Click | Submission,
    seen: Seen,
    thumb: Literal["up", "down"],
    reason: str | None,
) -> None:
    placet = room.placet
    with placet.book.engine.begin() as connection:
        keep_thumb(
            connection, seen.draft_id, who.person, thumb, clock=placet.clock,
            revision=seen.revision, reason=reason,
        )  # fmt: skip
