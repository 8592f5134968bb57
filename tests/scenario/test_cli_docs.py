"""The documents tell the truth: their commands run, and the reference names every option."""

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import pytest

from placet.cli.app import cli as root
from tests.scenario.conftest import Cli

DOCS = Path(__file__).parents[2] / "docs"
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def _commands(document: Path) -> Iterator[str]:
    """Yield the lines that a reader would type, in order."""
    for block in _BLOCK.findall(document.read_text(encoding="utf-8")):
        for line in block.splitlines():
            assert line.startswith("$ "), f"{document.name}: {line}"
            yield line[2:]


def _filled(cli: Cli, word: str) -> str:
    """Put the id that the reader would have on the screen in the place of a word in capitals."""
    match word:
        case "DRAFT_ID":
            return str(_waiting(cli)[-1]["id"])
        case "DIGEST":
            return str(_waiting(cli)[-1]["digest"][:12])
        case "RECEIPT_ID":
            return str(cli("receipts", "--json").json[-1]["id"])
        case "REQUEST_ID":
            return str(cli("ask", "people in Georgia", "--json").json["request_id"])
    return word


def _waiting(cli: Cli) -> list[dict[str, Any]]:
    """Return the drafts that somebody could approve."""
    found = cli("drafts", "--state", "pending", "--json").json
    return [one for one in found if one["action"]["targets"]["count"]]


def _run(cli: Cli, line: str) -> None:
    if match := re.fullmatch(r"echo '(.*)' > (\S+)", line):
        Path(match[2]).write_text(match[1], encoding="utf-8")
        return
    program, *argv = shlex.split(line)
    assert program == "placet", line
    ran = cli(*(_filled(cli, word) for word in argv))
    assert ran.code == 0, f"{line}: {ran.err}"


def test_the_quickstart_works_as_written(
    empty: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for line in _commands(DOCS / "quickstart.md"):
        _run(empty, line)


def test_how_to_import_works_as_written(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("contacts.csv").write_text("Email,First Name\nnova@x.example,Nova\n")
    Path("events.csv").write_text(
        "email,event,occurred_at,asset\nnova@x.example,email_open,2026-01-01T00:00:00Z,Spring\n"
    )
    for line in _commands(DOCS / "how-to" / "import.md"):
        _run(cli, line)


def test_how_to_approve_and_undo_works_as_written(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran_once = False
    for line in _commands(DOCS / "how-to" / "approve-and-undo.md"):
        if "undo" in line and not ran_once:
            assert cli("work", "--drain").code == 0
            ran_once = True
        if not _waiting(cli):
            cli.ask("customers in Germany")  # the reader has drafts of their own
        _run(cli, line)


@pytest.mark.postgres
def test_how_to_use_postgresql_works_as_written(
    empty: Cli, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for line in _commands(DOCS / "how-to" / "postgres.md"):
        if match := re.fullmatch(r"export (PLACET_\w+_URL)=postgresql://\S+", line):
            monkeypatch.setenv(match[1], postgres_url)
        else:
            _run(empty, line)
    assert [file.name for file in empty.home.iterdir() if file.suffix == ".db"] == []


def _verbs(group: click.Group, path: Sequence[str] = ()) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield " ".join(["placet", *path, name]), command
        if isinstance(command, click.Group):
            yield from _verbs(command, [*path, name])


def test_the_reference_names_every_verb_and_option() -> None:
    reference = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
    groups = {"placet ledger", "placet eval"}
    for verb, command in _verbs(root):
        assert verb in groups or verb in reference, verb
        for parameter in command.params:
            for option in parameter.opts:
                assert not option.startswith("--") or option in reference, f"{verb} {option}"


def test_links_in_the_documents_lead_somewhere() -> None:
    for document in (DOCS.parent / "README.md", *DOCS.rglob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"
