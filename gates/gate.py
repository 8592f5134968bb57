"""The gate: decides whether a draft may run. It knows nothing of agents, Slack or SQL.

Every method reads a draft as it stands and returns a `Transition`, or raises in words. Nothing is
written here: a `Book` carries the transition out as one compare-and-swap, and where somebody else
was first it is read and decided anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from placet.clock import Clock, iso
from placet.errors import BadInput, Conflict, NotAllowed
from placet.ids import DraftId, PermitId, RequestId, new_id

from .action import Action
from .decision import Decision, Verb
from .differences import differences
from .digest import short
from .draft import Approval, Draft, Proposal, Revision, State
from .ledger import Entry, Event, is_genuine
from .override import check_not_blocked
from .people import Person
from .permit import PermitRow
from .policy import Policy
from .quorum import Quorum
from .schedule import check_not_missed, next_start, valid_until
from .self_service import check_self_service
from .transition import Opening, Transition
from .words import clock_time, standing

__all__ = ["Gate"]


_UNDECIDED = frozenset({State.PENDING, State.REVISING})
_OPEN_FOR: dict[Verb, frozenset[State]] = {
    Verb.APPROVE: frozenset({State.PENDING}),
    Verb.EDIT: frozenset({State.PENDING}),
    Verb.REJECT: frozenset({State.PENDING, State.REVISING}),
    Verb.REVISE: frozenset({State.PENDING, State.REVISING}),
    Verb.WITHDRAW: frozenset({State.PENDING, State.REVISING, State.APPROVED}),
    Verb.STOP: frozenset({State.APPROVED, State.EXECUTING}),
}
"""In which states a draft takes each verb."""


class Gate:
    """Decides, by policy and clock, over drafts of the given kinds of action."""

    def __init__(self, *, policy: Policy, kinds: Mapping[str, type[Action]], clock: Clock) -> None:
        self.policy = policy
        self.quorum = Quorum(policy)
        self.clock = clock
        self._kinds = kinds

    # --- opening -------------------------------------------------------------------------------

    def open(
        self, proposal: Proposal, *, requester: Person, request_id: RequestId, draft_id: DraftId
    ) -> Opening:
        """Return a first revision, ready to wait.

        Raises:
            NotAllowed: the policy could never let it through.
            BadInput: the proposal is no valid action of a known kind.
        """
        action = self.read_action(proposal.kind, proposal.action)
        self.policy.check_satisfiable(proposal.kind, requester=requester, flags=action.flags())
        return self._open(proposal, action, requester, request_id, draft_id, {})

    def self_serve(
        self, proposal: Proposal, *, requester: Person, request_id: RequestId, draft_id: DraftId
    ) -> tuple[Opening, Transition]:
        """Return the opening and the approval, at once, of what concerns nobody but its requester.

        Raises:
            NotAllowed: the policy has no such rule, or the action reaches anybody else.
            BadInput: the proposal is no valid action of a known kind.
        """
        action = self.read_action(proposal.kind, proposal.action)
        check_self_service(self.policy, action, proposal, requester)
        marked = {"self_service": True}
        opening = self._open(proposal, action, requester, request_id, draft_id, marked)
        draft = Draft(
            revision=opening.revision, digest=opening.digest, state=State.PENDING, version=1
        )
        yes = Decision(
            draft_id=draft_id,
            verb=Verb.APPROVE,
            by=requester,
            revision=1,
            digest=opening.digest,
            at=self.clock.now(),
        )
        return opening, self._with_approval(draft, yes, (), None, marked)

    def _open(
        self,
        proposal: Proposal,
        action: Action,
        requester: Person,
        request_id: RequestId,
        draft_id: DraftId,
        extra: dict[str, Any],
    ) -> Opening:
        now = self.clock.now()
        revision = Revision(
            **proposal.model_dump(exclude={"action", "flags"}),
            action=action.arguments(),
            flags=action.flags(),
            draft_id=draft_id,
            revision=1,
            request_id=request_id,
            requester=requester,
            author=requester,
            policy_version=self.policy.version,
            created_at=now,
            expires_at=now + self.policy.rule(proposal.kind).expires_in,
        )
        return Opening(
            revision=revision,
            digest=revision.digest(),
            event=self._event(
                "draft.opened", revision, requester, {"title": revision.title} | extra
            ),
        )

    def reopen(self, draft: Draft, proposal: Proposal) -> Transition:
        """Return the next revision of a draft for which changes were asked.

        Raises:
            Conflict: it is no longer waiting for one.
        """
        if draft.state is not State.REVISING:
            raise Conflict(standing(draft, self.policy))
        revision = self._next(draft, proposal, author=draft.revision.requester)
        return self._step(
            draft,
            State.PENDING,
            self._event("draft.revised", revision, None, {"title": revision.title}),
            words=f"Revision {revision.revision} is ready.",
            revision=revision,
        )

    # --- deciding ------------------------------------------------------------------------------

    def decide(
        self, draft: Draft, decision: Decision, edited: Proposal | None = None
    ) -> Transition:
        """Return what a decision does.

        Args:
            draft: the draft as it stands.
            decision: what the person did, on the revision and digest they saw.
            edited: for `edit`, the whole new content, computed by the engine.

        Raises:
            Conflict: somebody or something was first; the message says who and when.
            NotAllowed: this person may not do that; the message says why.
            BadInput: the decision lacks something.
        """
        self._check_current(draft, decision)
        match decision.verb:
            case Verb.APPROVE:
                return self._approve(draft, decision)
            case Verb.REJECT:
                return self._reject(draft, decision)
            case Verb.REVISE:
                return self._revise(draft, decision)
            case Verb.WITHDRAW:
                return self._withdraw(draft, decision)
            case Verb.STOP:
                return self._stop(draft, decision)
            case Verb.EDIT:
                if edited is None:
                    raise BadInput(
                        "An edit needs the edited action; give it with --edit FILE.json."
                    )
                return self._edit(draft, decision, edited)

    def _check_current(self, draft: Draft, decision: Decision) -> None:
        self._check_intact(draft)
        if decision.revision != draft.revision.revision:
            raise Conflict(
                f"This is revision {decision.revision}; see revision {draft.revision.revision}."
            )
        if decision.digest != draft.digest:
            raise Conflict(
                f"What you saw ({short(decision.digest)}) is not what is recorded "
                f"({short(draft.digest)}); look at it again."
            )
        expired = draft.state in _UNDECIDED and self.clock.now() >= draft.revision.expires_at
        if expired:
            raise Conflict(
                f"It expired at {clock_time(draft.revision.expires_at)}; ask for it again."
            )
        if draft.state not in _OPEN_FOR[decision.verb]:
            raise Conflict(standing(draft, self.policy))

    def _check_intact(self, draft: Draft) -> None:
        if draft.revision.digest() != draft.digest:
            raise Conflict(
                "The stored draft no longer matches its digest: it was changed outside Placet "
                "and will not run. Verify the ledger and ask for it again."
            )

    def _approve(self, draft: Draft, decision: Decision) -> Transition:
        revision = draft.revision
        self._check_policy(draft)
        action = self.read_action(revision.kind, revision.action)
        before = self.quorum.still_valid(draft, decision.at, starts_at=action.starts_at())
        check_not_blocked(draft, decision, before, self.quorum)
        self.quorum.check_may_approve(draft, decision.by)
        check_not_missed(action, self.clock.now())
        if any(approval.by.key == decision.by.key for approval in before):
            raise Conflict("You have already approved it; it waits for someone else.")
        return self._with_approval(draft, decision, before, revision=None)

    def _with_approval(
        self,
        draft: Draft,
        decision: Decision,
        before: tuple[Approval, ...],
        revision: Revision | None,
        extra: dict[str, Any] | None = None,
    ) -> Transition:
        current = revision or draft.revision
        yes = Approval(by=decision.by, at=decision.at, override=decision.override)
        approvals = (*before, yes)
        rule = self.policy.rule(current.kind)
        need = 1 if (extra or {}).get("self_service") else rule.needed(current.flags)
        solo = self.policy.solo and decision.by.key == current.requester.key
        body = decision.record() | {"approvals": len(approvals), "need": need} | (extra or {})
        if solo:
            body["solo"] = True
        who = self.policy.name_of(decision.by)
        if len(approvals) < need:
            waiting = self.quorum.waiting_for(current, approvals)
            return self._step(
                draft,
                State.PENDING,
                self._event("draft.approval", current, decision.by, body),
                words=f"Approved by @{who} ({len(approvals)} of {need}); "
                f"it still needs {need - len(approvals)} from {waiting}.",
                decision=decision,
                approvals=approvals,
                revision=revision,
            )
        action = self.read_action(current.kind, current.action)
        until = valid_until(approvals, rule.valid_for, action.starts_at())
        starts_at = next_start(action, self.clock.now())
        permit = PermitRow(
            id=PermitId(new_id("pm")),
            draft_id=current.draft_id,
            revision=current.revision,
            digest=current.digest(),
            issued_at=decision.at,
            valid_until=until,
        )
        body |= {"permit": permit.id, "valid_until": iso(until)}
        when = f"it runs at {clock_time(starts_at)}" if starts_at else "it runs next"
        return self._step(
            draft,
            State.APPROVED,
            self._event("draft.approved", current, decision.by, body),
            words=f"Approved by @{who}; {when}.",
            decision=decision,
            approvals=approvals,
            permit=permit,
            valid_until=until,
            revision=revision,
            next_at=starts_at,
            job=None if starts_at else "execute",  # the sweep starts what is scheduled
        )

    def _reject(self, draft: Draft, decision: Decision) -> Transition:
        self.quorum.check_has_a_say(draft, decision.by, "reject")
        ticket = " A ticket was logged." if decision.follow_up else ""
        return self._step(
            draft,
            State.REJECTED,
            self._event("draft.rejected", draft.revision, decision.by, decision.record()),
            words=f"Rejected by @{self.policy.name_of(decision.by)}; nothing will run.{ticket}",
            decision=decision,
            ticket=decision.follow_up,
            note=decision.reason,
        )

    def _revise(self, draft: Draft, decision: Decision) -> Transition:
        self.quorum.check_has_a_say(draft, decision.by, "ask for changes to", requester=True)
        if not (decision.reason or "").strip():
            raise BadInput("Say what should change; give it with --reason.")
        return self._step(
            draft,
            State.REVISING,
            self._event("draft.revising", draft.revision, decision.by, decision.record()),
            words=f"Changes asked for by @{self.policy.name_of(decision.by)}; "
            f"revision {draft.revision.revision + 1} comes next.",
            decision=decision,
            job="redraft",
            note=decision.reason,
        )

    def _withdraw(self, draft: Draft, decision: Decision) -> Transition:
        if decision.by.key != draft.revision.requester.key:
            who = self.policy.name_of(draft.revision.requester)
            raise NotAllowed(f"Only @{who}, who asked for it, may withdraw it; you may reject it.")
        return self._step(
            draft,
            State.WITHDRAWN,
            self._event("draft.withdrawn", draft.revision, decision.by, decision.record()),
            words="Withdrawn; nothing will run.",
            decision=decision,
            note=decision.reason,
        )

    def _stop(self, draft: Draft, decision: Decision) -> Transition:
        self.quorum.check_may_stop(draft, decision.by)
        if draft.stopped_by is not None:
            raise Conflict(standing(draft, self.policy))
        who = self.policy.name_of(decision.by)
        if draft.state is State.APPROVED:
            return self._step(
                draft,
                State.WITHDRAWN,
                self._event("draft.stopped", draft.revision, decision.by, decision.record()),
                words=f"Stopped by @{who}; nothing was carried out.",
                decision=decision,
                note=decision.reason,
            )
        return self._step(
            draft,
            State.EXECUTING,
            self._event("run.stopping", draft.revision, decision.by, decision.record()),
            words=f"Stopped by @{who}: nothing more starts; what is done already stays.",
            decision=decision,
            note=decision.reason,
        )

    def _edit(self, draft: Draft, decision: Decision, edited: Proposal) -> Transition:
        self._check_policy(draft)
        self.quorum.check_has_a_say(draft, decision.by, "edit", requester=True)
        before = self.read_action(draft.revision.kind, draft.revision.action)
        after = self.read_action(edited.kind, edited.action)
        changed = differences(before.arguments(), after.arguments())
        fixed = sorted(changed & before.FIXED)
        if fixed or edited.kind != draft.revision.kind:
            raise BadInput(
                f"An edit cannot change {', '.join(fixed) or 'kind'}; ask for a new one."
            )
        if not changed:
            raise BadInput("The edit changes nothing.")
        cosmetic = changed <= before.COSMETIC
        eligible = self.quorum.is_eligible(draft, decision.by)
        approves = cosmetic and eligible and not self._is_missed(after)
        revision = self._next(draft, edited, author=decision.by, editing=not approves)
        extra = {"changed": sorted(changed), "cosmetic": cosmetic, "from_digest": draft.digest}
        kept = self._kept(draft, decision, after) if cosmetic else ()
        if approves and not any(check.status == "error" for check in revision.checks):
            others = tuple(a for a in kept if a.by.key != decision.by.key)
            return self._with_approval(draft, decision, others, revision, extra)
        void = "" if cosmetic or not draft.approvals else " Earlier approvals are void."
        return self._step(
            draft,
            State.PENDING,
            self._event("draft.edited", revision, decision.by, decision.record() | extra),
            words=f"Revision {revision.revision} has your edit to {_told(before, changed)}." + void,
            decision=decision,
            revision=revision,
            approvals=kept,
        )

    def _is_missed(self, action: Action) -> bool:
        starts_at = action.starts_at()
        return starts_at is not None and starts_at <= self.clock.now()

    def _kept(self, draft: Draft, decision: Decision, action: Action) -> tuple[Approval, ...]:
        """Return the approvals that a cosmetic edit keeps; an override was for the old digest."""
        valid = self.quorum.still_valid(draft, decision.at, starts_at=action.starts_at())
        return tuple(approval.model_copy(update={"override": ()}) for approval in valid)

    # --- running -------------------------------------------------------------------------------

    def start(self, draft: Draft, permit: PermitRow, *, run: str) -> Transition:
        """Return the step that spends the permit and starts the run.

        Raises:
            Conflict: it is not approved, has changed, or one of its two clocks ran out.
        """
        self._check_intact(draft)
        if draft.state is not State.APPROVED:
            raise Conflict(standing(draft, self.policy))
        if permit.digest != draft.digest or permit.revision != draft.revision.revision:
            raise Conflict("The permit is for another digest; nothing runs.")
        if permit.spent_by is not None:
            raise Conflict(f"The permit was already spent by {permit.spent_by}; nothing runs.")
        late = self.too_late(draft)
        if late:
            raise Conflict(late)
        row = replace(permit, spent_by=run)
        event = self._event("run.started", draft.revision, None, {"permit": permit.id, "run": run})
        return self._step(draft, State.EXECUTING, event, words="It is running.", spend=row)

    def is_proven(
        self, draft: Draft, permit: PermitRow, rows: Iterable[Entry], *, key: bytes
    ) -> bool:
        """Return whether the ledger holds a sealed approval for exactly this permit and digest.

        Whoever can write the database can write a permit; only the key seals a ledger row.
        """
        return any(
            row.event == "draft.approved"
            and (row.draft_id, row.revision) == (draft.revision.draft_id, permit.revision)
            and row.digest == draft.digest == permit.digest
            and row.body.get("permit") == permit.id
            and row.body.get("valid_until") == iso(permit.valid_until)
            and is_genuine(row, key=key)
            for row in rows
        )

    def outdated(self, draft: Draft) -> str | None:
        """Return why an approval is for another policy than today's, or None."""
        if draft.revision.policy_version == self.policy.version:
            return None
        return "The policy has changed since this was approved."

    def too_late(self, draft: Draft) -> str | None:
        """Return why neither clock lets the draft run any more, or None while both do."""
        now = self.clock.now()
        if draft.valid_until is not None and now >= draft.valid_until:
            return f"The approval was valid until {clock_time(draft.valid_until)}; nothing runs."
        if now >= draft.revision.expires_at and not self._is_booked(draft):
            return f"It expired at {clock_time(draft.revision.expires_at)}; nothing runs."
        return None

    def _is_booked(self, draft: Draft) -> bool:
        """Return whether an approval booked its start: then the request's clock ends nothing."""
        if draft.state is not State.APPROVED:
            return False
        revision = draft.revision
        return self.read_action(revision.kind, revision.action).starts_at() is not None

    def finish(
        self,
        draft: Draft,
        to: State,
        *,
        receipt_id: str | None,
        counts: Mapping[str, Any],
        note: str,
    ) -> Transition:
        """Return the step that ends a run: executed, partial, failed, unknown or withdrawn.

        A run that a person stopped needs no ticket: nobody is to do the rest by hand.
        """
        event = self._event(
            f"run.{to.value}", draft.revision, None, {"receipt": receipt_id, **counts, "note": note}
        )
        stopped = draft.stopped_by is not None
        if to is State.WITHDRAWN and not stopped:
            raise Conflict("Nobody stopped it, so it ends with what it did.")
        ticket = to is State.UNKNOWN or (to in (State.PARTIAL, State.FAILED) and not stopped)
        return self._step(draft, to, event, words=note, note=note, ticket=ticket)

    def amended(
        self, draft: Draft, *, receipt_id: str, counts: Mapping[str, Any], note: str
    ) -> Event:
        """Return the ledger row that says what a concluded run did after it was given up."""
        body = {"receipt": receipt_id, **counts, "note": note}
        return self._event("run.amended", draft.revision, None, body)

    def close(self, draft: Draft, to: State, note: str) -> Transition:
        """Return the step that ends an undecided or unrun draft: expired, stale, failed."""
        event = self._event(f"draft.{to.value}", draft.revision, None, {"note": note})
        return self._step(draft, to, event, words=note, note=note, ticket=to is State.FAILED)

    # --- the pieces ----------------------------------------------------------------------------

    def read_action(self, kind: str, arguments: dict[str, Any]) -> Action:
        """Return the action behind a revision's JSON values.

        Raises:
            BadInput: there is no such kind, or the values are none of it.
        """
        model = self._kinds.get(kind)
        if model is None:
            raise BadInput(f"There is no action of kind {kind!r}.")
        try:
            return model.model_validate(arguments)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            raise BadInput(f"This is no valid {kind}: {place}: {first['msg']}.") from None

    def _next(
        self, draft: Draft, proposal: Proposal, *, author: Person, editing: bool = False
    ) -> Revision:
        action = self.read_action(proposal.kind, proposal.action)
        now, old = self.clock.now(), draft.revision
        editors = (*old.editors, author) if editing else old.editors
        self.policy.check_satisfiable(
            old.kind, requester=old.requester, flags=action.flags(), editors=editors
        )
        return Revision(
            **proposal.model_dump(exclude={"action", "flags"}),
            action=action.arguments(),
            flags=action.flags(),
            draft_id=old.draft_id,
            revision=old.revision + 1,
            request_id=old.request_id,
            requester=old.requester,
            author=author,
            editors=editors,
            policy_version=self.policy.version,
            created_at=now,
            expires_at=now + self.policy.rule(old.kind).expires_in,
        )

    def _check_policy(self, draft: Draft) -> None:
        if draft.revision.policy_version != self.policy.version:
            raise Conflict(
                "The policy has changed since this draft was made; "
                "ask for changes to get a revision under the new policy."
            )

    def _event(
        self, name: str, revision: Revision, person: Person | None, body: dict[str, Any]
    ) -> Event:
        return Event(
            event=name,
            draft_id=revision.draft_id,
            revision=revision.revision,
            digest=revision.digest(),
            person=person.key if person else None,
            body=body,
        )

    def _step(self, draft: Draft, to: State, event: Event, **rest: Any) -> Transition:
        rest.setdefault("approvals", () if rest.get("revision") else draft.approvals)
        return Transition(draft=draft, to=to, event=event, at=self.clock.now(), **rest)


def _told(action: Action, changed: Set[str]) -> str:
    """Return the fields that a person changed, without those that follow from them."""
    own = sorted(path for path in changed if path.partition(".")[0] not in action.DERIVED)
    return ", ".join(own or sorted(changed))
