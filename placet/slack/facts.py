"""What a card is made of: the draft as it stands, and what is kept beside it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from gates.action import Action
from gates.draft import Draft, Revision
from gates.people import Person
from gates.policy import Policy
from gates.quorum import Quorum
from placet.errors import NotFound, PlacetError
from placet.store.cards import read_receipt_of
from placet.store.views import draft_view, read_replacement, read_request
from tools.email.action import SendEmail, SendTest
from tools.email.headline import headline, moment
from tools.prompts.action import ChangePrompt
from tools.prompts.drafting import headline as of_prompt
from tools.segments.action import BuildSegment

if TYPE_CHECKING:
    import sqlalchemy as sa

    from placet.wiring import Placet

__all__ = ["Facts", "has_say", "overriders", "read_facts", "who"]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything that the card of a draft shows; all words in it are untrusted."""

    draft: Draft
    view: Mapping[str, Any]
    """As `placet.store.views.draft_view` returns it."""
    request: str | None
    """The request in the person's own words; None for an undo."""
    filter: str | None
    """The filter in plain words, described anew from the sealed action."""
    headline: str | None
    """What Approve does, in one line, for kinds that say more than a count."""
    next_start: str | None
    """When it runs or goes on, where that is not at once: `Sat 12 Dec 2026 09:00 CET`."""
    stopped: str | None
    """Who stopped it after it was approved."""
    called: Callable[[Person], str]
    """How the policy calls a person."""
    replaced_by: str | None
    """The draft that was made in place of this one, where it went stale."""
    receipt: str | None
    """The receipt, once it was carried out."""
    editable: bool
    """Whether a person may change its fields."""


def read_facts(placet: Placet, connection: sa.Connection, draft: Draft) -> Facts:
    """Return everything that the card of a draft shows, as of this transaction."""
    draft_id, revision = draft.revision.draft_id, draft.revision
    try:
        request = str(read_request(connection, revision.request_id)["text"])
    except NotFound:
        request = None
    return Facts(
        draft=draft,
        view=draft_view(draft, placet.policy),
        request=request,
        filter=_describe(placet, draft),
        headline=_headline(placet, draft),
        next_start=moment(draft.next_at, _zone(placet)) if draft.next_at else None,
        stopped=placet.policy.name_of(draft.stopped_by) if draft.stopped_by else None,
        called=placet.policy.name_of,
        replaced_by=read_replacement(connection, draft_id),
        receipt=read_receipt_of(connection, draft_id),
        editable=placet.desk.editable(revision.kind),
    )


def _describe(placet: Placet, draft: Draft) -> str | None:
    action = _action(placet, draft)
    if not isinstance(action, BuildSegment):
        return None
    return placet.segments.describe(action.segment.filter)


def _headline(placet: Placet, draft: Draft) -> str | None:
    action = _action(placet, draft)
    if isinstance(action, ChangePrompt):
        return of_prompt(action)
    if not isinstance(action, SendEmail | SendTest):
        return None
    return headline(action, _zone(placet))


def _zone(placet: Placet) -> ZoneInfo:
    return ZoneInfo(placet.settings.timezone)


def _action(placet: Placet, draft: Draft) -> Action | None:
    try:
        return placet.gate.read_action(draft.revision.kind, draft.revision.action)
    except PlacetError:
        return None


def who(placet: Placet, person: Person) -> str:
    """Return how to call a person: the policy's name for them, or else their id."""
    name = placet.policy.name_of(person)
    return f"@{person.user if name == person.key else name}"


def overriders(policy: Policy, revision: Revision) -> tuple[Person, ...]:
    """Return who may approve a revision in spite of a check's error."""
    return Quorum(policy).overriders(revision)


def has_say(policy: Policy, revision: Revision, person: Person) -> bool:
    """Return whether a person has a say in a draft: asked for it, edited it, approves, or admin."""
    involved = {revision.requester.key, revision.author.key, *(p.key for p in revision.editors)}
    with contextlib.suppress(PlacetError):  # the policy may have no rule for this kind any more
        involved |= {one.key for one in policy.may_approve(revision.kind)}
    return person.key in involved or policy.is_admin(person)
