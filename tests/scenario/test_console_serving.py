"""`placet demo` and `placet serve` as a person starts and stops them."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from placet.console.serve import run_console
from placet.errors import BadSetting, OperatorError
from placet.settings import load_settings
from placet.wiring import initialise, open_placet
from tests.conftest import FULL
from tests.consoles import until

ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/\?token=\S+")


@contextmanager
def placet(tmp_path: Path, *args: str, **env: str) -> Iterator[subprocess.Popen[str]]:
    """Run the command line in a child process; it must have ended by itself by the end."""
    mine = {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path), "HOME": str(tmp_path), **env}
    command = [sys.executable, "-c", "from placet.cli import main; raise SystemExit(main())", *args]
    with subprocess.Popen(
        command, env=mine, cwd=Path(__file__).parents[2], text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def told(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.stderr and process.stderr.read()
    return line


def stop(process: subprocess.Popen[str], number: int) -> str:
    process.send_signal(number)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    return errors


def fetch(address: str) -> tuple[int, str]:
    """Return the status and the cookie that a page answers with."""
    where = urlsplit(address)
    connection = http.client.HTTPConnection(where.netloc, timeout=10)
    try:
        connection.request("GET", f"{where.path}?{where.query}")
        answer = connection.getresponse()
        return answer.status, answer.getheader("set-cookie") or ""
    finally:
        connection.close()


def test_the_demo_is_open_at_once_and_leaves_nothing(tmp_path: Path) -> None:
    with placet(tmp_path, "demo", "--no-browser", "--port", "0") as process:
        address = ADDRESS.search(told(process))
        assert address is not None
        status, cookie = fetch(address.group(0))
        assert status == 200
        assert "HttpOnly" in cookie
        assert fetch(address.group(0))[0] == 403
        assert "works once" in told(process)
        assert "Recipients of emails unsubscribe at http://127.0.0.1:" in told(process)
        assert "5,000 contacts is ready" in told(process)
        assert stop(process, signal.SIGINT) == ""
    assert list(tmp_path.glob("placet-demo-*")) == []


@pytest.mark.skipif(not FULL, reason="long: PLACET_TEST_FULL=1")
def test_a_named_home_is_kept(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for said in ("5,000 contacts", ""):  # the second time there are contacts already
        with placet(tmp_path, "demo", "--no-browser", PLACET_HOME=str(home)) as process:
            assert ADDRESS.search(told(process))
            told(process)
            if said:
                assert said in told(process)
            stop(process, signal.SIGTERM)
    assert (home / "placet.db").exists()


def test_serve_is_the_console_where_slack_is_not_set_up(tmp_path: Path) -> None:
    home = tmp_path / "home"
    initialise(load_settings({}, home=home))
    with placet(tmp_path, "serve", "--port", "0", PLACET_HOME=str(home)) as process:
        assert ADDRESS.search(told(process))
        stop(process, signal.SIGTERM)


def test_serve_without_a_home_says_so(tmp_path: Path) -> None:
    with placet(tmp_path, "serve", PLACET_HOME=str(tmp_path / "none")) as process:
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors.startswith("placet: There is no Placet home at")


def test_serve_is_in_slack_once_its_tokens_are_set(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port = sock.getsockname()[1]
    home = tmp_path / "home"
    initialise(load_settings({}, home=home))
    slack = {
        "PLACET_HOME": str(home),
        "PLACET_SLACK_BOT_TOKEN": "xoxb-not-a-real-one",
        "PLACET_SLACK_SIGNING_SECRET": "s",
        "PLACET_SLACK_PORT": str(port),
    }
    with placet(tmp_path, "serve", **slack) as process:
        assert told(process) == "Placet is in Slack, by HTTP. Ctrl-C stops it.\n"
        until(lambda: answers(port), "the door is open", 20)
        stop(process, signal.SIGTERM)


def answers(port: int) -> bool:
    try:
        return fetch(f"http://127.0.0.1:{port}/healthz")[0] == 200
    except OSError:
        return False


def test_never_beside_real_slack_unless_asked(tmp_path: Path) -> None:
    environ = {"PLACET_SLACK_BOT_TOKEN": "xoxb-not-a-real-one"}
    settings = load_settings(environ, home=tmp_path / "home")
    initialise(settings)
    home = open_placet(settings)
    try:
        with pytest.raises(BadSetting, match="--beside-slack"):
            run_console(home, port=0)
    finally:
        home.close()


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    settings = load_settings({}, home=tmp_path / "home")
    initialise(settings)
    home = open_placet(settings)
    try:
        with socket.create_server(("127.0.0.1", 0)) as sock:
            port = sock.getsockname()[1]
            with pytest.raises(OperatorError, match=f"Port {port} is taken"):
                run_console(home, port=port)
    finally:
        home.close()
