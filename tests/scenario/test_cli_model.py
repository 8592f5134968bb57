"""With a model connected: its draft, the rules' second opinion beside it, and the fallback."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.scenario.conftest import Cli

KEY = "sk-very-secret-key-0123456789"


def _germany(request: str) -> dict[str, Any]:
    """Return a reading in the model's own form: everybody in Germany, whatever was asked."""
    test = {
        "test": "equals", "values": ["Germany"], "numbers": [], "amount": None, "unit": None,
        "period": None, "start": None, "end": None,
    }  # fmt: skip
    node = {
        "op": "property", "of": [], "field": "country", "test": test, "types": [], "asset": None,
        "window": None, "at_least": None, "at_most": None, "list": None, "share": None,
    }  # fmt: skip
    return {
        "type": "proposal", "filter": node, "name": "From the model", "use": "marketing",
        "words": [{"words": request, "use": "condition", "became": "country is Germany"}],
        "include_anyway": [], "text": None, "options": [], "about": None,
    }  # fmt: skip


class _Model(BaseHTTPRequestHandler):
    """Answers every completion with what the server holds; 500 where that is nothing."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        answer = getattr(self.server, "answer", None)
        message = {"role": "assistant", "content": json.dumps(answer)}
        body = {
            "id": "c1", "object": "chat.completion", "created": 1, "model": "scripted",
            "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
        }  # fmt: skip
        payload = json.dumps(body).encode()
        self.send_response(200 if answer is not None else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def model(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    """A model server on this machine, connected through the environment."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Model) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("PLACET_MODEL", "scripted")
        monkeypatch.setenv("PLACET_MODEL_API_KEY", KEY)
        monkeypatch.setenv("PLACET_MODEL_BASE_URL", f"http://127.0.0.1:{server.server_port}/v1")
        yield server
        server.shutdown()


def test_a_well_formed_wrong_answer_shows_before_anyone_approves(
    cli: Cli, model: ThreadingHTTPServer
) -> None:
    model.answer = _germany("customers in Germany")  # type: ignore[attr-defined]
    draft = cli.ask("customers in Germany")
    assert draft["drafter"] == "llm"
    assert len(draft["prompt"]) == 64
    assert draft["evidence"]["second_opinion"]["agrees"] is False
    card = cli("show", draft["id"]).out
    assert "The rules drafter reads it differently" in card
    assert "lifecycle stage is Customer" in card
    assert draft["prompt"][:12] in card


def test_agreement_is_said(cli: Cli, model: ThreadingHTTPServer) -> None:
    model.answer = _germany("people in Germany")  # type: ignore[attr-defined]
    draft = cli.ask("people in Germany")
    assert draft["evidence"]["second_opinion"]["agrees"] is True
    assert "selects exactly the same people" in cli("show", draft["id"]).out


def test_a_model_that_fails_leaves_the_work_to_the_rules(
    cli: Cli, model: ThreadingHTTPServer
) -> None:
    draft = cli.ask("customers in Germany")
    assert draft["drafter"] == "rules"
    assert "The model could not be used" in cli("show", draft["id"]).out


def test_the_doctor_calls_the_model(cli: Cli, model: ThreadingHTTPServer) -> None:
    model.answer = {"ok": True}  # type: ignore[attr-defined]
    ran = cli("doctor", "--live", "--json")
    assert KEY not in ran.out + ran.err
    checks = {one["name"]: one for one in ran.json["checks"]}
    assert checks["live model"]["status"] == "ok"
    assert "scripted at http://127.0.0.1" in checks["model"]["message"]
    model.answer = {"something": "else"}  # type: ignore[attr-defined]
    again = {one["name"]: one for one in cli("doctor", "--live", "--json").json["checks"]}
    assert again["live model"]["status"] == "warn"
