"""Sending against a real SMTP server that counts: what leaves, what does not, and what is said."""

import json
from datetime import UTC, datetime, time, timedelta
from email import policy
from email.utils import parsedate_to_datetime
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa

from gates import State, Verb, targets_of
from gates.files import file_of
from gates.permit import PermitRow, spent
from placet.clock import SystemClock
from placet.ids import DraftId, PermitId
from placet.store.files import keep_file
from tests.conftest import NOW
from tests.mails import (
    FAST,
    HASTY,
    HELLO,
    MailWorld,
    MovingClock,
    Sink,
    address,
    contact_id,
    said_so,
)  # fmt: skip
from tests.support import CLEO
from tools.crm.local import schema as crm
from tools.email.action import SendTest
from tools.email.model import QuietHours, Schedule
from tools.email.sending import Limits
from tools.execution import Later, Refused

PEOPLE = 12


@pytest.fixture(scope="module")
def one_sink(tmp_path_factory):
    made = Sink(tmp_path_factory.mktemp("sink"))
    yield made
    made.close()


@pytest.fixture
def sink(one_sink):
    one_sink.reset()
    return one_sink


class Worlds:
    """Opens worlds and closes them again."""

    def __init__(self, url: str, home: Path, sink: Sink) -> None:
        self.url, self.home, self.sink = url, home, sink
        self.made: list[MailWorld] = []

    def __call__(self, **rest) -> MailWorld:
        options = {"people": PEOPLE, "clock": SystemClock()} | rest
        crm_url = f"sqlite:///{self.home / 'crm.db'}"
        if self.url.startswith("postgresql"):
            crm_url = self.url  # both in one database, as the docs allow
        self.made.append(
            MailWorld(
                self.url, crm_url, self.home, options.pop("clock"), self.sink.server, **options
            )
        )
        return self.made[-1]


@pytest.fixture
def open_world(tmp_path, sink):
    worlds = Worlds(f"sqlite:///{tmp_path / 'test.db'}", tmp_path, sink)
    yield worlds
    for world in worlds.made:
        world.close()


@pytest.fixture
def open_any(database_url, tmp_path, sink):
    """As `open_world`, once on each database: for what depends on SQL."""
    worlds = Worlds(database_url, tmp_path, sink)
    yield worlds
    for world in worlds.made:
        world.close()


@pytest.fixture
def world(open_world):
    return open_world()


def everybody(count: int = PEOPLE, *, but: tuple[int, ...] = ()) -> dict[str, int]:
    return {address(n): 1 for n in range(count) if n not in but}


# --- the whole -----------------------------------------------------------------------------------


def test_everybody_gets_exactly_one_message(open_any, sink) -> None:
    world = open_any(people=45, bounce_address="bounces@acme.example")
    draft_id = world.send()
    world.work()
    draft = world.draft(draft_id)
    assert draft.state is State.EXECUTED, draft.note
    assert draft.note == "All 45 messages were sent."
    assert sink.per_recipient() == everybody(45)
    assert world.events() == {contact_id(n): 1 for n in range(45)}
    assert len(set(sink.senders())) == 45
    assert all(one.startswith("bounces+") for one in sink.senders())
    assert sink.connections() <= 2


def test_what_left_is_the_approved_message_with_a_date_in_front(world, sink) -> None:
    action, _ = world.action()
    draft_id = world.send()
    world.work()
    assert world.draft(draft_id).state is State.EXECUTED
    renderer = world.open_renderer(
        action.model_copy(update={"campaign": _campaign(world)}), world.brand
    )
    people = world.recipients.recipients([contact_id(n) for n in range(PEOPLE)])
    approved = {one.to: one.message for one in map(renderer.render, people)}
    for raw in sink.messages():
        date, _, rest = raw.partition(b"\r\n")
        assert date.startswith(b"Date: ")
        assert parsedate_to_datetime(date[6:].decode()).tzinfo is not None
        assert rest.rstrip(b"\r\n") in {one.rstrip(b"\r\n") for one in approved.values()}


def _campaign(world) -> str:
    with world.engine.connect() as connection:
        return connection.scalar(sa.text("SELECT campaign FROM placet_mail_campaigns"))


