"""What was learned, as it is kept: candidate cases and their reviews, rule cards, terms, proposals.

Cases that come from decisions stay in the database. They feed train and dev: a row with another
part is refused here, as it is where a suite is joined.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict

from evals.learning import Candidate, Card, Effect, Improved, Learned
from evals.learning.candidate import CandidateState, case_values, read_case
from gates.people import Person
from placet.clock import Clock, iso
from placet.errors import BadInput, Conflict, NotFound
from placet.ids import new_id
from tools.sql import reading

from .book import read_draft
from .cards import Thumb, write_feedback
from .learning_schema import candidates, learned_cards, proposals, terms
from .outbox import insert_once

__all__ = ["Added", "KeptCard", "Reviewed", "SqlLearning", "feedback"]

_PARTS = frozenset({"train", "dev"})


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Added(_Value):
    """What a harvest changed."""

    new: int
    changed: int
    """Waiting ones whose thumbs or texts are other ones than at the last harvest."""
    known: int


class Reviewed(_Value):
    """A candidate as it stands."""

    candidate: Candidate
    state: CandidateState
    reviewed_by: str | None = None
    note: str | None = None


class KeptCard(_Value):
    """A rule card as it stands."""

    card: Card
    state: Literal["drafted", "dropped"]
    effect: Effect | None = None
    note: str | None = None


def feedback(
    connection: sa.Connection,
    draft_id: str,
    person: Person,
    value: Thumb,
    *,
    clock: Clock,
    revision: int | None = None,
    reason: str | None = None,
) -> None:
    """Keep a person's thumb on a draft's revision; a later one takes the place of the earlier.

    Args:
        connection: the transaction.
        draft_id: which draft.
        person: whose thumb.
        value: up or down.
        clock: when.
        revision: which revision was seen; None: the one that stands.
        reason: why, in the person's words.

    Raises:
        NotFound: there is no such draft, or it never had that revision.
    """
    draft = read_draft(connection, draft_id)
    seen = revision or draft.revision.revision
    write_feedback(connection, draft, seen, person, value, at=clock.now(), reason=reason)


class SqlLearning:
    """Keeps what was learned in Placet's own database."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        """Take the database and the clock."""
        self._engine, self._reader, self._clock = engine, reading(engine), clock

    # --- candidate cases -----------------------------------------------------------------------

    def keep(self, found: Iterable[Candidate]) -> Added:
        """Keep candidates; one that is there already is not added again, reviewed or not."""
        new = changed = known = 0
        with self._engine.begin() as connection:
            for one in found:
                _check_part(one)
                values = {"cluster": one.cluster, "part": one.part, "body": one.model_dump_json()}
                row = {
                    "id": one.id, "draft_id": one.draft_id, "trade": one.trade, "state": "waiting",
                    "at": self._clock.now(), **values,
                }  # fmt: skip
                if insert_once(connection, candidates, **row):
                    new += 1
                elif _update_waiting(connection, one, values):
                    changed += 1
                else:
                    known += 1
        return Added(new=new, changed=changed, known=known)

    def candidates(
        self, *, state: CandidateState | None = None, trade: str | None = None
    ) -> Sequence[Reviewed]:
        """Return candidates, oldest first."""
        query = sa.select(candidates).order_by(candidates.c.at, candidates.c.id)
        if state is not None:
            query = query.where(candidates.c.state == state)
        if trade is not None:
            query = query.where(candidates.c.trade == trade)
        with self._reader.connect() as connection:
            return [_reviewed(row) for row in connection.execute(query).mappings()]

    def candidate(self, candidate_id: str) -> Reviewed:
        """Return one candidate.

        Raises:
            NotFound: there is none of that id.
        """
        with self._reader.connect() as connection:
            return _candidate(connection, candidate_id)

    def accepted(self, trade: str) -> Sequence[Candidate]:
        """Return the reviewed cases of a trade that may join train and dev."""
        return [one.candidate for one in self.candidates(state="accepted", trade=trade)]

    def review(
        self,
        candidate_id: str,
        verdict: Literal["accept", "drop"],
        *,
        person: Person,
        case: Mapping[str, Any] | None = None,
        note: str | None = None,
    ) -> Reviewed:
        """Let a case join its part, or keep it out; a person may correct it first.

        Args:
            candidate_id: which one.
            verdict: accept or drop.
            person: who looked at it.
            case: the case as it should be, in place of the harvested one.
            note: why.

        Raises:
            NotFound: there is no such candidate.
            Conflict: it was reviewed already, or is as it was left.
            BadInput: it has no gold and none was given, or the case is not valid.
        """
        with self._engine.begin() as connection:
            row = _candidate(connection, candidate_id)
            if row.state != "waiting":
                raise Conflict(f"{candidate_id} is {row.state} already, by {row.reviewed_by}.")
            one = row.candidate if case is None else _corrected(row.candidate, case)
            if verdict == "accept":
                _check_complete(one)
            state = "accepted" if verdict == "accept" else "dropped"
            values = {
                "state": state, "body": one.model_dump_json(), "reviewed_by": person.key,
                "reviewed_at": self._clock.now(), "note": note,
            }  # fmt: skip
            where = (candidates.c.id == candidate_id, candidates.c.state == "waiting")
            if connection.execute(candidates.update().where(*where).values(values)).rowcount != 1:
                raise Conflict(f"Somebody else reviewed {candidate_id} just now; look again.")
            return _candidate(connection, candidate_id)

    # --- rule cards ----------------------------------------------------------------------------

    def keep_cards(self, found: Iterable[Card]) -> int:
        """Keep drafted cards, with the evidence as it is now; returns how many are new."""
        new = 0
        with self._engine.begin() as connection:
            for card in found:
                row = {
                    "trade": card.trade, "key": _key(card), "name": card.name, "state": "drafted",
                    "decisions": len(card.evidence), "body": card.model_dump_json(),
                    "at": self._clock.now(),
                }  # fmt: skip
                if insert_once(connection, learned_cards, **row):
                    new += 1
                    continue
                connection.execute(
                    learned_cards.update()
                    .where(*_of_card(card))
                    .values(decisions=row["decisions"], body=row["body"])
                )
        return new

    def cards(self, trade: str | None = None) -> Sequence[KeptCard]:
        """Return the cards that were drafted, those with the most decisions first."""
        query = sa.select(learned_cards).order_by(
            learned_cards.c.decisions.desc(), learned_cards.c.name
        )
        if trade is not None:
            query = query.where(learned_cards.c.trade == trade)
        with self._reader.connect() as connection:
            return [_card(row) for row in connection.execute(query).mappings()]

    def drop_card(self, trade: str, name: str, *, note: str) -> KeptCard:
        """Keep a card from being proposed again.

        Raises:
            NotFound: there is no such card.
        """
        where = (learned_cards.c.trade == trade, learned_cards.c.name == name)
        with self._engine.begin() as connection:
            done = connection.execute(
                learned_cards.update().where(*where).values(state="dropped", note=note)
            )
            if done.rowcount == 0:
                raise NotFound(f"There is no card {name} of {trade}; `placet learn cards` lists.")
            row = connection.execute(sa.select(learned_cards).where(*where)).mappings().first()
        return _card(row)

    def note_effect(self, card: Card, effect: Effect) -> None:
        """Keep what a card did when it was measured: with it against without."""
        with self._engine.begin() as connection:
            connection.execute(
                learned_cards.update()
                .where(*_of_card(card))
                .values(effect=effect.model_dump_json(), measured_at=self._clock.now())
            )

    # --- terms that were told ------------------------------------------------------------------

    def teach(
        self, phrase: str, meaning: str, *, person: Person, request_id: str | None = None
    ) -> None:
        """Keep what a person said that words mean."""
        with self._engine.begin() as connection:
            connection.execute(
                terms.insert().values(
                    id=new_id("tm"), phrase=phrase, meaning=meaning, person=person.key,
                    request_id=request_id, at=self._clock.now(),
                )
            )  # fmt: skip

    def told(self) -> Sequence[Learned]:
        """Return what was told, oldest first."""
        query = sa.select(terms).order_by(terms.c.at, terms.c.id)
        with self._reader.connect() as connection:
            return [
                Learned(phrase=row.phrase, meaning=row.meaning, source="told",
                        evidence=(row.request_id or row.id,), people=(row.person,))
                for row in connection.execute(query)
            ]  # fmt: skip

    # --- proposals -----------------------------------------------------------------------------

    def keep_proposal(
        self, prompt: str, before: bytes, found: Improved, *, person: Person,
        draft_id: str | None = None, outcome: str = "",
    ) -> str:  # fmt: skip
        """Keep what a search found, also where it found nothing; returns its id."""
        proposal_id = new_id("pp")
        after = found.after
        with self._engine.begin() as connection:
            connection.execute(
                proposals.insert().values(
                    id=proposal_id, prompt=prompt, optimizer=found.optimizer,
                    before=hashlib.sha256(before).hexdigest(),
                    after=hashlib.sha256(after).hexdigest() if after else None,
                    text=after.decode() if after else None, draft_id=draft_id,
                    outcome=outcome or found.reason,
                    body=found.model_copy(update={"after": None}).model_dump_json(),
                    person=person.key, at=self._clock.now(),
                )
            )  # fmt: skip
        return proposal_id

    def proposals(self, prompt: str | None = None, *, most: int = 20) -> Sequence[dict[str, Any]]:
        """Return the newest proposals, newest first, as JSON values."""
        query = sa.select(proposals).order_by(proposals.c.at.desc(), proposals.c.id.desc())
        if prompt is not None:
            query = query.where(proposals.c.prompt == prompt)
        with self._reader.connect() as connection:
            rows = connection.execute(query.limit(most)).mappings().all()
        return [
            {key: row[key] for key in ("id", "prompt", "optimizer", "before", "after", "draft_id",
                                       "outcome", "person")}
            | {"at": iso(row["at"]), "found": json.loads(row["body"])}
            for row in rows
        ]  # fmt: skip

    def status(self) -> dict[str, Any]:
        """Return how much was learned: counts by state, as JSON values."""
        states = sa.select(candidates.c.trade, candidates.c.state, candidates.c.part,
                           sa.func.count()).group_by(
            candidates.c.trade, candidates.c.state, candidates.c.part)  # fmt: skip
        with self._reader.connect() as connection:
            cases = [
                {"trade": trade, "state": state, "part": part, "count": count}
                for trade, state, part, count in connection.execute(states.order_by(
                    candidates.c.trade, candidates.c.state, candidates.c.part))
            ]  # fmt: skip
            cards = connection.scalar(sa.select(sa.func.count()).select_from(learned_cards))
            told = connection.scalar(sa.select(sa.func.count()).select_from(terms))
            made = connection.scalar(sa.select(sa.func.count()).select_from(proposals))
        return {"cases": cases, "cards": cards, "told_terms": told, "proposals": made}


