"""`placet eval` through its own door: runs that are kept, go on, are compared, shown, exported."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from evals import load_suite
from evals.suite import SUITES
from placet.cli import main
from placet.clock import SystemClock
from placet.store.runs import Planned, SqlRuns
from placet.wiring import evaluation
from prompts import load_prompt
from tests.scenario.conftest import Cli
from tools.sql import create_engine

SUITE = load_suite("segments")
FEW = ("--tag", "help")


class Server(BaseHTTPRequestHandler):
    """A model that asks back whatever it is asked; counts what it was asked."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked["messages"])  # type: ignore[attr-defined]
        answer = {
            "type": "question", "filter": None, "name": None, "use": None, "words": [],
            "include_anyway": [], "text": "Which ones?", "options": [], "about": "those",
        }  # fmt: skip
        body = {
            "id": "c1", "object": "chat.completion", "created": 1, "model": "asker",
            "choices": [{"index": 0, "finish_reason": "stop",
                         "message": {"role": "assistant", "content": json.dumps(answer)}}],
            "usage": {"prompt_tokens": 1_000, "completion_tokens": 50, "total_tokens": 1_050},
        }  # fmt: skip
        payload = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base says so
        """Say nothing."""


@pytest.fixture(autouse=True)
def _small_company(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "_SIZE", 200)  # what is tested here does not depend on it


@pytest.fixture
def home(empty: Cli) -> Cli:
    """The command line over a home without a CRM in it: evals bring their own."""
    assert main(["init"]) == 0
    return empty


