"""Merging in the embedded CRM: children kept, the strictest opt-out kept, and apart again."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placet.clock import FixedClock
from placet.errors import BadInput
from tests.conftest import FULL, NOW
from tests.records import KeptFiles, company, contact, fill, permit_for, snapshot
from tools.crm.local import migrate
from tools.crm.local.records import LocalRecords
from tools.crm.local.schema import (
    companies,
    contacts,
    deals,
    events,
    former_emails,
    list_members,
    lists,
    metadata,
    suppressions,
    topics,
)
from tools.execution import Refused
from tools.hygiene.duplicates.plan import FieldChoice, Merge
from tools.records.drafting import merge, merge_without
from tools.records.handlers import record_handlers
from tools.records.lines import read_merges
from tools.records.steps import START
from tools.sql import create_engine


def event(number: int, owner: int) -> dict[str, object]:
    return {
        "contact_id": f"c_{owner:06}", "type": "email_open", "occurred_at": number,
        "asset": "A", "key": f"k{number}",
    }  # fmt: skip


def populate(engine: sa.Engine) -> None:
    fill(engine, companies, company(1), company(2), company(3))
    fill(
        engine, contacts,
        contact(1, company_id="co_1", consent="granted"),
        contact(2, company_id="co_2", consent="granted", city="Köln"),
        contact(3, consent="granted"),
        contact(4),
    )  # fmt: skip
    fill(engine, events, *(event(n, 1 + n % 4) for n in range(12)))
    fill(
        engine, deals,
        {"id": "d_1", "name": "Deal", "contact_id": "c_000002", "company_id": "co_2"},
        {"id": "d_2", "name": "Deal", "contact_id": "c_000004", "company_id": "co_3"},
    )  # fmt: skip
    made = {"name": "L", "created_at": 1, "archived": False}
    fill(engine, lists, {"id": "ls_1", **made}, {"id": "ls_2", **made})
    fill(
        engine, list_members,
        *({"list_id": one, "contact_id": f"c_{who:06}", "added_at": at}
          for one, who, at in (("ls_1", 1, 5), ("ls_1", 2, 4), ("ls_2", 2, 9), ("ls_2", 3, 8))),
    )  # fmt: skip


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = create_engine(database_url)
    migrate.upgrade(engine)
    populate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def records(engine: sa.Engine, clock: FixedClock) -> LocalRecords:
    return LocalRecords(engine, clock)


def a_merge(records, survivor, *losers, subject="contact", suppress=None, **fields) -> Merge:
    ids = [survivor, *losers]
    rows = records.rows(subject, ids)
    return Merge(
        survivor=survivor, losers=tuple(losers), subject=subject, lost={}, confidence=0.999,
        tier="certain", evidence=("Same address.",), suppress=suppress,
        fields={
            name: FieldChoice(value=value, from_record=losers[0], before=rows[survivor][name])
            for name, value in fields.items()
        },
        seen=records.fingerprints(subject, ids),
    )  # fmt: skip


class Merged:
    """Merges carried out through their handlers, and taken back."""

    def __init__(self, records, *merges: Merge) -> None:
        self.batch = merge(merges)
        self.records, self.files = records, KeptFiles(self.batch.file)
        self.handler = record_handlers(records, self.files)["merge_records"]
        self.permit = permit_for(FixedClock(NOW))
        self.outcomes = self._run(self.handler, self.batch.action, self.batch.members, self.permit)

    def _run(self, handler, action, members, permit):
        found = {}
        for one in handler.steps(action, members):
            found |= handler.run(permit, action, [one], {})
        return found

    def back(self):
        results = {k: v for k, v in self.outcomes.items() if isinstance(v, str)}
        undo = self.handler.undo(self.batch.action, results, "rc_1")
        self.files.keep(*undo.files)
        handler = record_handlers(self.records, self.files)["unmerge_records"]
        assert handler.drift(undo.action, undo.targets) is None
        return self._run(handler, undo.action, undo.targets, permit_for(FixedClock(NOW), "dr_back"))


def owners(engine, table, column="contact_id"):
    with engine.connect() as connection:
        return list(connection.scalars(sa.select(table.c[column])))


def test_children_move_and_everything_comes_back_byte_for_byte(records, engine) -> None:
    before = snapshot(engine)
    done = Merged(records, a_merge(records, "c_000001", "c_000002", "c_000003", city="Köln"))
    assert isinstance(done.outcomes["c_000001"], str)
    with engine.connect() as connection:
        kept = connection.execute(sa.select(contacts)).all()
        members = set(
            map(tuple, connection.execute(
                sa.select(list_members.c.list_id, list_members.c.added_at))))  # fmt: skip
    assert {one.id for one in kept} == {"c_000001", "c_000004"}
    assert next(one for one in kept if one.id == "c_000001").city == "Köln"
    assert members == {("ls_1", 5), ("ls_2", 8)}  # its own row kept; the losers' earliest taken
    assert owners(engine, events).count("c_000001") == 9
    assert owners(engine, deals).count("c_000001") == 1
    assert set(owners(engine, former_emails, "email")) == {"p2@x.example", "p3@x.example"}
    back = done.back()
    assert isinstance(back["c_000001"], str)
    assert snapshot(engine) == before
    assert owners(engine, former_emails) == []


def test_asking_again_changes_nothing(records, engine) -> None:
    done = Merged(records, a_merge(records, "c_000001", "c_000002"))
    after = snapshot(engine)
    again = done.handler.run(done.permit, done.batch.action, ["c_000001"], {})
    assert again["c_000001"] == done.outcomes["c_000001"]
    assert snapshot(engine) == after
    asked = done.handler.settle(done.permit.key, done.batch.action, [START, "c_000001"], {})
    assert asked == {START: None, "c_000001": done.outcomes["c_000001"]}


def test_the_survivor_may_take_the_losers_address_and_give_it_back(records, engine) -> None:
    fill(engine, suppressions, {"email": "p1@x.example", "reason": "complained", "at": 3})
    fill(engine, topics, {"email": "p2@x.example", "topic": "news", "takes": True, "at": 1},
         {"email": "p1@x.example", "topic": "news", "takes": False, "at": 2})  # fmt: skip
    before = snapshot(engine)
    plan = a_merge(records, "c_000001", "c_000002", email="p2@x.example")
    done = Merged(records, plan)
    with engine.connect() as connection:
        barred = set(connection.scalars(sa.select(suppressions.c.email)))
        off = connection.scalar(sa.select(topics.c.takes).where(topics.c.email == "p2@x.example"))
    assert barred == {"p1@x.example", "p2@x.example"}
    assert off is False
    assert isinstance(done.back()["c_000001"], str)
    assert snapshot(engine) == before


@pytest.mark.parametrize("where", ["survivor", "loser", "gone"])
def test_a_record_that_changed_since_is_not_merged(records, engine, where) -> None:
    plan = a_merge(records, "c_000001", "c_000002")
    with engine.begin() as connection:
        if where == "gone":
            connection.execute(list_members.delete().where(list_members.c.contact_id == "c_000002"))
            connection.execute(deals.delete().where(deals.c.contact_id == "c_000002"))
            connection.execute(events.delete().where(events.c.contact_id == "c_000002"))
            connection.execute(contacts.delete().where(contacts.c.id == "c_000002"))
        else:
            one = "c_000001" if where == "survivor" else "c_000002"
            connection.execute(contacts.update().where(contacts.c.id == one).values(phone="9"))
    before = snapshot(engine)
    done = Merged(records, plan)
    assert isinstance(done.outcomes["c_000001"], Refused)
    assert snapshot(engine) == before
    assert done.handler.drift(done.batch.action, done.batch.members) is not None


@pytest.mark.parametrize(
    ("consents", "becomes", "fine"),
    [
        (("granted", "denied"), "granted", False),
        (("granted", "denied"), "denied", True),
        ((None, "granted"), "granted", False),
        (("granted", None), None, True),
        (("granted", None), "granted", False),
        (("granted", "granted"), "granted", True),
        ((None, None), None, True),
    ],
)
def test_consent_never_becomes_freer_than_the_strictest(
    records, engine, consents, becomes, fine
) -> None:
    with engine.begin() as connection:
        for number, consent in enumerate(consents, start=1):
            one = contacts.c.id == f"c_{number:06}"
            connection.execute(contacts.update().where(one).values(consent=consent))
    fields = {} if becomes == consents[0] else {"consent": becomes}
    done = Merged(records, a_merge(records, "c_000001", "c_000002", **fields))
    assert isinstance(done.outcomes["c_000001"], str) is fine


def test_a_value_of_none_of_the_records_is_refused(records) -> None:
    done = Merged(records, a_merge(records, "c_000001", "c_000002", city="Invented"))
    assert "value of none of the records" in done.outcomes["c_000001"].why
    done = Merged(records, a_merge(records, "c_000001", "c_000002", id="c_000002"))
    assert "does not set id" in done.outcomes["c_000001"].why


def test_unmerging_leaves_alone_what_changed_since(records, engine) -> None:
    done = Merged(records, a_merge(records, "c_000001", "c_000002", city="Köln"))
    with engine.begin() as connection:
        connection.execute(contacts.update().where(contacts.c.id == "c_000001").values(city="Bonn"))
    before = snapshot(engine)
    assert "changed since: city" in done.back()["c_000001"].why
    assert snapshot(engine) == before


def test_unmerging_is_refused_where_the_address_is_taken_again(records, engine) -> None:
    done = Merged(records, a_merge(records, "c_000001", "c_000002"))
    fill(engine, contacts, contact(9, email="p2@x.example"))
    before = snapshot(engine)
    assert "would come back" in done.back()["c_000001"].why
    assert snapshot(engine) == before


def test_what_changed_hands_since_is_left_and_told(records, engine) -> None:
    done = Merged(records, a_merge(records, "c_000001", "c_000002"))
    with engine.begin() as connection:
        connection.execute(deals.update().where(deals.c.id == "d_1").values(contact_id="c_000004"))
    back = done.back()["c_000001"]
    assert "1 of the deals changed hands" in back
    with engine.connect() as connection:
        owner = connection.scalar(sa.select(deals.c.contact_id).where(deals.c.id == "d_1"))
    assert owner == "c_000004"


def test_a_later_merge_is_undone_first(records) -> None:
    first = Merged(records, a_merge(records, "c_000001", "c_000002"))
    other = merge([a_merge(records, "c_000004", "c_000001")])
    files = KeptFiles(other.file)
    handler, permit = (
        record_handlers(records, files)["merge_records"],
        permit_for(FixedClock(NOW), "dr_2"),
    )
    said = handler.run(permit, other.action, ["c_000004"], {})
    assert isinstance(said["c_000004"], str), said
    assert "undo that merge first" in first.back()["c_000001"].why


def test_companies_are_merged_with_their_people(records, engine) -> None:
    before = snapshot(engine)
    done = Merged(records, a_merge(records, "co_1", "co_2", "co_3", subject="company"))
    assert set(owners(engine, contacts, "company_id")) == {"co_1", None}
    assert set(owners(engine, deals, "company_id")) == {"co_1"}
    assert isinstance(done.back()["co_1"], str)
    assert snapshot(engine) == before


def test_a_group_can_be_left_out_and_no_record_stands_in_two(records) -> None:
    one, two = a_merge(records, "c_000001", "c_000002"), a_merge(records, "c_000003", "c_000004")
    batch = merge([one, two])
    fewer = merge_without(batch.action, batch.file.data, ["c_000003"])
    assert list(read_merges(fewer.file.data)) == ["c_000001"]
    assert fewer.action.left_out == ("c_000003",)
    with pytest.raises(BadInput, match="two merges"):
        merge([one, a_merge(records, "c_000002", "c_000004")])
    with pytest.raises(BadInput, match="not in this batch"):
        merge_without(batch.action, batch.file.data, ["c_9"])


PEOPLE = st.integers(1, 5)
EMAIL = st.sampled_from(["a", "b", "c", "d", "e"])
REASON = st.sampled_from(["unsubscribed", "bounced", "legal"])
TOPIC = st.sampled_from(["", "news"])


@st.composite
def crms(draw):
    """A CRM of five contacts with children and opt-outs of every kind, and two to be merged."""
    text = st.one_of(st.none(), st.text('aé山\u2028"\\', min_size=1, max_size=4))
    people = [
        contact(n, phone=draw(text), city=draw(text),
                lead_score=draw(st.one_of(st.none(), st.integers(-5, 5))),
                consent=draw(st.sampled_from([None, "granted", "denied"])),
                email=f"{'abcde'[n - 1]}@x.example")
        for n in range(1, 6)
    ]  # fmt: skip
    return {
        "people": people,
        "events": [event(n, draw(PEOPLE)) for n in range(draw(st.integers(0, 6)))],
        "deals": [{"id": f"d_{n}", "name": "D", "contact_id": f"c_{draw(PEOPLE):06}"}
                  for n in range(draw(st.integers(0, 3)))],
        "members": draw(st.sets(st.tuples(st.sampled_from(["ls_1", "ls_2"]), PEOPLE), max_size=8)),
        "barred": draw(st.dictionaries(EMAIL, REASON)),
        "topics": draw(st.dictionaries(st.tuples(EMAIL, TOPIC), st.booleans())),
        "losers": draw(st.sets(st.integers(2, 5), min_size=1, max_size=3)),
        "take": draw(st.sets(st.sampled_from(["phone", "city", "lead_score", "email"]))),
    }  # fmt: skip


def _empty(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())


def _put(engine: sa.Engine, world) -> None:
    made = {"name": "L", "created_at": 1, "archived": False}
    rows = {
        contacts: world["people"], events: world["events"], deals: world["deals"],
        lists: [{"id": "ls_1", **made}, {"id": "ls_2", **made}],
        list_members: [{"list_id": one, "contact_id": f"c_{who:06}", "added_at": who}
                       for one, who in world["members"]],
        suppressions: [{"email": f"{e}@x.example", "reason": why, "at": 7}
                       for e, why in world["barred"].items()],
        topics: [{"email": f"{e}@x.example", "topic": t, "takes": takes, "at": 7}
                 for (e, t), takes in world["topics"].items()],
    }  # fmt: skip
    for table, each in rows.items():
        if each:
            fill(engine, table, *each)


@pytest.fixture(scope="module")
def scratch() -> Iterator[sa.Engine]:
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'crm.db'}")
        migrate.upgrade(engine)
        yield engine
        engine.dispose()


@settings(
    max_examples=400 if FULL else 30, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(world=crms())
def test_any_merge_comes_back_whole_and_nobody_is_written_to_more(scratch, world) -> None:
    _empty(scratch)
    _put(scratch, world)
    before, records = snapshot(scratch), LocalRecords(scratch, FixedClock(NOW))
    losers = [f"c_{n:06}" for n in sorted(world["losers"])]
    row = next(one for one in world["people"] if one["id"] == losers[0])
    strictest = min(
        (one["consent"] for one in world["people"] if one["id"] in ("c_000001", *losers)),
        key=("denied", None, "granted").index,
    )
    fields = {name: row[name] for name in world["take"]} | {"consent": strictest}
    done = Merged(records, a_merge(records, "c_000001", *losers, **fields))
    assert isinstance(done.outcomes["c_000001"], str), done.outcomes
    refused = sa.select(topics.c.email, topics.c.topic).where(topics.c.takes.is_(False))
    with scratch.connect() as connection:
        kept = connection.execute(sa.select(contacts).where(contacts.c.id == "c_000001")).one()
        off = {tuple(one) for one in connection.execute(refused)}
        barred = set(connection.scalars(sa.select(suppressions.c.email)))
    parts = ["a", *("abcde"[int(one[-1]) - 1] for one in losers)]
    assert kept.consent == strictest
    if any(world["barred"].get(one) in ("unsubscribed", "legal") for one in parts):
        assert kept.email in barred
    for topic in ("", "news"):
        if any(world["topics"].get((one, topic)) is False for one in parts):
            assert (kept.email, topic) in off
    assert isinstance(done.back()["c_000001"], str)
    assert snapshot(scratch) == before
