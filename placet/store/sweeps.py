"""Sweeps: what must happen although nobody clicks. Each is safe to run twice and in two workers.

No sweep leads to a run: they expire, they ask destinations about open outcomes, they tidy up.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa

from gates.draft import State
from gates.gate import Gate
from gates.transition import FINAL
from placet.clock import Clock
from placet.errors import PlacetError
from placet.log import get_logger

from . import switch
from .book import SqlBook
from .ledger import read_head
from .port import Executor, Job
from .run import Runner
from .schema import drafts, requests

__all__ = ["Sweeper"]

_log = get_logger(__name__)
_BATCH = 200
_KEPT_FOR = timedelta(days=30)
_MOST_FAILURES = 3
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
    ) -> None:
        self._book, self._gate, self._runner = book, gate, runner
        self._executor, self._clock = executor, clock
        self._forget_thread = forget_thread

    def sweep(self) -> dict[str, int]:
        """Run every sweep once; returns how many things each one moved."""
        return {
            "expired": self._expire(),
            "reconciled": self._reconcile(),
            "continued": self._continue(),
            "given_up": self._give_up_requests(),
        }

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
            with self._book.begin() as page:
                draft = page.read(draft_id)
                if draft.state in (State.PENDING, State.REVISING, State.APPROVED):
                    note = self._gate.too_late(draft) or "It expired."
                    moved += page.apply(self._gate.close(draft, State.EXPIRED, note))
        return moved

    def _reconcile(self) -> int:
        """Ask the destinations about outcomes that are not known."""
        return sum(self._settle(*draft) for draft in self._in_state(State.UNKNOWN))

    def _continue(self) -> int:
        """Give each approved or running draft that has no job any more a new one.

        A job is gone after a pause, or where its workflow failed; after several failures the
        destination is asked what was done, and the run is concluded.
        """
        with self._book.reader.connect() as connection:
            if switch.is_on(connection):
                return 0
        moved = 0
        for draft_id, revision in self._in_state(State.APPROVED, State.EXECUTING):
            job_id = f"execute:{draft_id}:{revision}"
            past = self._executor.history(job_id)
            if "waiting" in past or "running" in past:
                continue
            if past.count("failed") >= _MOST_FAILURES:
                moved += self._settle(draft_id, revision)
                continue
            job = Job(
                id=f"{job_id}:{len(past)}",
                kind="execute",
                args=(draft_id, revision, f"{job_id}:{len(past)}"),
            )
            with self._book.engine.begin() as connection:
                self._executor.enqueue(connection, job)
            moved += 1
        return moved

    def _give_up_requests(self) -> int:
        """Answer requests whose drafting job failed for good."""
        query = sa.select(requests.c.id).where(requests.c.state == "drafting").limit(_BATCH)
        with self._book.reader.connect() as connection:
            waiting = list(connection.scalars(query))
        lost = [one for one in waiting if set(self._executor.history(f"draft:{one}")) <= _OVER]
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
