"""Sending's small parts: hours, pace, replies, envelopes, statements, and their property."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placet.clock import FixedClock
from placet.errors import BadInput, BadSetting
from tests.conftest import FULL, NOW
from tools.crm.local import schema as crm
from tools.crm.local.migrate import MIGRATIONS as CRM_MIGRATIONS
from tools.email.model import QuietHours, Schedule
from tools.email.port import Statement
from tools.email.recipients import SqlRecipients
from tools.email.sending import Limits, MailServer, Patience
from tools.email.sending.envelope import (
    dated,
    envelope_sender,
    message_id_of,
    on_the_wire,
    tag_of,
    wire_address,
)  # fmt: skip
from tools.email.sending.hours import not_before
from tools.email.sending.pace import limits_of, take
from tools.email.sending.replies import Deferred, Denied, Unreachable, judged, words
from tools.email.statements import SqlStatements
from tools.email.store import MIGRATIONS, metadata
from tools.sql import create_engine

BERLIN = ZoneInfo("Europe/Berlin")


# --- the journal's schema ------------------------------------------------------------------------


def test_the_migrations_make_exactly_the_journals_tables(database_url: str) -> None:
    engine = create_engine(database_url)
    MIGRATIONS.upgrade(engine)
    MIGRATIONS.upgrade(engine)
    MIGRATIONS.check(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: kind != "table" or name in metadata.tables},
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


# --- hours ---------------------------------------------------------------------------------------


def night(start: str, end: str, zone: str = "Europe/Berlin") -> Schedule:
    hours = QuietHours(start=time.fromisoformat(start), end=time.fromisoformat(end), timezone=zone)
    return Schedule(quiet_hours=hours)


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "end", "now", "expected"),
    [
        ("20:00", "08:00", local("2026-11-24T19:59:59"), None),
        ("20:00", "08:00", local("2026-11-24T20:00"), local("2026-11-25T08:00")),
        ("20:00", "08:00", local("2026-11-25T07:59:59"), local("2026-11-25T08:00")),
        ("20:00", "08:00", local("2026-11-25T08:00"), None),
        ("12:00", "13:00", local("2026-11-24T12:30"), local("2026-11-24T13:00")),
        ("12:00", "12:00", local("2026-11-24T12:00"), None),
        # The night in which the clocks go forward, 02:00 to 03:00: it is an hour shorter.
        ("20:00", "08:00", local("2026-03-28T20:00"), local("2026-03-29T08:00")),
        # Its end is skipped: it ends at the skip, which is 01:00 UTC.
        ("20:00", "02:30", local("2026-03-28T23:00"), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        # Its start is skipped: it begins at the skip.
        ("02:30", "08:00", datetime(2026, 3, 29, 0, 59, tzinfo=UTC), None),
        ("02:30", "08:00", datetime(2026, 3, 29, 1, 0, tzinfo=UTC), local("2026-03-29T08:00")),
        # The clocks go back, 03:00 to 02:00: 02:30 is read twice, and it ends at the second.
        ("20:00", "02:30", local("2026-10-25T02:45", fold=0), local("2026-10-25T02:30", fold=1)),
        ("20:00", "02:30", local("2026-10-25T02:30", fold=1), None),
        ("02:30", "04:00", local("2026-10-25T02:15", fold=1), local("2026-10-25T04:00")),
    ],
)  # fmt: skip
def test_quiet_hours(start, end, now, expected) -> None:
    assert not_before(night(start, end), now) == expected


@given(
    st.integers(0, 730 * 24 * 3600),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
    st.times(), st.times(),
)  # fmt: skip
@settings(max_examples=2_000 if FULL else 200, deadline=None)
def test_what_quiet_hours_give_back_is_later_within_a_day_and_not_quiet(at, zone, start, end):
    hours = Schedule(quiet_hours=QuietHours(start=start, end=end, timezone=zone))
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=at)
    then = not_before(hours, now)
    if then is not None:
        assert now < then <= now + timedelta(hours=25)
        assert not_before(hours, then) is None


def test_send_at_comes_before_quiet_hours() -> None:
    schedule = night("20:00", "08:00").model_copy(update={"send_at": local("2026-11-24T21:00")})
    assert not_before(schedule, local("2026-11-24T10:00")) == local("2026-11-25T08:00")
    assert not_before(schedule, local("2026-11-25T10:00")) is None


# --- pace ----------------------------------------------------------------------------------------


@pytest.fixture
def journal_engine(database_url):
    engine = create_engine(database_url)
    MIGRATIONS.upgrade(engine)
    yield engine
    engine.dispose()


def test_turns_are_evenly_spaced_whoever_takes_them(journal_engine) -> None:
    limits = Limits()
    with journal_engine.begin() as connection:
        waits = [take(connection, {"all": 60}, now=NOW, limits=limits) for _ in range(5)]
    assert waits[:3] == [0.0, 1.0, 2.0]
    assert waits[3:] == [NOW + timedelta(seconds=3), NOW + timedelta(seconds=4)]  # told apart


def test_a_pause_is_not_made_up_for(journal_engine) -> None:
    limits, later = Limits(), NOW + timedelta(hours=1)
    with journal_engine.begin() as connection:
        take(connection, {"all": 60}, now=NOW, limits=limits)
        assert [take(connection, {"all": 60}, now=later, limits=limits) for _ in range(2)] == [0, 1]


def test_a_full_domain_takes_no_turn_of_the_others(journal_engine) -> None:
    limits = Limits()
    with journal_engine.begin() as connection:
        full = {"all": 6_000, "domain:a": 6}
        assert take(connection, full, now=NOW, limits=limits) == 0.0
        for n in range(1, 4):
            at = take(connection, full, now=NOW, limits=limits)
            assert at == NOW + timedelta(seconds=10 * n)
        wait = take(connection, {"all": 6_000, "domain:b": 6}, now=NOW, limits=limits)
        assert wait == pytest.approx(0.01)


def test_who_waits_comes_back_within_the_horizon(journal_engine) -> None:
    limits = Limits(horizon=timedelta(seconds=30))
    with journal_engine.begin() as connection:
        for _ in range(20):
            at = take(connection, {"all": 6}, now=NOW, limits=limits)
    assert at == NOW + timedelta(seconds=30)


def test_limits_are_the_operators_and_the_campaigns() -> None:
    rates = limits_of("a.example", "cp_1", Schedule(per_minute=5), Limits())
    assert rates == {"all": 600, "domain:a.example": 300, "cp_1": 5}


# --- replies -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "text", "stage", "dead"),
    [
        (550, "5.1.1 The email account does not exist", "recipient", True),
        (550, "5.1.10 RESOLVER.ADR.RecipientNotFound", "recipient", True),
        (550, "5.2.1 mailbox disabled", "recipient", True),
        (550, "No such user here", "recipient", True),
        (554, "5.7.1 Access denied", "recipient", False),
        (550, "5.7.1 unknown user agent: blocked", "recipient", False),
        (552, "5.2.2 mailbox full", "recipient", False),
        (550, "5.1.8 sender address does not exist", "recipient", False),
        (550, "5.1.7 bad sender address syntax", "recipient", False),
        (550, "blocked", "recipient", False),
        (550, "5.1.1 user unknown", "message", True),
        (554, "no such user agent policy", "message", False),
    ],
)
def test_only_a_dead_mailbox_is_a_hard_bounce(code, text, stage, dead) -> None:
    said = judged(code, text, stage)
    assert isinstance(said, Denied)
    assert said.address_is_dead is dead


def test_other_replies() -> None:
    assert isinstance(judged(451, "4.7.1 greylisted", "recipient"), Deferred)
    assert isinstance(judged(550, "5.7.1 not your domain", "sender"), Unreachable)
    assert words(b"a\r\nb\x00\xff " + b"x" * 999).startswith("a b")
    assert len(words("x" * 999)) == 300


# --- envelopes -----------------------------------------------------------------------------------


def test_a_message_on_the_wire_is_stuffed_and_whole() -> None:
    assert on_the_wire(b".\r\n..a\r\nb.") == b"..\r\n...a\r\nb.\r\n"
    for smuggled in (b"a\n.\nMAIL FROM:<x>\r\n", b"a\r.\r\n", b"a\n"):
        with pytest.raises(BadInput, match="CRLF"):
            on_the_wire(smuggled)


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@", "@b", "a b@c.example", "a@b\r\nRCPT TO:<x@y>", "a@b>", "<a@b", "a@b..c"],
)
def test_what_is_no_address_is_not_put_on_the_wire(address) -> None:
    with pytest.raises(BadInput, match="cannot be written to"):
        wire_address(address)


def test_international_domains_become_ascii() -> None:
    assert wire_address("jürgen@bücher.example") == "jürgen@xn--bcher-kva.example"


def test_tags_are_secret_short_and_stable() -> None:
    tag = tag_of(b"k" * 32, "dr_1:1:c_1")
    assert tag == tag_of(b"k" * 32, "dr_1:1:c_1") != tag_of(b"j" * 32, "dr_1:1:c_1")
    assert len(tag) == 24
    assert envelope_sender("b@a.example", "s@a.example", tag) == f"b+{tag}@a.example"
    assert envelope_sender(None, "s@a.example", tag) == "s@a.example"


def test_date_and_message_id() -> None:
    message = b"Message-ID:\r\n <cp_1.x@a.example>\r\n\r\nMessage-ID: <other@x>\r\n"
    assert message_id_of(message) == "cp_1.x@a.example"
    assert message_id_of(b"\r\nMessage-ID: <in.the@body>\r\n") == ""
    assert dated(message, NOW).startswith(b"Date: Tue, 24 Nov 2026 09:00:00 +0000\r\nMessage-ID")


def test_a_password_never_crosses_the_network_in_clear_text() -> None:
    with pytest.raises(BadSetting, match="clear text"):
        MailServer(host="mail.example", security="none", user="u")
    for host in ("localhost", "127.0.0.1", "::1"):
        MailServer(host=host, security="none", user="u")
    MailServer(host="mail.example", security="none")
    assert Patience().final == 600


# --- statements: no order of events lets a suppressed person be written to -----------------------

EMAIL = "ana@a.example"


def crm_with_one(url: str):
    engine = create_engine(url)
    CRM_MIGRATIONS.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(
            crm.contacts.insert(),
            {"id": "c_1", "email": EMAIL, "consent": "granted", "created_at": 1, "updated_at": 1},
        )
    return engine


@pytest.fixture
def engine(database_url):
    made = crm_with_one(database_url)
    yield made
    made.dispose()


def said(what: str, minute: int = 0, key: str | None = None, **rest) -> Statement:
    at = NOW + timedelta(minutes=minute)
    values = {"email": EMAIL, "said": what, "at": at, "key": key or f"{what}{minute}{rest}"} | rest
    return Statement.model_validate(values)


def barred(engine, topic: str = "marketing"):
    return SqlRecipients(engine, FixedClock(NOW)).barred(["c_1"], topic=topic).get("c_1")


def kinds(engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(sa.select(crm.events.c.type).order_by(crm.events.c.id)))


def test_statements_become_events_and_suppressions_once(engine) -> None:
    statements = SqlStatements(engine, FixedClock(NOW))
    assert statements.take(said("unsubscribed"))
    assert not statements.take(said("unsubscribed"))
    assert barred(engine) == "unsubscribed"
    assert statements.topics(EMAIL) == {"": False}
    assert statements.take(said("clicked", key="k1", asset="Follow-up"))
    assert statements.record_event(
        EMAIL.upper(), "opened", at=NOW, asset="Follow-up", detail="", key="k2"
    )
    assert kinds(engine) == ["unsubscribed", "email_click", "email_open"]


def test_a_person_comes_back_by_their_own_hand_only(engine) -> None:
    statements = SqlStatements(engine, FixedClock(NOW))
    statements.take(said("unsubscribed", 1))
    statements.take(said("resubscribed", 2))
    assert barred(engine) is None
    assert statements.topics(EMAIL) == {"": True}
    statements.take(said("bounced", 3))
    statements.take(said("resubscribed", 4))
    assert barred(engine) == "bounced"
    statements.take(said("complained", 5))
    statements.take(said("resubscribed", 6))
    assert barred(engine) == "complained"
    assert statements.topics(EMAIL)[""] is False


def test_the_last_word_counts_whatever_order_it_arrives_in(engine) -> None:
    statements = SqlStatements(engine, FixedClock(NOW))
    statements.take(said("unsubscribed", 5))
    statements.take(said("resubscribed", 3))
    assert barred(engine) == "unsubscribed"
    statements.take(said("resubscribed", 5, key="same moment"))
    assert barred(engine) == "unsubscribed"


def test_an_operators_own_suppression_is_never_lifted_or_renamed(engine) -> None:
    with engine.begin() as connection:
        row = {"email": EMAIL, "reason": "legal hold", "at": 1}
        connection.execute(crm.suppressions.insert(), row)
    statements = SqlStatements(engine, FixedClock(NOW))
    for minute, what in enumerate(("unsubscribed", "complained", "resubscribed")):
        statements.take(said(what, minute))
    assert barred(engine) == "suppressed" or barred(engine) == "unsubscribed"
    with engine.connect() as connection:
        assert connection.scalar(sa.select(crm.suppressions.c.reason)) == "legal hold"


def test_an_unknown_address_is_suppressed_all_the_same(engine) -> None:
    statements = SqlStatements(engine, FixedClock(NOW))
    assert statements.take(said("unsubscribed", email="Nobody@B.example"))
    assert statements.topics("nobody@b.example") == {"": False}
    assert kinds(engine) == []
    with engine.begin() as connection:
        connection.execute(
            crm.contacts.insert(),
            {
                "id": "c_2", "email": "nobody@b.example", "consent": "granted", "created_at": 1,
                "updated_at": 1,
            },
        )  # fmt: skip
    found = SqlRecipients(engine, FixedClock(NOW)).barred(["c_2"])
    assert found == {"c_2": "unsubscribed"}


def test_a_topic_alone(engine) -> None:
    statements = SqlStatements(engine, FixedClock(NOW))
    statements.take(said("unsubscribed", 1, topic="events"))
    assert barred(engine, "events") == "unsubscribed"
    assert barred(engine, "marketing") is None
    statements.take(said("resubscribed", 2, topic="events"))
    assert barred(engine, "events") is None


_WORDS = ["unsubscribed", "resubscribed", "complained", "bounced", "consent", "no consent"]
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(_WORDS), st.integers(0, 5), st.sampled_from([None, "marketing", "events"])
    ),
    max_size=9,
)


class Model:
    """Who may be written to, in the plainest words: the last word of the person about each topic,
    and for good: complaints, bounces."""

    def __init__(self) -> None:
        self.said: dict[str, list[tuple[int, bool]]] = {"": [], "marketing": [], "events": []}
        self.forever = False
        self.consent = True

    def hear(self, what: str, minute: int, topic: str | None) -> None:
        if what in ("complained", "bounced"):
            self.forever = True
        elif what.endswith("consent"):
            self.consent = what == "consent"
        else:
            # Of two words in one moment, "no" is the last.
            self.said[topic or ""].append((minute, what == "resubscribed"))

    def may(self, topic: str) -> bool:
        def takes(one: str) -> bool:
            words = self.said[one]
            last = max((minute for minute, _ in words), default=0)
            return all(yes for minute, yes in words if minute == last)

        return not self.forever and self.consent and takes("") and takes(topic)


@pytest.fixture(scope="module")
def one_crm(tmp_path_factory):
    made = crm_with_one(f"sqlite:///{tmp_path_factory.mktemp('crm') / 'crm.db'}")
    yield made
    made.dispose()


@given(EVENTS)
@settings(
    max_examples=3_000 if FULL else 60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
def test_no_order_of_events_lets_a_suppressed_person_be_written_to(one_crm, events) -> None:
    with one_crm.begin() as connection:
        for table in (crm.suppressions, crm.topics, crm.effects, crm.events):
            connection.execute(table.delete())
        connection.execute(crm.contacts.update().values(consent="granted"))
    statements, model = SqlStatements(one_crm, FixedClock(NOW)), Model()
    for number, (what, minute, topic) in enumerate(events):
        model.hear(what, minute, topic)
        if what.endswith("consent"):
            with one_crm.begin() as connection:
                value = "granted" if what == "consent" else "denied"
                connection.execute(crm.contacts.update().values(consent=value))
        else:
            topic = topic if what.endswith("subscribed") else None
            statements.take(said(what, minute, key=str(number), topic=topic))
        for asked in ("marketing", "events"):
            assert (barred(one_crm, asked) is None) == model.may(asked), events[: number + 1]
