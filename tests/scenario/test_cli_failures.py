"""How commands fail: one line on standard error, an exit code to trust, nothing half-done."""

import os
import shutil
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import pytest

from placet.cli.app import cli as root
from tests.scenario.conftest import Cli

PLACET = Path(sys.executable).with_name("placet")


def _verbs(
    group: click.Group, path: Sequence[str] = ()
) -> Iterator[tuple[Sequence[str], click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _verbs(command, [*path, name])
            if not command.invoke_without_command:
                continue
        yield [*path, name], command


@pytest.mark.parametrize(
    ("path", "command"),
    [*_verbs(root)],
    ids=lambda one: "-".join(one) if isinstance(one, list) else "",
)
def test_every_verb_takes_json_and_explains_itself(
    empty: Cli, path: Sequence[str], command: click.Command
) -> None:
    options = {name for parameter in command.params for name in parameter.opts}
    assert "--json" in options
    helped = empty(*path, "--help")
    assert helped.code == 0
    assert "--json" in helped.out
    assert helped.err == ""
    assert command.help


def test_help_says_each_verb_in_one_whole_line(empty: Cli) -> None:
    shown = empty("--help").out
    for name in root.commands:
        (line,) = [line for line in shown.splitlines() if line.startswith(f"  {name} ")]
        assert line.endswith("."), line
        assert not line.endswith("..."), line


def test_alone_it_shows_its_verbs(empty: Cli) -> None:
    ran = empty()
    assert (ran.code, ran.out) == (2, "")
    assert "Commands:" in ran.err


@pytest.mark.parametrize(
    "argv",
    [
        ["nonsense"],
        ["decide", "dr_1", "approve"],  # no --as
        ["decide", "dr_1", "perhaps", "--as", "ben"],
        ["drafts", "--state", "lost"],
        ["import", "people", "x.csv"],
        ["init", "--sample", "0"],
        ["ask"],
        ["demo", "--port", "99999999"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_one_line_and_exit_code_2(empty: Cli, argv: list[str]) -> None:
    ran = empty(*argv)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("placet: ")
    assert ran.err.count("\n") == 1
    assert "--help" in ran.err


@pytest.mark.parametrize(
    "argv",
    [
        ["ask", "customers"],
        ["drafts", "--json"],
        ["show", "dr_1"],
        ["decide", "dr_1", "approve", "--as", "ben"],
        ["work", "--drain"],
        ["undo", "rc_1"],
        ["pause"],
        ["tickets"],
        ["receipts"],
        ["lists"],
        ["fields"],
        ["ledger", "head"],
        ["ledger", "verify"],
    ],
    ids=" ".join,
)
def test_without_a_home_every_verb_says_how_to_make_one(empty: Cli, argv: list[str]) -> None:
    ran = empty(*argv)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("placet: There is no Placet home at ")
    assert "placet init" in ran.err
    assert ran.err.count("\n") == 1
    assert not empty.home.exists()


def test_a_home_is_made_once_and_kept(empty: Cli) -> None:
    first = empty("init", "--json").json
    assert first["created"] is True
    key = (empty.home / "ledger.key").read_bytes()
    policy = empty.home / "policy.toml"
    policy.write_text(policy.read_text() + "\n# mine\n")
    assert empty("init", "--json").json["created"] is False
    assert (empty.home / "ledger.key").read_bytes() == key
    assert policy.read_text().endswith("# mine\n")
    assert empty("init", "--sample", "20").code == 0
    again = empty("init", "--sample", "20")
    assert (again.code, again.err.count("\n")) == (2, 1)
    assert "holds contacts already" in again.err


def test_a_wrong_setting_is_named(empty: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLACET_TIMEZONE", "Mars/Olympus")
    ran = empty("drafts")
    assert ran.code == 1
    assert ran.err.startswith("placet: PLACET_TIMEZONE: ")


def test_an_unreachable_database_is_named_without_its_password(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLACET_DATABASE_URL", "postgresql://me:hunter2@127.0.0.1:9/placet")
    ran = cli("drafts")
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "me:***@127.0.0.1:9/placet" in ran.err
    assert "hunter2" not in ran.err
    ill = cli("doctor", "--json")
    assert ill.code == 1
    assert "hunter2" not in ill.out


def test_a_broken_policy_is_named_with_its_place(cli: Cli) -> None:
    policy = cli.home / "policy.toml"
    policy.write_text(policy.read_text().replace('approvers = ["ben", "cleo"]', "approvers = 7"))
    ran = cli("drafts")
    assert ran.code == 1
    assert "policy.toml: rules.build_segment.approvers" in ran.err


def test_the_unexpected_is_one_line_and_debug_shows_where(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("placet.cli.crm.table", lambda *_args, **_rest: 1 / 0)
    ran = cli("lists")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "ZeroDivisionError" in ran.err
    assert "Traceback" in cli("--debug", "lists").err


# --- as a process --------------------------------------------------------------------------------


def _run(home: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PLACET_HOME": str(home)}
    return subprocess.run(
        [PLACET, *argv], env=environ, capture_output=True, text=True, timeout=60, check=False
    )


def test_as_a_process_output_and_errors_go_their_own_ways(
    tmp_path: Path, sample_home: Path
) -> None:
    good = _run(sample_home, "lists", "--json")
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith("[")
    bad = _run(tmp_path / "none", "lists", "--json")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr.startswith("placet: There is no Placet home")


def test_a_reader_that_leaves_early_is_no_error(sample_home: Path) -> None:
    environ = {**os.environ, "PLACET_HOME": str(sample_home)}
    with subprocess.Popen(
        [PLACET, "fields", "--json"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_a_worker_works_until_it_is_told_to_stop(tmp_path: Path, sample_home: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(sample_home, home)
    environ = {**os.environ, "PLACET_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [PLACET, "work"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Working as worker-1")
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert out == "Stopped.\n"
    assert err == ""


class _Silent(socketserver.BaseRequestHandler):
    """A model server that takes a request and never answers."""

    def handle(self) -> None:
        self.request.recv(65_536)
        self.server.asked.set()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
        self.server.over.wait(60)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


@pytest.fixture
def silent_model() -> Iterator[tuple[str, threading.Event]]:
    """The address of a model that never answers, and whether it was asked."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Silent) as server:
        server.daemon_threads = True
        server.asked = threading.Event()  # type: ignore[attr-defined]
        server.over = threading.Event()  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", server.asked  # type: ignore[attr-defined]
        server.over.set()  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()


def test_a_stopped_request_stays_queued_and_the_next_worker_answers_it(
    cli: Cli, silent_model: tuple[str, threading.Event]
) -> None:
    url, asked = silent_model
    environ = {**os.environ, "PLACET_MODEL": "slow", "PLACET_MODEL_BASE_URL": url}
    with subprocess.Popen(
        [PLACET, "ask", "customers in Germany", "--json"],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert asked.wait(30)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=15)
    assert (process.returncode, out) == (130, "")
    assert "stays queued" in err
    assert cli("drafts", "--json").json == []
    assert cli("work", "--drain").code == 0  # no model is set here: the rules answer
    (draft,) = cli("drafts", "--json").json
    assert draft["request_id"] in err
