"""Which buttons a card has: those that would do something, for whoever may press them.

A copy that one person alone sees has that person's buttons; a copy in a channel has everybody's. No
button is trusted: the gate checks each press anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from gates.draft import State
from gates.people import Person
from gates.policy import Policy
from placet.errors import PlacetError

from .blocks import Block, actions, button
from .facts import Facts
from .names import Act, Seen
from .text import cut, inert, plain

__all__ = ["FEEDBACK", "buttons_of", "feedback_block"]

FEEDBACK = {"up": "Good draft", "down": "Bad draft"}
_TAKES_CHANGES = (State.PENDING, State.REVISING)


def buttons_of(facts: Facts, policy: Policy, viewer: Person | None) -> Block:
    """Return the row of buttons of a card that `viewer` (or a channel) sees."""
    value = Seen.of(facts.draft).pack()
    made = [
        button(
            act, label, value, style=style, confirm=_confirm(facts) if act is Act.APPROVE else None
        )
        for act, label, style in _wanted(facts, policy, viewer)
    ]
    return actions(f"acts:{facts.draft.revision.revision}:{facts.draft.version}", made)


def _wanted(facts: Facts, policy: Policy, viewer: Person | None) -> Iterator[tuple[Act, str, str]]:
    draft = facts.draft
    own = viewer is not None and viewer.key == draft.revision.requester.key
    named = viewer is None or viewer.key in _keys(facts, policy, eligible=False)
    if draft.state is State.PENDING:
        if _can_approve(facts, policy, viewer):
            yield Act.APPROVE, "Approve", "primary"
        if facts.editable and (named or own):
            yield Act.EDIT, "Edit", ""
    if draft.state in _TAKES_CHANGES:
        if named or own:
            yield Act.REVISE, "Ask for changes", ""
        if named:
            yield Act.REJECT, "Reject", "danger"
    if own and draft.state in (*_TAKES_CHANGES, State.APPROVED):
        yield Act.WITHDRAW, "Withdraw", ""
    if draft.state in (State.EXECUTED, State.PARTIAL) and not draft.revision.evidence.get("undoes"):
        yield Act.UNDO, "Undo", ""
    yield Act.VIEW, "View all", ""


def _can_approve(facts: Facts, policy: Policy, viewer: Person | None) -> bool:
    draft = facts.draft
    if any(check.status == "error" for check in draft.revision.checks):
        return False
    if viewer is None:
        return True
    given = {approval.by.key for approval in draft.approvals}
    return viewer.key in _keys(facts, policy, eligible=True) - given


def _keys(facts: Facts, policy: Policy, *, eligible: bool) -> set[str]:
    revision = facts.draft.revision
    try:
        people = (
            policy.eligible(revision.kind, requester=revision.requester, editors=revision.editors)
            if eligible
            else policy.may_approve(revision.kind)
        )
    except PlacetError:  # the policy has no rule for this kind any more: nobody may
        return set()
    return {person.key for person in people}


def _confirm(facts: Facts) -> Block:
    view = facts.view
    count = view["action"]["targets"]["count"]
    text = (
        f"{inert(view['title'], 120)}: {count:,} members, "
        f"in {inert(view['action']['destination'], 40)}. "
        f"Revision {view['revision']}, digest {view['digest'][:12]}."
    )
    return {
        "title": plain("Approve exactly this?"),
        "text": plain(cut(text, 300)),
        "confirm": plain("Approve"),
        "deny": plain("Not yet"),
    }


def feedback_block(facts: Facts) -> Block:
    """Return the two thumbs under a card."""
    seen = Seen.of(facts.draft).pack()
    thumbs = {
        f"{name}_button": {
            "text": plain(FEEDBACK[value]),
            "value": f"{value}:{seen}",
            "accessibility_label": FEEDBACK[value],
        }
        for name, value in (("positive", "up"), ("negative", "down"))
    }
    return {
        "type": "context_actions",
        "elements": [{"type": "feedback_buttons", "action_id": Act.FEEDBACK.value, **thumbs}],
    }
