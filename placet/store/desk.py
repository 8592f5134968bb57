"""The desk: what every door calls. Slack, the console and the command line press the same buttons.

Each call is one transaction and one answer in words; what follows from it is the worker's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa

from agents.port import Proposed
from gates.action import Action
from gates.decision import Decision, Verb
from gates.draft import Draft, State
from gates.gate import Gate
from gates.ledger import Event
from gates.people import Person
from placet.clock import Clock
from placet.errors import BadInput, Conflict, NotAllowed
from placet.ids import DraftId, RequestId, ThreadId, new_id
from tools.execution import AnyHandler, Undoing

from . import items, switch
from .book import SqlBook, read_draft, read_members
from .drafting import as_proposal, open_draft, packed
from .files import Beside
from .ledger import append
from .outbox import first_time
from .port import Job, Jobs
from .schema import drafts, requests
from .views import list_drafts, read_receipt

__all__ = ["Composer", "Decided", "Desk", "Tester"]

_TRIES = 5
_LONGEST = 10_000


class Composer(Protocol):
    """Computes everything a card shows for an action that a person wrote."""

    def compose(
        self, action: Mapping[str, Any], *, drafter: str, prompt: str | None = None
    ) -> Proposed:
        """Return the action as a proposal: members, checks, evidence, title, summary.

        Raises:
            BadInput: it is no valid action of this kind.
        """
        ...


class Tester(Protocol):
    """Makes a try-out of a draft: something that reaches nobody but the person who asks for it."""

    def test_of(self, action: Mapping[str, Any], *, draft_id: str, to: str) -> Proposed:
        """Return the try-out of an action as a proposal of its own kind, for one address.

        Raises:
            BadInput: there is nothing to try out.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Decided:
    """A decision that counted."""

    draft: Draft
    words: str


@dataclass(frozen=True, kw_only=True)
class _Press:
    """A button and who pressed it, before it is known what stands."""

    draft_id: DraftId
    verb: Verb
    by: Person
    reason: str | None
    follow_up: bool
    override: tuple[str, ...]