def test_sent_messages_are_whole_in_strict_parsing(world, sink) -> None:
    world.send()
    world.work()
    raws, messages = sink.messages(), sink.parsed()
    for raw, message in zip(raws, messages, strict=True):
        assert not message.defects
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["List-Unsubscribe"].startswith("<https://mail.acme.example/u/1u")
        for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version"):
            assert len(message.get_all(name)) == 1, name  # what DKIM signs is there once
        assert message["Subject"].startswith("Grüße, Zoë ")
        assert message.get_content_type() == "multipart/alternative"
        kinds = [part.get_content_type() for part in message.iter_parts()]
        assert kinds == ["text/plain", "text/html"]
        text = message.get_body(("plain",)).get_content()
        assert "\n. a line" in text  # dot-stuffing is undone by the server, and only that
        assert "\n.." in text
        assert max(map(len, raw.split(b"\r\n"))) <= 998
        assert b"\n" not in raw.replace(b"\r\n", b"")
    assert policy.strict.raise_on_defect


# --- who must not be written to ------------------------------------------------------------------


def test_whoever_unsubscribes_between_approval_and_run_gets_nothing(world, sink) -> None:
    draft_id = world.send()
    said_so(world, 3, "unsubscribed")
    said_so(world, 4, "complained")
    said_so(world, 5, "unsubscribed", topic="marketing")
    world.change(6, consent="denied")
    world.work()
    assert sink.per_recipient() == everybody(but=(3, 4, 5, 6))
    draft = world.draft(draft_id)
    assert draft.state is State.PARTIAL
    assert draft.note.startswith("8 of 12 messages were sent"), draft.note
    reasons = {item: why for item, (state, why) in world.items(draft_id).items() if why}
    assert reasons[contact_id(3)] == "the person has unsubscribed"
    assert reasons[contact_id(4)] == "the person complained about email from us"
    assert reasons[contact_id(6)] == "the person has not consented"


def test_another_topic_does_not_matter(world, sink) -> None:
    said_so(world, 3, "unsubscribed", topic="events")
    world.send()
    world.work()
    assert sink.per_recipient() == everybody()


def test_the_last_look_is_after_the_body_and_before_the_dot(open_any, sink) -> None:
    """Somebody unsubscribes while their message is on the wire: its end never leaves."""
    world = open_any()
    draft_id = world.send()
    real, looks = world.recipients.barred, []

    def barred(ids, **rest):
        if list(ids) == [contact_id(7)]:
            looks.append(1)
        return real(ids, **rest)

    hold = world.statements.hold

    def late(email):
        if email == address(7):
            said_so(world, 7, "unsubscribed")  # the very last moment at which it counts
        return hold(email)

    world.recipients.barred, world.statements.hold = barred, late
    world.work()
    assert looks
    assert sink.per_recipient() == everybody(but=(7,))
    assert world.items(draft_id)[contact_id(7)] == ("failed", "the person has unsubscribed")


def test_too_many_who_dropped_out_is_stale(world, sink) -> None:
    draft_id = world.send(tolerance=0.1)
    for n in (1, 2):
        said_so(world, n, "unsubscribed")
    world.work()
    draft = world.draft(draft_id)
    assert draft.state is State.STALE
    assert draft.note == (
        "2 of 12 approved members no longer match, 0 new ones do (16.7% changed); at most 10.0% "
        "may change."
    )
    assert sink.messages() == []


def test_a_record_that_changed_makes_it_stale_and_names_one(world, sink) -> None:
    draft_id = world.send()
    world.change(2, first_name="Somebody else")
    world.work()
    draft = world.draft(draft_id)
    assert draft.state is State.STALE
    assert draft.note == (
        "1 of 12 messages would differ from the approved ones, for example the one to "
        f'"{address(2)}": their records changed since approval.'
    )
    assert sink.messages() == []


def test_a_changed_brand_file_makes_it_stale(world, sink) -> None:
    draft_id = world.send()
    world.brand = world.brand.model_copy(update={"sha256": "0" * 64})
    world.work()
    assert world.draft(draft_id).state is State.STALE
    assert "brand file was changed" in world.draft(draft_id).note


def test_a_record_that_changes_in_the_middle_is_left_out(open_any, sink) -> None:
    world = open_any(people=30)
    draft_id = world.send()
    assert world.run_by_hand(draft_id, chunks=2) == "go"
    world.change(25, first_name="Somebody else")
    world.change(26, email="new@d2.example")
    world.brand = world.brand.model_copy(update={"sha256": "0" * 64})  # what began goes on
    assert world.run_by_hand(draft_id) == "partial"
    assert sink.per_recipient() == everybody(30, but=(25, 26))
    assert "the record changed since approval" in world.items(draft_id)[contact_id(25)][1]


