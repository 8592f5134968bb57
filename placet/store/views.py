"""What the doors show: drafts, receipts and requests as plain JSON values, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from gates.draft import Draft, State
from gates.ledger import Entry
from gates.policy import Policy
from gates.quorum import Quorum
from placet.clock import iso
from placet.errors import NotAllowed, NotFound
from placet.ids import ThreadId

from .book import DRAFT_ROWS, draft_of
from .schema import drafts, items, ledger, receipts, requests

__all__ = [
    "draft_view",
    "list_drafts",
    "read_conversation",
    "read_decisions",
    "read_events",
    "read_outcomes",
    "read_receipt",
    "read_receipts",
    "read_replacement",
    "read_request",
    "read_thread",
]


def draft_view(draft: Draft, policy: Policy) -> dict[str, Any]:
    """Return a draft as the command line's contract says."""
    revision = draft.revision
    return {
        "id": revision.draft_id,
        "kind": revision.kind,
        "revision": revision.revision,
        "digest": draft.digest,
        "state": draft.state.value,
        "title": revision.title,
        "summary": revision.summary,
        "action": revision.action,
        "checks": [check.model_dump() for check in revision.checks],
        "evidence": revision.evidence,
        "needs": _needs(draft, policy),
        "drafter": revision.drafter,
        "prompt": revision.prompt,
        "request_id": revision.request_id,
        "requester": policy.name_of(revision.requester),
        "decided_by": policy.name_of(draft.decided_by) if draft.decided_by else None,
        "decided_at": iso(draft.decided_at) if draft.decided_at else None,
        "next_at": iso(draft.next_at) if draft.next_at else None,
        "stopped_by": policy.name_of(draft.stopped_by) if draft.stopped_by else None,
        "stopped_at": iso(draft.stopped_at) if draft.stopped_at else None,
        "note": draft.note,
        "created_at": iso(revision.created_at),
    }


def _needs(draft: Draft, policy: Policy) -> dict[str, Any]:
    revision = draft.revision
    try:
        rule = policy.rule(revision.kind)
    except NotAllowed:
        need, names, overriders = None, list[str](), list[str]()
    else:
        need = rule.needed(revision.flags)
        eligible = policy.eligible(
            revision.kind, requester=revision.requester, editors=revision.editors
        )
        names = [policy.name_of(person) for person in eligible]
        overriders = [policy.name_of(p) for p in Quorum(policy).overriders(revision)]
    return {
        "approvals": need,
        "have": [policy.name_of(approval.by) for approval in draft.approvals],
        "approvers": names,
        "may_override": overriders,
        "flags": list(revision.flags),
        "expires_at": iso(revision.expires_at),
        "valid_until": iso(draft.valid_until) if draft.valid_until else None,
    }


def list_drafts(
    connection: sa.Connection, *, state: State | None = None, request_id: str | None = None
) -> Sequence[Draft]:
    """Return the drafts, oldest first."""
    query = DRAFT_ROWS.order_by(drafts.c.id)
    if state is not None:
        query = query.where(drafts.c.state == state.value)
    if request_id is not None:
        query = query.where(drafts.c.request_id == request_id)
    return [draft_of(row) for row in connection.execute(query).mappings()]


def read_request(connection: sa.Connection, request_id: str) -> dict[str, Any]:
    """Return a request with its reply.

    Raises:
        NotFound: there is none with that id.
    """
    query = sa.select(requests).where(requests.c.id == request_id)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no request {request_id}.")
    question = row["clarification"]
    return {**row, "clarification": json.loads(question) if question else None}


def read_receipts(connection: sa.Connection) -> Sequence[dict[str, Any]]:
    """Return every receipt, oldest first."""
    query = sa.select(receipts).order_by(receipts.c.at, receipts.c.id)
    return [_receipt(row) for row in connection.execute(query).mappings()]


def read_receipt(connection: sa.Connection, receipt_id: str) -> dict[str, Any]:
    """Return one receipt.

    Raises:
        NotFound: there is none with that id.
    """
    query = sa.select(receipts).where(receipts.c.id == receipt_id)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no receipt {receipt_id}; `placet receipts` lists them.")
    return _receipt(row)


def read_outcomes(connection: sa.Connection, permit_id: str) -> Sequence[dict[str, Any]]:
    """Return what became of every item of a run: its state, its result, or why there is none."""
    columns = (items.c.item, items.c.state, items.c.result, items.c.error, items.c.at)
    query = sa.select(*columns).where(items.c.permit_id == permit_id).order_by(items.c.item)
    return [
        {**row, "at": iso(row["at"]), "result": json.loads(row["result"] or "null")}
        for row in connection.execute(query).mappings()
    ]


def _receipt(row: Any) -> dict[str, Any]:
    return {**row, "at": iso(row["at"]), "body": json.loads(row["body"])}


def read_thread(connection: sa.Connection, key: str) -> ThreadId:
    """Return the conversation that a request, a draft or a thread id belongs to.

    Raises:
        NotFound: none of these has that id.
    """
    of_draft = sa.select(drafts.c.request_id).where(drafts.c.id == key).scalar_subquery()
    query = sa.select(requests.c.thread_id).where(
        sa.or_(requests.c.id == key, requests.c.thread_id == key, requests.c.id == of_draft)
    )
    found = connection.scalar(query.limit(1))
    if found is None:
        raise NotFound(f"There is no conversation {key}; `placet ask` prints the id of each.")
    return ThreadId(found)


def read_events(connection: sa.Connection, *, after: int) -> Sequence[Entry]:
    """Return the ledger rows behind row `after`: what has happened since."""
    query = sa.select(ledger).where(ledger.c.seq > after).order_by(ledger.c.seq)
    rows = connection.execute(query).mappings()
    return [Entry.model_validate({**row, "body": json.loads(row["body"])}) for row in rows]


def read_replacement(connection: sa.Connection, draft_id: str) -> str | None:
    """Return the draft that was opened in place of a stale one, or None."""
    return connection.scalar(sa.select(drafts.c.replaced_by).where(drafts.c.id == draft_id))


def read_conversation(connection: sa.Connection, request_id: str) -> Sequence[str]:
    """Return what was said in a request's conversation up to it, oldest first; empty if unknown."""
    last = sa.select(requests.c.thread_id, requests.c.id).where(requests.c.id == request_id)
    at = last.subquery()
    query = (
        sa.select(requests.c.text)
        .join(at, sa.and_(requests.c.thread_id == at.c.thread_id, requests.c.id <= at.c.id))
        .order_by(requests.c.id)
    )
    return list(connection.scalars(query))


def read_decisions(connection: sa.Connection, draft_id: str) -> Sequence[dict[str, Any]]:
    """Return what people did with a draft, oldest first: verb, person, reason, override, at."""
    query = sa.select(ledger).where(ledger.c.draft_id == draft_id).order_by(ledger.c.seq)
    rows = [(row, json.loads(row.body)) for row in connection.execute(query)]
    return [
        {
            "verb": body["verb"],
            "person": row.person,
            "reason": body.get("reason"),
            "override": body.get("override", []),
            "revision": row.revision,
            "at": row.at,
        }
        for row, body in rows
        if "verb" in body
    ]
