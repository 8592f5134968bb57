"""What the eval runner costs: `python -m benchmarks.evals [--cases 300] [--rounds 3]`.

An instant model and an exact-match scorer, so that what is measured is the runner alone: a bare
asyncio loop, Placet's runner (in memory, in four threads, and with every case on disk before the
next), and, each in the same run, Inspect AI and DeepEval from a venv of their own
(`benchmarks/evals_install.sh`). Prints milliseconds a case, the best round of each, and the ratio
to Placet's runner in memory. CPU time stands beside wall time: it does not depend on the load.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from evals import Plan, run
from evals.case import Case
from evals.port import Journal
from evals.score import Outcome, Score
from evals.spec import SuiteSpec
from evals.suite import Suite
from evals.task import Scored
from placet.clock import SystemClock
from placet.store.migrate import MIGRATIONS
from placet.store.runs import Planned, SqlRuns
from tests.evaluations import suite_of
from tools.sql import create_engine

ROOT = Path(__file__).parents[1]
OTHERS = ROOT / ".benchmarks" / "evals" / "bin" / "python"
ANSWER = "yes"
Spent = tuple[float, float]
"""Seconds of wall time and of CPU time."""


class Instant:
    """A task whose drafter answers at once."""

    drafter, prompt, world, scorer = "instant", None, "none", "exact@1"

    def read(self, case: Case, spec: SuiteSpec) -> str:
        """Answer."""
        return ANSWER

    def score(self, case: Case, spec: SuiteSpec, reading: Any) -> Scored:
        """Compare."""
        right = reading == ANSWER
        outcome = Outcome.EXACT if right else Outcome.SILENTLY_WRONG
        score = Score(value=float(right), outcome=outcome, reason="equal", version=self.scorer)
        return Scored(score=score, reading={"answer": reading}, gold={"answer": ANSWER})

    def lint(self, case: Case, spec: SuiteSpec) -> Sequence[str]:
        """Find nothing."""
        return ()


async def _answer(_: str) -> str:
    return ANSWER


def bare(suite: Suite) -> None:
    """Ask and compare in a loop: what nobody can do without."""

    async def loop() -> list[bool]:
        return [await _answer(case.request) == ANSWER for _, case in suite.cases()]

    assert all(asyncio.run(loop()))


def placet(suite: Suite, *, threads: int = 1, journal: Journal | None = None) -> None:
    """Run it as `placet eval run` does."""
    result = run(suite, Instant(), "dev", plan=Plan(concurrency=threads), journal=journal)
    assert result.summary.right.hits == len(result.cases) == result.planned


@contextmanager
def _kept(suite: Suite) -> Iterator[Callable[[], Journal]]:
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/placet.db")
        MIGRATIONS.upgrade(engine)
        runs = SqlRuns(engine, SystemClock())
        planned = Planned(suite=suite.spec.name, version="1.0.0", digest=suite.digest, part="dev",
                          drafter="instant")  # fmt: skip
        yield lambda: runs.journal(runs.start(planned))
        engine.dispose()


def _timed(work: Callable[[], None]) -> Spent:
    begun, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - cpu


def _ours(suite: Suite, rounds: int) -> dict[str, list[Spent]]:
    found: dict[str, list[Spent]] = {}
    with _kept(suite) as journal:
        ways: Mapping[str, Callable[[], None]] = {
            "bare asyncio loop": lambda: bare(suite),
            "Placet, in memory": lambda: placet(suite),
            "Placet, four threads": lambda: placet(suite, threads=4),
            "Placet, each case on disk (SQLite)": lambda: placet(suite, journal=journal()),
        }
        for _ in range(rounds + 1):
            for name, work in ways.items():
                found.setdefault(name, []).append(_timed(work))
    return {name: times[1:] for name, times in found.items()}


def _others(cases: int, rounds: int) -> dict[str, list[Spent]]:
    if not OTHERS.exists():
        print("Inspect AI and DeepEval are not installed: run benchmarks/evals_install.sh")
        return {}
    quiet = ["env", "DEEPEVAL_TELEMETRY_OPT_OUT=1", "DEEPEVAL_NO_INSPECT_PROMPT=1"]
    command = [*quiet, str(OTHERS), str(ROOT / "benchmarks" / "evals_others.py"), str(cases),
               str(rounds)]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:  # DeepEval writes where it stands
        ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
    times: dict[str, list[Spent]] = json.loads(ran.stdout.splitlines()[-1])
    return times


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    times = _ours(suite_of(asked.cases), asked.rounds) | _others(asked.cases, asked.rounds)
    best = {name: tuple(min(column) for column in zip(*spent, strict=True))
            for name, spent in times.items()}  # fmt: skip
    base = best["Placet, in memory"]
    print(f"{asked.cases} cases, best of {asked.rounds} rounds, load {os.getloadavg()[0]:.1f}")
    print(f"{'milliseconds a case':38}{'wall':>9}{'':8}{'CPU':>9}")
    for name, (wall, cpu) in best.items():
        each = 1_000 / asked.cases
        print(f"{name:38}{wall * each:9.3f}{wall / base[0]:7.1f}x{cpu * each:9.3f}"
              f"{cpu / base[1]:7.1f}x")  # fmt: skip


if __name__ == "__main__":
    main()
