"""Columns read from a real database say what the rows say, on SQLite and PostgreSQL."""

from datetime import UTC, datetime

import sqlalchemy as sa

from tools.crm.local import schema
from tools.crm.local.migrate import upgrade
from tools.crm.local.sample import fill
from tools.hygiene.catalogue import DETECTORS
from tools.hygiene.plan import plan
from tools.hygiene.read import fields_of, read_columns
from tools.sql import create_engine

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def filled(url: str) -> sa.Engine:
    engine = create_engine(url)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(schema.companies.insert(), [
            {"id": "f1", "name": "Acme", "domain": "acme.de", "country": "Germany"},
            {"id": "f2", "name": "Bolt", "domain": None, "country": None},
        ])  # fmt: skip
        connection.execute(schema.contacts.insert(), [
            {"id": "c1", "email": "a@acme.de", "company_id": "f1", "phone": "030 1234567",
             "consent": "denied", "lifecycle_stage": "lead"},
            {"id": "c2", "email": "b@acme.de", "company_id": "f1", "phone": None,
             "consent": None, "lifecycle_stage": None},
            {"id": "c3", "email": "c@x.de", "company_id": None, "phone": None,
             "consent": None, "lifecycle_stage": None},
        ])  # fmt: skip
        connection.execute(schema.events.insert(), [
            {"contact_id": "c1", "type": "bounced", "occurred_at": 5, "key": "k1"},
            {"contact_id": "c1", "type": "email_open", "occurred_at": 7, "key": "k2"},
            {"contact_id": "c2", "type": "unsubscribed", "occurred_at": 9, "key": "k3"},
        ])  # fmt: skip
        connection.execute(
            schema.deals.insert(),
            [
                {
                    "id": "d1",
                    "name": "D",
                    "contact_id": "c1",
                    "company_id": "f1",
                    "stage": "closed_won",
                }
            ],
        )
        connection.execute(schema.suppressions.insert(), [{"email": "c@x.de", "reason": "manual", "at": 1}])  # fmt: skip # noqa: E501
        connection.execute(schema.lists.insert(), [
            {"id": "l1", "name": "Nurture", "created_at": 0, "archived": False},
            {"id": "l2", "name": "Attic", "created_at": 0, "archived": True},
        ])  # fmt: skip
        connection.execute(schema.list_members.insert(), [
            {"list_id": "l1", "contact_id": "c1", "added_at": 0},
            {"list_id": "l2", "contact_id": "c2", "added_at": 0},
        ])  # fmt: skip
    return engine


def test_stored_and_derived_columns(database_url: str) -> None:
    engine = filled(database_url)
    held = read_columns(engine, fields_of(DETECTORS), as_of=NOW)

    def of(record: str, field: str) -> object:
        row = held.row("contact", record)
        assert row is not None
        return held.column("contact", field)[row]

    assert [of(one, "bounced_at") for one in ("c1", "c2", "c3")] == [5, None, None]
    assert [of(one, "engaged_at") for one in ("c1", "c2", "c3")] == [7, None, None]
    assert [of(one, "left_at") for one in ("c1", "c2", "c3")] == [None, 9, None]
    assert [of(one, "won_deals") for one in ("c1", "c2", "c3")] == [1, None, None]
    assert [of(one, "suppressed") for one in ("c1", "c2", "c3")] == [None, None, "manual"]
    assert [of(one, "on_lists") for one in ("c1", "c2", "c3")] == ["Nurture", None, None]
    assert [of(one, "company.country") for one in ("c1", "c2", "c3")] == [
        "Germany",
        "Germany",
        None,
    ]
    firms = {one: held.column("company", "contacts")[held.row("company", one) or 0]
             for one in ("f1", "f2")}  # fmt: skip
    assert firms == {"f1": 2, "f2": 0}
    found = {(one.rule, one.record) for detector in DETECTORS for one in detector.find(held)}
    assert {("opted_out_listed", "c1"), ("lifecycle_backwards", "c1"), ("phone_format", "c1"),
            ("company_without_contacts", "f2"), ("contact_without_company", "c3")} <= found  # fmt: skip # noqa: E501
    assert ("opted_out_listed", "c2") not in found
    engine.dispose()


def test_both_databases_give_the_same_plan_for_the_sample(
    postgres_url: str, tmp_path: object
) -> None:
    plans = []
    for url in (postgres_url, f"sqlite:///{tmp_path}/sample.db"):
        engine = create_engine(url)
        upgrade(engine)
        fill(engine, size=1_000, now=NOW)
        plans.append(plan(read_columns(engine, fields_of(DETECTORS), as_of=NOW)))
        engine.dispose()
    assert plans[0] == plans[1]
    assert len(plans[0].certain) > 100
    places = [(one.subject, one.record, one.field) for one in plans[0]]
    assert len(places) == len(set(places))
