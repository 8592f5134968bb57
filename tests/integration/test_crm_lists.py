"""The embedded CRM through its port: reading, and lists that come about once."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from gates.permit import Permit, PermitRow, spent
from placet.clock import FixedClock
from placet.errors import BadInput, EffectRefused, NotAllowed, NotInitialised
from placet.ids import DraftId, ListId, PermitId
from tools.crm.local import migrate
from tools.crm.local.crm import LocalCrm
from tools.crm.local.schema import contacts, effects, events, list_members, metadata
from tools.sql import create_engine


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = create_engine(database_url)
    migrate.upgrade(engine)
    with engine.begin() as connection:
        rows = [{"id": f"c_{n}", "email": f"p{n}@x.example"} for n in range(1_200)]
        connection.execute(sa.insert(contacts), rows)
    yield engine
    engine.dispose()


@pytest.fixture
def crm(engine: sa.Engine, clock: FixedClock) -> LocalCrm:
    return LocalCrm(engine, clock)


@pytest.fixture
def permit(clock: FixedClock) -> Permit:
    row = PermitRow(
        id=PermitId("pm_1"), draft_id=DraftId("dr_1"), revision=1, digest="d" * 64,
        issued_at=clock.now(), valid_until=clock.now() + timedelta(hours=1), spent_by="run",
    )  # fmt: skip
    return spent(row, by="run", digest="d" * 64)


def members(permit: Permit, ids: range) -> list[tuple[str, str]]:
    return [(permit.key(f"c_{n}"), f"c_{n}") for n in ids]


def create(crm: LocalCrm, permit: Permit, name: str = "VPs", key: str = "list") -> ListId:
    return crm.create_list(permit, key=permit.key(key), name=name, definition="{}")


def test_migrations_make_exactly_the_schema(database_url: str) -> None:
    engine = create_engine(database_url)
    with pytest.raises(NotInitialised, match="placet init"):
        migrate.check(engine)
    migrate.upgrade(engine)
    migrate.upgrade(engine)
    migrate.check(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": migrate.VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, metadata) == []
        names = sa.inspect(connection).get_table_names()
    assert set(names) == {*metadata.tables, migrate.VERSION_TABLE}
    engine.dispose()


def test_a_list_comes_about_once_per_key(crm: LocalCrm, permit: Permit) -> None:
    first = create(crm, permit)
    assert create(crm, permit) == first
    assert crm.list_by_key(permit.key("list")) == first
    assert crm.list_by_key(permit.key("other")) is None
    assert [one.name for one in crm.lists()] == ["VPs"]
    assert crm.lists()[0].definition == "{}"


def test_a_taken_name_is_refused_until_the_other_is_archived(crm: LocalCrm, permit: Permit) -> None:
    first = create(crm, permit)
    with pytest.raises(EffectRefused, match="has a list named 'VPs' already"):
        create(crm, permit, key="second")
    assert crm.list_by_key(permit.key("second")) is None
    assert crm.archive_list(permit, key=permit.key("undo"), list_id=first)
    assert create(crm, permit, key="second") != first


def test_members_are_added_once_and_the_vanished_left_out(
    crm: LocalCrm, permit: Permit, engine: sa.Engine
) -> None:
    list_id = create(crm, permit)
    asked = [*members(permit, range(100)), (permit.key("c_gone"), "c_gone")]
    expected = [f"c_{n}" for n in range(100)]
    assert crm.add_members(permit, list_id=list_id, members=asked) == expected
    with engine.begin() as connection:  # somebody takes one off the list by hand
        connection.execute(sa.delete(list_members).where(list_members.c.contact_id == "c_7"))
    expected.remove("c_7")
    assert crm.add_members(permit, list_id=list_id, members=asked) == expected
    assert crm.members_of(list_id) == sorted(expected)
    assert crm.lists()[0].members == 99
    with engine.connect() as connection:
        count = connection.scalar(sa.select(sa.func.count()).select_from(effects))
    assert count == 1 + 101


def test_a_hundred_members_take_a_handful_of_statements(
    crm: LocalCrm, permit: Permit, engine: sa.Engine
) -> None:
    list_id = create(crm, permit)
    seen: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    crm.add_members(permit, list_id=list_id, members=members(permit, range(100)))
    assert len(seen) < 10


def test_writes_that_do_not_fit_change_nothing(
    crm: LocalCrm, permit: Permit, engine: sa.Engine
) -> None:
    list_id = create(crm, permit)
    with pytest.raises(NotAllowed, match="not one of permit"):
        crm.create_list(permit, key="dr_2:1:list", name="Mine", definition="{}")
    with pytest.raises(EffectRefused, match="no list"):
        crm.add_members(permit, list_id=ListId("ls_none"), members=members(permit, range(3)))
    assert not crm.archive_list(permit, key=permit.key("no"), list_id=ListId("ls_none"))
    assert crm.archive_list(permit, key=permit.key("undo"), list_id=list_id)
    assert crm.archive_list(permit, key=permit.key("undo"), list_id=list_id)
    with pytest.raises(EffectRefused, match="archived"):
        crm.add_members(permit, list_id=list_id, members=members(permit, range(3)))
    assert (crm.lists(), crm.members_of(list_id)) == ([], [])
    with engine.connect() as connection:
        count = connection.scalar(sa.select(sa.func.count()).select_from(effects))
    assert count == 3  # list, no, undo


def test_two_runs_with_one_key_make_one_list(crm: LocalCrm, permit: Permit) -> None:
    found: list[ListId] = []
    together = threading.Barrier(4)

    def run() -> None:
        together.wait()
        found.append(create(crm, permit))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == len(crm.lists()) == 1


def test_assets_and_values_are_what_is_stored(crm: LocalCrm, engine: sa.Engine) -> None:
    assert crm.assets() == []
    names = ["Ähre", "/pricing", "March webinar", "/pricing", None, "a", "B"]
    rows = [
        {"contact_id": "c_1", "type": "page_view", "occurred_at": n, "asset": name, "key": str(n)}
        for n, name in enumerate(names)
    ]
    with engine.begin() as connection:
        connection.execute(sa.insert(events), rows)
        connection.execute(
            sa.update(contacts).where(contacts.c.id.in_(["c_1", "c_2"])).values(country="France")
        )
        connection.execute(sa.update(contacts).where(contacts.c.id == "c_3").values(country="Peru"))
    assert crm.assets() == sorted({name for name in names if name})
    assert crm.values("contact", "country") == ["France", "Peru"]
    assert crm.values("contact", "country", limit=1) == ["France"]
    for field in ("created_at", "lead_score", "nonsense"):
        with pytest.raises(BadInput, match="is not a text or picklist field"):
            crm.values("contact", field)
