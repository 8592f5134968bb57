"""The compiled SQL and the plain-Python evaluator agree on random trees over random data."""

import json
import os
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tools.crm.local import schema
from tools.crm.local.catalogue import build_catalogue
from tools.segments import reference, scan, tree
from tools.segments.compile import Compiler
from tools.segments.dates import micros, zone_of
from tools.segments.engine import SqlSegments
from tools.segments.lists import StoredLists
from tools.segments.stored import StoredValues
from tools.segments.use import UsePolicy
from tools.sql import create_engine, reading

FULL = bool(os.environ.get("PLACET_TEST_FULL"))
EXAMPLES = 2_000 if FULL else 120

# The hour that is skipped and the one that comes twice, in two zones, and ordinary moments.
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
MOMENTS = [
    datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
    datetime(2026, 3, 28, 23, 0, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
    datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
    datetime(2026, 3, 8, 7, 0, tzinfo=UTC),
    datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
    datetime(2026, 11, 23, 23, 0, tzinfo=UTC),
    datetime(2026, 1, 1, 0, 0, tzinfo=UTC),
    datetime(2024, 2, 29, 12, 0, tzinfo=UTC),
]
TEXTS = [
    "Germany", "GERMANY", "germany ", " ", "", None, "Müller", "MÜLLER", "mu\u0308ller", "Straße",
    "STRASSE", "STRAẞE", "İstanbul", "istanbul", "ISTANBUL", "ıstanbul", "ΣΊΣΥΦΟΣ", "σίσυφος",
    "100%", "a_b", "axb", "back\\slash", "\u212aelvin", "kelvin", "ſpain", "Spain", "x' OR '1'='1",
    "\u202eevil\u200b", "Ǆ", "ǆ", "ﬁn", "漢字", "😀 smile", "a\nb", "\t",
    "'; DROP TABLE crm_contacts; --",
]  # fmt: skip
NEEDLES = [text for text in TEXTS if text and text.strip(" \t\n")] + [
    "a",
    "s",
    "%",
    "_",
    "\\",
    "σς",
]
COUNTRIES = ["Germany", "France", "Spain", "germany", "FRANCE"]
STAGES = ["customer", "lead", "Customer", "opportunity"]
TYPES = ["email_open", "email_sent", "email_click", "webinar_attended"]


def _times(chance: random.Random) -> int:
    at = chance.choice(MOMENTS) + timedelta(
        days=chance.choice([0, 0, 0, -1, 1, -7, -30, -90, -400]),
        microseconds=chance.choice([0, 0, -1, 1]),
    )
    return micros(at)


def _data(chance: random.Random) -> reference.Data:
    companies = [
        {
            "id": f"co_{n}", "name": chance.choice([t for t in TEXTS if t]),
            "industry": chance.choice(["retail", "software", None, "Retail"]),
            "employees": chance.choice([None, 1, 50, 51, 1000]),
            "annual_revenue": chance.choice([None, 0.5, 1e6]),
            "country": chance.choice([*COUNTRIES, None]),
            "created_at": chance.choice([None, _times(chance)]),
        }
        for n in range(6)
    ]  # fmt: skip
    contacts = [
        {
            "id": f"ct_{n:03d}", "email": f"p{n}@example.com", "first_name": chance.choice(TEXTS),
            "job_title": chance.choice(TEXTS), "city": chance.choice(TEXTS),
            "country": chance.choice([*COUNTRIES, None, "", "Germny"]),
            "lifecycle_stage": chance.choice([*STAGES, None, "  "]),
            "lead_score": chance.choice([None, 0, 10, 50, 99]),
            "company_id": chance.choice([None, *(c["id"] for c in companies)]),
            "consent": chance.choice(["granted", "granted", "Granted", "denied", None]),
            "created_at": chance.choice([None, _times(chance)]),
        }
        for n in range(60)
    ]  # fmt: skip
    events = [
        {
            "id": n + 1, "contact_id": chance.choice(contacts[:45])["id"],
            "type": chance.choice(TYPES), "occurred_at": _times(chance),
            "asset": chance.choice(TEXTS), "key": f"k{n}",
        }
        for n in range(400)
    ]  # fmt: skip
    deals = [
        {
            "id": f"d_{n}", "name": "deal",
            "contact_id": chance.choice([None, *(c["id"] for c in contacts[:20])]),
            "company_id": chance.choice([None, *(c["id"] for c in companies)]),
            "stage": chance.choice(["closed_won", "closed_lost", None]),
            "amount": chance.choice([None, 10.0, 10.5, 1e5]),
            "close_date": chance.choice([None, _times(chance)]),
        }
        for n in range(30)
    ]  # fmt: skip
    stored = tree.Segment(
        name="s", as_of=datetime(2020, 1, 1, tzinfo=UTC),
        filter=tree.Property(field="country", is_=tree.Equals(value="germany")),
    )  # fmt: skip
    lists = [
        {"id": "l_1", "name": "Näme", "definition": None, "created_at": 0, "archived": False},
        {"id": "l_2", "name": "Stored", "definition": stored.model_dump_json(by_alias=True),
         "created_at": 0, "archived": False},
        {"id": "l_3", "name": "Näme", "definition": None, "created_at": 0, "archived": True},
    ]  # fmt: skip
    on_it = [
        {"list_id": one, "contact_id": contact["id"], "added_at": 0}
        for one in ("l_1", "l_3")
        for contact in contacts
        if chance.random() < 0.3
    ]
    suppressions = [
        {"email": contact["email"], "at": 0,
         "reason": chance.choice(["unsubscribed", "complained", "bounced", "gdpr"])}
        for contact in contacts if chance.random() < 0.2
    ]  # fmt: skip
    return reference.Data(
        contacts=contacts, companies=companies, events=events, deals=deals, lists=lists,
        list_members=on_it, suppressions=suppressions,
    )  # fmt: skip


class World(NamedTuple):
    """One database and the same rows in memory."""

    engine: sa.Engine
    data: reference.Data

    def __repr__(self) -> str:
        return f"<world on {self.engine.dialect.name}>"


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def world(request, tmp_path_factory) -> Iterator[World]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('segments') / 'crm.db'}"
    else:
        url = _fresh(request.getfixturevalue("postgres_server"))
    engine = create_engine(url)
    data = _data(random.Random(20261124))
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        for table, rows in (
            (schema.companies, data.companies), (schema.contacts, data.contacts),
            (schema.events, data.events), (schema.deals, data.deals), (schema.lists, data.lists),
            (schema.list_members, data.list_members), (schema.suppressions, data.suppressions),
        ):  # fmt: skip
            connection.execute(table.insert(), [dict(row) for row in rows])
    yield World(engine, data)
    engine.dispose()


