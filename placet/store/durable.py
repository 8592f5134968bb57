"""Durable execution on DBOS: the only module that knows dbos.

Our tables and DBOS's are in one database, so a job enqueued in our transaction exists if and only
if that commits. DBOS keeps one instance and one registry per process; so does this module. Values
are stored as JSON, never pickled. The application version is pinned: edit a workflow's steps only
together with it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig
from dbos import Serializer as DBOSSerializer
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_exponential
from typing_extensions import override

from gates.draft import Revision
from gates.transition import Transition
from placet.log import get_logger
from tools.sql import IDLE_SECONDS

from .port import VERSION, Job, JobStatus

__all__ = ["DbosExecutor", "migrate_dbos"]

_APP = "placet"
_POLL_SECONDS = 0.1  # DBOS's default of 1 s is what every click would wait
_QUEUES = {"draft": 4, "redraft": 4, "execute": 2}  # jobs at once per worker
_GRACE_SECONDS = 30
_FORGET_AT_ONCE = 500
_LATEST = 20
_DATABASE_AWAY_SECONDS = 120
_IDLED_OUT = "25P03"  # PostgreSQL's idle_in_transaction_session_timeout
_LIVE = ("ENQUEUED", "PENDING", "DELAYED")
_STATUS: dict[str, JobStatus] = {
    "ENQUEUED": "waiting",
    "DELAYED": "waiting",
    "PENDING": "running",
    "SUCCESS": "done",
    "ERROR": "failed",
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": "failed",
    "CANCELLED": "cancelled",
}
_log = get_logger(__name__)


class _Json(DBOSSerializer):
    @override
    def serialize(self, data: Any) -> str:
        return json.dumps(data, default=str)

    @override
    def deserialize(self, serialized_data: str) -> Any:
        return json.loads(serialized_data)

    @override
    def name(self) -> str:
        return "placet_json"


_bodies: dict[str, Callable[..., str]] = {}


def _is_away(error: BaseException) -> bool:
    """Return whether the database was not there, or had ended a session that stood still."""
    if isinstance(error, OperationalError | InterfaceError):
        return True
    return isinstance(error, DBAPIError) and (
        error.connection_invalidated or getattr(error.orig, "sqlstate", None) == _IDLED_OUT
    )


@DBOS.step(name="once")
def _once(kind: str, stage: str, args: list[str | int]) -> str:
    """Run one stage; while a database is away it is tried again, which every stage can bear."""
    again = Retrying(
        retry=retry_if_exception(_is_away),
        stop=stop_after_delay(_DATABASE_AWAY_SECONDS),
        wait=wait_exponential(multiplier=0.1, max=5),
        reraise=True,
    )
    return again(_bodies[f"{kind}.{stage}"], *args)


@DBOS.workflow(name="draft", max_recovery_attempts=50)
def _draft(*args: str | int) -> str:
    return _once("draft", "run", list(args))


@DBOS.workflow(name="redraft", max_recovery_attempts=50)
def _redraft(*args: str | int) -> str:
    return _once("redraft", "run", list(args))


@DBOS.workflow(name="execute", max_recovery_attempts=50)
def _execute(*args: str | int) -> str:
    """Begin, then chunk after chunk, then finish: a kill repeats at most one of these steps."""
    said = _once("execute", "begin", list(args))
    index = 0
    while said == "go":
        said = _once("execute", "chunk", [*args, index])
        index += 1
    return _once("execute", "finish", list(args)) if said == "last" else said


def _config(url: str, slot: str) -> DBOSConfig:
    return {
        "name": _APP,
        "system_database_url": url,
        "executor_id": slot,
        "application_version": VERSION,
        "serializer": _Json(),
        "use_listen_notify": False,
        "run_migrations": False,
        "sys_db_idle_transaction_timeout_sec": IDLE_SECONDS,
        "log_level": "ERROR",
        "notification_listener_polling_interval_sec": 0.2,
    }


def _dbos_url(engine: sa.Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def migrate_dbos(engine: sa.Engine) -> None:
    """Create or migrate DBOS's own tables in the engine's database."""
    logging.getLogger("dbos").setLevel(logging.ERROR)
    DBOS.migrate(_dbos_url(engine))


class DbosExecutor:
    """Implements `Executor` and `Jobs` over the engine's database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._client = DBOSClient(
            system_database_engine=engine,
            serializer=_Json(),
            application_name=_APP,
            lazy=True,
        )
        self._working, self._slot = False, ""

    # --- from any process ----------------------------------------------------------------------

    def enqueue(self, connection: sa.Connection, job: Job) -> None:
        """Enqueue a job inside the caller's transaction: it exists if and when that commits."""
        self._client.enqueue_in_transaction(
            connection,
            {
                "workflow_name": job.kind,
                "queue_name": job.kind,
                "workflow_id": job.id,
                "app_version": VERSION,
            },
            *job.args,
        )

    def enqueue_for(
        self, connection: sa.Connection, transition: Transition, current: Revision
    ) -> None:
        """Enqueue what `transition.job` names, for the revision `current`."""
        kind = transition.job
        if kind is None:
            return
        job_id = f"{kind}:{current.draft_id}:{current.revision}"
        if kind == "redraft":  # changes can be asked for again while none came
            job_id += f":{transition.draft.version}"
        args = (current.draft_id, current.revision, job_id)
        self.enqueue(connection, Job(id=job_id, kind=kind, args=args))

    def cancel(self, job_id: str) -> None:
        """Stop a job after the step it is in."""
        self._client.cancel_workflow(job_id)

    def resume(self, job_id: str) -> None:
        """Let a cancelled or stranded job go on from its last finished step."""
        self._client.resume_workflow(job_id, queue_name=job_id.partition(":")[0])

    def status(self, job_id: str) -> JobStatus:
        """Return how a job stands."""
        found = self._client.list_workflows(
            workflow_ids=[job_id], load_input=False, load_output=False
        )
        return _STATUS.get(found[0].status, "unknown") if found else "unknown"

    def history(self, job_id: str) -> Mapping[str, JobStatus]:
        """Return how a job and its latest continuations (`job_id:n`) stand or ended, by ids."""
        found = self._client.list_workflows(
            workflow_id_prefix=job_id,
            sort_desc=True,
            limit=_LATEST,  # a run that is paced over hours has thousands
            load_input=False,
            load_output=False,
        )
        return {
            workflow.workflow_id: _STATUS.get(workflow.status, "unknown")
            for workflow in found
            if workflow.workflow_id == job_id or workflow.workflow_id.startswith(f"{job_id}:")
        }

    def reap(self, slot: str) -> Sequence[str]:
        """Hand the running jobs of a dead worker slot back to the queue; return their ids."""
        stranded = self._client.list_workflows(
            executor_id=slot, status="PENDING", load_input=False, load_output=False
        )
        for workflow in stranded:
            self._client.resume_workflow(workflow.workflow_id, queue_name=workflow.name)
        return [workflow.workflow_id for workflow in stranded]

    def strangers(self) -> Sequence[str]:
        """Return unfinished jobs of an application version that this code does not know."""
        live = self._client.list_workflows(status=list(_LIVE), load_input=False, load_output=False)
        return [w.workflow_id for w in live if w.app_version not in (None, VERSION)]

    def forget(self, before: datetime) -> int:
        """Drop the records of jobs that ended before that moment; return how many."""
        ended = self._client.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED"],
            completed_before=before.isoformat(),
            limit=_FORGET_AT_ONCE,
            load_input=False,
            load_output=False,
        )
        for workflow in ended:
            self._client.delete_workflow(workflow.workflow_id)
        return len(ended)

    def idle(self) -> bool:
        """Return whether nothing is waiting or running."""
        return not self._client.list_workflows(
            status=list(_LIVE), app_version=VERSION, limit=1, load_input=False, load_output=False
        )

    # --- in a worker ---------------------------------------------------------------------------

    def work(
        self, bodies: Mapping[str, Callable[..., str]], *, slot: str, kinds: Sequence[str]
    ) -> None:
        """Start working in this process: `bodies` maps `kind.stage` to what does it."""
        _bodies.update(bodies)
        DBOS(config=_config(_dbos_url(self._engine), slot))
        for kind in kinds:  # before the launch, so that the first poll is not a second away
            self._client.register_queue(
                kind,
                worker_concurrency=_QUEUES[kind],
                polling_interval_sec=_POLL_SECONDS,
                on_conflict="always_update",
            )
        DBOS.listen_queues(list(kinds))
        DBOS.launch()
        self._working, self._slot = True, slot
        _log.info("working as %s on %s", slot, ", ".join(kinds))

    def stop(self) -> None:
        """Stop working; running steps may end first, for as long as half a minute."""
        if self._working:
            running = self._client.list_workflows(
                executor_id=self._slot, status="PENDING", load_input=False, load_output=False
            )
            DBOS.destroy(workflow_completion_timeout_sec=_GRACE_SECONDS if running else 0)
            self._working = False
