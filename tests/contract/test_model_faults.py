"""A model server that misbehaves in every way we have seen, over a real loopback connection."""

import logging
import socket
from collections.abc import Iterator
from time import monotonic

import pytest

from agents.models import ATTEMPTS, Budget, Message, OpenAiModel
from agents.segments.model_form import SCHEMA
from evals.judge.judge import Judge
from evals.judge.subject import PROMPTS, Subject
from placet.errors import ModelError, ModelMisbehaved, ModelUnavailable
from prompts import load_prompt
from tests.conftest import FULL
from tests.model_server import (
    FAULTS,
    GONE,
    KEY,
    Server,
    completed,
    completion,
    raw,
    serving,
    settings_for,
    status,
)
from tests.model_worlds import REQUESTS, TRADES, World, answering

ASK = [Message(role="user", text="customers in Spain")]
ANSWER = completion('{"type": "answer"}')
PAIRS = [
    (trade, name)
    for at, name in enumerate(FAULTS)
    for turn, trade in enumerate(TRADES)
    if FULL or at % len(TRADES) == turn
]
"""Each fault before each trade's agent; in quick runs before one of them in turn."""


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        yield one


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("crm"))


def assert_clean(error: ModelError) -> None:
    """One line, no key, no inner error that a stack trace would show."""
    assert "\n" not in str(error)
    assert KEY not in str(error)
    assert KEY not in repr(error)
    assert error.__cause__ is None
    assert error.__context__ is None or error.__suppress_context__


# --- the client ----------------------------------------------------------------------------------


def test_a_good_answer_comes_back_with_its_cost(server: Server) -> None:
    server.replies = [ANSWER]
    answer = server.model().complete(ASK, SCHEMA)
    assert answer.data == {"type": "answer"}
    assert answer.usage.total == 120
    sent = server.requests[0]
    assert sent["response_format"]["json_schema"]["strict"] is True
    assert sent["temperature"] == 0
    assert not sent.get("stream")
    assert "tools" not in sent


def test_the_settings_of_a_prompt_go_to_the_server(server: Server) -> None:
    server.replies = [ANSWER]
    wanted = {"temperature": 0.7, "top_p": 0.9, "max_tokens": 300, "seed": 7}
    server.model().complete(ASK, SCHEMA, settings=wanted)
    assert {key: server.requests[0].get(key) for key in wanted} == wanted
    server.model().complete(ASK, SCHEMA, settings={})
    assert not {"temperature", *wanted} & server.requests[1].keys()


@pytest.mark.parametrize(
    ("after", "waited"), [("7", 7.0), ("86400", 20.0), ("soon", 0.5), ("-3", 0.0)]
)
def test_429_waits_as_long_as_the_server_says_and_no_longer_than_is_bearable(
    server: Server, after: str, waited: float
) -> None:
    server.replies = [status(429, Retry_After=after), ANSWER]
    slept: list[float] = []
    assert server.model(slept).complete(ASK, SCHEMA).data == {"type": "answer"}
    assert slept == [waited]


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_one_clear_error_within_bounds(server: Server, name: str) -> None:
    reply, words = FAULTS[name]
    server.replies = [reply]
    begun = monotonic()
    with pytest.raises(ModelUnavailable if name in GONE else ModelMisbehaved) as caught:
        server.model().complete(ASK, SCHEMA)
    assert words in str(caught.value)
    assert len(server.requests) <= ATTEMPTS
    assert monotonic() - begun < 20
    assert_clean(caught.value)


@pytest.mark.parametrize("name", ["429", "500", "503", "hang", "drip", "cut"])
def test_what_may_pass_is_tried_again(server: Server, name: str) -> None:
    server.replies = [FAULTS[name][0], ANSWER]
    assert server.model().complete(ASK, SCHEMA).data == {"type": "answer"}
    assert len(server.requests) == 2


@pytest.mark.parametrize("name", ["401", "404", "length", "filter", "refusal", "tool", "too long"])
def test_what_will_not_pass_is_not_tried_again(server: Server, name: str) -> None:
    server.replies = [FAULTS[name][0]]
    with pytest.raises(ModelError):
        server.model().complete(ASK, SCHEMA)
    assert len(server.requests) == 1


def test_a_good_answer_under_a_wrong_content_type_counts(server: Server) -> None:
    server.replies = [raw(completed('{"type": "answer"}'), Content_Type="text/plain")]
    assert server.model().complete(ASK, SCHEMA).data == {"type": "answer"}


def test_nobody_listening_is_unavailable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    model = OpenAiModel(settings_for(f"http://127.0.0.1:{port}/v1"), sleep=lambda _: None)
    with pytest.raises(ModelUnavailable, match="no connection") as caught:
        model.complete(ASK, SCHEMA)
    assert_clean(caught.value)


def test_the_budget_of_a_request_is_held_before_a_call_is_made(server: Server) -> None:
    server.replies = [ANSWER]
    model, budget = server.model(), Budget(150)
    model.complete(ASK, SCHEMA, budget=budget)
    assert budget.used == 120
    with pytest.raises(ModelUnavailable, match="budget of 150 tokens"):
        model.complete([Message(role="user", text="x" * 400)], SCHEMA, budget=budget)
    assert len(server.requests) == 1


# --- through the agents --------------------------------------------------------------------------


@pytest.mark.parametrize(("trade", "name"), PAIRS)
def test_whatever_the_server_does_the_rules_draft_and_the_card_says_so(
    world: World, server: Server, trade: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    server.replies = [FAULTS[name][0]]
    agent = world.agent(trade, server.model())
    with caplog.at_level(logging.DEBUG):
        drafted = agent.run(thread_id="t", run_id="r", text=REQUESTS[trade])
    (proposed,) = drafted.proposed
    assert (proposed.drafter, proposed.prompt) == ("rules", None)
    assert any("built-in rules" in check.message for check in proposed.checks)
    assert len(server.requests) <= ATTEMPTS, "a server that failed is not asked for the audience"
    assert KEY not in drafted.model_dump_json()
    assert KEY not in caplog.text


@pytest.mark.parametrize("name", ["500", "malformed", "tool", "refusal", "flood"])
def test_a_server_that_fails_while_writing_leaves_the_brief_it_read(
    world: World, server: Server, name: str
) -> None:
    server.replies = [answering, answering, FAULTS[name][0]]
    agent = world.agent("emails", server.model())
    (proposed,) = agent.run(thread_id="t", run_id="r", text=REQUESTS["emails"]).proposed
    assert proposed.drafter == "rules"
    assert "Prices change on Monday, 1 March 2027." in str(proposed.action["email"]["body"])


@pytest.mark.parametrize("name", list(FAULTS)[:: 1 if FULL else 4])
def test_a_judge_that_fails_leaves_a_case_without_a_score(server: Server, name: str) -> None:
    server.replies = [FAULTS[name][0]]
    judge = Judge(server.model(), load_prompt(PROMPTS["email"]), "email")
    verdict = judge.judge(Subject(about="email", request="Tell customers.", draft="Hello."))
    assert verdict.verdict is None
    assert verdict.unscored
    assert KEY not in verdict.model_dump_json()
