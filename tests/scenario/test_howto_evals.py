"""`docs/how-to/evals.md`, typed by a newcomer: in a copy of the repository, with real processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import FULL
from tests.scenario.test_cli_docs import DOCS, _commands

ROOT = DOCS.parent
ROOMS = ("agents", "evals", "gates", "placet", "prompts", "tools")
_PLACET = "import sys; from placet.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what the commands need, so that the added case stays out of the repository."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    program = tmp_path / "bin" / "placet"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{_PLACET}" "$@"\n')
    program.chmod(0o755)
    return tmp_path


def _typed(folder: Path, line: str) -> str:
    own = {name: value for name, value in os.environ.items() if not name.startswith("PLACET_")}
    own |= {
        "PATH": f"{folder / 'bin'}:{own['PATH']}", "PYTHONPATH": str(folder),
        "PLACET_HOME": str(folder / "home"),
    }  # fmt: skip
    if "DRAFT_ID" in line:
        waiting = json.loads(_typed(folder, "placet drafts --state pending --json"))
        line = line.replace("DRAFT_ID", waiting[-1]["id"])
    ran = subprocess.run(
        ["/bin/sh", "-c", line], cwd=folder, env=own, text=True, capture_output=True, check=False
    )
    assert ran.returncode == 0, f"{line}: {ran.stdout[-800:]} {ran.stderr}"
    return ran.stdout


@pytest.mark.skipif(not FULL, reason="long: PLACET_TEST_FULL=1 (.ci/run does it)")
def test_how_to_measure_and_change_a_prompt_works_as_written(copy: Path) -> None:
    said = {line: _typed(copy, line) for line in _commands(DOCS / "how-to" / "evals.md")}
    compared = next(words for line, words in said.items() if "compare" in line)
    assert "dev-draft-900" in compared
    assert "not worse" in compared
    gone = next(words for line, words in said.items() if "rollback" in line)
    assert "no more" in gone
