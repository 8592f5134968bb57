"""The seeded world: the sample company behind the real engine, filled as of the suite's moment."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from agents.port import Question
from agents.segments.port import Ask, Count, Proposal, Reading
from evals import lint, load_suite, run
from evals.emails import EmailTask
from evals.segments import ReaderWorld, SegmentTask, gold_use, known_values
from placet.clock import FixedClock
from tools.crm.local.crm import LocalCrm
from tools.crm.local.migrate import upgrade
from tools.crm.local.sample import fill
from tools.segments.engine import SqlSegments
from tools.segments.tree import All, Not
from tools.sql import create_engine

SUITE = load_suite("segments")
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


class Silent:
    """An agent that is never asked."""


class Opposite:
    """Drafts the gold, or its opposite."""

    name = "opposite"
    prompt = None

    def __init__(self, *, turned: bool) -> None:
        self.turned = turned

    def read(self, ask: Ask) -> Reading:
        case = next(case for _, case in SUITE.cases() if case.request == ask.text)
        golds = case.golds(as_of=ask.as_of, timezone=ask.timezone)
        if not golds:
            return Question(text="What is meant?")
        gold = golds[0]
        if self.turned:
            gold = gold.model_copy(update={"filter": Not(of=All(of=(gold.filter,)))})
        if case.expect == "count":
            return Count(segment=gold, label="those")
        return Proposal(segment=gold)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReaderWorld]:
    path: Path = tmp_path_factory.mktemp("world") / "crm.db"
    engine: sa.Engine = create_engine(f"sqlite:///{path}")
    upgrade(engine)
    fill(engine, size=5_000, now=SUITE.spec.as_of)
    crm = LocalCrm(engine, FixedClock(SUITE.spec.as_of))
    yield ReaderWorld(SqlSegments(engine, crm), name="sample-5000", known=known_values(crm))
    engine.dispose()


def test_the_catalogue_takes_every_gold_tree(world: ReaderWorld) -> None:
    assert lint(SUITE, SegmentTask(Opposite(turned=False), world)) == ()


def test_every_email_of_the_emails_suite_reaches_somebody(world: ReaderWorld) -> None:
    task = EmailTask(Silent(), world, drafter="none", prompt=None)  # type: ignore[arg-type]
    assert lint(load_suite("emails"), task) == ()


def test_nearly_every_gold_tree_tells_people_apart(world: ReaderWorld) -> None:
    use = gold_use(SUITE, world)
    assert world.population() == 5_000
    assert use.everybody == ()
    assert use.share >= 0.95, use.empty


def test_an_alternative_reading_selects_some_of_the_same_people(world: ReaderWorld) -> None:
    for _, case in SUITE.cases():
        sets = [world.members(gold) for gold in case.golds(as_of=NOW, timezone="UTC")]
        for other in sets[1:]:
            assert sets[0] & other or not sets[0], case.id


def test_the_gold_as_drafts_scores_exact_and_its_opposite_silently_wrong(
    world: ReaderWorld,
) -> None:
    right = run(
        SUITE, SegmentTask(Opposite(turned=False), world), "dev", tags=["lifecycle", "event"]
    )
    named = [case for case in right.cases if case.expect in {"draft", "count"}]
    assert named
    assert all(case.right for case in named)
    wrong = run(
        SUITE, SegmentTask(Opposite(turned=True), world), "dev", tags=["lifecycle", "event"]
    )
    named = [case for case in wrong.cases if case.expect in {"draft", "count"}]
    assert all(case.silently_wrong for case in named)


def test_the_world_knows_assets_and_company_names(world: ReaderWorld) -> None:
    assert "/pricing" in world.known["asset"]
    assert any(name.startswith("Acme") for name in world.known["company_name"])
