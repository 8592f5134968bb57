"""Changing records in the embedded CRM: compare-and-set, once per key, and back again."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from placet.clock import FixedClock
from placet.errors import NotAllowed
from tests.records import KeptFiles, change, company, contact, fill, permit_for, snapshot
from tools.crm.local import migrate
from tools.crm.local.catalogue import build_catalogue
from tools.crm.local.records import LocalRecords
from tools.crm.local.schema import companies, contacts, effects, events, suppressions, topics
from tools.crm.port import FieldSet, RecordEdit
from tools.email.port import Statement
from tools.email.statements import SqlStatements
from tools.execution import Refused
from tools.records.drafting import fix
from tools.records.handlers import record_handlers
from tools.records.steps import START
from tools.sql import create_engine

CATALOGUE = build_catalogue()


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = create_engine(database_url)
    migrate.upgrade(engine)
    fill(engine, contacts, *(contact(n) for n in range(10)))
    yield engine
    engine.dispose()


@pytest.fixture
def records(engine: sa.Engine, clock: FixedClock) -> LocalRecords:
    return LocalRecords(engine, clock)


def edit(record: str, *sets: tuple[str, str | None, str | None]) -> RecordEdit:
    return RecordEdit(
        record=record, sets=tuple(FieldSet(field=f, before=b, after=a) for f, b, a in sets)
    )


def write(records, permit, *edits, subject="contact"):
    keyed = [(permit.key(one.record), one) for one in edits]
    return records.change_records(permit, subject=subject, edits=keyed)


def row(engine: sa.Engine, record: str):
    with engine.connect() as connection:
        return connection.execute(sa.select(contacts).where(contacts.c.id == record)).one()


def test_a_field_is_written_where_the_old_value_stands(records, engine, clock) -> None:
    permit = permit_for(clock)
    said = write(records, permit, edit("c_000001", ("phone", "030 1", "+49301")))
    assert isinstance(said["c_000001"], str)
    assert row(engine, "c_000001").phone == "+49301"
    assert row(engine, "c_000001").updated_at == int(clock.now().timestamp() * 1e6)
    assert row(engine, "c_000002").phone == "030 2"


def test_one_stale_field_leaves_the_whole_record_alone(records, engine, clock) -> None:
    before = snapshot(engine)
    permit = permit_for(clock)
    said = write(
        records, permit,
        edit("c_000001", ("country", "Germany", "France"), ("phone", "030 X", "+49301")),
        edit("c_none", ("phone", None, "+49301")),
        edit("c_000002", ("phone", "030 2", "+49302")),
    )  # fmt: skip
    assert said["c_000001"] == Refused(why="changed since: phone")
    assert "no longer in the CRM" in said["c_none"].why
    assert isinstance(said["c_000002"], str)
    after = snapshot(engine)
    assert [one for one in before["crm_contacts"] if one[0] != "c_000002"] == [
        one for one in after["crm_contacts"] if one[0] != "c_000002"
    ]


def test_a_key_writes_once_and_says_the_same(records, engine, clock) -> None:
    permit = permit_for(clock)
    one = edit("c_000001", ("phone", "030 1", "+49301"))
    first = write(records, permit, one)
    with engine.begin() as connection:
        connection.execute(contacts.update().values(phone="by hand"))
    assert write(records, permit, one) == first
    assert row(engine, "c_000001").phone == "by hand"
    key = permit.key("c_000001")
    assert records.written([key, permit.key("c_000002")]) == {key: first["c_000001"]}
    with pytest.raises(NotAllowed):
        records.change_records(permit, subject="contact", edits=[("dr_2:1:c", one)])


@pytest.mark.parametrize(
    ("field", "before", "after", "why"),
    [
        ("consent", None, "granted", "own to give"),
        ("lifecycle_stage", None, "Customer!", "no value of lifecycle stage"),
        ("lead_score", None, "12.5", "whole number"),
        ("lead_score", None, "99999999999", "whole number"),
        ("email", "p1@x.example", "P1@x.example", "lower case"),
        ("email", "p1@x.example", None, "cannot be emptied"),
        ("first_name", "Ada", "  ", "blank"),
        ("first_name", "Ada", "A\x00da", "no text"),
        ("updated_at", "1700000000000001", "1", "to change"),
        ("id", "c_000001", "c_9", "to change"),
        ("company_id", None, "co_1", "no field"),
        ("nonsense", None, "1", "field"),
    ],
)
def test_what_does_not_fit_is_refused_at_writing_too(
    records, engine, clock, field, before, after, why
) -> None:
    before_all = snapshot(engine)
    said = write(records, permit_for(clock), edit("c_000001", (field, before, after)))
    assert why in said["c_000001"].why
    assert snapshot(engine) == before_all


def test_an_address_that_another_has_is_refused_and_the_rest_goes_on(
    records, engine, clock
) -> None:
    said = write(
        records, permit_for(clock),
        edit("c_000001", ("email", "p1@x.example", "p2@x.example")),
        edit("c_000003", ("email", "p3@x.example", "new@x.example")),
        edit("c_000004", ("email", "p4@x.example", "new@x.example")),
    )  # fmt: skip
    assert "another contact has the address" in said["c_000001"].why
    assert isinstance(said["c_000003"], str)
    assert "another contact has the address" in said["c_000004"].why
    assert row(engine, "c_000003").email == "new@x.example"


def test_an_opt_out_follows_a_corrected_address_and_a_bounce_does_not(
    records, engine, clock
) -> None:
    fill(
        engine, suppressions,
        {"email": "p1@x.example", "reason": "unsubscribed", "at": 5},
        {"email": "p2@x.example", "reason": "bounced", "at": 6},
        {"email": "p3@x.example", "reason": "unsubscribed", "at": 7},
        {"email": "n3@x.example", "reason": "bounced", "at": 8},
    )  # fmt: skip
    fill(engine, topics, {"email": "p2@x.example", "topic": "news", "takes": False, "at": 6})
    before = snapshot(engine)
    permit = permit_for(clock)
    said = write(
        records, permit,
        *(edit(f"c_00000{n}", ("email", f"p{n}@x.example", f"n{n}@x.example")) for n in (1, 2, 3)),
    )  # fmt: skip
    with engine.connect() as connection:
        barred = dict(
            connection.execute(sa.select(suppressions.c.email, suppressions.c.reason)).all()
        )
        off = {tuple(one) for one in connection.execute(sa.select(topics.c.email, topics.c.topic))}
    assert barred["n1@x.example"] == "unsubscribed"
    assert "n2@x.example" not in barred
    assert ("n2@x.example", "news") in off
    assert ("n3@x.example", "") in off
    back = permit_for(clock, "dr_2")
    edits = [
        (back.key(record), RecordEdit(record=record, undoes=result, sets=(
            FieldSet(field="email", before=f"n{record[-1]}@x.example",
                     after=f"p{record[-1]}@x.example"),)))
        for record, result in said.items()
    ]  # fmt: skip
    records.change_records(back, subject="contact", edits=edits)
    assert snapshot(engine) == before


def test_a_new_opt_out_survives_the_undo_and_follows_the_address_back(
    records, engine, clock
) -> None:
    permit = permit_for(clock)
    said = write(records, permit, edit("c_000001", ("email", "p1@x.example", "n1@x.example")))
    fill(engine, suppressions, {"email": "n1@x.example", "reason": "complained", "at": 9})
    back = permit_for(clock, "dr_2")
    one = RecordEdit(
        record="c_000001", undoes=said["c_000001"],
        sets=(FieldSet(field="email", before="n1@x.example", after="p1@x.example"),),
    )  # fmt: skip
    records.change_records(back, subject="contact", edits=[(back.key("c_000001"), one)])
    with engine.connect() as connection:
        barred = set(connection.scalars(sa.select(suppressions.c.email)))
    assert barred == {"n1@x.example", "p1@x.example"}


def test_numbers_of_companies_are_compared_as_numbers(records, engine, clock) -> None:
    fill(engine, companies, company(1, annual_revenue=1200.0, employees=-4))
    said = write(
        records, permit_for(clock),
        edit("co_1", ("annual_revenue", "1200", "1300.5"), ("employees", "-4", "4")),
        subject="company",
    )  # fmt: skip
    assert isinstance(said["co_1"], str)
    assert records.rows("company", ["co_1"])["co_1"]["annual_revenue"] == "1300.5"


class Ran:
    """A handler's run as the store does it: first the first step, then batches."""

    def __init__(self, handler, action, members, permit) -> None:
        self.outcomes = {}
        steps = handler.steps(action, members)
        assert steps[0] == START
        for batch in ([START], steps[1:]):
            self.outcomes |= handler.run(permit, action, batch, {})
        self.results = {k: v for k, v in self.outcomes.items() if isinstance(v, str)}


