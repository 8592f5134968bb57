"""One of each thing Placet shows in Slack, with made-up facts: for checks by others than ourselves.

`placet doctor` has Slack validate them, and tests hold them against Slack's published types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from gates.draft import Check, Draft, Revision, State
from gates.files import FileRef
from gates.people import Person
from gates.policy import Policy, read_policy
from gates.sections import Fact, Picture, Section, Table, as_evidence
from gates.targets import targets_of
from placet.ids import DraftId, RequestId
from placet.store.views import draft_view
from tools.crm.port import Catalogue, FieldSpec
from tools.email.action import SendEmail
from tools.email.brand import sample_brand
from tools.email.headline import headline
from tools.email.model import Email, Schedule
from tools.segments.action import BuildSegment
from tools.segments.port import Row
from tools.segments.tree import Segment

from . import modals
from .edit_form import edit_view
from .email_form import email_view
from .facts import Facts
from .messages import card_message, plain_card, reply_message, words_message
from .names import Seen

__all__ = ["sample_facts", "templates"]

_AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
_POLICY = """
[people.ana]
user = "ana"
[people.ben]
user = "ben"
[rules.build_segment]
approvers = ["ben"]
[rules.send_email]
approvers = ["ben"]
may_override = ["ben"]
"""
_CATALOGUE = Catalogue(
    fields=(
        FieldSpec(subject="contact", name="country", label="Country", type="picklist",
                  values=("Germany", "France", "Spain")),
        FieldSpec(subject="contact", name="score", label="Score", type="number"),
        FieldSpec(subject="contact", name="job_title", label="Job title", type="text"),
    ),
    event_types=("email_open",),
)  # fmt: skip


def sample_facts(state: State = State.PENDING, **evidence: Any) -> tuple[Facts, Policy]:
    """Return made-up facts with every part that a card can have."""
    policy = read_policy(_POLICY)
    draft = _draft(policy, state, evidence)
    facts = Facts(
        draft=draft,
        view=draft_view(draft, policy),
        request="VPs of marketing in Germany or France who opened an email lately",
        filter="Country is Germany or France and opened an email in the last 30 days",
        headline=None,
        next_start=None,
        stopped=None,
        called=policy.name_of,
        replaced_by=None,
        receipt="rc_0" if state is State.EXECUTED else None,
        editable=True,
    )
    return facts, policy


def _draft(policy: Policy, state: State, evidence: Mapping[str, Any]) -> Draft:
    ana = Person(team="local", user="ana")
    segment = Segment.model_validate({"name": "VPs", "filter": _TREE, "as_of": _AT})
    action = BuildSegment(segment=segment, targets=targets_of(("c1", "c2")))
    revision = Revision(
        draft_id=DraftId("dr_0"), revision=1, request_id=RequestId("rq_0"), kind=action.kind,
        action=action.arguments(), title="Build the list “VPs”", summary="2 contacts.",
        checks=(Check(name="members", status="ok", message="2 contacts."),
                Check(name="share", status="warn", message="This is 60 % of all contacts.")),
        evidence=_EVIDENCE | dict(evidence), requester=ana, author=ana, drafter="rules",
        policy_version=policy.version, created_at=_AT, expires_at=_AT + timedelta(days=7),
    )  # fmt: skip
    return Draft(revision=revision, digest=revision.digest(), state=state, version=1)


_TREE: dict[str, Any] = {
    "op": "and",
    "of": [
        {"op": "property", "field": "country", "is": {"test": "in", "values": ["Germany"]}},
        {"op": "not", "of": {"op": "property", "field": "score",
                             "is": {"test": "greater", "value": 10}, "unknown": "include"}},
        {"op": "event", "types": ["email_open"], "window": {"test": "within", "amount": 30}},
        {"op": "property", "field": "job_title", "is": {"test": "contains", "text": "VP"}},
    ],
}  # fmt: skip
_EVIDENCE: dict[str, Any] = {
    "matching": 3,
    "funnel": [{"words": "everybody", "remaining": 5_000}, {"words": "opened", "remaining": 2}],
    "left_out": [{"reason": "no_consent", "count": 1}],
    "included_anyway": [{"reason": "unsubscribed", "count": 1}],
    "sample": [{"name": "Eva Lang", "job_title": "VP Marketing", "company": "Acme",
                "country": "Germany", "email": "eva@acme.example"}],
    "words": [{"words": "in Germany", "use": "condition", "became": "Country is Germany"},
              {"words": "who", "use": "filler", "became": ""}],
    "warnings": ["1 person has no country and is left out."],
    "second_opinion": {"drafter": "rules", "agrees": False, "only_here": 1, "only_there": 2,
                       "description": "Country is Germany"},
    "refreshed": "3 of 10 members changed.",
    "steps": ["Open the CRM.", "Make a list."],
}  # fmt: skip


def templates() -> dict[str, dict[str, Any]]:
    """Return one of each message (`message/...`) and view (`view/...`), as Slack takes them."""
    shown = {f"message/card_{state.value}": _card(state) for state in State}
    facts, _ = sample_facts()
    back = modals.Back(seen=Seen.of(facts.draft), channel="C1", thread_ts="1.1")
    question = {"text": "Which country?", "options": ["Germany", "France"]}
    rows = [Row(contact_id="c1", email="eva@acme.example", name="Eva Lang")]
    action = facts.draft.revision.action
    return (
        shown
        | _emails()
        | {
            "message/plain_card": plain_card(facts),
            "message/question": reply_message("Which country?", question),
            "message/words": words_message("Approved by @ben; it runs next."),
            "view/edit": edit_view(action, _CATALOGUE, facts.filter or "", back),
            "view/feedback": modals.feedback_form(back),
            "view/full": modals.full_view(facts, rows, 2, back=back),
            "view/loading": modals.loading(),
            "view/reject": modals.reject_form(back),
            "view/revise": modals.revise_form(back),
            "view/words": modals.words_view("It was already approved."),
        }
    )


def _card(state: State) -> dict[str, Any]:
    facts, policy = sample_facts(state)
    return card_message(facts, policy, None)


def _emails() -> dict[str, dict[str, Any]]:
    """Return what an email's approver sees: the card, the whole of it, and the two forms."""
    facts, policy = sample_facts()
    action = _sample_email()
    sections = [
        Section(
            name="content", title="Content", text="Hi Eva,\n\njoin us.", files=(action.manifest,),
            facts=(Fact(label="Subject", value="Join"), Fact(label="Note", value="!", loud=True)),
            table=Table(columns=("Link", "To"), rows=(("Join", "https://acme.example"),), total=2),
            pictures=(Picture(file=_FILE, alt="The email", width=640, height=900),),
        )
    ]  # fmt: skip
    failed = (
        Check(name="links", status="error", message="One leads nowhere.", fix="Mend it."),
        Check(name="size", status="warn", message="90 kB."),
    )
    revision = facts.draft.revision.model_copy(
        update={
            "kind": action.kind, "action": action.arguments(), "checks": failed,
            "evidence": {"sections": as_evidence(sections)},
        }
    )  # fmt: skip
    draft = Draft(revision=revision, digest=revision.digest(), state=State.PENDING, version=1)
    facts = replace(
        facts, draft=draft, view=draft_view(draft, policy), headline=headline(action, UTC)
    )
    ben = Person(team="local", user="ben")
    back = modals.Back(seen=Seen.of(draft), channel="C1", thread_ts="1.1")
    pictures = {_FILE.sha256: "F0123456789"}
    return {
        "message/card_email": card_message(facts, policy, ben, pictures=pictures),
        "message/card_email_without_pictures": card_message(facts, policy, None),
        "view/full_email": modals.full_view(facts, [], 2, back=back, pictures=pictures),
        "view/edit_email": email_view(action, sample_brand(), back),
        "view/override": modals.override_form(failed[:1], back),
    }


