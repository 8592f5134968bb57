"""`docs/how-to/evals.md` works as written, but for the minutes that `promote` takes."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from placet.cli import main
from placet.wiring import evaluation
from tests.conftest import FULL
from tests.scenario.conftest import Cli
from tests.scenario.test_cli_docs import DOCS, _commands

_MINUTES = ("placet prompts promote", "placet decide", "placet work")
_ROOT = Path(__file__).parents[2]


def test_how_to_evals_works_as_written(
    empty: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("evals", "prompts"):
        (tmp_path / folder).symlink_to(_ROOT / folder)
    if not FULL:
        monkeypatch.setattr(evaluation, "_SIZE", 200)
    assert main(["init"]) == 0
    for line in _commands(DOCS / "how-to" / "evals.md"):
        program, *argv = shlex.split(line)
        if program != "placet":
            subprocess.run(["sh", "-c", line], check=True)
        elif not line.startswith(_MINUTES):
            # In a quick run the new case alone, which decides nothing: 4, not 0.
            few = [] if FULL or "--json" not in argv else ["--tag", "our_words"]
            ran = empty(*argv, *few)
            assert ran.code in ({0} if FULL and "help" not in argv else {0, 4}), line + ran.err
            if argv[1] == "compare":
                assert "dev-draft-901: sizzling leads in Spain" in ran.out
                assert "needless_question" in ran.out
