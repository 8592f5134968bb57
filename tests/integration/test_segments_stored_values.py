"""The values a picklist column really holds, each once, and what equality makes of them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from tools.crm.local import schema
from tools.crm.local.catalogue import build_catalogue
from tools.crm.port import Catalogue
from tools.segments import stored, tree
from tools.segments.engine import SqlSegments
from tools.segments.stored import StoredValues
from tools.sql import create_engine

AS_OF = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HELD = [
    "Germany",
    "GERMANY",
    "germany",
    "Germny",
    "Germny",
    "France",
    "",
    "  ",
    "Ünland",
    None,
    None,
]


class _Reader:
    def catalogue(self) -> Catalogue:
        return build_catalogue()


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = create_engine(database_url)
    base = dict.fromkeys(column.name for column in schema.contacts.columns)
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        connection.execute(
            schema.contacts.insert(),
            [
                {**base, "id": f"c{n:02d}", "email": f"p{n}@example.com", "country": country}
                for n, country in enumerate(HELD)
            ],
        )
    yield engine
    engine.dispose()


def _segment(*countries: str) -> tree.Segment:
    node = tree.Property(field="country", is_=tree.In(values=countries))
    return tree.Segment(name="n", filter=node, as_of=AS_OF, use="internal")


def test_every_picklist_of_a_contact_can_be_skipped_through() -> None:
    indexed = {index.columns[0].name for index in schema.contacts.indexes}
    picklists = {
        one.name
        for one in build_catalogue().fields
        if one.subject == "contact" and one.type == "picklist"
    }
    assert picklists <= indexed


def test_every_value_is_found_once_and_only_columns_with_an_index_are_asked(engine) -> None:
    with engine.connect() as connection:
        values = StoredValues(connection)
        assert sorted(values.of("country") or ()) == sorted(
            {one for one in HELD if one is not None}
        )
        assert values.of("lead_source") == []
        assert values.of("city") is None
        assert values.count("country", ["Germny", "France", "Spain"]) == {"Germny": 2, "France": 1}


def test_all_spellings_of_a_value_match_and_a_value_nobody_holds_finds_nobody(engine) -> None:
    segments = SqlSegments(engine, _Reader())  # type: ignore[arg-type]
    assert segments.members(_segment("gErmany")) == ["c00", "c01", "c02"]
    assert segments.members(_segment("Spain")) == []
    assert segments.members(_segment("ünland", "spain")) == ["c08"]
    assert segments.preview(_segment("Spain")).members == ()


def test_a_column_with_too_many_values_is_tested_row_by_row(engine, monkeypatch) -> None:
    whole = SqlSegments(engine, _Reader()).preview(_segment("germany"))  # type: ignore[arg-type]
    monkeypatch.setattr(stored, "_MOST", 5)
    with engine.connect() as connection:
        assert StoredValues(connection).of("country") is None
    cut = SqlSegments(engine, _Reader()).preview(_segment("germany"))  # type: ignore[arg-type]
    assert cut.members == whole.members == ("c00", "c01", "c02")
    assert whole.warnings == (
        '2 contacts carry country values that are not in the list ("Germny" 2) and cannot match',
    )
    assert [line.removeprefix("at least ") for line in cut.warnings] == list(whole.warnings)
