"""What people did with drafts, as learning reads it: from the ledger, the revisions, the requests.

Only settled drafts count: what still waits may be decided otherwise. Requests that no person made,
such as those of a scheduled audit, teach nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from agents.port import Question
from evals.learning.glossary import Learned
from evals.learning.past import TRADES, Asked, Past, PastDecision, Thumb
from gates.draft import State
from placet.clock import parse_iso
from prompts.teaching import parse_teaching
from tools.sql import reading

from .drafting import BOT_PLACE
from .schema import drafts, ledger, requests, revisions
from .slack_schema import feedback

__all__ = ["MOST", "SqlHistory"]

MOST = 20_000
"""Drafts that are learned from: what people wanted years ago teaches little about today."""
_OPEN = (State.PENDING.value, State.REVISING.value)
_VERBS = frozenset({"approve", "edit", "revise", "reject"})
_APPROVED = "draft.approved"
_AT_ONCE = 500
"""Drafts that are read together; ids in one statement are bounded everywhere."""


class SqlHistory:
    """Implements `evals.learning.History` over Placet's database; reads only."""

    def __init__(self, engine: sa.Engine) -> None:
        """Take the database."""
        self._reader = reading(engine)

    def past(self, *, most: int = MOST) -> Sequence[Past]:
        """Return settled drafts of trades that learn, the newest so many, oldest first."""
        with self._reader.connect() as connection:
            ids = sorted(row.id for row in connection.execute(_settled().limit(most)))
            found: list[Past] = []
            for start in range(0, len(ids), _AT_ONCE):
                found += _read(connection, ids[start : start + _AT_ONCE])
        return found

    def told(self) -> Sequence[Learned]:
        """Return what people said in requests that their words mean, oldest first."""
        query = sa.select(requests.c.id, requests.c.text, requests.c.person)
        query = query.where(requests.c.place != BOT_PLACE).order_by(requests.c.id)
        with self._reader.connect() as connection:
            taught = [(row, parse_teaching(row.text)) for row in connection.execute(query)]
        return [
            Learned(phrase=term.phrase, meaning=term.meaning, source="told", evidence=(row.id,),
                    people=(row.person,))
            for row, term in taught if term is not None
        ]  # fmt: skip


def _settled() -> sa.Select[tuple[str]]:
    return (
        sa.select(drafts.c.id)
        .where(
            drafts.c.kind.in_(sorted(TRADES)),
            drafts.c.state.not_in(_OPEN),
            drafts.c.replaced_by.is_(None),
        )
        .order_by(drafts.c.id.desc())  # ids sort as they were made
    )


def _read(connection: sa.Connection, ids: Sequence[str]) -> Iterator[Past]:
    query = (
        sa.select(drafts.c.id, drafts.c.kind, drafts.c.revision, requests.c.thread_id,
                  requests.c.id.label("request_id"))
        .join(requests, requests.c.id == drafts.c.request_id)
        .where(drafts.c.id.in_(ids), requests.c.place != BOT_PLACE)
        .order_by(drafts.c.id)
    )  # fmt: skip
    rows = connection.execute(query).all()
    bodies = _revisions(connection, ids)
    decisions, approved = _decisions(connection, ids)
    thumbs = _thumbs(connection, ids)
    turns = _turns(connection, {row.thread_id for row in rows})
    for row in rows:
        own = bodies[row.id]
        first, last = own[min(own)], own[row.revision]
        yield Past(
            draft_id=row.id, request_id=row.request_id, kind=row.kind,
            turns=tuple(one for one in turns[row.thread_id] if one.request_id <= row.request_id),
            drafted=first["action"],
            revisions={number: body["action"] for number, body in own.items()},
            final=row.revision, approved=row.revision in approved.get(row.id, ()),
            words=_words(first.get("evidence") or {}),
            decisions=tuple(decisions[row.id]), thumbs=tuple(thumbs[row.id]),
            drafter=last["drafter"], prompt=last.get("prompt"),
            as_of=parse_iso(first["created_at"]),
        )  # fmt: skip


def _revisions(
    connection: sa.Connection, ids: Sequence[str]
) -> Mapping[str, Mapping[int, dict[str, Any]]]:
    query = sa.select(revisions.c.draft_id, revisions.c.revision, revisions.c.body)
    found: defaultdict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
    for row in connection.execute(query.where(revisions.c.draft_id.in_(ids))):
        found[row.draft_id][row.revision] = json.loads(row.body)
    return found


def _decisions(
    connection: sa.Connection, ids: Sequence[str]
) -> tuple[Mapping[str, list[PastDecision]], Mapping[str, set[int]]]:
    """Return who did what, and which revisions were approved."""
    query = sa.select(ledger).where(ledger.c.draft_id.in_(ids)).order_by(ledger.c.seq)
    found: defaultdict[str, list[PastDecision]] = defaultdict(list)
    approved: defaultdict[str, set[int]] = defaultdict(set)
    for row in connection.execute(query):
        body = json.loads(row.body)
        if row.event == _APPROVED:
            approved[row.draft_id].add(row.revision)
        if body.get("verb") in _VERBS and row.person:
            found[row.draft_id].append(
                PastDecision(verb=body["verb"], person=row.person, reason=body.get("reason"),
                             revision=row.revision, at=row.at)
            )  # fmt: skip
    return found, approved


def _thumbs(connection: sa.Connection, ids: Sequence[str]) -> Mapping[str, list[Thumb]]:
    query = sa.select(feedback).where(feedback.c.draft_id.in_(ids))
    query = query.order_by(feedback.c.at, feedback.c.person)
    found: defaultdict[str, list[Thumb]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.draft_id].append(
            Thumb(value=row.value, person=row.person, reason=row.reason, revision=row.revision)
        )
    return found


def _turns(connection: sa.Connection, threads: set[str]) -> Mapping[str, list[Asked]]:
    query = sa.select(requests).where(requests.c.thread_id.in_(threads)).order_by(requests.c.id)
    found: defaultdict[str, list[Asked]] = defaultdict(list)
    for row in connection.execute(query):
        asked = row.clarification
        found[row.thread_id].append(
            Asked(request_id=row.id, text=row.text, person=row.person,
                  question=Question.model_validate_json(asked) if asked else None)
        )  # fmt: skip
    return found


def _words(evidence: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """Return which words became which condition, of a segment or of an email's audience."""
    words = evidence.get("words") or (evidence.get("audience") or {}).get("words") or ()
    return tuple(one for one in words if isinstance(one, dict))