# --- rows ----------------------------------------------------------------------------------------


def _check_part(one: Candidate) -> None:
    if one.part not in _PARTS:
        raise BadInput("A harvested case feeds train and dev; the held-out part grows by hand.")


def _update_waiting(connection: sa.Connection, one: Candidate, values: Mapping[str, Any]) -> bool:
    where = (candidates.c.id == one.id, candidates.c.state == "waiting",
             candidates.c.body != values["body"])  # fmt: skip
    return connection.execute(candidates.update().where(*where).values(values)).rowcount == 1


def _candidate(connection: sa.Connection, candidate_id: str) -> Reviewed:
    query = sa.select(candidates).where(candidates.c.id == candidate_id)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no candidate {candidate_id}; `placet learn review` lists them.")
    return _reviewed(row)


def _reviewed(row: Any) -> Reviewed:
    return Reviewed(
        candidate=Candidate.model_validate_json(row["body"]), state=row["state"],
        reviewed_by=row["reviewed_by"], note=row["note"],
    )  # fmt: skip


def _corrected(one: Candidate, case: Mapping[str, Any]) -> Candidate:
    """Return a candidate with a person's case; its id, cluster and source are not theirs to set."""
    own = {"id": one.id, "cluster": one.cluster, "source": "harvested"}
    read = read_case(one.trade, {**case, **own}, one.part)
    return one.model_copy(
        update={"case": case_values(read), "missing": "", "request": read.request}
    )


def _check_complete(one: Candidate) -> None:
    if one.case is None:
        raise BadInput(f"{one.id} is no case yet: {one.missing}.")
    read_case(one.trade, one.case, one.part)


def _key(card: Card) -> str:
    return hashlib.sha256(card.key.encode()).hexdigest()


def _of_card(card: Card) -> tuple[sa.ColumnElement[bool], ...]:
    return learned_cards.c.trade == card.trade, learned_cards.c.key == _key(card)


def _card(row: Any) -> KeptCard:
    return KeptCard(
        card=Card.model_validate_json(row["body"]), state=row["state"], note=row["note"],
        effect=Effect.model_validate_json(row["effect"]) if row["effect"] else None,
    )  # fmt: skip