def _fresh(server: str) -> str:
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text("DROP DATABASE IF EXISTS segments_random WITH (FORCE)"))
        connection.execute(sa.text("CREATE DATABASE segments_random"))
    admin.dispose()
    return server.replace("/postgres?", "/segments_random?")


# --- random trees ---------------------------------------------------------------------------------

as_ofs = st.sampled_from(MOMENTS) | st.sampled_from(MOMENTS).map(lambda at: at.astimezone(BERLIN))
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"])
unknowns = st.sampled_from(["include", "exclude"])
units = st.sampled_from(["day", "week", "month", "year", "hour"])
moments = st.one_of(
    st.builds(
        tree.Absolute,
        at=st.sampled_from([
            date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1), date(2026, 3, 8), *MOMENTS,
            date(2026, 1, 1),
        ]),
    ),
    st.builds(tree.Ago, amount=st.sampled_from([-30, -1, 0, 1, 7, 29, 30, 31, 90]), unit=units),
)  # fmt: skip
dates = st.one_of(
    st.builds(tree.Before, moment=moments),
    st.builds(tree.After, moment=moments),
    st.builds(tree.During, start=moments, end=moments),
    st.builds(tree.Within, amount=st.sampled_from([1, 7, 30, 90, 400]), unit=units),
    st.builds(
        tree.Period,
        name=st.sampled_from(["today", "yesterday", "this_week", "last_month", "last_quarter",
                              "this_year", "next_week"]),
    ),
)  # fmt: skip
texts = st.sampled_from(NEEDLES) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=8
).filter(lambda text: text.strip(" \t\n\r\v\f"))
text_tests = st.one_of(
    st.builds(tree.Equals, value=texts),
    st.builds(tree.In, values=st.lists(texts, min_size=1, max_size=5).map(tuple)),
    st.builds(tree.Contains, text=texts),
    st.builds(tree.StartsWith, text=texts),
)
numbers = st.sampled_from([0, 1, 9.5, 10, 10.0, 10.5, 50, 99, -3, 10**12])
number_tests = st.one_of(
    st.builds(tree.Equals, value=numbers),
    st.builds(tree.In, values=st.lists(numbers, min_size=1, max_size=4).map(tuple)),
    st.builds(tree.Greater, value=numbers, or_equal=st.booleans()),
    st.builds(tree.Less, value=numbers, or_equal=st.booleans()),
    st.tuples(numbers, numbers).map(lambda two: tree.Between(low=min(two), high=max(two))),
)


