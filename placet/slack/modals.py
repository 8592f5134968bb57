"""Modals: the full view, and the forms for changes, rejection and feedback."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tools.segments.port import Row

from .blocks import Block, actions, button, card_blocks, context, paragraph, part_blocks
from .cards import read_card
from .check import MOST_BLOCKS
from .facts import Facts
from .names import Act, Form, Seen
from .parts import Part, Span
from .text import cut, inert, lines, plain

__all__ = [
    "Back", "View", "feedback_form", "full_view", "loading", "reject_form", "revise_form",
    "words_view",
]  # fmt: skip

View = dict[str, Any]

MEMBERS_SHOWN = 500
_REASON = 3_000


@dataclass(frozen=True, kw_only=True)
class Back:
    """Where a form came from: what it decides on, and where its answer goes."""

    seen: Seen
    channel: str | None
    thread_ts: str | None

    def pack(self) -> str:
        """Return it as a view's private metadata."""
        return json.dumps(
            {"seen": self.seen.pack(), "channel": self.channel, "thread": self.thread_ts}
        )

    @classmethod
    def unpack(cls, metadata: str) -> Back | None:
        """Read what `pack` gave; None where it is something else."""
        try:
            held = json.loads(metadata)
            seen = Seen.unpack(held["seen"])
        except (ValueError, KeyError, TypeError):
            return None
        if seen is None:
            return None
        return cls(seen=seen, channel=held.get("channel"), thread_ts=held.get("thread"))


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    form: Form,
    submit: str | None = None,
    back: Back | None = None,
) -> View:
    """Return a modal."""
    view: View = {
        "type": "modal",
        "callback_id": form.value,
        "title": plain(cut(title, 24)),
        "close": plain("Close" if submit is None else "Cancel"),
        "blocks": list(blocks),
    }
    if submit is not None:
        view["submit"] = plain(submit)
    if back is not None:
        view["private_metadata"] = back.pack()
    return view


def loading() -> View:
    """Return what is shown at once, since a trigger lives three seconds."""
    return modal("One moment", [paragraph("Reading the draft …")], form=Form.WORDS)


def working() -> View:
    """Return what is shown while an edit is computed."""
    said = "Computing who is in it now. You may close this; the card is updated either way."
    return modal("Edit", [paragraph(said)], form=Form.WORDS)


def words_view(words: str, title: str = "Placet") -> View:
    """Return an answer in words."""
    return modal(title, [paragraph(lines(words))], form=Form.WORDS)


# --- the full view -------------------------------------------------------------------------------


def full_view(facts: Facts, members: Sequence[Row], total: int, *, back: Back) -> View:
    """Return everything about a draft, and its first members."""
    card = read_card(facts, full=True)
    blocks = card_blocks(card, tables=False)
    if members:
        blocks += part_blocks(_members(members, total))
    room = MOST_BLOCKS["modal"] - 2
    if len(blocks) > room:
        blocks = [*blocks[:room], context("The rest is in the file.")]
    if total:
        get = button(Act.MEMBERS, "Send me all members as a file", back.seen.pack())
        blocks.append(actions("members", [get]))
    return modal("The whole draft", blocks, form=Form.VIEW, back=back)


def _members(members: Sequence[Row], total: int) -> Part:
    title = (
        "Members" if len(members) >= total else f"The first {len(members):,} of {total:,} members"
    )
    rows = tuple(
        (Span(inert(row.email, 120), "code"), Span(f"  {inert(row.name or '-', 80)}"))
        for row in members
    )
    return Part(title=title, rows=rows)


# --- forms ---------------------------------------------------------------------------------------


def revise_form(back: Back) -> View:
    """Return the form that asks what should change."""
    ask = text_input("comment", "What should change?", multiline=True, most=_REASON)
    return modal("Ask for changes", [ask], form=Form.REVISE, submit="Ask", back=back)


def reject_form(back: Back) -> View:
    """Return the form that asks why, and whether to log a ticket."""
    ticket = {
        "text": plain("Log a ticket, so that somebody follows up"),
        "value": "ticket",
    }
    check: Block = {
        "type": "input",
        "block_id": "ticket",
        "optional": True,
        "label": plain("Follow-up"),
        "element": {
            "type": "checkboxes",
            "action_id": "value",
            "options": [ticket],
            "initial_options": [ticket],
        },
    }
    why = text_input("reason", "Why?", multiline=True, most=_REASON)
    return modal("Reject", [why, check], form=Form.REJECT, submit="Reject", back=back)


def feedback_form(back: Back) -> View:
    """Return the form that asks what was wrong; it is optional."""
    why = text_input("reason", "What was wrong?", multiline=True, most=_REASON)
    return modal("Thank you", [why], form=Form.FEEDBACK, submit="Send", back=back)


def text_input(
    block_id: str, label: str, *, value: str = "", multiline: bool = False, most: int = 3_000,
    hint: str = "",
) -> Block:  # fmt: skip
    """Return a field for text."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": "value",
        "multiline": multiline,
        "max_length": min(most, 3_000),
    }
    if value:
        element["initial_value"] = value[:3_000]
    block: Block = {
        "type": "input", "block_id": block_id, "label": plain(cut(label, 150)), "element": element,
    }  # fmt: skip
    if hint:
        block["hint"] = plain(cut(hint, 300))
    return block
