"""A model server that misbehaves in every way we have seen, over a real loopback connection."""

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from pydantic import SecretStr

from agents.models import ATTEMPTS, Budget, Message, OpenAiModel
from agents.port import Drafted
from agents.segments import LlmDrafter, RulesDrafter, SegmentAgent
from agents.segments.model_form import SCHEMA
from placet.clock import FixedClock
from placet.errors import ModelError, ModelMisbehaved, ModelUnavailable
from placet.settings import Settings
from tools.crm.local.crm import LocalCrm
from tools.crm.local.migrate import upgrade
from tools.crm.local.sample.fill import fill
from tools.segments.engine import SqlSegments
from tools.sql import create_engine

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
KEY = "sk-very-secret-key-0123456789"
ASK = [Message(role="user", text="customers in Spain")]
Reply = Callable[[BaseHTTPRequestHandler], None]


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", headers.pop("length", str(len(body))))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def completion(content: str | None, *, finish: str = "stop", **message: Any) -> Reply:
    body = {
        "id": "c1",
        "object": "chat.completion",
        "created": 1,
        "model": "fake",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": content, **message},
            }
        ],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
    }
    return lambda handler: send(handler, 200, json.dumps(body).encode())


def status(code: int, **headers: str) -> Reply:
    body = json.dumps({"error": {"message": f"key {KEY} is odd", "type": "x", "code": None}})
    return lambda handler: send(handler, code, body.encode(), **headers)


def raw(body: bytes, **headers: str) -> Reply:
    return lambda handler: send(handler, 200, body, **headers)


def hang(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(0.8)


def cut(handler: BaseHTTPRequestHandler) -> None:
    """Promise a long body and close the connection half way."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"id": "c1", "choices": [{"index": 0, "mess')
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


class Server:
    """An OpenAI-compatible server that answers as it was told, one reply per request."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.requests: list[dict[str, Any]] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                owner.requests.append(json.loads(self.rfile.read(length)))
                reply = owner.replies.pop(0) if len(owner.replies) > 1 else owner.replies[0]
                try:
                    reply(self)
                except OSError:
                    self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
                return

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}/v1"

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    yield one
    one.close()


def settings_for(url: str, **more: Any) -> Settings:
    return Settings(
        home=Path("unused"),
        database_url="sqlite://",
        crm_url="sqlite://",
        model="fake",
        model_base_url=url,
        model_api_key=SecretStr(KEY),
        model_timeout_seconds=0.5,
        **more,
    )


def model_for(server: Server, slept: list[float] | None = None) -> OpenAiModel:
    waits = slept if slept is not None else []
    return OpenAiModel(settings_for(server.url), sleep=waits.append)


def test_a_good_answer_comes_back_with_its_cost(server: Server) -> None:
    server.replies = [completion('{"type": "answer"}')]
    answer = model_for(server).complete(ASK, SCHEMA)
    assert answer.data == {"type": "answer"}
    assert answer.usage.total == 120
    sent = server.requests[0]
    assert sent["response_format"]["json_schema"]["strict"] is True
    assert not sent.get("stream")
    assert "tools" not in sent


def test_429_waits_as_long_as_the_server_says(server: Server) -> None:
    server.replies = [status(429, Retry_After="7"), completion('{"type": "answer"}')]
    slept: list[float] = []
    assert model_for(server, slept).complete(ASK, SCHEMA).data == {"type": "answer"}
    assert slept == [7.0]


def test_a_very_long_retry_after_is_bounded(server: Server) -> None:
    server.replies = [status(429, Retry_After="86400"), completion("{}")]
    slept: list[float] = []
    model_for(server, slept).complete(ASK, SCHEMA)
    assert slept == [20.0]


@pytest.mark.parametrize(
    ("reply", "words", "calls"),
    [
        (status(429), "busy, 429", ATTEMPTS),
        (status(500), "failed, 500", ATTEMPTS),
        (status(503), "failed, 503", ATTEMPTS),
        (status(401), "refused the key (401)", 1),
        (status(404), "no such model", 1),
        (hang, "no answer in time", ATTEMPTS),
        (cut, "no connection", ATTEMPTS),
    ],
    ids=["429", "500", "503", "401", "404", "hang", "cut"],
)
def test_a_server_that_gives_no_answer_is_unavailable(
    server: Server, reply: Reply, words: str, calls: int
) -> None:
    server.replies = [reply]
    with pytest.raises(ModelUnavailable) as caught:
        model_for(server).complete(ASK, SCHEMA)
    assert words in str(caught.value)
    assert len(server.requests) == calls
    assert_clean(caught.value)


