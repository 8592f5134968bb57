"""The quorum: whose yes counts for a draft, whose does not, and why, in words."""

from __future__ import annotations

from datetime import datetime

from placet.errors import NotAllowed

from .draft import Approval, Draft, Revision
from .people import Person
from .policy import Policy

__all__ = ["Quorum"]


class Quorum:
    """Answers by policy who may do what with a draft."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def eligible(self, revision: Revision) -> tuple[Person, ...]:
        """Return whose yes counts for this revision."""
        return self._policy.eligible(
            revision.kind, requester=revision.requester, editors=revision.editors
        )

    def is_eligible(self, draft: Draft, person: Person) -> bool:
        """Return whether this person's yes counts."""
        keys = {p.key for p in self.eligible(draft.revision)}
        return not person.bot and person.key in keys

    def check_may_approve(self, draft: Draft, person: Person) -> None:
        """Refuse, in words, whoever's yes does not count.

        Raises:
            NotAllowed: the message says why.
        """
        if self.is_eligible(draft, person):
            return
        if person.bot:
            raise NotAllowed("Bots cannot approve.")
        if person.key == draft.revision.requester.key:
            raise NotAllowed("You cannot approve your own request.")
        if self._is_named(draft, person):
            raise NotAllowed("You edited this draft, so somebody else must approve it.")
        raise NotAllowed(f"You may not approve this; {self._names(draft.revision)} may.")

    def check_has_a_say(
        self, draft: Draft, person: Person, verb: str, *, requester: bool = False
    ) -> None:
        """Refuse, in words, whoever may not `verb` the draft; `requester` lets its owner.

        Raises:
            NotAllowed: the message says who may.
        """
        own = requester and person.key == draft.revision.requester.key
        if person.bot or not (self._is_named(draft, person) or own):
            raise NotAllowed(f"You may not {verb} this; {self._names(draft.revision)} may.")

    def check_may_stop(self, draft: Draft, person: Person) -> None:
        """Refuse, in words, whoever may not stop a run: to stop one, any say in it is enough.

        Raises:
            NotAllowed: the message says who may.
        """
        own = person.key == draft.revision.requester.key
        if not person.bot and (own or self._policy.is_admin(person)):
            return
        if person.bot or not self._is_named(draft, person):
            who = self._policy.name_of(draft.revision.requester)
            raise NotAllowed(
                f"You may not stop this; @{who}, who asked for it, its approvers and admins may."
            )

    def check_may_override(self, draft: Draft, person: Person) -> None:
        """Refuse, in words, whoever may not approve in spite of a check's error.

        Raises:
            NotAllowed: the message says who may.
        """
        may = self.overriders(draft.revision)
        if person.key not in {p.key for p in may}:
            raise NotAllowed(f"You may not override a check; {self._called(may, ', ')} may.")

    def overriders(self, revision: Revision) -> tuple[Person, ...]:
        """Return who may approve this revision in spite of a check's error."""
        allowed = {p.key for p in self._policy.may_override(revision.kind)}
        return tuple(p for p in self.eligible(revision) if p.key in allowed)

    def still_valid(
        self, draft: Draft, at: datetime, *, starts_at: datetime | None = None
    ) -> tuple[Approval, ...]:
        """Return the approvals that have not run out at `at`; a scheduled run's count from it."""
        rule = self._policy.rule(draft.revision.kind)
        return tuple(
            a for a in draft.approvals if at < max(a.at, starts_at or a.at) + rule.valid_for
        )

    def waiting_for(self, revision: Revision, approvals: tuple[Approval, ...]) -> str:
        """Return who could still say yes, in words."""
        done = {approval.by.key for approval in approvals}
        left = [p for p in self.eligible(revision) if p.key not in done]
        return self._called(left, " or ")

    def _is_named(self, draft: Draft, person: Person) -> bool:
        return any(p.key == person.key for p in self._policy.may_approve(draft.revision.kind))

    def _names(self, revision: Revision) -> str:
        return self._called(self.eligible(revision), ", ")

    def _called(self, people: list[Person] | tuple[Person, ...], between: str) -> str:
        return between.join(f"@{self._policy.name_of(p)}" for p in people) or "nobody"
