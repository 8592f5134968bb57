"""Sweeps: what must happen although nobody clicks. Each is safe to run twice and in two workers.

No sweep leads to a run that nobody approved: they expire, they ask destinations about open
outcomes, they start what was approved for a later moment, they tidy up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

import sqlalchemy as sa

from gates.draft import State
from gates.gate import Gate
from gates.transition import FINAL
from placet.clock import Clock
from placet.errors import PlacetError
from placet.ids import DraftId
from placet.log import get_logger

from . import switch
from .book import SqlBook
from .ledger import read_head
from .port import Executor, Job, JobStatus
from .run import Runner
from .schema import drafts, requests

__all__ = ["Sweeper"]

_log = get_logger(__name__)
_BATCH = 200
_KEPT_FOR = timedelta(days=30)
_MOST_FAILURES = 3
_UNRUN = (State.PENDING, State.REVISING, State.APPROVED)
_OVER = {"failed", "cancelled", "done"}
_LOST = "Something went wrong here while drafting; ask again, and tell your admin if it stays."


class Sweeper:
    """Expires what nobody decided and reconciles what nobody knows."""

    def __init__(
        self,
        *,
        book: SqlBook,
        gate: Gate,
        runner: Runner,
        executor: Executor,
        clock: Clock,
        forget_thread: Callable[[str], None],
        audit_due: Callable[[Callable[[], bool]], int] = lambda _stopping: 0,
        quality_due: Callable[[], int] = lambda: 0,
    ) -> None:
        self._book, self._gate, self._runner = book, gate, runner
        self._executor, self._clock = executor, clock
        self._forget_thread = forget_thread
        self._audit_due, self._quality_due = audit_due, quality_due

    def sweep(self) -> dict[str, int]:
        """Run every sweep once; returns how many things each one moved."""
        return {
            "expired": self._expire(),
            "reconciled": self._reconcile(),
            "continued": self._continue(),
            "given_up": self._give_up_requests(),
        }

    def audit(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Do the audit that is due, if one is; returns how many were done.

        It may take minutes where the others take moments, and so is no part of `sweep`.

        Args:
            stopping: whether it is to stop; another worker then takes the turn.
        """
        return self._audit_due(stopping)

    def watch(self, _stopping: Callable[[], bool] = lambda: False) -> int:
        """Watch quality: take in decisions, replay frozen cases, alarm; returns how much was done.

        A replay with a model takes minutes, and so this is no part of `sweep` either. A turn that a
        stop cuts short is taken again later.
        """
        return self._quality_due()

    def go_on(self) -> int:
        """Start what has come due: schedules, quiet hours that ended, items that were put off.

        Cheap enough for each second; `sweep` finds the same, and what lost its job besides.
        """
        return self._continue(only_due=True)

    def note_head(self) -> None:
        """Let the ledger's head be said, once a day, to the admins in Slack."""
        with self._book.begin() as page:
            page.announcer.noted(page.connection, read_head(page.connection))

    def prune(self) -> int:
        """Forget conversations and finished jobs that nobody will go on with; returns how many.

        Drafts, receipts and the ledger are never pruned.
        """
        before = self._clock.now() - _KEPT_FOR
        living = sa.select(drafts.c.request_id).where(
            drafts.c.state.not_in([state.value for state in FINAL])
        )
        query = (
            sa.select(requests.c.thread_id)
            .group_by(requests.c.thread_id)
            .having(sa.func.max(requests.c.at) < before)
            .having(sa.func.sum(sa.case((requests.c.id.in_(living), 1), else_=0)) == 0)
            .limit(_BATCH)
        )
        with self._book.reader.connect() as connection:
            old = list(connection.scalars(query))
        for thread_id in old:
            self._forget_thread(thread_id)
        return len(old) + self._executor.forget(before)

    def _expire(self) -> int:
        now, moved = self._clock.now(), 0
        late = sa.or_(
            sa.and_(
                drafts.c.state.in_([State.PENDING.value, State.REVISING.value]),
                drafts.c.expires_at <= now,
            ),
            sa.and_(
                drafts.c.state == State.APPROVED.value,
                sa.or_(drafts.c.expires_at <= now, drafts.c.valid_until <= now),
            ),
        )
        with self._book.reader.connect() as connection:
            ids = list(connection.scalars(sa.select(drafts.c.id).where(late).limit(_BATCH)))
        for draft_id in ids:
            try:
                moved += self._expire_one(draft_id)
            except PlacetError as error:
                _log.warning("draft %s: %s", draft_id, error)
        return moved

    def _expire_one(self, draft_id: DraftId) -> int:
        with self._book.begin() as page:
            draft = page.read(draft_id)
            late = self._gate.too_late(draft)
            if late is None or draft.state not in _UNRUN:
                return 0
            return int(page.apply(self._gate.close(draft, State.EXPIRED, late)))

    def _reconcile(self) -> int:
        """Ask the destinations about outcomes that are not known."""
        return sum(self._settle(*draft) for draft in self._in_state(State.UNKNOWN))

    def _continue(self, *, only_due: bool = False) -> int:
        """Give each approved or running draft that has no job, and need not wait, a new one.

        A job is gone after a pause, after it had to wait, or where its workflow failed; after
        several failures in a row the destination is asked what was done, and the run is concluded.
        While execution is paused nothing starts; a run that a person stopped is ended all the same.
        """
        now, moved = self._clock.now(), 0
        with self._book.reader.connect() as connection:
            paused = switch.is_on(connection)
            query = _startable(now, only_due=only_due, only_stopped=paused)
            found = [(row.id, row.revision) for row in connection.execute(query)]
        for draft_id, revision in found:
            moved += self._start_again(draft_id, revision)
        return moved

    def _start_again(self, draft_id: str, revision: int) -> int:
        job_id = f"execute:{draft_id}:{revision}"
        past = self._executor.history(job_id)
        statuses = list(past.values())
        if "waiting" in statuses or "running" in statuses:
            return 0
        if _failed_in_a_row(past, job_id) >= _MOST_FAILURES:
            return self._settle(draft_id, revision)
        name = f"{job_id}:{_next_number(past, job_id)}"
        job = Job(id=name, kind="execute", args=(draft_id, revision, name))
        with self._book.engine.begin() as connection:
            self._executor.enqueue(connection, job)
            connection.execute(
                drafts.update().where(drafts.c.id == draft_id).values(next_at=None)
            )  # the job notes the next moment, if there is one
        return 1

    def _give_up_requests(self) -> int:
        """Answer requests whose drafting job failed for good."""
        query = sa.select(requests.c.id).where(requests.c.state == "drafting").limit(_BATCH)
        with self._book.reader.connect() as connection:
            waiting = list(connection.scalars(query))
        lost = [
            one for one in waiting if set(self._executor.history(f"draft:{one}").values()) <= _OVER
        ]
        if lost:
            with self._book.begin() as page:
                page.connection.execute(
                    requests.update()
                    .where(requests.c.id.in_(lost), requests.c.state == "drafting")
                    .values(state="failed", reply=_LOST)
                )
                for request_id in lost:
                    page.announcer.answered(page.connection, request_id)
        return len(lost)

    def _in_state(self, *states: State) -> list[tuple[str, int]]:
        query = sa.select(drafts.c.id, drafts.c.revision).where(
            drafts.c.state.in_([state.value for state in states])
        )
        with self._book.reader.connect() as connection:
            return [(row.id, row.revision) for row in connection.execute(query.limit(_BATCH))]

    def _settle(self, draft_id: str, revision: int) -> int:
        try:
            return self._runner.reconcile(draft_id, revision) != State.UNKNOWN.value
        except PlacetError as error:
            _log.warning("draft %s: %s", draft_id, error)
            return 0