# --- what servers say ----------------------------------------------------------------------------


def test_replies_of_every_kind(open_any, sink) -> None:
    clock = MovingClock(NOW)
    world = open_any(clock=clock, sleep=clock.sleep)
    sink.say("rcpt", "450 4.2.0 greylisted", to=address(1))
    sink.say("rcpt", "550 5.1.1 no such user", to=address(2))
    sink.say("rcpt", "550 5.7.1 blocked by policy", to=address(3))
    sink.say("dot", "452 4.3.1 no room", to=address(4))
    sink.say("dot", "554 5.7.1 spam", to=address(5))
    sink.say("data", "451 4.3.0 try later", to=address(6))
    sink.say("rcpt", "421 4.7.0 too many", to=address(7))
    draft_id = world.send()
    assert world.run_by_hand(draft_id) == "waiting"
    assert sink.per_recipient() == everybody(but=(1, 2, 3, 4, 5, 6, 7))
    items = world.items(draft_id)
    for n in (1, 4, 6, 7):
        assert items[contact_id(n)][0] == "deferred", n
    assert items[contact_id(1)][1] == "the mail server said not now: 450 4.2.0 greylisted"
    assert items[contact_id(2)] == ("failed", "the mail server refused it: 550 5.1.1 no such user")
    assert world.recipients.barred([contact_id(n) for n in range(PEOPLE)]) == {
        contact_id(2): "bounced"  # a dead mailbox; a policy block says nothing about one
    }
    assert world.events("bounced") == {contact_id(2): 1}
    clock.move(timedelta(seconds=61))
    assert world.run_by_hand(draft_id) == "partial"
    assert sink.per_recipient() == everybody(but=(2, 3, 5))


def test_a_server_that_says_not_now_for_ever_is_given_up(open_world, sink) -> None:
    clock = MovingClock(NOW)
    limits = Limits(per_minute=10**6, per_domain_per_minute=10**6, most_tries=3)
    world = open_world(people=2, clock=clock, limits=limits, sleep=clock.sleep)
    sink.say("rcpt", "450 4.2.0 greylisted", to=address(1), times=99)
    draft_id = world.send()
    moments = []
    for _ in range(2):
        assert world.run_by_hand(draft_id) == "waiting"
        moments.append(_next_at(world) - clock.now())
        clock.move(moments[-1])
    assert moments == [timedelta(minutes=1), timedelta(minutes=5)]
    assert world.run_by_hand(draft_id) == "partial"
    state, why = world.items(draft_id)[contact_id(1)]
    assert (state, why.startswith("given up after 6 minutes: the mail server said")) == (
        "failed", True,
    )  # fmt: skip


def _next_at(world) -> datetime:
    with world.engine.connect() as connection:
        query = "SELECT min(next_at) FROM placet_items WHERE state = 'deferred'"
        at = connection.scalar(sa.text(query))
    return datetime.fromtimestamp(at / 1e6, UTC)


def test_a_connection_that_breaks_before_the_dot_is_certainly_not_sent(open_world, sink) -> None:
    clock = MovingClock(NOW)
    world = open_world(clock=clock, sleep=clock.sleep)
    sink.say("data", "drop", to=address(2), times=3)
    draft_id = world.send()
    assert world.run_by_hand(draft_id) == "waiting"
    assert set(sink.per_recipient()) <= set(everybody(but=(2,)))
    for _ in range(6):
        clock.move(timedelta(minutes=16))
        said = world.run_by_hand(draft_id)
        if said != "waiting":
            break
    assert said == "executed"
    assert sink.per_recipient() == everybody()


@pytest.mark.parametrize("arrived", [True, False])
def test_a_connection_that_breaks_after_the_dot_is_asked_about(open_any, sink, arrived) -> None:
    clock = MovingClock(NOW)
    world = open_any(clock=clock, sleep=clock.sleep, delivered=sink)
    sink.say("after" if arrived else "dot", "drop", to=address(2))
    draft_id = world.send()
    assert world.run_by_hand(draft_id) == "executed"
    assert sink.per_recipient() == everybody()
    assert world.events() == {contact_id(n): 1 for n in range(PEOPLE)}


