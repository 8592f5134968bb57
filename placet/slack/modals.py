"""Modals: the full view, and the forms for changes, rejection and feedback."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gates.draft import Check
from gates.sections import files_in
from placet.errors import NotAllowed
from tools.segments.port import Row

from .blocks import Block, Pictures, actions, button, card_blocks, context, paragraph, part_blocks
from .cards import read_card
from .check import MOST_BLOCKS
from .facts import Facts
from .names import Act, Form, Seen
from .parts import Part, Span
from .text import cut, inert, lines, plain

__all__ = [
    "Back", "View", "feedback_form", "full_view", "loading", "override_form", "reject_form",
    "revise_form", "words_view",
]  # fmt: skip

View = dict[str, Any]

MEMBERS_SHOWN = 500
_REASON = 3_000
_LARGEST = 220_000
"""Characters of blocks; a view takes 250 kB in all."""


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
    said = (
        "Computing it anew: who is in it, and every check. You may close this; the card is updated."
    )
    return modal("Edit", [paragraph(said)], form=Form.WORDS)


def words_view(words: str, title: str = "Placet") -> View:
    """Return an answer in words."""
    return modal(title, [paragraph(lines(words))], form=Form.WORDS)


# --- the full view -------------------------------------------------------------------------------


def full_view(
    facts: Facts,
    members: Sequence[Row],
    total: int,
    *,
    back: Back,
    pictures: Pictures | None = None,
) -> View:
    """Return everything about a draft, and its first members."""
    card = read_card(facts, full=True)
    blocks = card_blocks(card, tables=False, pictures=pictures)
    if members:
        blocks += part_blocks(_members(members, total))
    get = list(_gets(facts, total, back.seen.pack()))
    blocks = _fitting(blocks)
    if get:
        blocks.append(actions("members", get))
    return modal("The whole draft", blocks, form=Form.VIEW, back=back)


def _fitting(blocks: Sequence[Block]) -> list[Block]:
    """Return as many blocks as a modal takes; whoever must read on finds the rest in the files."""
    room, size = MOST_BLOCKS["modal"] - 2, 0
    for number, block in enumerate(blocks):
        size += len(json.dumps(block))
        if number >= room or size > _LARGEST:
            return [*blocks[:number], context("The rest is in the files.")]
    return list(blocks)


def _gets(facts: Facts, total: int, value: str) -> Iterator[Block]:
    if total:
        yield button(Act.MEMBERS, "Send me all members as a file", value)
    if files_in(facts.view["action"], facts.view["evidence"]):
        yield button(Act.FILES, "Send me the files", value)


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


_MOST_CHECKS = 10  # so many options a group of tick boxes takes


def override_form(failed: Sequence[Check], back: Back) -> View:
    """Return the form in which a person answers for failed checks, each by name."""
    more = len(failed) - _MOST_CHECKS
    if more > 0:
        raise NotAllowed(
            f"{len(failed)} checks failed, too many to answer for here: put some right first."
        )
    said: list[Block] = []
    for check in failed:
        fix = f" Fix: {inert(check.fix, 300)}" if check.fix else ""
        said.append(paragraph(f"✗ {inert(check.name, 60)}: {inert(check.message, 600)}{fix}"))
    options = [
        {"text": plain(cut(inert(check.name, 70), 75)), "value": f"check:{number}"}
        for number, check in enumerate(failed)
    ]
    ticks: Block = {
        "type": "input",
        "block_id": "checks",
        "label": plain("I answer for these"),
        "element": {"type": "checkboxes", "action_id": "value", "options": options},
    }
    why = text_input(
        "reason", "Why is it right to go ahead?", multiline=True, most=_REASON,
        hint="It is kept in the ledger with your name and the names of the checks.",
    )  # fmt: skip
    head = paragraph("Approve is blocked by what follows. Nothing here is put right by approving.")
    return modal(
        "Approve anyway", [head, *said, ticks, why], form=Form.OVERRIDE, submit="Approve anyway",
        back=back,
    )  # fmt: skip


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