def _startable(now: datetime, *, only_due: bool, only_stopped: bool) -> sa.Select[Any, Any]:
    """Return the drafts that may need a job now.

    Args:
        now: the present moment.
        only_due: leave out those that wait for nothing: they have a job, or the full sweep sees.
        only_stopped: leave out all but those that a person stopped.
    """
    stopped = drafts.c.stopped_at.is_not(None)
    moment = drafts.c.next_at <= now
    if not only_due:
        moment = sa.or_(moment, drafts.c.next_at.is_(None))
    query = sa.select(drafts.c.id, drafts.c.revision).where(
        drafts.c.state.in_([State.APPROVED.value, State.EXECUTING.value]),
        stopped if only_stopped else sa.or_(stopped, moment),
    )
    return query.order_by(drafts.c.opened_at, drafts.c.id).limit(_BATCH)


def _next_number(past: Iterable[str], job_id: str) -> int:
    """Return the number of the next continuation: above all that are still on record."""
    return max((_number(name, job_id) + 1 for name in past), default=0)


def _number(name: str, job_id: str) -> int:
    """Return which continuation a job is; the first job of a run, which has no number, is -1."""
    end = name.removeprefix(f"{job_id}:")
    return int(end) if end.isdecimal() else -1


def _failed_in_a_row(past: Mapping[str, JobStatus], job_id: str) -> int:
    """Return how many of the latest jobs failed one after the other."""
    latest = sorted(past, key=lambda name: _number(name, job_id), reverse=True)
    return sum(1 for _ in takewhile(lambda name: past[name] == "failed", latest))
