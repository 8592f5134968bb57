"""What judges said, what people say, and how far they agree: kept, each with its date."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

from evals.judge import (
    ABOUT,
    About,
    Calibration,
    Judge,
    JudgeId,
    Label,
    Power,
    Subject,
    Verdict,
    calibrate,
    label_of,
    power,
    subject_of,
)
from gates.people import Person
from placet.clock import Clock
from placet.errors import NotFound
from placet.ids import new_id
from tools.segments.tree import Segment
from tools.sql import reading

from .outbox import insert_once
from .outcomes import first_revisions, read_outcomes
from .quality_schema import calibrations, labels, verdicts
from .schema import drafts

__all__ = ["Describe", "Judging", "Ran"]

_KINDS: Final[Mapping[About, str]] = {"email": "send_email", "segment_name": "build_segment"}


Describe = Callable[[Segment], str]
"""Puts a segment's filter into words."""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a run of a judge did."""

    judged: int
    passed: int
    unscored: int
    reasons: tuple[str, ...]
    """Why drafts are unscored, each reason once."""
    tokens: int


class Judging:
    """Labels, verdicts and calibrations in Placet's own database."""

    def __init__(
        self, engine: sa.Engine, clock: Clock, *, describe: Describe = lambda _segment: ""
    ) -> None:
        """Take the database, the clock, and what puts a filter into words."""
        self._engine, self._reader, self._clock = engine, reading(engine), clock
        self._describe = describe

    # --- verdicts ------------------------------------------------------------------------------

    def run(self, judge: Judge, *, since: datetime | None = None, limit: int = 200) -> Ran:
        """Let a judge judge the drafts that it has not judged yet, the newest first.

        Each verdict is kept before the next is asked for, so that a run that was killed goes on.
        An unscored draft is tried again by the next run.
        """
        done: list[Verdict] = []
        for subject in self._waiting(judge.id, since, limit):
            verdict = judge.judge(subject)
            self._keep(judge.id, subject.draft_id, verdict)
            done.append(verdict)
        why = dict.fromkeys(one.unscored for one in done if one.unscored)
        return Ran(
            judged=len(done),
            passed=sum(one.verdict == "pass" for one in done),
            unscored=sum(one.verdict is None for one in done),
            reasons=tuple(why),
            tokens=sum(one.read + one.written for one in done),
        )

    def _waiting(self, judge: JudgeId, since: datetime | None, limit: int) -> list[Subject]:
        scored = {one for one, found in self.verdicts(judge).items() if found.verdict is not None}
        with self._reader.connect() as connection:
            # As many again as are done: those are left out below.
            most = limit + len(scored)
            found = list(
                first_revisions(connection, kinds=[_KINDS[judge.about]], since=since, limit=most)
            )
        subjects = [
            subject_of(
                one.kind, one.action, draft_id=one.draft_id, request=text,
                described=self._described(one.action),
            )
            for one, text in found
            if one.draft_id not in scored
        ]  # fmt: skip
        return [one for one in subjects if one is not None][:limit]

    def _described(self, action: Mapping[str, Any]) -> str:
        held = action.get("segment")
        return self._describe(Segment.model_validate(held)) if held else ""

    def _keep(self, judge: JudgeId, draft_id: str, verdict: Verdict) -> None:
        key = {"draft_id": draft_id, **judge.model_dump()}
        values = {"at": self._clock.now(), "body": verdict.model_dump_json()}
        with self._engine.begin() as connection:
            if not insert_once(connection, verdicts, **key, **values):
                mine = [verdicts.c[name] == value for name, value in key.items()]
                connection.execute(verdicts.update().where(*mine).values(**values))

    def verdicts(self, judge: JudgeId) -> dict[str, Verdict]:
        """Return what a judge said, by draft."""
        query = sa.select(verdicts.c.draft_id, verdicts.c.body).where(
            verdicts.c.about == judge.about,
            verdicts.c.prompt == judge.prompt,
            verdicts.c.model == judge.model,
        )
        with self._reader.connect() as connection:
            return {
                draft_id: Verdict.model_validate_json(body)
                for draft_id, body in connection.execute(query)
            }

    def last_judges(self) -> list[JudgeId]:
        """Return the judge of each kind that judged last."""
        found: dict[str, JudgeId] = {}
        query = sa.select(
            verdicts.c.about, verdicts.c.prompt, verdicts.c.model, sa.func.max(verdicts.c.at)
        ).group_by(verdicts.c.about, verdicts.c.prompt, verdicts.c.model)
        with self._reader.connect() as connection:
            rows = sorted(connection.execute(query), key=lambda row: row[3])
        for about, prompt, model, _ in rows:
            found[about] = JudgeId(about=about, prompt=prompt, model=model)
        return [found[one] for one in ABOUT if one in found]

    # --- labels --------------------------------------------------------------------------------

    def label(
        self, draft_id: str, verdict: Literal["pass", "fail"], *, person: Person, reason: str = ""
    ) -> None:
        """Keep what a person says of a draft as it was first drafted; a later label replaces it.

        Raises:
            NotFound: there is no such draft.
        """
        values = {
            "person": person.key, "verdict": verdict, "reason": reason.strip()[:1_000] or None,
            "at": self._clock.now(),
        }  # fmt: skip
        with self._engine.begin() as connection:
            there = sa.select(drafts.c.kind).where(drafts.c.id == draft_id)
            kind = connection.scalar(there)
            if kind not in _KINDS.values():
                what = f"a draft of kind {kind}, which no judge judges" if kind else "not there"
                raise NotFound(f"Draft {draft_id} is {what}; `placet drafts` lists them.")
            if not insert_once(connection, labels, draft_id=draft_id, **values):
                connection.execute(
                    labels.update().where(labels.c.draft_id == draft_id).values(**values)
                )

    def labels(self, about: About) -> list[Label]:
        """Return every label there is: those given by hand, and those that decisions give."""
        by_hand = sa.select(labels.c.draft_id, labels.c.verdict).join(
            drafts, drafts.c.id == labels.c.draft_id
        )
        with self._reader.connect() as connection:
            rows = connection.execute(by_hand.where(drafts.c.kind == _KINDS[about])).all()
            decided = read_outcomes(connection)
        trade = "emails" if about == "email" else "segments"
        return [
            *(Label(draft_id=one, verdict=said, source="hand") for one, said in rows),
            *(
                found
                for one in decided
                if one.source.trade == trade and (found := label_of(one)) is not None
            ),
        ]

    # --- calibrations --------------------------------------------------------------------------

    def calibrate(self, judge: JudgeId) -> Calibration:
        """Hold a judge against the labels there are now, and keep the calibration."""
        found = calibrate(
            judge, self.labels(judge.about), self.verdicts(judge), at=self._clock.now()
        )
        with self._engine.begin() as connection:
            connection.execute(
                calibrations.insert().values(
                    id=new_id("cb"), at=found.at, body=found.model_dump_json(), **judge.model_dump()
                )
            )
        return found

    def calibration(self, judge: JudgeId) -> Calibration | None:
        """Return the latest calibration of this judge; else of another, which gives no power."""
        found = self.calibrations(judge.about)
        return next((one for one in found if one.judge == judge), found[0] if found else None)

    def power(self, judge: JudgeId) -> Power:
        """Return whether a judge may decide now, and why."""
        return power(self.calibration(judge), judge.prompt, judge.model, self._clock.now())

    def calibrations(self, about: About, *, limit: int = 20) -> Sequence[Calibration]:
        """Return the latest calibrations, the newest first."""
        query = (
            sa.select(calibrations.c.body)
            .where(calibrations.c.about == about)
            .order_by(calibrations.c.at.desc(), calibrations.c.id.desc())
            .limit(limit)
        )
        with self._reader.connect() as connection:
            return [Calibration.model_validate_json(body) for body in connection.scalars(query)]
