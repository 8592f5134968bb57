"""The official JavaScript SDK gets the same answers from the console as from a stranger's emulator.

Neither `@slack/web-api` nor `emulate` was written here. They are installed, pinned, by
tests/integration/js/install.sh; without it the tests are skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.consoles import TOKEN, echo_console

LENIENT = {
    "wrong token": "invalid_auth",  # emulate takes every token
    "not in channel": "not_in_channel",  # emulate lets every token post everywhere
    "no replies": "thread_not_found",  # emulate returns an empty thread
    "view without view": "invalid_arguments",  # emulate says invalid_view, which Slack does not
    "unknown": "unknown_method",  # emulate answers with HTTP 404
}
"""Where the emulator is not as strict as Slack: what the console says, as Slack does."""


@pytest.fixture(scope="module")
def packages() -> Path:
    folder = os.environ.get("PLACET_TEST_JS", "")
    if shutil.which("node") is None:
        pytest.skip("no Node here: install Node 20 or later")
    if not (Path(folder) / "node_modules" / "emulate").is_dir():
        pytest.skip("no packages here: PLACET_TEST_JS=$(tests/integration/js/install.sh)")
    return Path(folder)


def calls(folder: Path, *where: str) -> dict[str, Any]:
    command = ["node", "calls.mjs", *where]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def from_console(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    url = f"sqlite:///{tmp_path_factory.mktemp('console') / 'console.db'}"
    with echo_console(url) as served:
        return calls(packages, served.base, TOKEN, "C0MARKETING", "C0STRANGE", "ana")


@pytest.fixture(scope="module")
def from_emulator(packages: Path) -> Iterator[dict[str, Any]]:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port = sock.getsockname()[1]
    command = ["node", "emulator.mjs", str(port)]
    with subprocess.Popen(
        command, cwd=packages, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        names = ("address", "token", "channel", "stranger", "person")
        yield calls(packages, *(told[name] for name in names))
        process.communicate("", timeout=20)


def test_same_calls_same_codes(from_console: dict[str, Any], from_emulator: dict[str, Any]) -> None:
    assert set(from_console) == set(from_emulator)
    different = {name for name in from_console if from_console[name] != from_emulator[name]}
    assert different == set(LENIENT)


def test_where_the_console_is_stricter(from_console: dict[str, Any]) -> None:
    assert {name: from_console[name]["error"] for name in LENIENT} == LENIENT


def test_most_calls_succeed(from_console: dict[str, Any]) -> None:
    good = {name for name, answer in from_console.items() if answer["ok"]}
    assert {"auth.test", "post", "reply", "update", "ephemeral", "upload", "publish"} <= good