def _property(fields: dict[str, st.SearchStrategy]) -> st.SearchStrategy:
    return st.one_of(
        *(
            st.builds(
                tree.Property,
                field=st.just(name),
                is_=tests | st.just(tree.IsSet()),
                unknown=unknowns,
            )
            for name, tests in fields.items()
        )
    )


def _picked(values: list[str]) -> st.SearchStrategy:
    return st.one_of(
        st.builds(tree.Equals, value=st.sampled_from(values)),
        st.builds(
            tree.In, values=st.lists(st.sampled_from(values), min_size=1, max_size=3).map(tuple)
        ),
    )


def _logic(leaves: st.SearchStrategy) -> st.SearchStrategy:
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(tree.All, of=st.lists(inner, max_size=3).map(tuple)),
            st.builds(tree.AnyOf, of=st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(tree.Not, of=inner),
        ),
        max_leaves=5,
    )


ranges = st.sampled_from([(1, None), (2, None), (0, 0), (0, 1), (1, 2), (3, None), (2, 2)])
types = st.lists(st.sampled_from(TYPES), min_size=1, max_size=3).map(tuple)


def _ranged(model: type, **fields: st.SearchStrategy) -> st.SearchStrategy:
    return ranges.flatmap(
        lambda two: st.builds(model, at_least=st.just(two[0]), at_most=st.just(two[1]), **fields)
    )


own = _property({
    "first_name": text_tests, "job_title": text_tests, "city": text_tests,
    "country": _picked(COUNTRIES), "lifecycle_stage": _picked(STAGES),
    "lead_score": number_tests, "created_at": dates,
})  # fmt: skip
events = _ranged(tree.Event, types=types, window=st.none() | dates, asset=st.none() | text_tests)
last = st.builds(tree.LastEvent, types=types, is_=dates, unknown=unknowns)
deal = _logic(
    _property({"stage": _picked(["closed_won"]), "amount": number_tests, "close_date": dates})
)
deals = _ranged(tree.Deals, where=st.none() | deal)
colleagues = _ranged(tree.CompanyContacts, where=st.none() | _logic(own | events | last))
companies = st.builds(
    tree.Company,
    where=_logic(
        _property({"name": text_tests, "industry": _picked(["retail"]), "employees": number_tests,
                   "annual_revenue": number_tests, "created_at": dates})
        | colleagues | deals
    ),
    unknown=unknowns,
)  # fmt: skip
others = st.one_of(
    st.sampled_from(
        [tree.InList(list="Näme"), tree.InList(list="l_1"), tree.InSegment(segment="Stored")]
    ),
    st.builds(tree.Bucket, salt=st.sampled_from(["", "ü", "a:b"]), of=st.just(7),
              take=st.lists(st.integers(0, 6), min_size=1, max_size=4).map(tuple)),
)  # fmt: skip
filters = _logic(st.one_of(own, events, last, deals, companies, others))
segments = st.builds(
    tree.Segment,
    name=st.just("n"), filter=filters, as_of=as_ofs, timezone=zones,
    use=st.sampled_from(["marketing", "internal"]),
    include_anyway=st.lists(
        st.sampled_from(["no_consent", "unsubscribed", "suppressed", "frequency_cap"]), unique=True
    ).map(tuple),
)  # fmt: skip