class Desk:
    """Takes requests and decisions."""

    def __init__(
        self,
        *,
        book: SqlBook,
        gate: Gate,
        jobs: Jobs,
        composers: Mapping[str, Composer],
        handlers: Mapping[str, AnyHandler],
        clock: Clock,
        key: bytes,
        testers: Mapping[str, Tester] | None = None,
    ) -> None:
        self._book, self._gate, self._jobs = book, gate, jobs
        self._testers = testers or {}
        self._composers, self._handlers = composers, handlers
        self._clock, self._key = clock, key

    # --- asking --------------------------------------------------------------------------------

    def ask(
        self, text: str, *, person: Person, place: str, thread: ThreadId | None = None
    ) -> RequestId:
        """Take a request: its row and its drafting job in one transaction.

        Raises:
            BadInput: there is nothing in it, or far too much.
        """
        clean = _clean(text)
        with self._book.engine.begin() as connection:
            return self._take(connection, clean, person, place, thread)

    def ask_once(
        self,
        event_id: str,
        text: str,
        *,
        person: Person,
        place: str,
        thread: ThreadId | None = None,
    ) -> RequestId | None:
        """Take a request that came with an event; None where that event was taken in before.

        Raises:
            BadInput: there is nothing in it, or far too much.
        """
        clean = _clean(text)
        with self._book.engine.begin() as connection:
            if not first_time(connection, event_id, at=self._clock.now()):
                return None
            return self._take(connection, clean, person, place, thread)

    def _take(
        self,
        connection: sa.Connection,
        text: str,
        person: Person,
        place: str,
        thread: ThreadId | None,
    ) -> RequestId:
        request_id = RequestId(new_id("rq"))
        connection.execute(
            requests.insert().values(
                id=request_id,
                thread_id=thread or request_id,
                text=text,
                person=person.key,
                place=place,
                at=self._clock.now(),
                state="drafting",
                refused=False,
            )
        )
        job = f"draft:{request_id}"
        self._jobs.enqueue(connection, Job(id=job, kind="draft", args=(request_id, job)))
        self._book.announcer.asked(connection, request_id)
        return request_id

    def stop(self, thread: ThreadId, *, person: Person) -> int:
        """Stop the drafting that goes on in a conversation; returns how many requests stopped.

        What the agent finds nevertheless is thrown away: a stopped request opens no draft.
        """
        words = f"Stopped by @{self._gate.policy.name_of(person)}; nothing was drafted."
        with self._book.begin() as page:
            query = sa.select(requests.c.id).where(
                requests.c.thread_id == thread, requests.c.state == "drafting"
            )
            stopped = list(page.connection.scalars(query.with_for_update()))
            page.connection.execute(
                requests.update()
                .where(requests.c.id.in_(stopped), requests.c.state == "drafting")
                .values(state="failed", reply=words)
            )
            for request_id in stopped:
                page.announcer.answered(page.connection, request_id)
        for request_id in stopped:
            self._jobs.cancel(f"draft:{request_id}")
        return len(stopped)

    # --- deciding ------------------------------------------------------------------------------

    def decide(
        self,
        draft_id: str,
        verb: Verb,
        *,
        person: Person,
        reason: str | None = None,
        seen: tuple[int, str] | None = None,
        edit: Mapping[str, Any] | None = None,
        follow_up: bool = True,
        override: Sequence[str] = (),
    ) -> Decided:
        """Carry out a decision, or say in words why it does not count.

        Args:
            draft_id: which draft.
            verb: what the person did.
            person: who did it.
            reason: why.
            seen: revision and digest that the person saw; default: as they stand.
            edit: for `edit`, the changed parts of the action (JSON merge patch, RFC 7396).
            follow_up: whether a rejection logs a ticket.
            override: for `approve`, the checks whose errors the person answers for.

        Raises:
            Conflict: somebody or something was first.
            NotAllowed: the policy says no.
            BadInput: the decision lacks something.
        """
        if override and verb is not Verb.APPROVE:
            raise BadInput("Only `approve` takes an override.")
        press = _Press(
            draft_id=DraftId(draft_id),
            verb=verb,
            by=person,
            reason=_clean(reason) if reason else None,
            follow_up=follow_up,
            override=tuple(dict.fromkeys(override)),
        )
        for _ in range(_TRIES):
            edited, kept, on = None, None, seen
            if verb is Verb.EDIT:  # what was composed from one revision is for that one only
                draft = self.draft(draft_id)
                edited = self._edited(draft, edit)
                kept = packed(edited)
                on = seen or (draft.revision.revision, draft.digest)
            decided = self._decide_once(press, on, edited, kept)
            if decided is not None:
                return decided
        raise Conflict("Others keep deciding on this draft at the same moment; look at it again.")

    def _decide_once(
        self,
        press: _Press,
        seen: tuple[int, str] | None,
        edited: Proposed | None,
        kept: Beside | None,
    ) -> Decided | None:
        with self._book.begin() as page:
            draft = page.read(press.draft_id)
            revision, digest = seen or (draft.revision.revision, draft.digest)
            decision = Decision(
                draft_id=press.draft_id,
                verb=press.verb,
                by=press.by,
                reason=press.reason,
                follow_up=press.follow_up,
                override=press.override,
                revision=revision,
                digest=digest,
                at=self._clock.now(),
            )
            proposal = as_proposal(edited) if edited else None
            transition = self._gate.decide(draft, decision, proposal)
            if kept is not None:
                page.keep_beside(kept)
            if not page.apply(transition):
                return None
            return Decided(draft=transition.after(), words=transition.words)

    def editable(self, kind: str) -> bool:
        """Return whether a person may edit drafts of this kind."""
        return kind in self._composers

    def _edited(self, draft: Draft, edit: Mapping[str, Any] | None) -> Proposed:
        composer = self._composers.get(draft.revision.kind)
        if composer is None:
            raise BadInput(f"A draft of kind {draft.revision.kind} cannot be edited; reject it.")
        if not isinstance(edit, Mapping):
            raise BadInput("An edit needs the changed parts of the action as a JSON object.")
        if "targets" in edit and edit["targets"] != draft.revision.action["targets"]:
            raise BadInput("Members are computed from the filter; edit the filter, not targets.")
        merged = _merge(draft.revision.action, edit)
        return composer.compose(
            merged, drafter=draft.revision.drafter, prompt=draft.revision.prompt
        )

    # --- what concerns nobody else --------------------------------------------------------------

    def self_serve(self, proposed: Proposed, *, person: Person, request_id: str) -> Draft:
        """Open and approve, in one transaction, what reaches nobody but the person themself.

        Raises:
            NotAllowed: the policy has no `self_service` rule for it, or it reaches others.
            BadInput: it is no valid action of its kind.
        """
        kept, draft_id = packed(proposed), DraftId(new_id("dr"))
        with self._book.begin() as page:
            page.keep_beside(kept)
            opening, approval = self._gate.self_serve(
                as_proposal(proposed),
                requester=person,
                request_id=RequestId(request_id),
                draft_id=draft_id,
            )
            page.open(opening, source=f"self:{draft_id}")
            page.apply(approval)
            return page.read(draft_id)

    def test(self, draft_id: str, *, person: Person) -> Draft:
        """Try a draft out on the person who asks for it: it goes to their own address alone.

        Raises:
            NotFound: there is no such draft.
            BadInput: drafts of this kind cannot be tried out.
            NotAllowed: the policy knows no address of the person, or has no rule for it.
        """
        draft = self.draft(draft_id)
        tester = self._testers.get(draft.revision.kind)
        if tester is None:
            raise BadInput(f"A draft of kind {draft.revision.kind} cannot be tried out.")
        address = self._gate.policy.address_of(person)
        if address is None:
            name = self._gate.policy.name_of(person)
            raise NotAllowed(
                f"The policy knows no address of @{name}; add email to [people.{name}] in "
                "policy.toml."
            )
        proposed = tester.test_of(draft.revision.action, draft_id=draft_id, to=address)
        return self.self_serve(proposed, person=person, request_id=draft.revision.request_id)

    # --- undoing -------------------------------------------------------------------------------

    def undo(self, receipt_id: str, *, person: Person) -> Draft:
        """Open the compensating draft of a receipt; it waits for approval like any other.

        Raises:
            NotFound: there is no such receipt.
            NotAllowed: it cannot be undone.
            Conflict: its undo is waiting or done already.
        """
        with self._book.reader.connect() as connection:
            receipt = read_receipt(connection, receipt_id)
            self._earlier_undos(connection, receipt_id)
            proposed = self._undo_of(connection, receipt)
        kept = packed(proposed)
        with self._book.begin() as page:
            number = self._earlier_undos(page.connection, receipt_id)
            source = f"undo:{receipt_id}:{number}"
            draft_id = open_draft(
                page, self._gate, proposed, person, new_id("rq"), source, kept=kept
            )
            return page.read(draft_id)

    def _undo_of(self, connection: sa.Connection, receipt: Mapping[str, Any]) -> Proposed:
        draft = read_draft(connection, receipt["draft_id"])
        handler = self._handlers[receipt["kind"]]
        action = self._gate.read_action(draft.revision.kind, draft.revision.action)
        results = items.read_results(connection, receipt["permit_id"])
        found = handler.undo(action, results, receipt["id"]) if results else None
        if found is None:
            why = _why_not_undone(handler, action, results)
            raise NotAllowed(f"Receipt {receipt['id']} cannot be undone: {why}")
        undoing = (
            found if isinstance(found, Undoing) else Undoing(action=found[0], targets=found[1])
        )
        recipe = self._handlers[undoing.action.kind].manual_steps(undoing.action, undoing.targets)
        return _undo_proposal(draft, receipt["id"], undoing, recipe)

    def _earlier_undos(self, connection: sa.Connection, receipt_id: str) -> int:
        query = sa.select(drafts.c.id, drafts.c.state).where(
            drafts.c.source.like(f"undo:{receipt_id}:%")
        )
        rows = connection.execute(query).all()
        for draft_id, state in rows:
            if state == State.EXECUTED.value:
                raise Conflict(f"Receipt {receipt_id} is undone already, by draft {draft_id}.")
            if state in _ALIVE:
                raise Conflict(f"Draft {draft_id} to undo it is {state} already.")
        return len(rows)

    # --- pausing -------------------------------------------------------------------------------

    def pause(self, *, person: Person) -> str:
        """Stop all execution before the next call to a destination."""
        return self._turn(person, on=True)

    def resume(self, *, person: Person) -> str:
        """Let execution go on where it stopped."""
        return self._turn(person, on=False)

    def _turn(self, person: Person, *, on: bool) -> str:
        if not self._gate.policy.is_admin(person):
            raise NotAllowed(
                f"@{self._gate.policy.name_of(person)} is no admin, and only admins may pause "
                "and resume."
            )
        now = self._clock.now()
        with self._book.engine.begin() as connection:
            turn = switch.turn(connection, on=on, person=person.key, at=now)
            if turn is None:
                return "It is paused already." if on else "It is not paused."
            event = Event(
                event="paused" if on else "resumed", person=person.key, body={"turn": turn}
            )
            append(connection, event, at=now, key=self._key)
        if on:
            return "Paused: nothing more is written outside until `placet resume`."
        return "Resumed: what was stopped goes on where it stopped."

    # --- looking -------------------------------------------------------------------------------

    def draft(self, draft_id: str) -> Draft:
        """Return a draft as it stands."""
        with self._book.reader.connect() as connection:
            return read_draft(connection, draft_id)

    def drafts(
        self, *, state: State | None = None, request_id: str | None = None
    ) -> Sequence[Draft]:
        """Return drafts, oldest first."""
        with self._book.reader.connect() as connection:
            return list_drafts(connection, state=state, request_id=request_id)

    def members(self, draft: Draft) -> Sequence[str]:
        """Return the record ids a draft touches."""
        action = self._gate.read_action(draft.revision.kind, draft.revision.action)
        with self._book.reader.connect() as connection:
            return read_members(connection, action.targets)


