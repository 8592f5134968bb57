"""What people decided, written down for quality over time: each decided draft once.

The ledger is read on from where it was read to, so that years of drafts cost nothing again. What is
kept is small and has no member in it: drafts, requests and the ledger stay what is true.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from evals.quality.distance import distance, text_of
from evals.quality.outcome import TRADES, Ending, Outcome, Source
from evals.quality.reasons import group_of
from gates.draft import Revision

from .outbox import insert_once
from .quality_schema import outcomes
from .schema import drafts, ledger, requests, revisions

__all__ = ["decided_after", "first_revisions", "keep_outcomes", "read_outcomes"]

_ENDS = {"draft.approved": True, "draft.rejected": False}
_DRAFTERS = ("llm", "rules")
"""Whose drafts count: one that was made anew from stale data was drafted, and counted, before."""
_BATCH = 500
_SHORT, _LONG = 8, 25  # words of a request


def decided_after(connection: sa.Connection, seq: int) -> tuple[list[Outcome], int]:
    """Return what was decided behind a row of the ledger, and the row that was read to.

    A batch at a time: call again while the row moves.
    """
    query = (
        sa.select(ledger.c.seq, ledger.c.event, ledger.c.draft_id, ledger.c.revision,
                  ledger.c.person, ledger.c.at, ledger.c.body)
        .where(ledger.c.seq > seq)
        .order_by(ledger.c.seq)
        .limit(_BATCH)
    )  # fmt: skip
    rows = connection.execute(query).all()
    ends = [row for row in rows if row.event in _ENDS and row.draft_id]
    found = [_outcome(connection, row, json.loads(row.body)) for row in ends]
    return [one for one in found if one is not None], rows[-1].seq if rows else seq


def keep_outcomes(connection: sa.Connection, found: Sequence[Outcome]) -> int:
    """Write outcomes down, each draft once; returns how many are new."""
    return sum(
        insert_once(
            connection, outcomes, draft_id=one.draft_id, trade=one.source.trade,
            prompt=one.source.prompt, decided_at=one.decided_at, body=one.model_dump_json(),
        )
        for one in found
    )  # fmt: skip


def _outcome(connection: sa.Connection, row: Any, body: Mapping[str, Any]) -> Outcome | None:
    """Return what a decision says, or None where the draft is not one that is counted."""
    if body.get("self_service") or row.person is None:
        return None
    read = sa.select(revisions.c.body).where(revisions.c.draft_id == row.draft_id)
    bodies = list(connection.scalars(read.order_by(revisions.c.revision)))
    every = [Revision.model_validate_json(one) for one in bodies]
    first, last = every[0], next(one for one in every if one.revision == row.revision)
    trade = TRADES.get(first.kind)
    if trade is None or first.drafter not in _DRAFTERS or first.evidence.get("undoes"):
        return None
    approved = _ENDS[row.event]
    text = text_of(last.action)
    reason = "" if approved else str(body.get("reason") or "")
    return Outcome(
        draft_id=first.draft_id,
        source=Source(
            trade=trade,
            drafter=first.drafter,
            prompt=first.prompt,
            model=_cost(first).get("model") if first.drafter == "llm" else None,
        ),
        shape=_shape(connection, first),
        ending=_ending(approved=approved, revision=last.revision),
        decided_by=row.person,
        decided_at=row.at,
        seconds=_waited(every, last, row.at),
        words=len(text.split()),
        distance=distance(text_of(first.action), text) if approved else None,
        reason=reason[:1_000],
        group="" if approved else group_of(reason),
        read=_tokens(every, "read"),
        written=_tokens(every, "written"),
    )


def _waited(every: Sequence[Revision], last: Revision, at: datetime) -> float:
    """Return the seconds from when the person saw the draft, at the earliest, to the decision.

    An edit that approves makes its revision in that moment: what was seen is the one before.
    """
    seen = [one for one in every if one.revision <= last.revision and one.created_at < at]
    return (at - seen[-1].created_at).total_seconds() if seen else 0.0


def _ending(*, approved: bool, revision: int) -> Ending:
    if not approved:
        return Ending.REJECTED
    return Ending.UNCHANGED if revision == 1 else Ending.CHANGED


def _cost(revision: Revision) -> Mapping[str, Any]:
    """Return what drafting a revision cost, as `Drafting` noted it: `evidence["cost"]`."""
    held = revision.evidence.get("cost")
    return held if isinstance(held, Mapping) else {}


def _tokens(every: Sequence[Revision], name: str) -> int:
    return sum(int(_cost(one).get(name) or 0) for one in every)


def _shape(connection: sa.Connection, revision: Revision) -> str:
    """Return what kind of request it was: the action, the door, how much was said."""
    query = sa.select(requests.c.place, requests.c.text)
    found = connection.execute(query.where(requests.c.id == revision.request_id)).first()
    if found is None:
        return f"{revision.kind}/-/-"
    words = len(found.text.split())
    length = "short" if words < _SHORT else "medium" if words < _LONG else "long"
    return f"{revision.kind}/{found.place}/{length}"


def read_outcomes(
    connection: sa.Connection, *, since: datetime | None = None, prompt: str | None = None
) -> list[Outcome]:
    """Return what was decided since a moment, oldest first; `prompt` is the start of a hash."""
    query = sa.select(outcomes.c.body).order_by(outcomes.c.decided_at, outcomes.c.draft_id)
    if since is not None:
        query = query.where(outcomes.c.decided_at >= since)
    if prompt is not None:
        query = query.where(outcomes.c.prompt.startswith(prompt, autoescape=True))
    return [Outcome.model_validate_json(body) for body in connection.scalars(query)]


def first_revisions(
    connection: sa.Connection, *, kinds: Sequence[str], since: datetime | None, limit: int
) -> Iterator[tuple[Revision, str]]:
    """Yield the first revision of drafts with the words that were asked, the newest first."""
    query = (
        sa.select(revisions.c.body, requests.c.text)
        .join(drafts, drafts.c.id == revisions.c.draft_id)
        .join(requests, requests.c.id == drafts.c.request_id)
        .where(revisions.c.revision == 1, drafts.c.kind.in_(kinds))
        .order_by(drafts.c.opened_at.desc(), drafts.c.id.desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(drafts.c.opened_at >= since)
    for body, text in connection.execute(query):
        revision = Revision.model_validate_json(body)
        if revision.drafter in _DRAFTERS and not revision.evidence.get("undoes"):
            yield revision, text
