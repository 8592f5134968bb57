"""What an audit says to ask for is what the records agent understands, without any model."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from agents.records.port import Wish
from agents.records.rules import RulesRecords
from tools.crm.local.migrate import upgrade
from tools.crm.local.reader import LocalReader
from tools.crm.local.sample import fill
from tools.hygiene.audit.asks import ASKS, Ask
from tools.hygiene.catalogue import detector_named
from tools.hygiene.rule import Rule
from tools.sql import create_engine

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
NOUNS = {"contact": "contacts", "company": "companies"}


@pytest.fixture(scope="module")
def drafter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RulesRecords]:
    engine = create_engine(f"sqlite:///{tmp_path_factory.mktemp('asks') / 'crm.db'}")
    upgrade(engine)
    fill(engine, size=50, now=NOW)
    yield RulesRecords(LocalReader(engine))
    engine.dispose()


def subjects(ask: Ask) -> set[str]:
    rules = [detector_named(name) for name in ask.detectors]
    return {target.subject for rule in rules if isinstance(rule, Rule) for target in rule.targets}


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.words)
def test_every_request_is_read_as_the_repair_it_stands_for(drafter: RulesRecords, ask: Ask) -> None:
    for subject in sorted(subjects(ask)):
        for count in (1, 1_204):
            reading = drafter.fresh(ask.request(count, NOUNS[subject]))
            assert isinstance(reading, Wish), reading
            assert reading.work == "repair"
            assert reading.who == "", "everybody: the number is no audience"
            assert subject in reading.subjects
            assert ask.detectors <= set(reading.detectors)


@pytest.mark.parametrize("noun", ["contacts", "companies"])
def test_duplicates_and_the_question_itself_are_understood(
    drafter: RulesRecords, noun: str
) -> None:
    merging = drafter.fresh(f"find the duplicates among all {noun}")
    assert isinstance(merging, Wish)
    assert (merging.work, merging.who) == ("merge", "")
    asked = drafter.fresh("what is wrong with our CRM?")
    assert isinstance(asked, Wish)
    assert asked.work == "audit"
