"""A poison is planted for a while and leaves no trace, on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.records import contact, fill
from tools.crm.local.migrate import MIGRATIONS
from tools.crm.local.sample.poison import poisoned
from tools.crm.local.schema import companies, contacts, deals, events, lists
from tools.sql import create_engine

TEXT = "'; DROP TABLE crm_contacts; -- \u202e"


@pytest.fixture
def crm(database_url: str) -> Iterator[sa.Engine]:
    engine = create_engine(database_url)
    MIGRATIONS.upgrade(engine)
    fill(engine, companies, {"id": "k_1", "name": "Acme"})
    fill(engine, contacts, contact(1), {**contact(2), "company_id": "k_1"})
    yield engine
    engine.dispose()


def _all(crm: sa.Engine) -> dict[str, list[tuple[object, ...]]]:
    with crm.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table))]
            for table in (companies, contacts, deals, events, lists)
        }


@pytest.mark.parametrize(
    ("carrier", "table"),
    [("contact.job_title", "crm_contacts"), ("contact.first_name", "crm_contacts"),
     ("company.name", "crm_companies"), ("list", "crm_lists"), ("deal", "crm_deals"),
     ("asset", "crm_events")],
)  # fmt: skip
def test_what_is_planted_is_gone_afterwards(crm: sa.Engine, carrier: str, table: str) -> None:
    before = _all(crm)
    ids = [row[0] for row in before["crm_contacts"]]
    with poisoned(crm, carrier, TEXT, contacts=[str(one) for one in ids]):
        during = _all(crm)
        assert any(TEXT in row for row in during[table])
        assert {name for name, rows in during.items() if rows != before[name]} == {table}
    after = _all(crm)
    assert {name: sorted(map(repr, rows)) for name, rows in after.items()} == {
        name: sorted(map(repr, rows)) for name, rows in before.items()
    }


def test_a_run_that_fails_leaves_no_poison_either(crm: sa.Engine) -> None:
    before = _all(crm)
    with pytest.raises(RuntimeError), poisoned(crm, "list", TEXT, contacts=["c_1"]):
        raise RuntimeError
    assert _all(crm) == before


def test_nobody_to_poison_is_said(crm: sa.Engine) -> None:
    with pytest.raises(ValueError, match="none of 1 contacts has a company"):
        poisoned(crm, "company.name", TEXT, contacts=["c_nobody"]).__enter__()
    with pytest.raises(ValueError, match="nothing called colour"):
        poisoned(crm, "colour", TEXT, contacts=["c_1"]).__enter__()
