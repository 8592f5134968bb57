"""Runs of suites as they are kept: case by case while they run, whole when they end.

A run is a row from the moment it starts, so that one that was killed can go on; each case is
written down in a transaction of its own before the next. Looks at a held-out part are counted for
each version of a suite, whatever came of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict

from evals.case import Part
from evals.result import CaseResult, Head, SuiteResult, Summary, Verdict
from placet.clock import Clock
from placet.errors import Conflict, NotAllowed, NotFound
from placet.ids import new_id
from tools.portable import queue_behind
from tools.sql import reading

from .eval_schema import cases, looks, runs
from .outbox import insert_once

__all__ = ["Kept", "Planned", "SqlJournal", "SqlRuns"]

_HELD_OUT = {"test", "all"}
_HEX = re.compile("[0-9a-f]{6,64}")
_COMPUTED = {"summary", "verdict", "reason"}


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Planned(_Value):
    """What is asked for, before anything is loaded: a run of the same can be resumed."""

    suite: str
    version: str
    digest: str
    part: Part | Literal["all"]
    tags: tuple[str, ...] = ()
    epochs: int = 1
    drafter: str


class Kept(_Value):
    """One run as a list shows it."""

    id: str
    suite: str
    version: str
    part: str
    tags: tuple[str, ...]
    epochs: int
    drafter: str
    prompt: str | None
    model: str | None
    state: Literal["running", "incomplete", "finished"]
    verdict: Verdict | None
    summary: Summary | None
    """None while it runs, or where it was killed."""
    started_at: datetime
    ended_at: datetime | None


class SqlRuns:
    """Runs, cases and looks in Placet's own database; implements `evals.port.RunStore`."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        self._engine, self._reader, self._clock = engine, reading(engine), clock

    # --- one run -------------------------------------------------------------------------------

    def start(self, planned: Planned, *, limit: int | None = None, beyond: str = "") -> str:
        """Write down that a run starts and return its id; counts a look at a held-out part.

        Args:
            planned: what is run.
            limit: how many looks this version of the suite allows; None counts without a limit.
            beyond: why one more is made although the limit is reached; kept with the look.

        Raises:
            NotAllowed: the limit is reached and no reason was given; nothing was written.
        """
        run_id, now = new_id("ev"), self._clock.now()
        with self._engine.begin() as connection:
            if planned.part in _HELD_OUT:
                self._look(connection, planned, run_id, limit, beyond)
            values = planned.model_dump() | {"tags": json.dumps(planned.tags)}
            connection.execute(
                runs.insert().values(id=run_id, state="running", started_at=now, **values)
            )
        return run_id

    def look(self, planned: Planned, *, limit: int | None, beyond: str = "") -> None:
        """Count a look at a held-out part by a run that is not kept. Raises as `start`."""
        if planned.part in _HELD_OUT:
            with self._engine.begin() as connection:
                self._look(connection, planned, None, limit, beyond)

    def unfinished(self, planned: Planned) -> str | None:
        """Return the newest run of the same that did not come to its end, or None."""
        same = [runs.c[name] == value for name, value in planned.model_dump().items()
                if name != "tags"]  # fmt: skip
        query = (
            sa.select(runs.c.id)
            .where(*same, runs.c.tags == json.dumps(planned.tags), runs.c.state != "finished")
            .order_by(runs.c.started_at.desc(), runs.c.id.desc())
        )
        with self._reader.connect() as connection:
            return connection.scalar(query.limit(1))

    def journal(self, run_id: str) -> SqlJournal:
        """Return the journal of a run that was started.

        Raises:
            NotFound: there is no such run.
            Conflict: it came to its end; its cases are not written over.
        """
        if self._row(run_id).state == "finished":
            raise Conflict(f"The run {run_id} came to its end; start a new one without --resume.")
        return SqlJournal(self._engine, run_id)

    def finish(self, run_id: str, result: SuiteResult) -> None:
        """Keep what a run found. One that is incomplete can still be resumed.

        Raises:
            NotFound: there is no such run.
        """
        row = self._row(run_id)
        journal, result = SqlJournal(self._engine, run_id), _since(result, row.started_at)
        journal.begin(_head(result))
        known = journal.done()
        for case in result.cases:
            if known.get(case.key) != case:
                journal.keep(case)
        verdict = result.verdict
        state = "incomplete" if verdict is Verdict.INCOMPLETE else "finished"
        with self._engine.begin() as connection:
            connection.execute(
                runs.update()
                .where(runs.c.id == run_id)
                .values(
                    state=state, verdict=verdict.value, ended_at=self._clock.now(),
                    summary=result.summary.model_dump_json(), body=_packed(result),
                )
            )  # fmt: skip

    # --- evals.port.RunStore -------------------------------------------------------------------

    def save(self, result: SuiteResult) -> str:
        """Keep a finished run and return its id; a look at a held-out part is counted."""
        run_id = self.start(_planned(result))
        self.finish(run_id, result)
        return run_id

    def load(self, run_id: str) -> SuiteResult:
        """Return a run that ended, whole or not.

        Raises:
            NotFound: there is no such run.
            Conflict: it has not ended.
        """
        body = self._row(run_id).body
        if body is None:
            raise Conflict(
                f"The run {run_id} has not ended; if it was killed, let it go on with "
                f"`placet eval run SUITE --resume {run_id}`."
            )
        with self._reader.connect() as connection:
            return _unpacked(connection, run_id, body)

    def looks(self, suite: str, digest: str) -> int:
        """Return how often the held-out part of this version of a suite was looked at."""
        with self._reader.connect() as connection:
            return _looks(connection, suite, digest)

    def latest(self, suite: str, *, prompt: str | None, limit: int = 20) -> Sequence[SuiteResult]:
        """Return the newest finished runs of a suite with this prompt, newest first.

        Without a prompt these are the runs of drafters that have none, as `rules`.
        """
        query = (
            sa.select(runs.c.id, runs.c.body)
            .where(runs.c.suite == suite, runs.c.prompt == prompt, runs.c.state == "finished")
            .order_by(runs.c.started_at.desc(), runs.c.id.desc())
        )
        with self._reader.connect() as connection:
            found = connection.execute(query.limit(limit)).all()
            return [_unpacked(connection, row.id, row.body) for row in found]

    # --- lists ---------------------------------------------------------------------------------

    def history(
        self, suite: str | None = None, *, prompt: str | None = None, model: str | None = None,
        limit: int = 200,
    ) -> Sequence[Kept]:  # fmt: skip
        """Return the latest runs, the oldest first; a prompt is named by the start of its hash."""
        query = sa.select(runs).order_by(runs.c.started_at.desc(), runs.c.id.desc())
        if suite is not None:
            query = query.where(runs.c.suite == suite)
        if prompt is not None:
            among = runs.c.head.contains(f'":"{prompt}', autoescape=True)  # any prompt of the run
            mine = runs.c.prompt.startswith(prompt, autoescape=True)
            query = query.where(sa.or_(mine, among) if _HEX.fullmatch(prompt) else mine)
        if model is not None:
            query = query.where(runs.c.model == model)
        with self._reader.connect() as connection:
            return [_kept(row) for row in reversed(connection.execute(query.limit(limit)).all())]

    # --- inside --------------------------------------------------------------------------------

    def _row(self, run_id: str) -> Any:
        with self._reader.connect() as connection:
            row = connection.execute(sa.select(runs).where(runs.c.id == run_id)).first()
        if row is None:
            raise NotFound(f"There is no run {run_id}; `placet eval history` lists them.")
        return row

    def _look(
        self, connection: sa.Connection, planned: Planned, run_id: str | None, limit: int | None,
        beyond: str,
    ) -> None:  # fmt: skip
        queue_behind(connection, f"placet-looks:{planned.digest}")
        made = _looks(connection, planned.suite, planned.digest)
        over = limit is not None and made >= limit
        if over and not beyond:
            raise NotAllowed(
                f"The test part of {planned.suite} {planned.version} was looked at {made} times, "
                "and that is its limit: more would fit the prompt to it. Use --part dev, write new "
                "test cases, or say why with --look-anyway REASON."
            )
        connection.execute(
            looks.insert().values(
                id=new_id("lk"), suite=planned.suite, version=planned.version,
                digest=planned.digest, run_id=run_id, at=self._clock.now(),
                beyond=beyond if over else None,
            )
        )  # fmt: skip


