"""No order of statements, changes and sends lets a suppressed person be written to."""

import threading
import time
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placet.clock import FixedClock, SystemClock
from tests.conftest import FULL, NOW
from tests.mails import MailWorld, address, contact_id
from tests.unit.test_email_sending import _WORDS, Model
from tools.crm.local import schema as crm
from tools.email.port import Statement
from tools.email.sending import MailServer
from tools.email.sending.replies import Accepted, Halted

NOWHERE = MailServer(host="127.0.0.1", port=9, security="none")


class Post:
    """A mail server in memory: it delivers when, and only when, the last look says yes."""

    def __init__(self) -> None:
        self.delivered: list[str] = []
        self.before_look = self.at_dot = lambda: None

    def send(self, sender, to, message, last_look):
        self.before_look()
        with last_look() as why:
            if why is not None:
                return Halted(why=why)
            self.at_dot()
            self.delivered.append(to)
        return Accepted(reply="kept")

    def close(self) -> None:
        pass


def open_world(url: str, crm_url: str, home, clock, people: int) -> tuple[MailWorld, Post]:
    world, post = MailWorld(url, crm_url, home, clock, NOWHERE, people=people), Post()
    object.__setattr__(world.office, "smtp", post)
    return world, post


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    home = tmp_path_factory.mktemp("one")
    world, post = open_world(
        f"sqlite:///{home / 'p.db'}", f"sqlite:///{home / 'c.db'}", home, FixedClock(NOW), 1
    )
    yield world, post
    world.close()


EVENT = st.tuples(
    st.sampled_from(_WORDS), st.integers(0, 5), st.sampled_from([None, "marketing", "events"])
)
MOMENTS = st.tuples(*(st.lists(EVENT, max_size=3) for _ in range(3)))


@given(MOMENTS)
@settings(
    max_examples=2_000 if FULL else 60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
def test_no_order_of_events_and_sends_lets_a_suppressed_person_be_written_to(one, moments) -> None:
    """Events before approval, between drift and send, and while the message is on the wire."""
    world, post = one
    with world.crm.begin() as connection:
        for table in (crm.suppressions, crm.topics, crm.effects, crm.events):
            connection.execute(table.delete())
        connection.execute(crm.contacts.update().values(consent="granted"))
    model, numbers = Model(), iter(range(1000))
    action, permit = prepared(world)
    before, between, wire = moments
    happen(world, model, before, numbers)
    world.handler.run(permit, action, ["campaign"], {})
    happen(world, model, between, numbers)
    post.delivered.clear()
    post.before_look = lambda: happen(world, model, wire, numbers)
    verdicts = []
    post.at_dot = lambda: verdicts.append(model.may("marketing"))
    world.handler.run(permit, action, [contact_id(0)], {})
    if verdicts:
        assert verdicts == [True]
        assert post.delivered == [address(0)]
    else:
        assert not model.may("marketing")


def prepared(world):
    """Return an action that is kept, and a permit of its own."""
    from placet.ids import new_id
    from placet.store.files import keep_file
    from tests.integration.test_email_sending import permit_for

    action, manifest = world.action([contact_id(0)])
    with world.engine.begin() as connection:
        keep_file(connection, manifest)
    return action, permit_for(new_id("dr"))


def happen(world, model, events, numbers) -> None:
    from datetime import timedelta

    for what, minute, topic in events:
        model.hear(what, minute, topic)
        if what.endswith("consent"):
            world.change(0, consent="granted" if what == "consent" else "denied")
            continue
        statement = {
            "email": address(0), "said": what, "at": NOW + timedelta(minutes=minute),
            "topic": topic if what.endswith("subscribed") else None, "key": f"k{next(numbers)}",
        }  # fmt: skip
        world.statements.take(Statement.model_validate(statement))


def test_once_a_statement_was_taken_no_dot_leaves_any_more(database_url, tmp_path) -> None:
    """Two threads, real databases: unsubscribing while the batch is being sent."""
    crm_url = database_url if database_url.startswith("postgresql") else (
        f"sqlite:///{tmp_path / 'crm.db'}"
    )  # fmt: skip
    people = 200 if FULL else 40
    world, post = open_world(database_url, crm_url, tmp_path, SystemClock(), people)
    taken: dict[str, float] = {}
    dots: dict[str, float] = {}
    post.at_dot = lambda: time.sleep(0.001)  # a dot takes its time
    real = post.send

    def send(sender, to, message, last_look):
        @contextmanager
        def look():
            with last_look() as why:
                yield why
                dots[to] = time.monotonic() if why is None else 0.0

        return real(sender, to, message, look)

    post.send = send
    done = threading.Event()

    def unsubscribe() -> None:
        for n in reversed(range(people)):
            if done.is_set():
                return
            statement = Statement(
                email=address(n), said="unsubscribed", at=world.clock.now(), key=f"u{n}"
            )
            world.statements.take(statement)
            taken[address(n)] = time.monotonic()

    draft_id = world.send()
    thread = threading.Thread(target=unsubscribe)
    thread.start()
    world.run_by_hand(draft_id)
    done.set()
    thread.join()
    late = [to for to, at in dots.items() if at and taken.get(to, 1e18) < at]
    assert late == []
    assert 0 < len(post.delivered) < people
    world.close()


def test_a_process_that_stood_still_before_the_dot_does_not_send_it(tmp_path) -> None:
    """The lease: another one may have settled the message meanwhile, and sent it."""
    world, post = open_world(
        f"sqlite:///{tmp_path / 'p.db'}", f"sqlite:///{tmp_path / 'c.db'}", tmp_path,
        FixedClock(NOW), 1,
    )  # fmt: skip
    limits = world.office.limits
    object.__setattr__(limits, "lease", 0.0)
    action, permit = prepared(world)
    world.handler.run(permit, action, ["campaign"], {})
    try:
        said = world.handler.run(permit, action, [contact_id(0)], {})
        assert post.delivered == []
        assert said[contact_id(0)].why == "the last look took too long"
    finally:
        object.__setattr__(limits, "lease", 2.0)
    with world.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT state FROM placet_mail_messages")) == "waiting"
    world.close()