@pytest.fixture
def model(empty: Cli, monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    """A model server on this machine, connected through the environment."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        server.asked = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("PLACET_MODEL", "asker")
        monkeypatch.setenv("PLACET_MODEL_API_KEY", "sk-secret")
        monkeypatch.setenv("PLACET_MODEL_BASE_URL", f"http://127.0.0.1:{server.server_port}/v1")
        yield server
        server.shutdown()


def test_a_run_is_kept_shown_compared_and_exported(home: Cli, tmp_path: Path) -> None:
    ran = home("eval", "run", "segments", *FEW)
    assert ran.code == 4, ran.err  # too few cases to tell
    assert "points or more would show" in ran.out
    kept = home("eval", "history", "--json").json
    assert [(one["suite"], one["state"], one["tags"]) for one in kept] == [
        ("segments", "finished", ["help"])
    ]
    run_id = kept[0]["id"]
    assert f"Kept as {run_id}" in ran.out
    assert run_id in home("eval", "history", "segments").out
    assert home("eval", "history", "emails").out == (
        "No run was kept yet; `placet eval run SUITE` keeps one.\n"
    )

    page, junit = tmp_path / "run.html", tmp_path / "run.xml"
    assert home("eval", "show", run_id, "--html", str(page), "--junit", str(junit)).code == 0
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert "<testsuite" in junit.read_text("utf-8")
    shown = home("eval", "show", run_id, "--json")
    (tmp_path / "run.json").write_text(shown.out, "utf-8")
    compared = home("eval", "compare", run_id, str(tmp_path / "run.json"), "--json")
    assert compared.code == 4
    assert json.loads(compared.out)["flips"] == []
    log = tmp_path / "log.json"
    assert home("eval", "export", run_id, "--to", "inspect", str(log), "--json").json["cases"] > 0
    assert json.loads(log.read_text("utf-8"))["eval"]["task"] == "segments_dev"


def test_without_a_home_a_run_works_and_says_that_nothing_is_kept(empty: Cli) -> None:
    ran = empty("eval", "run", "segments", *FEW)
    assert ran.code == 4
    assert "Not kept: there is no Placet home" in ran.out
    assert not empty.home.exists()
    document = empty("eval", "run", "segments", *FEW, "--json", "-")
    assert json.loads(document.out)["format"] == 3
    assert "no Placet home" in empty("eval", "history").err


def test_a_budget_ends_a_run_that_goes_on_with_a_larger_one(
    home: Cli, model: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = model.asked  # type: ignore[attr-defined]
    command = ("eval", "run", "segments", "--drafter", "llm", "--tag", "undefined")
    cases = sum("undefined" in case.tags for _, case in SUITE.cases("dev"))
    first = home(*command, "--budget-tokens", "2000")
    assert first.code == 3, first.err
    assert "the budget of 2,000 tokens is used up" in first.out
    assert len(asked) == 2
    run_id = home("eval", "history", "--json").json[0]["id"]
    second = home(*command, "--resume", "--concurrency", "3")
    assert f"Run {run_id}" in second.out
    assert len(asked) == cases  # none was asked again
    found = home("eval", "show", run_id, "--json").json
    assert (found["model"], found["summary"]["read"]) == ("asker", 1_000 * cases)
    assert found["prompt"] == load_prompt("segments/draft").sha256

    done = home(*command, "--resume", run_id)
    assert (done.code, "came to its end" in done.err) == (1, True)
    other = home("eval", "run", "segments", *FEW, "--resume")
    assert "No run of the same was cut short" in other.out
    monkeypatch.setenv("PLACET_MODEL_PRICE_READ", "2000000")
    dear = home(*command, "--budget-money", "3000")
    assert "the budget of 3000 is used up" in dear.out


def test_a_recorded_run_is_replayed_without_a_socket_and_a_miss_exits_3(
    empty: Cli, model: ThreadingHTTPServer, tmp_path: Path
) -> None:
    asked: list[Any] = model.asked  # type: ignore[attr-defined]
    file, part = str(tmp_path / "answers.jsonl"), ("--drafter", "llm", "--tag", "undefined")
    recorded = empty("eval", "run", "segments", *part, "--record", file, "--json", "-")
    made = len(asked)
    model.server_close()  # nobody listens any more
    replayed = empty("eval", "run", "segments", *part, "--replay", file, "--json", "-")
    assert len(asked) == made
    outcomes = [[case["score"]["outcome"] for case in json.loads(one.out)["cases"]]
                for one in (recorded, replayed)]  # fmt: skip
    assert outcomes[0] == outcomes[1]
    missed = empty("eval", "run", "segments", *part, "--epochs", "2", "--replay", file)
    assert (missed.code, "never recorded" in missed.err) == (3, True)


def test_another_text_of_a_prompt_is_what_the_model_is_told(
    home: Cli, model: ThreadingHTTPServer, tmp_path: Path
) -> None:
    text = load_prompt("segments/draft").data.decode()
    changed = tmp_path / "draft.md"
    head, _, rest = text.partition("\n---\n")
    changed.write_text(f"{head}\n---\nSay it in sapphire words.\n\n{rest}", encoding="utf-8")
    ran = home(
        "eval", "run", "segments", "--drafter", "llm", *FEW,
        "--prompt", f"segments/draft={changed}", "--json", "-",
    )  # fmt: skip
    found = json.loads(ran.out)
    assert found["prompt"] == found["prompts"]["segments/draft"]
    assert found["prompt"] != load_prompt("segments/draft").sha256
    said: list[Any] = model.asked  # type: ignore[attr-defined]
    assert "sapphire" in json.dumps(said[0])
    by_hash = home("eval", "history", "--prompt", found["prompt"][:12], "--json").json
    assert len(by_hash) == 1
    wrong = home("eval", "run", "segments", "--prompt", f"emails/draft={changed}")
    assert (wrong.code, "is a text of segments/draft" in wrong.err) == (2, True)
    nowhere = home("eval", "run", "segments", "--prompt", "segments/draft=0123456789ab")
    assert (nowhere.code, "0123456789ab" in nowhere.err) == (1, True)


def test_looks_at_the_test_part_are_used_up_and_a_reason_is_kept(home: Cli) -> None:
    engine = create_engine(f"sqlite:///{home.home / 'placet.db'}")
    runs = SqlRuns(engine, SystemClock())
    spec = SUITE.spec
    planned = Planned(suite="segments", version=spec.version, digest=SUITE.digest, part="test",
                      drafter="rules")  # fmt: skip
    for _ in range(spec.looks):
        runs.start(planned)
    test = ("eval", "run", "segments", "--part", "test", *FEW)
    for more in ((), ("--no-save",)):
        refused = home(*test, *more)
        assert (refused.code, f"was looked at {spec.looks} times" in refused.err) == (1, True)
    assert home(*test, "--look-anyway", "a release").code == 4
    assert runs.looks("segments", SUITE.digest) == spec.looks + 1
    engine.dispose()


@pytest.mark.parametrize(("options", "words"), [
    (("--budget-tokens", "5"), "A budget is for --drafter llm"),
    (("--epochs", "2"), "reads a request the same way each time"),
    (("--epochs", "0"), "--epochs"),
    (("--drafter", "llm", "--budget-tokens", "0"), "--budget-tokens"),
    (("--drafter", "llm", "--budget-money", "5"), "PLACET_MODEL_PRICE_READ"),
    (("--record", "x"), "are for --drafter llm"),
    (("--prompt", "draft.md"), "write NAME=FILE or NAME=HASH"),
    (("--prompt", "segments/draft=abcdef12"), "is no file, and there is no Placet home"),
    (("--resume",), "Only a run that is kept can go on"),
    (("--tag", "no-such-tag"), "the tags in dev are"),
])  # fmt: skip
def test_wrong_usage_is_told_in_one_line(empty: Cli, options: tuple[str, ...], words: str) -> None:
    ran = empty("eval", "run", "segments", *options)
    assert (ran.code, words in ran.err, ran.err.count("\n")) == (2, True, 1), ran.err


def test_lint_finds_nothing_in_a_suite_that_ships(empty: Cli) -> None:
    ran = empty("eval", "lint", "segments")
    assert (ran.code, ran.out) == (0, "segments: no findings.\n")


def test_a_suite_of_ones_own_is_a_folder(empty: Cli, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(SUITES / "segments", own)
    spec = (own / "suite.yaml").read_text("utf-8").replace("name: segments", "name: own", 1)
    (own / "suite.yaml").write_text(spec, "utf-8")
    ran = empty("eval", "run", str(own), *FEW, "--json", "-")
    assert json.loads(ran.out)["suite"] == "own"
    assert "There is no suite" in empty("eval", "run", str(tmp_path / "other")).err
