"""A home with the sample company, copied for each test, and the command line over it."""

import json
import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from placet.cli import main


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its standard output as the one JSON document it must be."""
        assert self.code == 0, self.err
        return json.loads(self.out)


class Cli:
    """Runs `placet` in this process, over one home."""

    def __init__(self, home: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self._capture = capture

    def __call__(self, *argv: str) -> Ran:
        self._capture.readouterr()
        code = main(argv)
        out, err = self._capture.readouterr()
        return Ran(code=code, out=out, err=err)

    def ask(self, words: str, *, person: str = "ana") -> dict[str, Any]:
        """Ask, and return the one draft that came back."""
        drafts = self("ask", words, "--as", person, "--json").json["drafts"]
        assert len(drafts) == 1
        return dict(drafts[0])


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with six hundred made-up contacts, made once for all tests."""
    home = tmp_path_factory.mktemp("sample") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLACET_HOME", str(home))
        assert main(["init", "--sample", "600"]) == 0
    return home


@pytest.fixture
def empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Cli]:
    """The command line where there is no home yet."""
    home = tmp_path / "home"
    for name in ("DATABASE_URL", "CRM_URL", "LEDGER_KEY", "MODEL", "DRAFTER"):
        monkeypatch.delenv(f"PLACET_{name}", raising=False)
    monkeypatch.setenv("PLACET_HOME", str(home))
    # Both loggers write to the captured streams, which are closed when the test is over.
    held = [(log, log.handlers[:], log.level) for log in map(logging.getLogger, (None, "dbos"))]
    yield Cli(home, capsys)
    for log, handlers, level in held:
        log.handlers[:] = handlers
        log.setLevel(level)


@pytest.fixture
def cli(empty: Cli, sample_home: Path) -> Cli:
    """The command line over a sample home of its own."""
    shutil.copytree(sample_home, empty.home)
    return empty
