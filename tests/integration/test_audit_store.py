"""Audits and their schedule as kept, on SQLite and PostgreSQL; and the whole of a CRM read once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from gates.people import Person
from placet.errors import NotFound
from placet.store.audits import Audits, end_turn, next_run
from placet.store.migrate import MIGRATIONS
from tools.crm.local.migrate import upgrade
from tools.crm.local.sample import fill
from tools.hygiene.audit import Audit, audit
from tools.sql import create_engine

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ANA = Person(team="local", user="ana")


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    made = create_engine(database_url)
    MIGRATIONS.upgrade(made)
    yield made
    made.dispose()


def empty(at: datetime) -> Audit:
    return Audit(
        at=at, contacts=0, companies=0, marketable=0, scores=(), detectors=(), fields=(),
        records=(), helps=(), seconds=0,
    )  # fmt: skip


def test_the_last_one_comes_with_what_changed_since_the_one_before(engine: sa.Engine) -> None:
    audits = Audits(engine)
    assert audits.last() is None
    first = audits.keep(empty(NOW))
    assert first.trend is None
    second = audits.keep(empty(NOW + timedelta(days=1)))
    assert second.trend is not None
    assert second.trend.since == NOW
    last = audits.last()
    assert last == second
    assert [one.at for one in audits.history()] == [NOW, NOW + timedelta(days=1)]
    with pytest.raises(NotFound, match="no audit au_x"):
        audits.read("au_x")


def test_of_two_for_one_turn_the_first_is_kept(engine: sa.Engine) -> None:
    audits = Audits(engine)
    first = audits.keep(empty(NOW), due=NOW)
    assert audits.keep(empty(NOW + timedelta(seconds=1)), due=NOW) == first
    assert audits.of_turn(NOW) == first
    assert audits.of_turn(NOW + timedelta(days=1)) is None


def test_one_worker_of_many_takes_a_turn(engine: sa.Engine) -> None:
    audits = Audits(engine)
    audits.set_schedule("daily", person=ANA, place=None, now=NOW, timezone="UTC")
    due = NOW + timedelta(days=1)
    with ThreadPoolExecutor(8) as pool:
        took = list(pool.map(lambda _: audits.claim(due, until=due + timedelta(hours=1)), range(8)))
    assert sum(one is not None for one in took) == 1
    turn = next(one for one in took if one)
    assert audits.claim(due, until=due) is None
    late = due + timedelta(hours=2)
    assert audits.claim(late, until=late + timedelta(hours=1)), "whoever had it died"
    with engine.begin() as connection:
        following = next_run("daily", late, "UTC")
        assert end_turn(connection, turn, next_at=following)
        assert not end_turn(connection, turn, next_at=following)
    assert audits.claim(late, until=late) is None


def test_a_schedule_is_set_changed_and_ended(engine: sa.Engine) -> None:
    audits = Audits(engine)
    assert audits.schedule() is None
    audits.set_schedule("weekly", person=ANA, place="local/C1", now=NOW, timezone="Europe/Berlin")
    held = audits.schedule()
    assert held is not None
    assert (held.every, held.place, held.person) == ("weekly", "local/C1", ANA)
    assert held.next_at == datetime(2026, 11, 30, 5, tzinfo=UTC)
    off = audits.set_schedule("off", person=ANA, place=None, now=NOW, timezone="UTC")
    assert off.next_at is None


@pytest.mark.parametrize(
    ("every", "after", "zone", "turn"),
    [
        ("daily", "2026-11-24T05:59:59", "UTC", "2026-11-24T06:00:00"),
        ("daily", "2026-11-24T06:00:00", "UTC", "2026-11-25T06:00:00"),
        ("daily", "2026-03-28T23:30:00", "Europe/Berlin", "2026-03-29T04:00:00"),  # summer begins
        ("daily", "2026-10-24T12:00:00", "Europe/Berlin", "2026-10-25T05:00:00"),  # and ends
        ("weekly", "2026-11-30T05:00:00", "UTC", "2026-11-30T06:00:00"),
        ("weekly", "2026-11-30T06:00:00", "UTC", "2026-12-07T06:00:00"),
    ],
)
def test_a_turn_is_at_six_on_the_operators_clock(
    every: str, after: str, zone: str, turn: str
) -> None:
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    expected = datetime.fromisoformat(turn).replace(tzinfo=UTC)
    assert next_run(every, moment, zone) == expected  # type: ignore[arg-type]


def test_an_audit_of_a_whole_crm_reads_and_writes_nothing(database_url: str) -> None:
    engine = create_engine(database_url)
    upgrade(engine)
    fill(engine, size=600, now=NOW)
    with engine.connect() as connection:
        before = connection.execute(sa.text("SELECT * FROM crm_contacts ORDER BY id")).all()
    one, two = audit(engine, as_of=NOW), audit(engine, as_of=NOW)
    assert one.model_copy(update={"seconds": 0}) == two.model_copy(update={"seconds": 0})
    assert one.contacts == 600
    assert len(one.helps) == 3
    assert one.records
    assert one.records[0].flaws
    with engine.connect() as connection:
        after = connection.execute(sa.text("SELECT * FROM crm_contacts ORDER BY id")).all()
    assert before == after
    engine.dispose()
