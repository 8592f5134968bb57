"""What the store needs from durable execution, so that another engine could take DBOS's place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict
from typing_extensions import override

from gates.draft import Draft, Revision
from gates.ledger import Head
from gates.transition import Transition

__all__ = ["VERSION", "Announcer", "Executor", "Job", "JobStatus", "Jobs", "Silence"]


VERSION = "placet-1"
"""Names the shape of the jobs; a worker runs jobs of its own version only."""


class Job(BaseModel):
    """One piece of work to do durably: a name, arguments, and an id under which it is done once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    """Unique; a second job with the same id is the first one."""
    kind: Literal["draft", "redraft", "execute"]
    args: tuple[str | int, ...]
    """JSON values; ids, never bodies."""


JobStatus = Literal["waiting", "running", "done", "failed", "cancelled", "unknown"]


class Jobs(Protocol):
    """What writers of requests and transitions need: to enqueue in their own transaction."""

    def enqueue(self, connection: sa.Connection, job: Job) -> None:
        """Enqueue a job inside the caller's transaction: it exists if and when that commits."""
        ...

    def cancel(self, job_id: str) -> None:
        """Stop a job after the step it is in."""
        ...

    def enqueue_for(
        self, connection: sa.Connection, transition: Transition, current: Revision
    ) -> None:
        """Enqueue what `transition.job` names, for the revision `current`."""
        ...


class Announcer(Protocol):
    """Told, inside the transaction that changes something, what people will want to hear of it."""

    def asked(self, connection: sa.Connection, request_id: str) -> None:
        """A request was taken in; its drafting job is enqueued."""
        ...

    def answered(self, connection: sa.Connection, request_id: str) -> None:
        """A request has its reply."""
        ...

    def opened(self, connection: sa.Connection, draft: Draft, source: str) -> None:
        """A draft waits at the gate; `source` says where it comes from, as its row does."""
        ...

    def noted(self, connection: sa.Connection, head: Head) -> None:
        """The ledger ends here now; said once a day, outside the database, so that a cut shows."""
        ...

    def changed(self, connection: sa.Connection, draft: Draft) -> None:
        """A draft stands as `draft` now: another state, another revision, or word left on it."""
        ...


class Silence(Announcer):
    """Says nothing: for homes without a chat door."""

    @override
    def asked(self, connection: sa.Connection, request_id: str) -> None:
        pass

    @override
    def answered(self, connection: sa.Connection, request_id: str) -> None:
        pass

    @override
    def opened(self, connection: sa.Connection, draft: Draft, source: str) -> None:
        pass

    @override
    def changed(self, connection: sa.Connection, draft: Draft) -> None:
        pass

    @override
    def noted(self, connection: sa.Connection, head: Head) -> None:
        pass


class Executor(Protocol):
    """Durable execution: what is enqueued is done, across kills and restarts, step by step."""

    def enqueue(self, connection: sa.Connection, job: Job) -> None:
        """Enqueue a job inside the caller's transaction: it exists if and when that commits."""
        ...

    def cancel(self, job_id: str) -> None:
        """Stop a job after the step it is in."""
        ...

    def resume(self, job_id: str) -> None:
        """Let a cancelled or stranded job go on from its last finished step."""
        ...

    def status(self, job_id: str) -> JobStatus:
        """Return how a job stands."""
        ...

    def history(self, job_id: str) -> Mapping[str, JobStatus]:
        """Return how a job and its latest continuations (`job_id:n`) stand or ended, by ids."""
        ...

    def reap(self, slot: str) -> Sequence[str]:
        """Hand the running jobs of a dead worker slot back to the queue; return their ids."""
        ...

    def strangers(self) -> Sequence[str]:
        """Return unfinished jobs of an application version that this code does not know."""
        ...

    def forget(self, before: datetime) -> int:
        """Drop the records of jobs that ended before that moment; return how many."""
        ...

    def idle(self) -> bool:
        """Return whether nothing is waiting or running."""
        ...

    def work(
        self, bodies: Mapping[str, Callable[..., str]], *, slot: str, kinds: Sequence[str]
    ) -> None:
        """Start working in this process: `bodies` maps each kind of job to what does it."""
        ...

    def stop(self) -> None:
        """Stop working; running steps may end first."""
        ...