def test_a_real_server_cannot_be_asked_so_it_stays_unknown_and_is_never_repeated(
    open_world, sink
) -> None:
    clock = MovingClock(NOW)
    world = open_world(clock=clock, sleep=clock.sleep)
    sink.say("after", "drop", to=address(2))
    draft_id = world.send()
    assert world.run_by_hand(draft_id) == "unknown"
    assert world.items(draft_id)[contact_id(2)][0] == "unknown"
    revision = world.draft(draft_id).revision.revision
    for _ in range(3):
        clock.move(timedelta(hours=1))
        world.runner.reconcile(draft_id, revision)
    assert sink.per_recipient() == everybody()
    assert world.draft(draft_id).state is State.UNKNOWN


@pytest.mark.parametrize("stage", ["rcpt", "dot"])
def test_a_slow_server(open_world, sink, stage) -> None:
    clock = MovingClock(NOW)
    patience = HASTY.__class__(connect=5, reply=0.4, final=0.4, after_failure=0.1)
    world = open_world(people=3, clock=clock, sleep=clock.sleep, patience=patience)
    sink.say(stage, "slow 1.5", to=address(1))
    draft_id = world.send()
    said = world.run_by_hand(draft_id)
    if stage == "dot":  # the message may have been taken: nobody knows
        assert said == "unknown"
        return
    assert said == "waiting"
    clock.move(timedelta(minutes=2))
    assert world.run_by_hand(draft_id) == "executed"
    assert sink.per_recipient() == everybody(3)


def test_no_server_at_all_waits_and_loses_nobody(open_world, sink) -> None:
    clock = MovingClock(NOW)
    world = open_world(clock=clock, sleep=clock.sleep)
    there = world.smtp.server
    world.smtp._server = type(there)(host="127.0.0.1", port=9, security="none")
    draft_id = world.send()
    assert world.run_by_hand(draft_id) == "waiting"
    assert {state for item, (state, _) in world.items(draft_id).items() if item != "campaign"} == {
        "deferred"
    }
    world.smtp._server, world.smtp._closed_until = there, 0.0
    clock.move(timedelta(minutes=2))
    assert world.run_by_hand(draft_id) == "executed"
    assert sink.per_recipient() == everybody()


def test_a_sender_that_the_server_refuses_holds_everything_back(open_world, sink) -> None:
    clock = MovingClock(NOW)
    world = open_world(clock=clock, sleep=clock.sleep)
    sink.say("mail", "550 5.7.1 not your domain", times=1)
    draft_id = world.send()
    assert world.run_by_hand(draft_id) == "waiting"
    assert sink.messages() == []
    clock.move(timedelta(minutes=2))
    assert world.run_by_hand(draft_id) == "executed"


# --- when and how fast ---------------------------------------------------------------------------


def test_the_pace_is_even_over_all_and_per_domain(open_any, sink) -> None:
    clock = MovingClock(NOW)
    limits = Limits(per_minute=600, per_domain_per_minute=120)
    world = open_any(people=30, clock=clock, limits=limits, sleep=clock.sleep)
    left: list[tuple[float, str]] = []
    real = world.smtp.send

    def send(sender, to, message, look):
        left.append(((clock.now() - NOW).total_seconds(), to.partition("@")[2]))
        return real(sender, to, message, look)

    world.smtp.send = send
    draft_id = world.send()
    for _ in range(200):
        said = world.run_by_hand(draft_id)
        if said != "waiting":
            break
        clock.move(max(timedelta(0), _next_at(world) - clock.now()))
    assert said == "executed"
    assert sink.per_recipient() == everybody(30)
    every = sorted(at for at, _ in left)
    assert min(b - a for a, b in pairwise(every)) >= 0.099
    for domain in ("d0.example", "d1.example", "d2.example"):
        times = sorted(at for at, where in left if where == domain)
        assert min(b - a for a, b in pairwise(times)) >= 0.499
    assert every[-1] < 10  # 10 messages a domain, two a second: about five seconds


def test_a_campaigns_own_pace_is_kept_beside_the_operators(open_world, sink) -> None:
    clock = MovingClock(NOW)
    world = open_world(people=5, clock=clock, sleep=clock.sleep)
    draft_id = world.send(schedule=Schedule(per_minute=60))
    for _ in range(20):
        said = world.run_by_hand(draft_id)
        if said != "waiting":
            break
        clock.move(max(timedelta(0), _next_at(world) - clock.now()))
    assert said == "executed"
    assert 3.9 <= (clock.now() - NOW).total_seconds() <= 6