def test_a_batch_through_its_handler_and_back_byte_for_byte(records, engine, clock) -> None:
    before = snapshot(engine)
    batch = fix(
        [change(f"c_{n:06}", "phone", f"030 {n}", f"+4930{n}") for n in range(10)]
        + [change("c_000001", "lead_score", None, "7")],
        CATALOGUE,
    )
    files = KeptFiles(batch.file)
    handler = record_handlers(records, files)["fix_records"]
    assert handler.drift(batch.action, batch.members) is None
    ran = Ran(handler, batch.action, batch.members, permit_for(clock))
    assert len(ran.results) == 11
    clock.move(timedelta(hours=1))
    with engine.begin() as connection:  # two are changed since: one in the field, one elsewhere
        connection.execute(contacts.update().where(contacts.c.id == "c_000003").values(phone="x"))
        connection.execute(
            contacts.update().where(contacts.c.id == "c_000004").values(city="Köln", updated_at=1)
        )
    undo = handler.undo(batch.action, ran.results, "rc_1")
    files.keep(*undo.files)
    assert "Puts back 9 of the 10 records" in undo.summary
    restore = record_handlers(records, files)["restore_records"]
    assert restore.drift(undo.action, undo.targets) is None
    back = Ran(restore, undo.action, undo.targets, permit_for(clock, "dr_2"))
    assert back.outcomes["c_000003"].why == "changed since: phone"
    assert len(back.results) == 10
    was = {one[0]: one for one in before["crm_contacts"]}
    for one in snapshot(engine)["crm_contacts"]:
        if one[0] not in ("c_000003", "c_000004"):
            assert one == was[one[0]]
    touched = row(engine, "c_000004")
    assert (touched.phone, touched.city) == ("030 4", "Köln")
    assert touched.updated_at == int(clock.now().timestamp() * 1e6)
    again = restore.undo(undo.action, back.results, "rc_2")
    files.keep(*again.files)
    redo = Ran(restore, again.action, again.targets, permit_for(clock, "dr_3"))
    assert len(redo.results) == 10
    assert row(engine, "c_000005").phone == "+49305"


