"""`placet quality` and `placet eval judge`, as people and programs call them."""

from __future__ import annotations

import http.server
import json
import re
import shlex
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from evals.judge import JudgeId, Verdict
from placet.clock import SystemClock
from placet.settings import load_settings
from placet.wiring import open_placet
from placet.wiring.quality import quality_of
from tests.quality import LLM, decided, fill
from tests.scenario.conftest import Cli


def some_decisions(cli: Cli) -> None:
    placet = open_placet(load_settings(home=cli.home))
    start = SystemClock().now() - timedelta(days=20)
    good = [n % 10 > 0 for n in range(60)]
    fill(placet.engine, decided(good, start=start))
    fill(placet.engine, decided([False] * 6, start=start + timedelta(hours=120)))
    watch = quality_of(placet)
    watch._replay = None
    watch.watch()
    placet.close()


def test_quality_before_and_after_decisions(cli: Cli) -> None:
    assert "0 drafts decided" in cli("quality").out
    some_decisions(cli)
    shown = cli("quality").out
    for part in ("66 drafts decided", "Emails", "aaaaaaaaaaaa", "tone or wording (12)", "Alarms"):
        assert part in shown, part
    found = cli("quality", "--json").json
    assert found["figures"]["decided"] == 66
    assert found["trades"][0]["trade"] == "emails"
    assert found["alarms"][0]["diagnosis"]["cause"] == "untold"
    assert cli("quality", "--prompt", "bbbb", "--json").json["figures"]["decided"] == 0
    assert cli("quality", "--since", "2099-01-01", "--json").json["trades"] == []


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("--since", "yesterday"), "write it as YYYY-MM-DD"),
        (("--prompt", "xyz"), "is no hash"),
        (("--mute", "emails", "--as", "ana"), "only admins and those who approve prompts"),
        (("--post-to", "C1", "--as", "ana"), "only admins and those who approve prompts"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(cli: Cli, argv: tuple[str, ...], words: str) -> None:
    ran = cli("quality", *argv)
    assert ran.code != 0
    assert words in ran.err
    assert ran.err.count("\n") == 1


def test_admins_mute_and_say_where_it_is_posted(cli: Cli) -> None:
    assert "No alarm about emails" in cli("quality", "--mute", "emails", "--as", "cleo").out
    done = cli("quality", "--post-to", "C9", "--as", "cleo", "--json").json
    assert done == {"post_to": "local/C9"}
    assert cli("quality", "--post-to", "-", "--as", "cleo", "--json").json == {"post_to": None}


# --- the judge -----------------------------------------------------------------------------------


@contextmanager
def model_server(answers: dict[str, Any]) -> Iterator[str]:
    """Serve chat completions on loopback, each with these values as its JSON content."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            body = json.dumps({
                "id": "1", "object": "chat.completion", "created": 1, "model": "m",
                "choices": [{"index": 0, "finish_reason": "stop", "message": {
                    "role": "assistant", "content": json.dumps(answers)}}],
                "usage": {"prompt_tokens": 50, "completion_tokens": 9, "total_tokens": 59},
            }).encode()  # fmt: skip
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_judge_judges_is_labelled_against_and_calibrated(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = cli("ask", "VPs of marketing in Germany", "--json").json["drafts"][0]["id"]
    assert "set PLACET_MODEL_JUDGE" in cli("eval", "judge", "run", "--about", "segment_name").err
    assert "No judge judged yet" in cli("eval", "judge", "calibrate").err
    says = {"reason": "It names them.", "injection": False, "verdict": "pass"}
    monkeypatch.setenv("PLACET_MODEL_JUDGE", "judge-1")
    monkeypatch.setenv("PLACET_MODEL_API_KEY", "k")
    with model_server(says) as address:
        monkeypatch.setenv("PLACET_MODEL_BASE_URL", address)
        ran = cli("eval", "judge", "run", "--about", "segment_name", "--json").json
        assert (ran["judged"], ran["passed"], ran["unscored"]) == (1, 1, 0)
        assert ran["judge"]["model"] == "judge-1"
        again = cli("eval", "judge", "run", "--about", "segment_name", "--json").json
        assert again["judged"] == 0
    done = cli("eval", "judge", "label", draft, "fail", "--as", "ben", "--reason", "Too vague")
    assert f"{draft} is labelled fail" in done.out
    found = cli("eval", "judge", "calibrate", "--about", "segment_name", "--json")
    assert found.code == 4
    said = json.loads(found.out)
    assert said["calibration"]["fails"] == 1
    assert said["calibration"]["disagreed"] == [draft]
    assert not said["power"]["may_decide"]
    shown = cli("eval", "judge", "show", "--about", "segment_name").out
    assert "uncalibrated" in shown
    assert "1 fail" in shown


def test_a_malformed_judge_leaves_drafts_unscored_and_exits_3(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("ask", "VPs of marketing in Germany")
    monkeypatch.setenv("PLACET_MODEL_JUDGE", "judge-1")
    monkeypatch.setenv("PLACET_MODEL_API_KEY", "k")
    with model_server({"grade": "A"}) as address:
        monkeypatch.setenv("PLACET_MODEL_BASE_URL", address)
        ran = cli("eval", "judge", "run", "--about", "segment_name", "--json")
    assert ran.code == 3
    said = json.loads(ran.out)
    assert (said["judged"], said["passed"], said["unscored"]) == (1, 0, 1)


def test_labels_are_for_what_judges_judge(cli: Cli) -> None:
    assert "not there" in cli("eval", "judge", "label", "dr_x", "pass", "--as", "ben").err


def test_a_good_judge_gets_power(cli: Cli) -> None:
    placet = open_placet(load_settings(home=cli.home))
    start = SystemClock().now() - timedelta(days=20)
    outcomes = decided([n % 2 > 0 for n in range(140)], start=start, source=LLM)
    fill(placet.engine, outcomes)
    judging = quality_of(placet).judging
    judge = JudgeId(about="email", prompt="e" * 64, model="m")
    for number, one in enumerate(outcomes):
        good = one.ending == "unchanged"
        right = number % 13 > 0
        judging._keep(judge, one.draft_id, Verdict(verdict="pass" if good is right else "fail"))
    placet.close()
    ran = cli("eval", "judge", "calibrate")
    assert ran.code == 0
    assert "TPR" in ran.out
    assert "Calibrated on" in ran.out


def test_how_to_watch_quality_works_as_written(cli: Cli) -> None:
    document = Path(__file__).parents[2] / "docs" / "how-to" / "quality.md"
    blocks = re.findall(r"```console\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    assert len(lines) == 8
    for line in lines:
        prompt, program, *argv = shlex.split(line)
        assert (prompt, program) == ("$", "placet")
        ran = cli(*argv)
        assert ran.code == 0, f"{line}: {ran.err}"
