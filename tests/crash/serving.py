"""Workers in processes of their own, for tests that kill them; and how to wait for what they do."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["started_workers", "wait"]

ROOT = Path(__file__).parents[2]


@contextmanager
def started_workers() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Yield what starts a worker of a module with its arguments; none outlives the block."""
    started: list[subprocess.Popen[str]] = []

    def start(module: str, *arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "ignore", "-m", module, *map(str, arguments)]
        process = subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("worker-")
        return process

    try:
        yield start
    finally:
        for process in started:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


def wait(until: Callable[[], object], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