def test_drift_counts_the_changed_and_the_gone(records, engine, clock) -> None:
    batch = fix(
        [change(f"c_{n:06}", "phone", f"030 {n}", f"+4930{n}") for n in range(10)], CATALOGUE,
        tolerance=0.1,
    )  # fmt: skip
    handler = record_handlers(records, KeptFiles(batch.file))["fix_records"]
    with engine.begin() as connection:
        connection.execute(contacts.delete().where(contacts.c.id == "c_000001"))
    assert handler.drift(batch.action, batch.members) is None
    with engine.begin() as connection:
        connection.execute(contacts.update().where(contacts.c.id == "c_000002").values(phone=None))
    said = handler.drift(batch.action, batch.members)
    assert said is not None
    assert "1 of 10 records were changed since and 1 are gone" in said
    assert "(for example phone of c_000002)" in said
    assert handler.drift(batch.action, batch.members[1:]) is not None
    forged = batch.action.model_copy(update={"rules": {"test_rule": 9}})
    assert "not those that were approved" in handler.drift(forged, batch.members)


def test_settle_finds_out_what_was_done(records, engine, clock) -> None:
    batch = fix([change("c_000001", "phone", "030 1", "+49301"),
                 change("c_000002", "phone", "030 2", "+49302")], CATALOGUE)  # fmt: skip
    handler, permit = (
        record_handlers(records, KeptFiles(batch.file))["fix_records"],
        permit_for(clock),
    )
    done = handler.run(permit, batch.action, ["c_000001"], {})
    asked = handler.settle(permit.key, batch.action, [START, "c_000001", "c_000002"], {})
    assert asked == {START: None, "c_000001": done["c_000001"], "c_000002": None}
    with engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(effects)) == 1


@pytest.mark.parametrize("said", ["unsubscribed", "complained", "bounced", "resubscribed"])
def test_what_is_said_at_the_old_address_counts_for_the_new_one(
    records, engine, clock, said
) -> None:
    write(records, permit_for(clock), edit("c_000001", ("email", "p1@x.example", "n1@x.example")))
    statements = SqlStatements(engine, clock)
    spoken = Statement(email="p1@x.example", said=said, at=clock.now(), key="k1")
    assert statements.take(spoken)
    assert not statements.take(spoken)
    barred = statements.topics("n1@x.example").get("") is False
    assert barred is (said in ("unsubscribed", "complained"))
    with engine.connect() as connection:
        who = set(connection.scalars(sa.select(events.c.contact_id)))
    assert who == ({"c_000001"} if barred else set())