def test_nothing_leaves_before_its_time_nor_in_quiet_hours(open_world, sink) -> None:
    clock = MovingClock(NOW)  # 09:00 UTC
    world = open_world(clock=clock, sleep=clock.sleep)
    night = QuietHours(start=time(19), end=time(8), timezone="Europe/Berlin")
    schedule = Schedule(send_at=NOW + timedelta(hours=10), quiet_hours=night)  # 20:00 in Berlin
    draft_id = world.send(schedule=schedule)
    assert world.run_by_hand(draft_id) == "waiting"
    clock.move(timedelta(hours=11))
    assert world.run_by_hand(draft_id) == "waiting"
    assert sink.messages() == []
    clock.move(timedelta(hours=11, minutes=1))  # 08:01 in Berlin
    assert world.run_by_hand(draft_id) == "executed"
    assert sink.per_recipient() == everybody()


def test_quiet_hours_that_begin_in_the_middle_of_a_batch_are_kept(open_world, sink) -> None:
    clock = MovingClock(datetime(2026, 11, 24, 18, 59, 58, tzinfo=UTC))
    limits = Limits(per_minute=60, per_domain_per_minute=600)
    world = open_world(clock=clock, sleep=clock.sleep, limits=limits)
    night = QuietHours(start=time(19), end=time(8), timezone="UTC")
    draft_id = world.send(schedule=Schedule(quiet_hours=night))
    assert world.run_by_hand(draft_id) == "waiting"
    assert len(sink.messages()) in (2, 3)
    clock.move(timedelta(hours=4))
    assert world.run_by_hand(draft_id) == "waiting"
    assert len(sink.messages()) in (2, 3)


def test_pause_and_resume_in_the_middle(open_world, sink) -> None:
    world = open_world(people=50)
    draft_id = world.send()
    assert world.run_by_hand(draft_id, chunks=2) == "go"
    world.desk.pause(person=CLEO)
    assert world.run_by_hand(draft_id) == "paused"
    assert len(sink.messages()) == 20
    world.desk.resume(person=CLEO)
    assert world.run_by_hand(draft_id) == "executed"
    assert sink.per_recipient() == everybody(50)


def test_stop_in_the_middle_and_what_undo_says(open_any, sink) -> None:
    world = open_any(people=50)
    draft_id = world.send()
    assert world.run_by_hand(draft_id, chunks=2) == "go"
    world.press(draft_id, Verb.STOP)
    assert world.run_by_hand(draft_id) == "partial"
    assert len(sink.messages()) == 20
    draft = world.draft(draft_id)
    action = world.gate.read_action("send_email", draft.revision.action)
    results = {item: "{}" for item, (state, _) in world.items(draft_id).items() if state == "done"}
    assert world.handler.undo(action, results, "rc_1") is None
    assert world.handler.why_not_undone(action, results) == (
        "20 of 50 messages have left and cannot be called back. 30 did not leave and will not: "
        "nothing of them has to be taken back. Draft a correction to the same people if it was a "
        "mistake."
    )


# --- the handler alone ---------------------------------------------------------------------------


def permit_for(draft: str = "dr_1", run: str = "run"):
    row = PermitRow(
        id=PermitId("pm_1"), draft_id=DraftId(draft), revision=1, digest="d", issued_at=NOW,
        valid_until=NOW + timedelta(hours=1), spent_by=run,
    )  # fmt: skip
    return spent(row, by=run, digest="d")


def prepared(world):
    action, manifest = world.action()
    with world.engine.begin() as connection:
        keep_file(connection, manifest)
    return action


def test_a_batch_twice_sends_once(world, sink) -> None:
    action, permit = prepared(world), permit_for()
    first = world.handler.run(permit, action, ["campaign"], {})
    assert json.loads(first["campaign"])["members"] == PEOPLE
    ids = [contact_id(n) for n in range(PEOPLE)]
    once = world.handler.run(permit, action, ids, first)
    again = world.handler.run(permit, action, ids, first)
    assert once == again
    assert set(json.loads(once[ids[0]])) == {"message_id", "at", "reply"}
    assert json.loads(once[ids[0]])["reply"].startswith("2.0.0 queued as")
    assert sink.per_recipient() == everybody()
    assert world.handler.settle(permit.key, action, ["campaign", *ids], {}) == first | once


