"""A run that is killed in the middle goes on: no model call is made twice, the result is the same.

1,000 cases with `PLACET_TEST_FULL=1`, 120 without.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from evals import run
from placet.clock import FixedClock
from tests.conftest import FULL, NOW
from tests.evaluations import RoteModel, RoteTask, suite_of

CASES = 1_000 if FULL else 120
_TIMES = {"seconds", "milliseconds", "milliseconds_p50", "milliseconds_p95"}


def start(folder: Path, threads: int, hold: str, at: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.crash.eval_child", str(folder), str(CASES),
               str(threads), hold, str(at)]  # fmt: skip
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )


def kill_when_held(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    with process:
        assert process.stdout.readline() == "held\n"
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


def timeless(value: Any) -> Any:
    """Return a result without what a clock measured."""
    if isinstance(value, dict):
        return {key: timeless(one) for key, one in value.items() if key not in _TIMES}
    return [timeless(one) for one in value] if isinstance(value, list) else value


def calls(folder: Path) -> list[str]:
    return (folder / "calls.log").read_text("utf-8").splitlines()


@pytest.mark.parametrize("threads", [1, 4] if FULL else [4])
def test_a_killed_run_goes_on_without_repeating_a_call(tmp_path: Path, threads: int) -> None:
    kill_when_held(start(tmp_path, threads, "call", CASES // 3))
    assert len(calls(tmp_path)) == CASES // 3
    kill_when_held(start(tmp_path, threads, "keep", CASES // 3))  # answered, not yet written down
    assert len(calls(tmp_path)) > CASES // 2
    with start(tmp_path, threads, "nothing", 0) as last:
        pass
    assert last.returncode == 0

    made = calls(tmp_path)
    assert len(made) == len(set(made)) == CASES
    uninterrupted = run(
        suite_of(CASES), RoteTask(RoteModel()), "dev", model="rote", clock=FixedClock(NOW)
    )
    resumed = json.loads((tmp_path / "result.json").read_text("utf-8"))
    assert timeless(resumed) == timeless(json.loads(uninterrupted.model_dump_json()))