def test_nobody_listening_is_unavailable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    model = OpenAiModel(settings_for(f"http://127.0.0.1:{port}/v1"), sleep=lambda _: None)
    with pytest.raises(ModelUnavailable, match="no connection") as caught:
        model.complete(ASK, SCHEMA)
    assert_clean(caught.value)


MISBEHAVING: list[tuple[str, Reply, str]] = [
    ("malformed", completion('{"type": "prop'), "no JSON"),
    ("prose", completion("Sure! Here is your segment."), "no JSON"),
    ("list", completion("[1, 2]"), "no JSON object"),
    ("length", completion('{"type": "answer"}', finish="length"), "cut off"),
    ("filter", completion('{"type": "answer"}', finish="content_filter"), "filtered"),
    ("refusal", completion(None, refusal="I cannot help with that."), "refused"),
    ("empty", completion(""), "empty answer"),
    ("null", completion(None), "empty answer"),
    ("tool", completion(None, finish="tool_calls", tool_calls=[
        {"id": "t1", "type": "function", "function": {"name": "approve", "arguments": "{}"}}]),
     "called a tool"),
    ("400", status(400), "did not accept"),
    ("no choices", raw(json.dumps({"id": "c", "object": "chat.completion", "created": 1,
                                   "model": "m", "choices": []}).encode()), "no chat completion"),
    ("null choices", raw(b'{"id": "c", "choices": null}'), "no chat completion"),
    ("html", raw(b"<html>gateway</html>"), "no chat completion"),
    ("half json", raw(b'{"id": "c1", "choices": [{"ind'), "no chat completion"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "reply", "words"), MISBEHAVING, ids=[m[0] for m in MISBEHAVING])
def test_an_answer_that_cannot_be_used_says_why(
    server: Server, name: str, reply: Reply, words: str
) -> None:
    server.replies = [reply]
    with pytest.raises(ModelMisbehaved) as caught:
        model_for(server).complete(ASK, SCHEMA)
    assert words in str(caught.value)
    assert_clean(caught.value)


def assert_clean(error: ModelError) -> None:
    """One line, no key, no inner error that a stack trace would show."""
    assert "\n" not in str(error)
    assert KEY not in str(error)
    assert KEY not in repr(error)
    assert error.__cause__ is None
    assert error.__context__ is None or error.__suppress_context__


def test_the_budget_of_a_request_is_held_before_a_call_is_made(server: Server) -> None:
    server.replies = [completion("{}")]
    model, budget = model_for(server), Budget(150)
    model.complete(ASK, SCHEMA, budget=budget)
    assert budget.used == 120
    with pytest.raises(ModelUnavailable, match="budget of 150 tokens"):
        model.complete([Message(role="user", text="x" * 400)], SCHEMA, budget=budget)
    assert len(server.requests) == 1


# --- through the agent ---------------------------------------------------------------------------


class World:
    def __init__(self, folder: Path) -> None:
        engine = create_engine(f"sqlite:///{folder / 'crm.db'}")
        upgrade(engine)
        fill(engine, size=600, now=NOW)
        self.crm = LocalCrm(engine, FixedClock(NOW))
        self.segments = SqlSegments(engine, self.crm)

    def ask(self, server: Server, text: str) -> Drafted:
        rules = RulesDrafter(self.crm, self.segments)
        drafter = LlmDrafter(model_for(server), self.crm, self.segments)
        agent = SegmentAgent(
            drafter,
            rules,
            segments=self.segments,
            crm=self.crm,
            checkpointer=InMemorySaver(),
            clock=FixedClock(NOW),
        )
        return agent.run(thread_id="t", run_id="r", text=text)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("crm"))


