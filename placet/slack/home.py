"""App Home: what waits for me, what I asked for, what ran lately."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from gates.draft import Draft, State
from gates.people import Person
from placet.errors import PlacetError
from placet.store.cards import open_drafts, own_requests, recent_receipts

from .blocks import Block, actions, button, context, paragraph
from .cards import STATES
from .facts import who
from .names import Act, Seen
from .text import cut, inert, plain

if TYPE_CHECKING:
    import sqlalchemy as sa

    from placet.wiring import Placet

__all__ = ["home_view"]

_MOST = 15


def home_view(placet: Placet, connection: sa.Connection, person: Person) -> dict[str, Any]:
    """Return a person's home tab, as of this transaction."""
    mine = [draft for draft in open_drafts(connection) if _waits_for(placet, draft, person)]
    blocks = [
        _header("Waits for you"),
        *(_waiting(placet, mine) or [paragraph("Nothing waits for you.")]),
        _header("You asked for"),
        *(_asked(own_requests(connection, person)) or [paragraph("Nothing yet: send a message.")]),
        _header("Ran lately"),
        *(_ran(placet, recent_receipts(connection)) or [paragraph("Nothing ran yet.")]),
    ]
    return {"type": "home", "blocks": blocks}


def _header(text: str) -> Block:
    return {"type": "header", "text": plain(text)}


def _waits_for(placet: Placet, draft: Draft, person: Person) -> bool:
    """Return whether this person could approve it now, or is waited for to say what changes."""
    revision = draft.revision
    if draft.state is State.REVISING:
        return revision.requester.key == person.key
    if any(approval.by.key == person.key for approval in draft.approvals):
        return False
    try:
        eligible = placet.policy.eligible(
            revision.kind, requester=revision.requester, editors=revision.editors
        )
    except PlacetError:
        return False
    return any(one.key == person.key for one in eligible)


def _waiting(placet: Placet, drafts: Sequence[Draft]) -> list[Block]:
    blocks: list[Block] = []
    for draft in drafts[:_MOST]:
        revision, value = draft.revision, Seen.of(draft).pack()
        blocks += [
            paragraph(cut(inert(revision.title, 300), 300)),
            context(
                f"{inert(revision.summary, 500)} Asked for by {who(placet, revision.requester)}."
            ),
            actions(
                f"waiting:{revision.draft_id}:{draft.version}",
                [button(Act.VIEW, "View all", value), *_approve(draft, value)],
            ),
        ]
    if len(drafts) > _MOST:
        blocks.append(context(f"… and {len(drafts) - _MOST} more."))
    return blocks


def _approve(draft: Draft, value: str) -> Iterator[Block]:
    if draft.state is State.PENDING:
        confirm = {
            "title": plain("Approve exactly this?"),
            "text": plain(cut(inert(draft.revision.title, 300), 300)),
            "confirm": plain("Approve"),
            "deny": plain("Not yet"),
        }
        yield button(Act.APPROVE, "Approve", value, style="primary", confirm=confirm)
        yield button(Act.REJECT, "Reject", value, style="danger")


def _asked(rows: Sequence[dict[str, Any]]) -> list[Block]:
    return [
        context(
            f"{STATES.get(row['draft_state'], _REQUEST[row['state']])}: {inert(row['text'], 300)}"
        )
        for row in rows
    ]


_REQUEST = {"drafting": "Being drafted", "done": "Answered", "failed": "Not drafted"}


def _ran(placet: Placet, receipts: Sequence[tuple[str, Draft]]) -> list[Block]:
    return [
        context(
            f"{STATES[draft.state.value]}: {inert(draft.revision.title, 300)}, for "
            f"{who(placet, draft.revision.requester)}. Receipt {receipt_id}."
        )
        for receipt_id, draft in receipts
    ]
