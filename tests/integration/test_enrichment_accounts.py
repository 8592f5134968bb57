"""The embedded source: the CRM's own accounts and colleagues fill gaps, and only gaps."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.records import company, contact, fill, snapshot
from tools.crm.local import migrate
from tools.crm.local.catalogue import build_catalogue
from tools.crm.local.schema import companies, contacts
from tools.enrichment.accounts import AccountEnricher, AccountGaps
from tools.enrichment.fill import Enrichment, fill_gaps
from tools.enrichment.port import ENRICH_FIELDS
from tools.sql import create_engine


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = create_engine(database_url)
    migrate.upgrade(engine)
    yield engine
    engine.dispose()


def enrich(engine: sa.Engine, **scope) -> Enrichment:
    gaps = AccountGaps(engine).gaps(ENRICH_FIELDS, **scope)
    return fill_gaps(gaps, [AccountEnricher(engine)], build_catalogue())


def proposed(found: Enrichment) -> dict[tuple[str, str], str | None]:
    return {(one.record, one.field): one.after for one in found.changes}


def at(number: int, domain: str, **rest):
    return contact(number, email=f"p{number}@{domain}", **({"country": None} | rest))


def test_an_account_names_industry_size_and_country_with_source_and_date(engine) -> None:
    march = 1_772_323_200_000_000  # 2026-03-01
    fill(
        engine, companies,
        company(1, name="Acme GmbH", domain="acme.de", industry="software", employees=120,
                country="Germany", updated_at=march),
        company(2, name="Acme", domain="acme.de"),
    )  # fmt: skip
    fill(engine, contacts, at(1, "acme.de"))
    before = snapshot(engine)
    found = enrich(engine)
    told = proposed(found)
    assert told["co_2", "industry"] == "software"
    assert told["co_2", "employees"] == "120"
    assert told["co_2", "country"] == "Germany"
    assert ("c_000001", "company_name") not in told  # the two accounts spell it differently
    assert told["c_000001", "country"] == "Germany"
    one = next(one for one in found.changes if one.field == "industry")
    assert one.before is None
    assert 'CRM account co_1 ("Acme GmbH"), as of 2026-03-01' in one.evidence
    assert one.confidence < 0.99
    country = next(one for one in found.changes if one.record == "co_2" and one.field == "country")
    assert "ending is that country's" in country.evidence
    personal = next(one for one in found.changes if one.record == "c_000001")
    assert personal.confidence < 0.8
    assert found.words() == "0 of 0 credits spent"
    assert snapshot(engine) == before


def test_nothing_is_overwritten_and_strangers_domains_say_nothing(engine) -> None:
    fill(
        engine, companies,
        company(1, name="Acme", domain="acme.com", industry="software", country="France"),
        company(2, name="Post", domain="gmail.com", industry="media"),
        company(3, domain="gmail.com"),
        company(4, domain="mailinator.com"),
        company(5, domain="mailinator.com", industry="media"),
    )  # fmt: skip
    fill(engine, contacts, at(1, "acme.com", company_name="Old", country="Spain"),
         at(2, "gmail.com"), at(3, "co.uk"), at(4, "unknown.example"))  # fmt: skip
    assert proposed(enrich(engine)) == {}


def test_a_conflict_between_accounts_or_colleagues_is_not_settled_by_us(engine) -> None:
    fill(
        engine, companies,
        company(1, name="Acme", domain="acme.com", industry="software"),
        company(2, name="Acme", domain="acme.com", industry="media"),
        company(3, name="Acme", domain="acme.com"),
        company(4, name="Umbra", domain="umbra.com", country="France"),
        company(5, name="Umbra", domain="umbra.com"),
    )  # fmt: skip
    people = [at(n, "umbra.com", country="Spain") for n in range(5)]
    fill(engine, contacts, *people, at(9, "umbra.com"), at(10, "acme.com"))
    found = enrich(engine)
    told = proposed(found)
    assert ("co_3", "industry") not in told
    assert ("co_5", "country") not in told
    assert ("c_000009", "country") not in told
    assert told["c_000010", "company_name"] == "Acme"
    assert found.disputed >= 3


def test_colleagues_are_believed_from_three_on_where_nearly_all_agree(engine) -> None:
    fill(
        engine, contacts,
        *(at(n, "one.com", company_name="One Ltd") for n in range(2)), at(2, "one.com"),
        *(at(n, "two.com", company_name="Two AG" if n % 2 else "TWO AG") for n in range(10, 14)),
        at(14, "two.com"),
        *(at(n, "tri.com", company_name="Tri" if n % 3 else "Other") for n in range(20, 26)),
        at(26, "tri.com"),
    )  # fmt: skip
    found = enrich(engine)
    assert proposed(found) == {("c_000014", "company_name"): "TWO AG"}
    assert "4 of 4 contacts there say so" in found.changes[0].evidence


def test_a_value_that_does_not_fit_the_field_is_no_value(engine) -> None:
    fill(
        engine, companies,
        company(1, domain="acme.com", industry="Softwares", employees=-3, country="Deutschland"),
        company(2, domain="acme.com"),
    )  # fmt: skip
    assert proposed(enrich(engine)) == {}


def test_a_scope_is_kept(engine) -> None:
    fill(engine, companies, company(1, name="Acme", domain="acme.com", industry="software"),
         company(2, domain="acme.com", name="Acme"))  # fmt: skip
    fill(engine, contacts, at(1, "acme.com"), at(2, "acme.com"))
    told = proposed(enrich(engine, contacts=["c_000002"], companies=[]))
    assert told == {("c_000002", "company_name"): "Acme"}