_ALIVE = {
    state.value
    for state in (
        State.PENDING,
        State.REVISING,
        State.APPROVED,
        State.EXECUTING,
        State.UNKNOWN,
    )
}


def _why_not_undone(handler: AnyHandler, action: Action, results: Mapping[str, str]) -> str:
    """Return why nothing takes a receipt back: in the handler's words, where it has any."""
    explain = getattr(handler, "why_not_undone", None)  # optional, see `tools.execution.Handler`
    if explain is None or not results:
        return "nothing is left to undo."
    return str(explain(action, results))


def _undo_proposal(
    draft: Draft, receipt_id: str, undoing: Undoing, recipe: Sequence[str]
) -> Proposed:
    summary = f"Takes back receipt {receipt_id}; {len(undoing.targets):,} members are on it now."
    about = {"undoes": receipt_id, "of": draft.revision.draft_id, "steps": list(recipe)}
    return Proposed(
        kind=undoing.action.kind,
        action=undoing.action.arguments(),
        members=tuple(undoing.targets),
        title=f"Undo: {draft.revision.title}",
        summary=undoing.summary or summary,
        checks=(),
        evidence={**undoing.evidence, **about},
        files=undoing.files,
        drafter="rules",
    )


def _merge(value: Any, patch: Any) -> Any:
    """Return `value` changed by a JSON merge patch (RFC 7396); lists are replaced whole.

    So is a condition of a filter (what has an `op`): half of one kind and half of another is none.
    """
    if not isinstance(patch, Mapping) or not isinstance(value, Mapping) or "op" in patch:
        return patch
    merged = {**value}
    for key, change in patch.items():
        if change is None:
            merged.pop(key, None)
        else:
            merged[key] = _merge(value.get(key), change)
    return merged


def _clean(text: str) -> str:
    """Return text that every database can hold: no NUL, no lone surrogates."""
    clean = text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd").strip()
    if not clean:
        raise BadInput("There is nothing in it; say in plain words what you need.")
    if len(clean) > _LONGEST:
        raise BadInput(f"That is {len(clean):,} characters; the most Placet reads is {_LONGEST:,}.")
    return clean
