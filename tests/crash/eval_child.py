"""A run of a suite in a process of its own: `python -m tests.crash.eval_child FOLDER ...`.

It is kept in FOLDER's database, with the model's answers recorded beside it. Where it is told to,
it waits in the middle of a model call, or after an answer and before the case is written down, and
says so on standard output: then it can be killed at exactly that point.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from agents.models import Completion
from evals import Plan, run
from evals.port import Journal
from evals.recording import RecordedModel, Recordings
from evals.result import CaseResult
from placet.clock import FixedClock
from placet.store.migrate import MIGRATIONS
from placet.store.runs import Planned, SqlRuns
from tests.conftest import NOW
from tests.evaluations import RoteModel, RoteTask, suite_of
from tools.sql import create_engine


class Door:
    """Lets so many through and holds the rest; says when `wide` of them are held."""

    def __init__(self, lets: int, wide: int) -> None:
        self._lets, self._wide, self._held = lets, wide, 0
        self._lock = threading.Lock()

    def pass_through(self) -> None:
        with self._lock:
            if self._lets > 0:
                self._lets -= 1
                return
            self._held += 1
            if self._held == self._wide:
                sys.stdout.write("held\n")
                sys.stdout.flush()
        time.sleep(600)


class LoggingModel(RoteModel):
    """Writes each call that it answers into a file: what a provider would bill."""

    def __init__(self, log: Path, door: Door) -> None:
        super().__init__()
        self._log, self._door, self._guard = log, door, threading.Lock()

    def complete(self, *args: Any, **named: Any) -> Completion:
        """Answer, unless the door holds the call."""
        self._door.pass_through()
        found = super().complete(*args, **named)
        with self._guard, self._log.open("a", encoding="utf-8") as file:
            file.write(f"{args[0][-1].text}\n")
            file.flush()
            os.fsync(file.fileno())
        return found


class HeldJournal:
    """A journal behind a door."""

    def __init__(self, journal: Journal, door: Door) -> None:
        self._journal, self._door = journal, door
        self.begin, self.done = journal.begin, journal.done

    def keep(self, result: CaseResult) -> None:
        """Write a case down, unless the door holds it."""
        self._door.pass_through()
        self._journal.keep(result)


def play(folder: Path, cases: int, threads: int, hold: str, at: int) -> None:
    """Run the suite, or let it go on, and write the result to `result.json` in the folder."""
    engine = create_engine(f"sqlite:///{folder / 'placet.db'}")
    MIGRATIONS.upgrade(engine)
    runs, suite = SqlRuns(engine, FixedClock(NOW)), suite_of(cases)
    planned = Planned(suite="rote", version="1.0.0", digest=suite.digest, part="dev", drafter="llm")
    run_id = runs.unfinished(planned) or runs.start(planned)
    never = cases * 10
    asking = Door(at if hold == "call" else never, threads)
    keeping = Door(at if hold == "keep" else never, threads)
    model = LoggingModel(folder / "calls.log", asking)
    recorded = RecordedModel(model, Recordings(folder / "answers.jsonl"))
    result = run(
        suite, RoteTask(recorded), "dev", plan=Plan(concurrency=threads), model="rote",
        journal=HeldJournal(runs.journal(run_id), keeping), clock=FixedClock(NOW),
    )  # fmt: skip
    runs.finish(run_id, result)
    (folder / "result.json").write_text(runs.load(run_id).model_dump_json(), encoding="utf-8")


if __name__ == "__main__":
    where, count, width, what, after = sys.argv[1:]
    play(Path(where), int(count), int(width), what, int(after))
