"""Who may be written to, asked of the CRM itself: on SQLite and PostgreSQL."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from placet.clock import FixedClock
from tools.crm.local import schema
from tools.email.recipients import SqlRecipients
from tools.segments.dates import micros
from tools.segments.engine import SqlSegments
from tools.segments.tree import All, Segment
from tools.sql import create_engine

PEOPLE = {
    "fine": {},
    "no-consent": {"consent": None},
    "denied": {"consent": "denied"},
    "left": {},
    "spam": {},
    "dead": {},
    "gdpr": {},
    "often": {},
    "left-events": {},
    "left-all": {},
    "came-back": {},
    "no-address": {"email": "nowhere"},
    "LEFT-UPPER": {},
}
REASONS = {
    "left": "unsubscribed", "spam": "complained", "dead": "hard_bounce", "gdpr": "by law",
    "left-upper": "unsubscribed",
}  # fmt: skip


@pytest.fixture
def engine(database_url: str, clock: FixedClock):
    engine = create_engine(database_url)
    columns = [column.name for column in schema.contacts.columns]
    contacts = [
        dict.fromkeys(columns)
        | {"id": name, "email": f"{name.lower()}@x.example", "consent": "granted"}
        | changes
        for name, changes in PEOPLE.items()
    ]
    contacts[0] |= {"first_name": " Zoë ", "last_name": "  ", "company_id": "co1"}
    contacts[1] |= {"company_name": "Own Words Ltd", "company_id": "co1"}
    sent = [
        {"contact_id": "often", "type": "email_sent", "key": f"k{n}", "asset": None,
         "occurred_at": micros(clock.now() - timedelta(days=1, minutes=n))}
        for n in range(5)
    ]  # fmt: skip
    topics = [("left-events", "events", False), ("left-all", "", False),
              ("came-back", "events", True)]  # fmt: skip
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        connection.execute(
            schema.companies.insert(),
            [{"id": "co1", "name": "Acme", "domain": "acme.example", "city": "Bonn"}],
        )
        connection.execute(schema.contacts.insert(), contacts)
        connection.execute(schema.events.insert(), sent)
        connection.execute(
            schema.suppressions.insert(),
            [{"email": f"{who}@x.example", "reason": why, "at": 0} for who, why in REASONS.items()],
        )
        connection.execute(
            schema.topics.insert(),
            [{"email": f"{who}@x.example", "topic": topic, "takes": takes, "at": 0}
             for who, topic, takes in topics],
        )  # fmt: skip
    yield engine
    engine.dispose()


def test_everybody_with_a_reason_is_barred_by_that_reason(
    engine: sa.Engine, clock: FixedClock
) -> None:
    found = SqlRecipients(engine, clock).barred([*PEOPLE, "nobody", "n\x00l"], topic="events")
    assert found == {
        "no-consent": "no_consent", "denied": "no_consent", "left": "unsubscribed",
        "spam": "complained", "dead": "bounced", "gdpr": "suppressed", "often": "frequency_cap",
        "left-events": "unsubscribed", "left-all": "unsubscribed", "no-address": "no_email",
        "LEFT-UPPER": "unsubscribed", "nobody": "gone", "n\x00l": "gone",
    }  # fmt: skip


def test_who_left_one_topic_still_gets_the_others(engine: sa.Engine, clock: FixedClock) -> None:
    reader = SqlRecipients(engine, clock)
    assert reader.barred(["left-events"], topic="product") == {}
    assert reader.barred(["left-all"], topic="product") == {"left-all": "unsubscribed"}


def test_a_segment_may_lift_three_reasons_and_no_other(
    engine: sa.Engine, clock: FixedClock
) -> None:
    everything = ["unsubscribed", "complained", "suppressed", "bounced", "no_consent",
                  "frequency_cap", "gone", "no_email"]  # fmt: skip
    reader = SqlRecipients(engine, clock)
    found = reader.barred([*PEOPLE, "nobody"], include_anyway=everything, topic="events")
    assert set(found) == {
        "left", "spam", "gdpr", "left-events", "left-all", "no-address", "LEFT-UPPER", "nobody"
    }  # fmt: skip


def test_it_agrees_with_the_segment_engine(engine: sa.Engine, clock: FixedClock) -> None:
    class Reader:
        def catalogue(self):
            raise AssertionError("not asked")

    segment = Segment(name="all", filter=All(of=()), as_of=clock.now())
    allowed = set(SqlSegments(engine, Reader()).members(segment))
    barred = SqlRecipients(engine, clock).barred(list(PEOPLE))
    by_policy = {who for who, why in barred.items() if why != "no_email"} - {"left-all"}
    assert allowed == set(PEOPLE) - by_policy


def test_recipients_come_in_order_with_their_fields(engine: sa.Engine, clock: FixedClock) -> None:
    reader = SqlRecipients(engine, clock)
    found = reader.recipients(["no-consent", "nobody", "fine"])
    assert [one.contact_id for one in found] == ["no-consent", "fine"]
    assert found[0].fields["company.name"] == "Own Words Ltd"
    assert found[1].fields == {
        "contact.email": "fine@x.example", "contact.first_name": "Zoë", "company.name": "Acme",
        "contact.company_name": "Acme", "company.domain": "acme.example", "company.city": "Bonn",
    }  # fmt: skip
    assert reader.recipients([]) == []
    assert reader.barred([]) == {}
