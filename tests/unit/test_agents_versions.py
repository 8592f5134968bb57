"""Which prompt a run works with: picked when it begins, the same to its end, by workspace."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from agents.models import Budget, Completion, Message, Usage
from agents.versions import GLOSSARY, pick, picked, rendered, scope_of, settings_of, terms_of
from placet.errors import ModelUnavailable, NotFound
from prompts import Prompt, load_prompt, parse_prompt
from prompts.serving import EVERYWHERE, Served, ShippedPrompts, choose
from tests.conftest import NOW
from tests.model_worlds import REQUESTS, TRADES, World, right

TODAY = NOW.date()


def variant(name: str, about: str) -> Prompt:
    """Return the prompt that ships with another line of what it is for: another hash."""
    shipped = load_prompt(name)
    line = f"about: {shipped.front.about}\n".encode()
    return parse_prompt(shipped.data.replace(line, f"about: {about}\n".encode(), 1))


class Shelf:
    """A source whose versions can be promoted while somebody works."""

    def __init__(self) -> None:
        self.served: dict[tuple[str, str], Served] = {}
        self.texts: dict[str, Prompt] = {}

    def promote(self, prompt: Prompt, *, scope: str = EVERYWHERE, share: float = 1.0) -> None:
        self.texts[prompt.sha256] = prompt
        self.served[prompt.name, scope] = Served(
            name=prompt.name, scope=scope, canary=prompt.sha256, share=share
        )

    def prompt(self, name: str, *, key: str = "", scope: str = EVERYWHERE) -> Prompt:
        served = self.served.get((name, scope)) or self.served.get((name, EVERYWHERE))
        chosen = choose(served, key) if served is not None else None
        return self.texts[chosen] if chosen is not None else load_prompt(name)

    def version(self, name: str, sha256: str) -> Prompt:
        if sha256 in self.texts:
            return self.texts[sha256]
        return ShippedPrompts().version(name, sha256)


class Killed(BaseException):
    """The process died here."""


class Model:
    """Answers right, by the form; dies before the calls it is told to."""

    name = "model"

    def __init__(self, *dies_at: int) -> None:
        self.dies_at, self.count = set(dies_at), 0
        self.prompts: list[str] = []

    def complete(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any],
        *,
        budget: Budget | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Completion:
        self.count += 1
        if self.count in self.dies_at:
            raise Killed
        self.prompts.append(messages[0].prompt)
        form = {"response_format": dict(schema)}
        return Completion(data=right(form), usage=Usage(read=10, written=10))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("crm"))


@pytest.mark.parametrize(
    ("thread", "scope"),
    [("slack:T1:C1:17.5", "T1"), ("rq_1", EVERYWHERE), ("console:x", EVERYWHERE),
     ("slack:", EVERYWHERE), ("", EVERYWHERE)],
)  # fmt: skip
def test_a_conversation_in_slack_is_served_its_workspace_prompts(thread: str, scope: str) -> None:
    assert scope_of(thread) == scope


def test_a_pick_is_by_workspace_and_the_same_for_the_same_conversation() -> None:
    shelf, own = Shelf(), variant("segments/draft", "for T1")
    shelf.promote(own, scope="T1")
    shelf.promote(variant("segments/draft", "for some"), share=0.5)
    names = ("segments/draft", GLOSSARY)
    assert pick(shelf, names, "slack:T1:C:1")["segments/draft"] == own.sha256
    found = {pick(shelf, names, f"slack:T2:C:{n}")["segments/draft"] for n in range(40)}
    assert len(found) == 2
    assert pick(shelf, names, "slack:T2:C:7") == pick(shelf, names, "slack:T2:C:7")


def test_a_text_that_is_gone_gives_way_to_what_serves_now() -> None:
    name = "records/draft"
    assert picked(ShippedPrompts(), name, {name: "0" * 64}) == load_prompt(name)
    with pytest.raises(NotFound):
        ShippedPrompts().version(name, "0" * 64)


def test_a_glossary_that_cannot_be_read_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    broken = ShippedPrompts(parse_prompt(b"---\nname: glossary\n---\nhot leads\n"))
    with caplog.at_level(logging.WARNING):
        assert terms_of(broken, {}) == ()
    assert "glossary is left out" in caplog.text


def test_an_older_version_is_not_given_what_it_does_not_know_and_a_strange_one_is_refused() -> None:
    old = parse_prompt(b"---\nname: x\ninputs: [today]\nuntrusted: [request]\n---\n"
                       b"{{ today }} {{ request }}")  # fmt: skip
    said = rendered(old, today=TODAY, request="customers", terms="(none)", fields="a")
    assert TODAY.isoformat() in said.system
    assert "customers" in said.system
    strange = parse_prompt(b"---\nname: x\ninputs: [moon]\n---\n{{ moon }}")
    with pytest.raises(ModelUnavailable, match=r"lacks moon.*rollback"):
        rendered(strange, today=TODAY, request="customers")


def test_rule_cards_and_examples_are_chosen_for_the_request_and_the_day() -> None:
    text = (
        b"---\nname: x\nuntrusted: [request]\n---\n{{ rules }} {{ examples }} {{ request }}\n"
        b'=== rules ===\n{"name":"a","text":"Say hello.","when":["webinar"]}\n'
        b'{"name":"b","text":"Say bye.","until":"2020-01-01"}\n=== examples ===\n'
    )
    assert "Say hello." in rendered(parse_prompt(text), today=TODAY, request="a webinar").system
    other = rendered(parse_prompt(text), today=TODAY, request="customers").system
    assert "Say" not in other


def test_the_settings_are_those_the_prompt_names() -> None:
    assert settings_of(load_prompt("segments/draft")) == {"temperature": 0}
    assert settings_of(parse_prompt(b"---\nname: x\n---\nHello.")) == {}


# --- through the agents --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trade", "name", "dies_at"),
    [("segments", "segments/draft", 1), ("emails", "emails/draft", 3),
     ("records", "records/draft", 1), ("records", "segments/draft", 2)],
)  # fmt: skip
def test_a_prompt_promoted_in_the_middle_does_not_mix_with_a_run(
    world: World, trade: str, name: str, dies_at: int
) -> None:
    shelf, saver, before = Shelf(), InMemorySaver(), load_prompt(name)
    model = Model(dies_at)
    with pytest.raises(Killed):
        world.agent(trade, model, prompts=shelf, saver=saver).run(
            thread_id="t", run_id="one", text=REQUESTS[trade]
        )
    after = variant(name, "promoted meanwhile")
    shelf.promote(after)
    agent = world.agent(trade, model, prompts=shelf, saver=saver)
    (kept,) = agent.run(thread_id="t", run_id="one", text=REQUESTS[trade]).proposed
    assert after.sha256 not in model.prompts
    assert before.sha256 in model.prompts
    (fresh,) = agent.run(thread_id="u", run_id="two", text=REQUESTS[trade]).proposed
    assert after.sha256 in model.prompts
    if name in {"segments/draft", "records/draft"} and name.startswith(trade):
        assert (kept.prompt, fresh.prompt) == (before.sha256, after.sha256)


@pytest.mark.parametrize("trade", TRADES)
def test_a_draft_names_the_version_that_wrote_it(world: World, trade: str) -> None:
    shelf = Shelf()
    name = {"segments": "segments/draft", "emails": "emails/draft", "records": "records/draft"}
    own = variant(name[trade], "for T9")
    shelf.promote(own, scope="T9")
    agent = world.agent(trade, Model(), prompts=shelf)
    (there,) = agent.run(thread_id="slack:T9:C:1", run_id="1", text=REQUESTS[trade]).proposed
    (here,) = agent.run(thread_id="slack:T8:C:1", run_id="1", text=REQUESTS[trade]).proposed
    assert (there.prompt, here.prompt) == (own.sha256, load_prompt(name[trade]).sha256)


@pytest.mark.parametrize("trade", TRADES)
def test_a_version_that_cannot_be_filled_in_hands_over_to_the_rules(
    world: World, trade: str
) -> None:
    name = {"emails": "emails/brief"}.get(trade, f"{trade}/draft")
    strange = parse_prompt(f"---\nname: {name}\ninputs: [moon]\n---\n{{{{ moon }}}}".encode())
    agent = world.agent(trade, Model(), prompts=ShippedPrompts(strange))
    (proposed,) = agent.run(thread_id="t", run_id="1", text=REQUESTS[trade]).proposed
    assert proposed.drafter == "rules"
    assert "moon" in proposed.model_dump_json()
