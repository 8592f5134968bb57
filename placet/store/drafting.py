"""From a request to drafts at the gate: what the `draft` and `redraft` jobs do.

The agent's own thread remembers what was paid for, so a job repeated after a kill asks no model
twice; a draft is opened once per job and ordinal. When the job ends, its drafts wait, and nothing
runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from agents.models import Spent, Usage, counting
from agents.port import Agent, Drafted, Proposed
from gates.draft import Draft, Proposal, State
from gates.gate import Gate
from gates.people import Person
from placet.errors import PlacetError
from placet.ids import DraftId, RequestId, new_id
from placet.log import get_logger

from .book import SqlBook, SqlPage, read_draft
from .files import Beside, beside
from .schema import drafts, requests

__all__ = ["BOT_PLACE", "Drafting", "as_proposal", "open_draft", "packed"]

_log = get_logger(__name__)

BOT_PLACE = "audit"
"""Where requests come from that no person made: what they ask for, a bot asks for."""


def as_proposal(proposed: Proposed) -> Proposal:
    """Return what the gate sees of a proposed draft."""
    return Proposal.model_validate(proposed.model_dump(exclude={"members", "files"}))


def packed(proposed: Proposed) -> Beside:
    """Pack what is kept beside a proposed draft, before anybody waits for it.

    Raises:
        Conflict: a file's name is not the hash of its bytes.
    """
    return beside(proposed.members, proposed.files, proposed.action)


class Drafting:
    """Runs the agent and opens what it proposes at the gate."""

    def __init__(self, *, book: SqlBook, gate: Gate, agent: Agent) -> None:
        self._book, self._gate, self._agent = book, gate, agent

    def bodies(self) -> Mapping[str, Callable[..., str]]:
        """Return what does the one stage of a `draft` job and of a `redraft` job."""
        return {"draft.run": self.draft, "redraft.run": self.redraft}

    def draft(self, request_id: str, job: str) -> str:
        """Draft for a request: drafts at the gate and a reply, or a reply alone."""
        with self._book.reader.connect() as connection:
            query = sa.select(requests).where(requests.c.id == request_id)
            request = connection.execute(query).mappings().one()
        if request["state"] != "drafting":
            return str(request["state"])
        try:
            with counting() as spent:
                drafted = self._agent.run(
                    thread_id=request["thread_id"], run_id=job, text=request["text"]
                )
            drafted = _costed(drafted, spent)
            kept = [packed(proposed) for proposed in drafted.proposed]
            with self._book.begin() as page:
                return self._settle_request(page, request, drafted, kept, job)
        except PlacetError as error:
            _log.info("request %s: %s", request_id, error)
            with self._book.begin() as page:
                return self._answer(page, request_id, reply=str(error), state="failed")

    def redraft(self, draft_id: str, revision: int, job: str) -> str:
        """Draft the next revision of a draft for which changes were asked."""
        with self._book.reader.connect() as connection:
            draft = read_draft(connection, draft_id)
            query = sa.select(requests.c.thread_id).where(
                requests.c.id == draft.revision.request_id
            )
            thread_id = connection.scalar(query) or draft.revision.request_id
        if draft.state is not State.REVISING or draft.revision.revision != revision:
            return f"it is {draft.state.value}"
        try:
            with counting() as spent:
                drafted = self._agent.run(
                    thread_id=thread_id,
                    run_id=job,
                    text=draft.note or "",
                    previous=draft.revision.action,
                )
            return self._settle_draft(draft, _costed(drafted, spent))
        except PlacetError as error:
            return self._note(draft, str(error))

    def _settle_request(
        self, page: SqlPage, request: Any, drafted: Drafted, kept: Sequence[Beside], job: str
    ) -> str:
        state = self._state(page, request["id"])
        if state != "drafting":  # it was stopped while the agent read it
            return state
        for ordinal, (proposed, files) in enumerate(zip(drafted.proposed, kept, strict=True)):
            source = f"{job}:{ordinal}"
            there = sa.select(drafts.c.id).where(drafts.c.source == source)
            if page.connection.scalar(there) is None:
                requester = _requester(request)
                open_draft(page, self._gate, proposed, requester, request["id"], source, kept=files)
        question = drafted.clarification
        return self._answer(
            page,
            request["id"],
            reply=drafted.reply,
            state="done",
            clarification=question.model_dump_json() if question else None,
            refused=drafted.refused,
        )

    def _settle_draft(self, draft: Draft, drafted: Drafted) -> str:
        if not drafted.proposed:
            return self._note(draft, drafted.reply)
        proposed = drafted.proposed[0]
        kept = packed(proposed)
        with self._book.begin() as page:
            page.keep_beside(kept)
            done = page.apply(self._gate.reopen(draft, as_proposal(proposed)))
        return "revised" if done else "someone else was first"

    def _note(self, draft: Draft, note: str) -> str:
        """Leave word on a draft that still waits for a better description of the change."""
        with self._book.begin() as page:
            left = page.connection.execute(
                drafts.update()
                .where(
                    drafts.c.id == draft.revision.draft_id,
                    drafts.c.state == State.REVISING.value,
                    drafts.c.version == draft.version,
                )
                .values(note=note)
            )
            if left.rowcount:
                noted = draft.model_copy(update={"note": note})
                page.announcer.changed(page.connection, noted)
        return "no new revision"

    def _answer(self, page: SqlPage, request_id: str, **values: Any) -> str:
        answered = page.connection.execute(
            requests.update()
            .where(requests.c.id == request_id, requests.c.state == "drafting")
            .values(**values)
        )
        if answered.rowcount:
            page.announcer.answered(page.connection, request_id)
        return str(values["state"])

    def _state(self, page: SqlPage, request_id: str) -> str:
        query = sa.select(requests.c.state).where(requests.c.id == request_id)
        return str(page.connection.scalar(query.with_for_update()))


def _costed(drafted: Drafted, spent: Spent) -> Drafted:
    """Note on each draft which model drafted it, and on the first one what the run cost."""
    if not spent.calls:
        return drafted
    noted = []
    for number, one in enumerate(drafted.proposed):
        usage = spent.usage if number == 0 else Usage()
        cost = {"model": spent.model, "read": usage.read, "written": usage.written}
        noted.append(one.model_copy(update={"evidence": {**one.evidence, "cost": cost}}))
    return drafted.model_copy(update={"proposed": tuple(noted)})


def _requester(request: Any) -> Person:
    person = Person.from_key(request["person"])
    return person.model_copy(update={"bot": True}) if request["place"] == BOT_PLACE else person


def open_draft(
    page: SqlPage,
    gate: Gate,
    proposed: Proposed,
    requester: Person,
    request_id: str,
    source: str,
    *,
    kept: Beside | None = None,
) -> DraftId:
    """Open a proposed draft at the gate, its members and files kept beside it.

    Args:
        page: the transaction.
        gate: what decides whether it may wait.
        proposed: the draft.
        requester: who asked for it.
        request_id: what it answers.
        source: where it comes from; one source opens one draft.
        kept: what `packed` made of it; default: it is packed here.

    Raises:
        NotAllowed: the policy could never let it through.
        BadInput: its action names a file that is not kept.
    """
    page.keep_beside(kept or packed(proposed))
    draft_id = DraftId(new_id("dr"))
    opening = gate.open(
        as_proposal(proposed),
        requester=requester,
        request_id=RequestId(request_id),
        draft_id=draft_id,
    )
    page.open(opening, source=source)
    return draft_id
