"""Which buttons a card has: those that would do something, for whoever may press them.

A copy that one person alone sees has that person's buttons; a copy in a channel has everybody's. No
button is trusted: the gate checks each press anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gates.draft import Check, Draft, State
from gates.people import Person
from gates.policy import Policy
from placet.errors import PlacetError

from .blocks import Block, actions, button
from .facts import Facts, has_say, overriders
from .names import Act, Seen
from .text import cut, inert, plain

__all__ = [
    "FEEDBACK", "REPLY", "buttons_of", "feedback_block", "reply_feedback_block", "unanswered",
]  # fmt: skip

FEEDBACK = {"up": "Good draft", "down": "Bad draft"}
REPLY = "reply:"
"""What the value of a thumb on a reply starts with, before the request's id."""
_ON_REPLIES = {"up": "Good reply", "down": "Bad reply"}
_TAKES_CHANGES = (State.PENDING, State.REVISING)
_STOPPABLE = (State.APPROVED, State.EXECUTING)
_CAN_BE_TESTED = frozenset({"send_email"})


def buttons_of(facts: Facts, policy: Policy, viewer: Person | None) -> Block:
    """Return the row of buttons of a card that `viewer` (or a channel) sees."""
    value = Seen.of(facts.draft).pack()
    made = [
        button(act, label, value, style=style, confirm=_confirm(facts, act))
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
        elif _can_override(facts, policy, viewer):
            yield Act.OVERRIDE, "Approve anyway …", ""
        if facts.editable and (named or own):
            yield Act.EDIT, "Edit", ""
        if draft.revision.kind in _CAN_BE_TESTED:
            yield Act.TEST, "Send me a test", ""
    if draft.state in _TAKES_CHANGES:
        if named or own:
            yield Act.REVISE, "Ask for changes", ""
        if named:
            yield Act.REJECT, "Reject", "danger"
    if draft.state in _STOPPABLE and draft.stopped_by is None and _may_stop(facts, policy, viewer):
        yield Act.STOP, "Stop", "danger"
    if own and draft.state in _TAKES_CHANGES:
        yield Act.WITHDRAW, "Withdraw", ""
    if draft.state in (State.EXECUTED, State.PARTIAL) and not draft.revision.evidence.get("undoes"):
        yield Act.UNDO, "Undo", ""
    yield Act.VIEW, "View all", ""


def _can_approve(facts: Facts, policy: Policy, viewer: Person | None) -> bool:
    draft = facts.draft
    if unanswered(draft):
        return False
    if viewer is None:
        return True
    given = {approval.by.key for approval in draft.approvals}
    return viewer.key in _keys(facts, policy, eligible=True) - given


def unanswered(draft: Draft) -> tuple[Check, ...]:
    """Return the checks that block Approve and that nobody answered for yet."""
    answered = {name for one in draft.approvals for name in one.override}
    return tuple(
        check
        for check in draft.revision.checks
        if check.status == "error" and check.name not in answered
    )


def _can_override(facts: Facts, policy: Policy, viewer: Person | None) -> bool:
    """Return whether a viewer may approve in spite of errors; a channel sees no such button."""
    draft = facts.draft
    if viewer is None or not unanswered(draft):
        return False
    if any(approval.by.key == viewer.key for approval in draft.approvals):
        return False
    try:
        return viewer.key in {one.key for one in overriders(policy, draft.revision)}
    except PlacetError:
        return False


def _may_stop(facts: Facts, policy: Policy, viewer: Person | None) -> bool:
    return viewer is None or has_say(policy, facts.draft.revision, viewer)


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


def _confirm(facts: Facts, act: Act) -> Block | None:
    """Return what is asked once more before an act that cannot be taken back."""
    view = facts.view
    if act is Act.STOP:
        text = (
            f"{inert(view['title'], 120)}: nothing more starts. What is done already stays, "
            "and mail that has left cannot be called back."
        )
        return _ask("Stop it?", text, "Stop", "Let it run") | {"style": "danger"}
    if act is not Act.APPROVE:
        return None
    count = view["action"]["targets"]["count"]
    what = inert(facts.headline, 160) if facts.headline else (
        f"{count:,} members, in {inert(view['action']['destination'], 40)}"
    )  # fmt: skip
    text = (
        f"{inert(view['title'], 100)}: {what}. "
        f"Revision {view['revision']}, digest {view['digest'][:12]}."
    )
    return _ask("Approve exactly this?", text, "Approve", "Not yet")


def _ask(title: str, text: str, yes: str, no: str) -> Block:
    return {
        "title": plain(title),
        "text": plain(cut(text, 300)),
        "confirm": plain(yes),
        "deny": plain(no),
    }


def feedback_block(facts: Facts) -> Block:
    """Return the two thumbs under a card."""
    return _thumbs(Seen.of(facts.draft).pack(), FEEDBACK)


def reply_feedback_block(request_id: str) -> Block:
    """Return the two thumbs under a reply that made no draft."""
    return _thumbs(f"{REPLY}{request_id}", _ON_REPLIES)


def _thumbs(about: str, labels: Mapping[str, str]) -> Block:
    thumbs = {
        f"{name}_button": {
            "text": plain(labels[value]),
            "value": f"{value}:{about}",
            "accessibility_label": labels[value],
        }
        for name, value in (("positive", "up"), ("negative", "down"))
    }
    return {
        "type": "context_actions",
        "elements": [{"type": "feedback_buttons", "action_id": Act.FEEDBACK.value, **thumbs}],
    }