class SqlJournal:
    """The cases of one run, each on disk before the next; implements `evals.port.Journal`."""

    def __init__(self, engine: sa.Engine, run_id: str) -> None:
        self._engine, self._run_id = engine, run_id

    def begin(self, head: Head) -> None:
        """Keep what is run, or compare it with what was.

        Raises:
            Conflict: the run that is resumed was of something else.
        """
        mine = runs.c.id == self._run_id
        with self._engine.begin() as connection:
            before = connection.scalar(sa.select(runs.c.head).where(mine))
            if before is not None:
                _check_same(self._run_id, Head.model_validate_json(before), head)
                return
            connection.execute(
                runs.update()
                .where(mine)
                .values(head=head.model_dump_json(), prompt=head.prompt, model=head.model)
            )

    def done(self) -> Mapping[tuple[str, int], CaseResult]:
        """Return what was written down before, by case id and epoch."""
        query = sa.select(cases.c.body).where(cases.c.run_id == self._run_id)
        with reading(self._engine).connect() as connection:
            found = [CaseResult.model_validate_json(body) for body in connection.scalars(query)]
        return {one.key: one for one in found}

    def keep(self, result: CaseResult) -> None:
        """Write one case down, in place of how it ended before."""
        key = {"run_id": self._run_id, "case_id": result.id, "epoch": result.epoch}
        body = result.model_dump_json()
        with self._engine.begin() as connection:
            if not insert_once(connection, cases, **key, body=body):
                same = [cases.c[name] == value for name, value in key.items()]
                connection.execute(cases.update().where(*same).values(body=body))