POLICY = UsePolicy(cap=1, cap_days=10)
relaxed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture,
                           HealthCheck.data_too_large],
)  # fmt: skip


class _Reader:
    """The catalogue alone: what the engine asks its CRM reader for."""

    def catalogue(self):
        return build_catalogue()


@relaxed
@given(segment=segments)
def test_sql_and_python_find_the_same_people(world, segment: tree.Segment) -> None:
    engine, data = world
    sql, python = SqlSegments(engine, _Reader(), POLICY), reference.Reference(data, POLICY)
    preview = sql.preview(segment)
    expected = python.members(segment)
    assert list(preview.members) == expected
    assert list(sql.members(segment)) == expected
    assert sql.count(segment) == len(expected)
    matching = set(python.matching(segment))
    assert preview.matching == len(matching)
    left_out = [python.excluded(segment, row) for row in data.contacts if row["id"] in matching]
    assert {one.reason: one.count for one in preview.left_out} == {
        reason: left_out.count(reason) for reason in set(left_out) if reason
    }
    assert preview.funnel[-1].remaining == len(expected)
    assert [step.remaining for step in preview.funnel] == sorted(
        (step.remaining for step in preview.funnel), reverse=True
    )


@relaxed
@given(node=filters, as_of=as_ofs, zone=zones)
def test_no_condition_is_ever_null_and_not_is_the_exact_complement(
    world, node, as_of: datetime, zone: str
) -> None:
    engine, _ = world
    with reading(engine).connect() as connection:
        lists = (
            SqlSegments(engine, _Reader())
            ._compiler(connection, tree.Segment(name="n", filter=node, as_of=as_of, timezone=zone))
            ._lists
        )
        for stored in (None, StoredValues(connection)):  # equality row by row, and by stored value
            compiler = Compiler(
                dialect=engine.dialect.name,
                as_of=as_of,
                zone=zone_of(zone),
                lists=lists,
                stored=stored,
            )
            scope = compiler.scope("contact")
            holds = compiler.condition(node, scope)
            negated = compiler.condition(node, scope, negated=True)
            source = scope.table
            count = sa.select(sa.func.count()).select_from(source)
            assert connection.scalar(count.where(holds.is_(None))) == 0
            assert connection.scalar(count.where(negated.is_(None))) == 0
            either = connection.scalar(count.where(holds)) + connection.scalar(count.where(negated))
            assert either == 60
            assert connection.scalar(count.where(sa.and_(holds, negated))) == 0


def test_negated_membership_is_not_exists_and_values_are_bound(world) -> None:
    engine, _ = world
    node = tree.Not(of=tree.Event(types=("email_open",), asset=tree.Equals(value="Robert'); --")))
    compiler = Compiler(
        dialect=engine.dialect.name, as_of=MOMENTS[-4], zone=UTC, lists=StoredLists([])
    )
    query = scan.members(
        compiler,
        tree.Segment(name="n", filter=node, as_of=MOMENTS[-4], use="internal"),
        POLICY,
    )
    sql = str(query.compile(engine))
    assert "NOT (EXISTS" in sql
    assert "NOT IN" not in sql
    assert "obert" not in sql


def test_the_stored_definition_is_json_a_person_could_keep(world) -> None:
    _, data = world
    assert json.loads(data.lists[1]["definition"])["filter"]["op"] == "property"