_FILE = FileRef(sha256="b" * 64, name="email-desktop.png", media_type="image/png", size=70_000)


def _sample_email() -> SendEmail:
    email = Email.model_validate(
        {
            "name": "Invitation", "subject": "Join us", "sender": sample_brand().senders[0],
            "body": [
                {"type": "heading", "text": "Join us"},
                {"type": "text", "text": "Hi {{ contact.first_name | default: \"there\" }}"},
                {"type": "bullets", "items": ["one", "two"]},
                {"type": "button", "label": "Join", "url": "https://www.halden.example/"},
                {"type": "image", "src": "https://www.halden.example/a.png", "alt": "A", "width": 9,
                 "height": 9},
                {"type": "quote", "text": "Good.", "by": "Eva"},
            ],
        }
    )  # fmt: skip
    segment = Segment.model_validate({"name": "VPs", "filter": _TREE, "as_of": _AT})
    manifest = FileRef(
        sha256="a" * 64, name="recipients.ndjson", media_type="application/x-ndjson", size=1_204
    )
    return SendEmail(
        segment=segment, targets=targets_of(("c1", "c2")), email=email, brand="c" * 64,
        campaign="cp_0", manifest=manifest,
        schedule=Schedule(send_at=_AT + timedelta(days=3), per_minute=60),
    )  # fmt: skip