def _check_same(run_id: str, before: Head, now: Head) -> None:
    for name in Head.model_fields:
        was, is_ = getattr(before, name), getattr(now, name)
        if was == is_:
            continue
        what = name.replace("_", " ")
        if isinstance(was, dict) and isinstance(is_, dict):  # name the one text that differs
            one = next(key for key in (*was, *is_) if was.get(key) != is_.get(key))
            what, was, is_ = f"prompt {one}", _short(was.get(one)), _short(is_.get(one))
        raise Conflict(
            f"The run {run_id} cannot go on: its {what} was {was}, and now it is {is_}. "
            "Start a new run without --resume."
        )


def _short(sha256: str | None) -> str:
    return sha256[:12] if sha256 else "not there"


def _looks(connection: sa.Connection, suite: str, digest: str) -> int:
    query = sa.select(sa.func.count()).select_from(looks)
    same = looks.c.suite == suite, looks.c.digest == digest
    return connection.scalar(query.where(*same)) or 0


def _planned(result: SuiteResult) -> Planned:
    return Planned(
        suite=result.suite, version=result.suite_version, digest=result.suite_digest,
        part=result.part, tags=result.tags, epochs=result.epochs, drafter=result.drafter,
    )  # fmt: skip


def _head(result: SuiteResult) -> Head:
    return Head(**{name: getattr(result, name) for name in Head.model_fields})


def _since(result: SuiteResult, started_at: datetime) -> SuiteResult:
    return result.model_copy(update={"started_at": min(result.started_at, started_at)})


def _packed(result: SuiteResult) -> str:
    facts = result.model_dump(mode="json", exclude={"cases", *_COMPUTED})
    return json.dumps(facts | {"cases": [case.key for case in result.cases]}, ensure_ascii=False)


def _unpacked(connection: sa.Connection, run_id: str, body: str) -> SuiteResult:
    query = sa.select(cases).where(cases.c.run_id == run_id)
    there = {(row.case_id, row.epoch): row.body for row in connection.execute(query)}
    facts = json.loads(body)
    found = [CaseResult.model_validate_json(there[name, epoch]) for name, epoch in facts["cases"]]
    return SuiteResult.model_validate(facts | {"cases": found})


def _kept(row: sa.Row[Any]) -> Kept:
    facts = {name: getattr(row, name) for name in Kept.model_fields}
    summary = None if row.summary is None else Summary.model_validate_json(row.summary)
    return Kept.model_validate(facts | {"tags": json.loads(row.tags), "summary": summary})
