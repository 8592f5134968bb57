"""From findings to repairs: joined, apart by certainty, never two for one field."""

from datetime import UTC, datetime
from typing import Any

from tools.hygiene.columns import Columns
from tools.hygiene.plan import plan

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def table(*contacts: dict[str, Any]) -> Columns:
    rows = [{"id": f"c{n}", "email": f"p{n}@firma.de"} | row for n, row in enumerate(contacts)]
    return Columns.of(as_of=NOW, contacts=rows)


def test_repairs_of_one_field_build_on_each_other() -> None:
    damaged = " MR. " + "JÜRGEN".encode().decode("latin-1")
    made = plan(table({"first_name": damaged, "last_name": "WEBER"}))
    changes = {one.field: one for one in made.certain}
    first = changes["first_name"]
    assert (first.before, first.after) == (damaged, "Jürgen")
    assert first.rule == "mojibake+text_spacing+name_salutation+name_case"
    assert changes["last_name"].after == "Weber"
    assert (made.likely, made.doubtful) == ((), ())


def test_a_doubtful_repair_waits_for_the_certain_one_of_its_field() -> None:
    made = plan(table({"country": "germny "}))
    assert [(one.before, one.after) for one in made.certain] == [("germny ", "germny")]
    assert [one.reason for one in made.dropped if one.change.after == "Germany"] == [
        "A certain repair of the same field goes first."
    ]
    after = made.certain[0]
    later = plan(table({"country": after.after}))
    assert [(one.before, one.after) for one in later.likely] == [("germny", "Germany")]


def test_a_repair_is_no_surer_than_what_it_rests_on() -> None:
    made = plan(table({"country": "Germny", "phone": "030 1234567"}))
    assert {one.field: one.after for one in made.likely} == {
        "country": "Germany", "phone": "+49301234567",
    }  # fmt: skip
    assert made.certain == ()


def test_two_contacts_never_get_one_address() -> None:
    made = plan(table({"email": "ANA@firma.de"}, {"email": "<ana@firma.de>"}))
    assert list(made) == []
    assert {one.change.record for one in made.dropped} == {"c0", "c1"}


def test_both_halves_of_a_swap_stand_or_fall_together() -> None:
    others = [{"first_name": "Anna", "last_name": "Schmidt"}] * 9
    swapped = {"first_name": "SCHMIDT", "last_name": "Anna", "email": "anna.schmidt@x.de"}
    made = plan(table(swapped, *others))
    assert {(one.field, one.after) for one in made if one.record == "c0"} == {
        ("first_name", "Anna"), ("last_name", "Schmidt"),
    }  # fmt: skip


def test_test_records_are_not_repaired() -> None:
    made = plan(table({"email": "test@example.com", "first_name": "TEST", "last_name": "USER"}))
    assert list(made) == []


def test_the_same_field_is_proposed_once_and_in_order() -> None:
    rows = [{"first_name": " ANNA", "country": "DEU", "phone": "030/1234567"} for _ in range(5)]
    made = plan(table(*rows))
    places = [(one.subject, one.record, one.field) for one in made]
    assert len(places) == len(set(places)) == 15
    assert [one.record for one in made.certain] == sorted(one.record for one in made.certain)


def test_only_records_in_scope_are_repaired() -> None:
    held = table({"first_name": " ANNA"}, {"first_name": " BEA"})
    assert {one.record for one in plan(held.within({"contact": {"c1"}}))} == {"c1"}
    assert list(plan(held.within({}))) == []
