"""Servers that support JSON by schema, tool calls or neither: found out once, then known."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.emails.model_form import BRIEF
from agents.models import Budget, ChatModel, Message, OpenAiModel, open_model
from agents.models.answers import NoObject, object_in
from agents.segments.model_form import SCHEMA
from evals.recording import RecordedModel, Recordings
from placet.errors import ModelMisbehaved, ReplayMiss
from prompts import parse_prompt
from prompts.serving import ShippedPrompts
from tests.model_server import Server, called, completion, serving, settings_for, status
from tests.model_worlds import REQUESTS, TRADES, WAYS, World, answering, by_tool, by_words

ASK = [Message(role="system", text="Read this."), Message(role="user", text="customers in Spain")]


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        yield one


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("crm"))


# --- one client ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WAYS)
def test_the_way_that_works_is_found_once(server: Server, name: str) -> None:
    reply, vain = WAYS[name]
    server.replies = [reply]
    model = server.model()
    first = model.complete(ASK, SCHEMA)
    assert first.data["type"] == "proposal"
    assert len(server.requests) == 1 + vain
    assert model.complete(ASK, SCHEMA).data == first.data
    assert len(server.requests) == 2 + vain
    model.complete(ASK, BRIEF)
    assert len(server.requests) == 3 + vain, "another form begins with the way that worked"


def test_a_form_that_a_server_cannot_enforce_leaves_the_others_as_they_are(server: Server) -> None:
    """Some servers take simple schemas and refuse a recursive one."""
    server.replies = [answering, status(400), by_tool, answering, by_tool]
    model = server.model()
    model.complete(ASK, BRIEF)
    assert model.complete(ASK, SCHEMA).data["type"] == "proposal"
    model.complete(ASK, BRIEF)
    model.complete(ASK, SCHEMA)
    kinds = ["schema" if "response_format" in one else "tool" for one in server.requests]
    assert kinds == ["schema", "schema", "tool", "schema", "tool"]


def test_in_words_the_schema_stands_with_our_instructions_not_with_the_request(
    server: Server,
) -> None:
    server.replies = [by_words]
    server.model().complete(ASK, SCHEMA)
    system, user = server.requests[-1]["messages"]
    assert system["role"] == "system"
    assert '"additionalProperties":false' in system["content"]
    assert user["content"] == "customers in Spain"
    assert {"tools", "response_format"}.isdisjoint(server.requests[-1])


def test_an_object_that_knows_nothing_of_the_schema_is_asked_for_otherwise(server: Server) -> None:
    server.replies = [completion('{"message": "Hi!"}'), by_tool]
    assert server.model().complete(ASK, SCHEMA).data["type"] == "proposal"


def test_what_was_asked_in_vain_is_paid_for(server: Server) -> None:
    server.replies = [completion("Hello!"), completion('{"type": "answer"}')]
    budget = Budget(100_000)
    done = server.model().complete(ASK, SCHEMA, budget=budget)
    assert (done.usage.total, budget.used) == (240, 240)


def test_broken_arguments_of_the_tool_lead_on_to_words(server: Server) -> None:
    server.replies = [status(400), called("answer", '{"type": "prop'), by_words]
    assert server.model().complete(ASK, SCHEMA).data["type"] == "proposal"


def test_arguments_that_come_as_text_are_taken(server: Server) -> None:
    server.replies = [status(422), completion('{"type": "answer"}')]
    assert server.model().complete(ASK, SCHEMA).data == {"type": "answer"}


def test_the_same_call_twice_is_one_answer_and_two_different_ones_are_none(server: Server) -> None:
    server.replies = [status(400), called("answer", '{"type": "answer"}', times=2)]
    assert server.model().complete(ASK, SCHEMA).data == {"type": "answer"}
    server.replies = [status(400), called("approve", '{"type": "answer"}')]
    with pytest.raises(ModelMisbehaved, match="called a tool"):
        server.model().complete(ASK, SCHEMA)


@pytest.mark.parametrize(
    ("role", "more", "name"),
    [
        ("drafter", {}, "fake"),
        ("drafter", {"drafter": "rules"}, None),
        ("drafter", {"model": None}, None),
        ("judge", {}, "fake"),
        ("judge", {"model_judge": "strict"}, "strict"),
        ("judge", {"drafter": "rules", "model": None, "model_judge": "strict"}, "strict"),
        ("proposer", {"model_judge": "strict"}, "fake"),
        ("proposer", {"model_proposer": "wordy"}, "wordy"),
        ("proposer", {"model": None}, None),
    ],
)
def test_each_role_has_its_model(role: Any, more: dict[str, Any], name: str | None) -> None:
    found = open_model(settings_for("http://127.0.0.1:9/v1", **more), role)
    assert (found.name if found is not None else None) == name


def test_the_model_of_a_role_is_what_the_server_is_asked_for(server: Server) -> None:
    server.replies = [answering]
    model = open_model(settings_for(server.url, model_judge="strict"), "judge")
    assert isinstance(model, OpenAiModel)
    model.complete(ASK, SCHEMA)
    assert server.requests[0]["model"] == "strict"


# --- what an answer holds ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1, 2], "b": "x"}',
        '\n {"a": [1, 2], "b": "x"} \n',
        '```json\n{"a": [1, 2], "b": "x"}\n```',
        'Here:\n```\n{"a": [1, 2,], "b": "x",}\n```\nBye, "friend"!',
        'Sure! {"a": [1, 2], "b": "x"} Is that "right"?',
        'It\'s {"a": [1, 2,\n], "b": "x", }',
        '<think>{"a": 3} or {"b": 4}?</think>{"a": [1, 2], "b": "x"}',
        '{"a": [1, 2], "b": "x"} and again {"a": [1, 2], "b": "x"}',
    ],
)
def test_the_object_is_found_and_mended(text: str) -> None:
    assert object_in(text) == {"a": [1, 2], "b": "x"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "x, }", "b": "[1,]"}', {"a": "x, }", "b": "[1,]"}),
        ('{"a": "he said \\"hi, }\\" ",}', {"a": 'he said "hi, }" '}),
        ('ok {"a": "```"}', {"a": "```"}),
        ('{"a": {"b": {}}}', {"a": {"b": {}}}),
    ],
)
def test_texts_inside_it_stay_as_they_are(text: str, value: Any) -> None:
    assert object_in(text) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON"), ("Hello.", "no JSON"), ('{"a": 1', "no JSON"), ('{"a": tru}', "no JSON"),
        ('{"a": "x', "no JSON"), ("{'a': 1}", "no JSON"), ('{"a": NaN}', "no JSON"),
        ('{"a": 1, "a": 2}', "no JSON"), ("{" * 50_000, "no JSON"), ("[" * 50_000, "no JSON"),
        ('{"a": 1,, "b": 2}', "no JSON"), ('{"a" 1}', "no JSON"),
        ("[1]", "no JSON object"), ('{"a": 1} {"a": 2}', "several"),
        ('```json\n{"a": 1}\n```\n```json\n{"a": 2}\n```', "several"),
    ],
)  # fmt: skip
def test_what_is_missing_or_meant_twice_is_never_made_up(text: str, why: str) -> None:
    with pytest.raises(NoObject, match=why):
        object_in(text)


# --- through the agents --------------------------------------------------------------------------


@pytest.mark.parametrize("trade", TRADES)
@pytest.mark.parametrize("name", ["schema", "text"])
def test_a_right_answer_is_drafted_whatever_the_server_supports(
    world: World, server: Server, trade: str, name: str
) -> None:
    server.replies = [WAYS[name][0]]
    agent = world.agent(trade, server.model())
    (proposed,) = agent.run(thread_id="t", run_id="r", text=REQUESTS[trade]).proposed
    assert proposed.drafter == "llm"
    assert proposed.prompt is not None
    assert not any("built-in rules" in check.message for check in proposed.checks)


@pytest.mark.parametrize("trade", TRADES)
def test_a_run_of_each_trade_is_recorded_and_replayed_without_a_socket(
    world: World, server: Server, trade: str, tmp_path: Path
) -> None:
    server.replies = [answering]

    def drafted(model: ChatModel, text: str = REQUESTS[trade]) -> Any:
        agent = world.agent(trade, model)
        (one,) = agent.run(thread_id="t", run_id="r", text=text).proposed
        return one

    file = tmp_path / "calls.jsonl"
    first = drafted(RecordedModel(server.model(), Recordings(file)))
    asked = len(server.requests)
    again = drafted(RecordedModel(None, Recordings(file), name="fake"))
    assert (again.drafter, again.title, again.prompt) == ("llm", first.title, first.prompt)
    assert len(server.requests) == asked
    with pytest.raises(ReplayMiss):
        drafted(RecordedModel(None, Recordings(file), name="fake"), REQUESTS[trade] + " please")


def test_another_prompt_or_another_setting_is_another_recording(
    world: World, server: Server, tmp_path: Path
) -> None:
    server.replies = [answering]
    recorded = RecordedModel(server.model(), Recordings(tmp_path / "calls.jsonl"))
    shipped = ShippedPrompts().prompt("segments/draft")
    other = parse_prompt(shipped.data.replace(b"temperature: 0", b"temperature: 0.5"))
    for prompts in (ShippedPrompts(), ShippedPrompts(other), ShippedPrompts()):
        agent = world.agent("segments", recorded, prompts=prompts)
        (one,) = agent.run(thread_id="t", run_id="r", text=REQUESTS["segments"]).proposed
        assert one.prompt == prompts.prompt("segments/draft").sha256
    assert [one["temperature"] for one in server.requests] == [0, 0.5]
