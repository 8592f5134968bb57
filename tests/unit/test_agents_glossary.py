"""This team's own words, in both drafters and all trades: read whole, shown, never over a fact."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from agents.emails import EmailAgent, build_email_agent
from agents.models import Budget, Completion, Message, Usage
from agents.port import Question, Refusal
from agents.records import RecordsAgent, build_records_agent
from agents.segments import RulesDrafter, SegmentAgent, build_agent
from agents.segments.port import Ask, Count, Proposal, Reading
from placet.clock import FixedClock
from placet.settings import load_settings
from prompts import parse_prompt
from prompts.glossary import Term
from prompts.serving import ShippedPrompts
from tools.crm.local.crm import LocalCrm
from tools.crm.local.migrate import upgrade
from tools.crm.local.sample.fill import fill
from tools.email.brand import sample_brand
from tools.email.links import Links, mail_key
from tools.email.recipients import SqlRecipients
from tools.hygiene.local import SqlHygiene
from tools.segments.engine import SqlSegments
from tools.sql import create_engine

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOT = Term(phrase="hot leads", meaning="leads with a lead score over 80")
KEY = Term(phrase="key accounts", meaning="companies with more than 500 employees")
TEXT = b"""---
name: glossary
---
hot leads: leads with a lead score over 80
key accounts: companies with more than 500 employees
"""


class World:
    """A small CRM and the agents over it."""

    def __init__(self, folder: Path) -> None:
        self.engine = create_engine(f"sqlite:///{folder / 'crm.db'}")
        upgrade(self.engine)
        fill(self.engine, size=300, now=NOW)
        self.clock = FixedClock(NOW)
        self.crm = LocalCrm(self.engine, self.clock)
        self.segments = SqlSegments(self.engine, self.crm)
        self.rules = RulesDrafter(self.crm, self.segments)
        self.common: dict[str, Any] = {
            "settings": load_settings({}, home=folder), "crm": self.crm, "clock": self.clock,
            "segments": self.segments, "prompts": ShippedPrompts(parse_prompt(TEXT)),
        }  # fmt: skip

    def read(self, text: str, *terms: Term) -> Reading:
        return self.rules.read(Ask(text=text, as_of=NOW, terms=terms or (HOT, KEY)))

    def said(self, reading: Reading) -> str:
        assert isinstance(reading, Proposal | Count), reading
        return self.segments.describe(reading.segment.filter)

    def same(self, text: str, plain: str, *terms: Term) -> None:
        """One text with terms selects what the other does without."""
        there = self.rules.read(Ask(text=plain, as_of=NOW))
        assert self.said(self.read(text, *terms)) == self.said(there)

    def segment_agent(self, model: Any = None) -> SegmentAgent:
        return build_agent(**self.common, checkpointer=InMemorySaver(), model=model)

    def email_agent(self) -> EmailAgent:
        return build_email_agent(
            **self.common, checkpointer=InMemorySaver(), brand=sample_brand, recent=lambda: (),
            recipients=SqlRecipients(self.engine, self.clock),
            links=Links("https://mail.halden.example", mail_key(b"k" * 32)),
        )  # fmt: skip

    def records_agent(self) -> RecordsAgent:
        return build_records_agent(**self.common, hygiene=SqlHygiene(self.engine), files=NoFiles())


class NoFiles:
    """Holds nothing: no draft of these tests is edited."""

    def read(self, sha256: str) -> bytes:
        raise AssertionError(sha256)


class Heard:
    """A model that keeps what it was told and answers with one question."""

    name = "heard"

    def __init__(self) -> None:
        self.messages: list[Sequence[Message]] = []
        self.settings: list[Mapping[str, Any] | None] = []

    def complete(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any],
        *,
        budget: Budget | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Completion:
        self.messages.append(messages)
        self.settings.append(settings)
        return Completion(data={"type": "question", "text": "Which?"}, usage=Usage())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    one = World(tmp_path_factory.mktemp("crm"))
    yield one
    one.engine.dispose()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("hot leads in Spain", "leads with a lead score over 80 in Spain"),
        ("Hot Lead", "leads with a lead score over 80"),
        ("how many hot leads are there?", "how many leads with a lead score over 80 are there?"),
        ("everyone except hot leads", "everyone except leads with a lead score over 80"),
        ("VPs at key accounts", "VPs at companies with more than 500 employees"),
    ],
)
def test_a_phrase_is_read_as_its_meaning(world: World, text: str, plain: str) -> None:
    world.same(text, plain)


def test_the_card_says_what_the_glossary_made_of_the_words(world: World) -> None:
    reading = world.read("hot leads in Spain")
    assert isinstance(reading, Proposal)
    assert (reading.words[0].words, reading.words[0].became) == (
        "hot leads", "leads with a lead score over 80 (glossary)",
    )  # fmt: skip
    assert any(one.words == "in Spain" for one in reading.words)


@pytest.mark.parametrize(
    "term",
    [
        Term(phrase="customers", meaning="people in France"),
        Term(phrase="customer", meaning="people in France"),
        Term(phrase="Germany", meaning="people in France"),
        Term(phrase="german", meaning="people in France"),
        Term(phrase="lifecycle stage", meaning="people in France"),
        Term(phrase="VPs", meaning="people in France"),
        Term(phrase="and", meaning="or"),
        Term(phrase="not", meaning="also"),
    ],
)
def test_what_the_crm_knows_by_that_name_is_never_read_otherwise(world: World, term: Term) -> None:
    text = "German customers and VPs in Germany who are not leads"
    assert world.read(text, term) == world.rules.read(Ask(text=text, as_of=NOW))


def test_the_names_of_lists_assets_and_companies_are_facts(world: World) -> None:
    lists = [one.name for one in world.crm.lists()]
    company = world.crm.values("company", "name")[0]
    for name in (lists[0], world.crm.assets()[0], company):
        text = f"people on the {name} list in Spain"
        term = Term(phrase=name[:60], meaning="people in France")
        assert world.read(text, term) == world.rules.read(Ask(text=text, as_of=NOW))


@pytest.mark.parametrize("text", [
    'customers in Spain, call it "Hot leads"', "make a list called Hot leads of customers in Spain",
])  # fmt: skip
def test_a_list_may_be_called_by_a_phrase(world: World, text: str) -> None:
    reading = world.read(text)
    assert isinstance(reading, Proposal)
    assert "ot leads" in reading.segment.name
    assert "score" not in world.said(reading)


def test_a_list_that_is_named_is_asked_about_as_before(world: World) -> None:
    reading = world.read("people on the hot leads list")
    assert isinstance(reading, Question)
    assert "score" not in reading.text


@pytest.mark.parametrize("text", [
    "contacts who are not hot leads", "customers and hot leads in Spain",
    "VPs at key accounts or in Spain",
])  # fmt: skip
def test_a_meaning_that_would_be_torn_apart_is_asked_about(world: World, text: str) -> None:
    reading = world.read(text)
    assert isinstance(reading, Question)
    assert "goes with the rest" in reading.text


def test_the_question_is_settled_by_an_answer_in_other_words(world: World) -> None:
    agent = world.segment_agent()
    asked = agent.run(thread_id="q", run_id="1", text="customers and hot leads in Spain")
    assert asked.clarification is not None
    drafted = agent.run(thread_id="q", run_id="2", text="leads")
    (proposed,) = drafted.proposed
    assert "Customer or Lead" in proposed.summary
    assert "score" not in proposed.summary


@pytest.mark.parametrize(
    ("phrase", "meaning"),
    [
        ("ghosts", "people of the jewish faith"),
        ("the usual", "all credit card numbers of customers"),
    ],
)
def test_no_term_makes_a_request_of_what_is_never_done(
    world: World, phrase: str, meaning: str
) -> None:
    reading = world.read(phrase, Term(phrase=phrase, meaning=meaning))
    assert isinstance(reading, Refusal)


def test_a_refusal_is_not_talked_away_by_a_term(world: World) -> None:
    text = "delete all contacts in Spain"
    reading = world.read(text, Term(phrase="delete all", meaning="find"))
    assert isinstance(reading, Refusal)


def test_terms_that_hold_each_other_or_themselves_end(world: World) -> None:
    terms = (
        Term(phrase="hot leads", meaning="hot leads with a lead score over 80"),
        Term(phrase="warm ones", meaning="cold ones"),
        Term(phrase="cold ones", meaning="warm ones"),
    )  # fmt: skip
    for text in ("hot leads", "warm ones", "cold ones and warm ones"):
        assert isinstance(world.read(text, *terms), Question)


def test_the_longest_phrase_wins(world: World) -> None:
    longer = Term(phrase="hot leads abroad", meaning="leads in France")
    world.same("hot leads abroad", "leads in France", HOT, longer)
    world.same("hot leads in Italy", "leads with a lead score over 80 in Italy", HOT, longer)


def test_a_meaning_that_cannot_be_read_is_named_in_the_question(world: World) -> None:
    reading = world.read("whales in Spain", Term(phrase="whales", meaning="terrific accounts"))
    assert isinstance(reading, Question)
    assert "glossary" in reading.text
    assert "whales" in reading.text


# --- through the agents --------------------------------------------------------------------------


def test_the_segment_agent_reads_the_glossary_that_serves(world: World) -> None:
    (proposed,) = (
        world.segment_agent().run(thread_id="t", run_id="1", text="hot leads in Spain").proposed
    )
    assert "lead score is more than 80" in proposed.summary
    assert "(glossary)" in str(proposed.evidence["words"])


def test_a_change_in_a_conversation_reads_it_too(world: World) -> None:
    agent = world.segment_agent()
    agent.run(thread_id="c", run_id="1", text="customers in Spain")
    (proposed,) = agent.run(thread_id="c", run_id="2", text="exclude hot leads").proposed
    assert "not: (" in proposed.summary
    assert "lead score is more than 80" in proposed.summary


def test_an_email_goes_to_the_people_that_a_phrase_means(world: World) -> None:
    drafted = world.email_agent().run(
        thread_id="t", run_id="1", text="Tell hot leads in Spain that prices change on 1 March "
        "2027, https://www.halden.example/p",
    )  # fmt: skip
    (proposed,) = drafted.proposed
    assert "lead score is more than 80" in str(proposed.evidence)
    assert "(glossary)" in str(proposed.evidence)


def test_records_of_the_people_that_a_phrase_means(world: World) -> None:
    drafted = world.records_agent().run(
        thread_id="t", run_id="1", text="set lead status to open for hot leads in Spain"
    )
    assert "lead score is more than 80" in drafted.model_dump_json()


def test_a_model_is_told_the_terms_as_data_and_the_settings_of_its_prompt(world: World) -> None:
    heard = Heard()
    world.segment_agent(heard).run(thread_id="t", run_id="1", text="hot leads")
    system = heard.messages[0][0].text
    at = system.index("hot leads: leads with a lead score over 80")
    assert system.rindex("<<data ", 0, at) > system.rindex("own words", 0, at)
    assert system.index("<<end ", at) > at
    assert heard.settings[0] == {"temperature": 0}
    assert {one.prompt for one in heard.messages[0]} == {
        ShippedPrompts().prompt("segments/draft").sha256
    }
