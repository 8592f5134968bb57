"""The recipients' pages over the embedded CRM: what somebody says decides who is written to."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from placet.clock import FixedClock
from placet.recipients import Recipients
from tests.conftest import FULL
from tests.scenario.test_recipients_pages import BRAND, LINKS, PERSON
from tools.crm.local.migrate import MIGRATIONS
from tools.crm.local.sample import fill
from tools.crm.local.schema import contacts, events
from tools.email.port import Statement
from tools.email.recipients import SqlRecipients
from tools.email.statements import SqlStatements
from tools.sql import create_engine

TOPICS = tuple(BRAND.topics)


class World:
    """A CRM, the pages over it, and what sending reads."""

    def __init__(self, engine: sa.Engine, clock: FixedClock) -> None:
        self.engine, self.clock = engine, clock
        self.statements = SqlStatements(engine, clock)
        self.reader = SqlRecipients(engine, clock)
        app = Recipients(LINKS, self.statements, BRAND, clock, tracking=True)
        self.browser = TestClient(app, headers=PERSON, follow_redirects=False)
        with engine.connect() as connection:
            query = sa.select(contacts.c.id, contacts.c.email).where(contacts.c.email.is_not(None))
            people = [(str(row.id), str(row.email)) for row in connection.execute(query)]
        free = self.reader.barred([one for one, _ in people])
        self.contact, self.email = next(one for one in people if one[0] not in free)

    def post(self, kind: str, **form: object) -> str:
        make = LINKS.unsubscribe if kind == "u" else LINKS.preferences
        path = make(self.email, "cp_1", "events").removeprefix(LINKS.base_url)
        self.clock.move(timedelta(seconds=10))
        answer = self.browser.post(path, data=form)
        assert answer.status_code == 200
        return answer.text

    def takes(self, topic: str) -> bool:
        return self.contact not in self.reader.barred([self.contact], topic=topic)

    def events(self, kind: str) -> int:
        query = sa.select(sa.func.count()).where(
            events.c.contact_id == self.contact, events.c.type == kind,
            events.c.asset == "cp_1",
        )  # fmt: skip
        with self.engine.connect() as connection:
            return int(connection.scalar(query) or 0)


@pytest.fixture
def world(database_url: str, clock: FixedClock) -> Iterator[World]:
    engine = create_engine(database_url)
    MIGRATIONS.upgrade(engine)
    fill(engine, size=40, now=clock.now())
    yield World(engine, clock)
    engine.dispose()


def test_who_leaves_is_written_to_no_more_and_may_come_back(world: World) -> None:
    assert all(world.takes(topic) for topic in TOPICS)
    world.post("u")
    assert not any(world.takes(topic) for topic in (*TOPICS, ""))
    assert world.events("unsubscribed") == 1
    world.post("p", save="1", topic=["events", "product"])
    assert [topic for topic in TOPICS if world.takes(topic)] == ["events", "product"]
    world.post("u")
    assert not any(world.takes(topic) for topic in TOPICS)


def test_twenty_clicks_at_once_are_one_unsubscribing(world: World) -> None:
    path = LINKS.unsubscribe(world.email, "cp_1", "events").removeprefix(LINKS.base_url)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: world.browser.post(path).status_code, range(20)))
    assert set(answers) == {200}
    assert not world.takes("events")
    assert 1 <= world.events("unsubscribed") <= 9, "one for each that looked before the first"


def test_any_order_of_choices_ends_with_the_last_one(world: World) -> None:
    dice = random.Random(7)
    for _ in range(200 if FULL else 25):
        if dice.random() < 0.3:
            world.post("u")
            wanted: list[str] = []
        else:
            wanted = [topic for topic in TOPICS if dice.random() < 0.5]
            world.post("p", save="1", topic=wanted)
        assert [topic for topic in TOPICS if world.takes(topic)] == wanted


@pytest.mark.parametrize("said", ["complained", "bounced"])
def test_who_bounced_or_complained_is_told_that_a_click_does_not_lift_it(
    world: World, said: str
) -> None:
    world.statements.take(
        Statement.model_validate(
            {"email": world.email, "said": said, "at": world.clock.now(), "key": "k"}
        )
    )
    page = world.post("p", save="1", topic=["events"])
    assert "We cannot write to this address" in page
    assert not world.takes("events")


def test_who_bounced_and_then_unsubscribes_said_so(world: World) -> None:
    bounce = {"email": world.email, "said": "bounced", "at": world.clock.now(), "key": "k"}
    world.statements.take(Statement.model_validate(bounce))
    world.post("u")
    assert world.events("unsubscribed") == 1, "it must count on when the bounce is forgiven"


def test_clicks_and_opens_are_events_and_bar_nobody(world: World) -> None:
    click = LINKS.click(world.email, "cp_1", "events", "https://www.halden.example/x")
    opened = LINKS.open(world.email, "cp_1", "events")
    for _ in range(3):
        for link in (click, opened):
            world.browser.get(link.removeprefix(LINKS.base_url))
    assert (world.events("email_click"), world.events("email_open")) == (1, 1)
    assert world.takes("events")
