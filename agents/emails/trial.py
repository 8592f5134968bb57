"""A test of an email: one message, as a chosen recipient would see it, to the person who asks.

It carries the asker's own unsubscribe link, so that nothing in it can take anybody else off a list,
records no opens and clicks, and has a Message-ID of its own.
"""

from __future__ import annotations

import hashlib

from agents.port import Proposed
from gates.draft import Check
from gates.files import file_of
from gates.sections import Fact, Section, as_evidence
from gates.targets import targets_of
from placet.errors import BadInput
from tools.email.action import SendEmail, SendTest
from tools.email.model import Email
from tools.email.port import Recipient, Rendered

from .edges import Edges, name_of
from .press import Press

__all__ = ["trial_of"]

_LOOKED_AT = 200
"""Members among whom a telling one is looked for."""
_MARK = "[Test] "


def trial_of(press: Press, sent: SendEmail, *, draft_id: str, to: str) -> Proposed:
    """Return the draft of a test message.

    Raises:
        BadInput: the email cannot be built, or it has no members.
    """
    sample = _sample(press, sent)
    rendered = _rendered(press, sent, sample, to)
    message = file_of(rendered.message, name="test.eml", media_type="message/rfc822")
    page = file_of(rendered.html.encode(), name="test.html", media_type="text/html")
    targets = targets_of([to])
    action = SendTest(targets=targets, to=to, of=draft_id, message=message.ref)
    who = name_of(sample) or sample.contact_id
    section = Section(
        name="content",
        title="Content",
        text=rendered.text.strip(),
        facts=(
            Fact(label="Subject", value=rendered.subject),
            Fact(label="To", value=to),
            Fact(label="As seen by", value=who),
        ),
        files=(page.ref, message.ref),
    )
    return Proposed(
        kind=action.kind,
        action=action.arguments(),
        members=(to,),
        title=f"Test of “{sent.email.name}”",
        summary=f"One message to {to}, as {who} would see it; nobody else gets anything.",
        checks=(Check(name="recipient", status="ok", message=f"It goes to {to} and nobody else."),),
        evidence={"of": draft_id, "sample": sample.contact_id, "sections": as_evidence([section])},
        files=(message, page),
        drafter="rules",
    )


def _sample(press: Press, sent: SendEmail) -> Recipient:
    """Return the member whose message is most worth a look."""
    edges = Edges()
    renderer = press.renderer(sent.email, sent.campaign, tracking=False)
    for recipient in press.sample(sent.segment, _LOOKED_AT):
        try:
            edges.see(renderer.render(recipient), recipient)
        except BadInput:  # no valid address: not one who gets it
            continue
    kept = edges.kept()
    if not kept:
        raise BadInput("Nobody would get this email, so there is nobody to show it as.")
    return kept[0].recipient


def _rendered(press: Press, sent: SendEmail, sample: Recipient, to: str) -> Rendered:
    seed = hashlib.sha256(f"{sent.campaign} {sample.contact_id} {to}".encode()).hexdigest()
    renderer = press.renderer(_marked(sent.email), f"cp_test{seed[:16]}", tracking=False)
    asker = Recipient(contact_id=f"test-{seed[:12]}", email=to, fields=_fields(sample, to))
    key = press.renderer(sent.email, sent.campaign).render(sample).variant
    return renderer.render(asker, variant=key)


def _fields(sample: Recipient, to: str) -> dict[str, str]:
    return {**sample.fields, "contact.email": to}


def _marked(email: Email) -> Email:
    variants = tuple(
        one.model_copy(update={"subject": _MARK + one.subject}) for one in email.variants
    )
    return email.model_copy(update={"subject": _MARK + email.subject, "variants": variants})