def test_another_draft_cannot_send_the_same_campaign_again(world, sink) -> None:
    from placet.errors import EffectRefused

    action = prepared(world)
    world.handler.run(permit_for("dr_1"), action, ["campaign"], {})
    with pytest.raises(EffectRefused, match="begun by another draft"):
        world.handler.run(permit_for("dr_2"), action, ["campaign"], {})
    with pytest.raises(EffectRefused, match="was not begun"):
        world.handler.run(permit_for("dr_2"), action, [contact_id(1)], {})
    assert sink.messages() == []


def test_a_message_that_stands_at_sending_is_not_sent_by_a_second_run(world, sink) -> None:
    """As after a kill between the dot and the reply: only asking may settle it."""
    action, permit = prepared(world), permit_for()
    world.handler.run(permit, action, ["campaign"], {})
    world.handler.run(permit, action, [contact_id(0)], {})
    with world.engine.begin() as connection:
        connection.execute(sa.text("UPDATE placet_mail_messages SET state = 'sending'"))
    assert world.handler.run(permit, action, [contact_id(0)], {}) == {}
    assert world.handler.settle(permit.key, action, [contact_id(0)], {}) == {}
    assert len(sink.messages()) == 1


def test_campaigns_are_remembered_for_the_check_of_duplicates(world) -> None:
    from tools.email.sending.journal import recent_campaigns

    action = prepared(world)
    world.handler.run(permit_for(), action, ["campaign"], {})
    with world.engine.connect() as connection:
        (before,) = recent_campaigns(connection, NOW - timedelta(days=3650))
    assert (before.name, before.subject, before.members) == ("Follow-up", HELLO.subject, PEOPLE)
    assert len(before.sketch) == PEOPLE


def test_the_recipe_for_a_person_is_exact(world) -> None:
    action = prepared(world)
    steps = world.handler.manual_steps(action, [contact_id(n) for n in range(PEOPLE)])
    assert address(0) in steps[1]
    assert "exactly the 12 approved recipients" in steps[1]


def test_a_test_message_goes_to_one_person_as_it_is_kept(world, sink) -> None:
    action, _ = world.action()
    renderer = world.open_renderer(action, world.brand)
    message = renderer.render(world.recipients.recipients([contact_id(3)])[0]).message
    kept = file_of(message, name="test.eml", media_type="message/rfc822")
    with world.engine.begin() as connection:
        keep_file(connection, kept)
    said_so(world, 3, "unsubscribed")
    test = SendTest(to="ana@acme.example", of="dr_1", message=kept.ref, targets=targets_of(["x"]))
    permit = permit_for("dr_9")
    result = world.tester.run(permit, test, ["message"], {})
    assert json.loads(result["message"])["message_id"]
    assert sink.per_recipient() == {"ana@acme.example": 1}
    assert sink.messages()[0].partition(b"\r\n")[2].rstrip() == message.rstrip()
    assert world.tester.run(permit, test, ["message"], {}) == result
    assert len(sink.messages()) == 1
    assert world.events() == {}


def test_deferral_outcomes_are_typed(open_world, sink) -> None:
    clock = MovingClock(NOW)
    world = open_world(clock=clock, sleep=clock.sleep)
    action, permit = prepared(world), permit_for()
    world.handler.run(permit, action, ["campaign"], {})
    sink.say("rcpt", "450 later", to=address(0))
    sink.say("rcpt", "550 never", to=address(1))
    said = world.handler.run(permit, action, [contact_id(0), contact_id(1)], {})
    assert said[contact_id(0)] == Later(
        until=NOW + timedelta(minutes=1), why="the mail server said not now: 450 later"
    )
    assert said[contact_id(1)] == Refused(why="the mail server refused it: 550 never")
    assert world.handler.run(permit, action, [contact_id(0), contact_id(1)], {}) == said


def test_who_is_gone_from_the_crm_is_not_written_to(world, sink) -> None:
    action, permit = prepared(world), permit_for()
    world.handler.run(permit, action, ["campaign"], {})
    with world.crm.begin() as connection:
        connection.execute(crm.contacts.delete().where(crm.contacts.c.id == contact_id(0)))
    said = world.handler.run(permit, action, [contact_id(0)], {})
    assert said == {contact_id(0): Refused(why="the contact is no longer in the CRM")}


assert FAST.per_minute