def proposal(country: str, stage: str = "customer", text: str = "customers in Spain") -> str:
    def test(value: str) -> dict[str, Any]:
        return {
            "test": "equals",
            "values": [value],
            "numbers": [],
            "amount": None,
            "unit": None,
            "period": None,
            "start": None,
            "end": None,
        }

    def leaf(field: str, value: str) -> dict[str, Any]:
        return {
            "op": "property",
            "of": [],
            "field": field,
            "test": test(value),
            "types": [],
            "asset": None,
            "window": None,
            "at_least": None,
            "at_most": None,
            "list": None,
            "share": None,
        }

    both = leaf("country", country)
    both = {
        **both,
        "op": "and",
        "field": None,
        "test": None,
        "of": [leaf("lifecycle_stage", stage), leaf("country", country)],
    }
    return json.dumps(
        {
            "type": "proposal",
            "filter": both,
            "name": "Customers in Spain",
            "use": "marketing",
            "include_anyway": [],
            "text": None,
            "options": [],
            "about": None,
            "words": [{"words": text, "use": "condition", "became": "both"}],
        }
    )


@pytest.mark.parametrize(
    "reply", [m[1] for m in MISBEHAVING] + [status(500), status(429), hang, cut],
    ids=[m[0] for m in MISBEHAVING] + ["500", "429", "hang", "cut"],
)  # fmt: skip
def test_whatever_the_server_does_the_rules_draft_and_the_card_says_so(
    world: World, server: Server, reply: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    server.replies = [reply]
    with caplog.at_level(logging.DEBUG):
        drafted = world.ask(server, "customers in Spain")
    (proposed,) = drafted.proposed
    assert proposed.drafter == "rules"
    assert proposed.prompt is None
    said = {check.name: check for check in proposed.checks}
    assert said["drafter"].status == "warn"
    assert "built-in rules" in said["drafter"].message
    assert proposed.evidence["fallback"]
    assert KEY not in drafted.model_dump_json()
    assert KEY not in caplog.text


def test_a_right_answer_is_drafted_and_the_second_opinion_agrees(
    world: World, server: Server
) -> None:
    server.replies = [completion(proposal("Spain"))]
    (proposed,) = world.ask(server, "customers in Spain").proposed
    assert proposed.drafter == "llm"
    assert proposed.prompt is not None
    assert proposed.evidence["second_opinion"]["agrees"] is True


def test_a_well_formed_wrong_answer_shows_the_difference_in_members(
    world: World, server: Server
) -> None:
    server.replies = [completion(proposal("Germany", text="customers in France"))]
    (proposed,) = world.ask(server, "customers in France").proposed
    opinion = proposed.evidence["second_opinion"]
    assert opinion["agrees"] is False
    assert opinion["only_here"] > 0
    assert opinion["only_there"] > 0
    assert "France" in opinion["description"]
    assert any(c.name == "second opinion" and c.status == "warn" for c in proposed.checks)


def test_a_wrong_form_goes_back_twice_and_the_third_answer_counts(
    world: World, server: Server
) -> None:
    wrong = completion(json.dumps({"type": "proposal", "filter": {"op": "banana"}}))
    server.replies = [wrong, completion(proposal("Atlantis")), completion(proposal("Spain"))]
    (proposed,) = world.ask(server, "customers in Spain").proposed
    assert proposed.drafter == "llm"
    assert len(server.requests) == 3
    assert "banana" in server.requests[1]["messages"][-1]["content"]
    assert "Atlantis" in server.requests[2]["messages"][-1]["content"]


def test_a_form_that_stays_wrong_ends_in_a_question(world: World, server: Server) -> None:
    server.replies = [completion(json.dumps({"type": "proposal", "filter": None}))]
    drafted = world.ask(server, "customers in Spain")
    assert drafted.clarification is not None
    assert drafted.proposed == ()
    assert len(server.requests) == 3


def test_a_model_that_drops_a_word_is_sent_back(world: World, server: Server) -> None:
    lazy = completion(proposal("Spain", text="customers in Spain"))
    server.replies = [lazy]
    drafted = world.ask(server, "customers in Spain without a phone")
    assert drafted.clarification is not None
    assert "without" in server.requests[1]["messages"][-1]["content"]
