"""The audit of a small CRM, counted by hand: scores, worst fields and records, what would help."""

import importlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.hygiene.audit import Audit, headline, summary, trend_of
from tools.hygiene.audit.asks import ASKS, ask_of
from tools.hygiene.audit.run import audit_table
from tools.hygiene.audit.scores import SCORES
from tools.hygiene.catalogue import DETECTORS
from tools.hygiene.columns import Columns

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def micros(days_ago: int) -> int:
    return int((NOW - timedelta(days=days_ago)).timestamp() * 1_000_000)


def person(number: int, **more: Any) -> dict[str, Any]:
    """A contact that nothing is wrong with."""
    names = ("Anna", "Berta", "Clara", "Dora", "Emma", "Frieda", "Greta", "Hanna")
    return {
        "id": f"c{number}", "email": f"{names[number].lower()}.keller@acme.de",
        "first_name": names[number], "last_name": "Keller", "country": "Germany",
        "phone": f"+49 30 9018{number}123".replace(" ", ""), "job_title": "Head of Marketing",
        "seniority": "director", "job_function": "marketing",
        "lifecycle_stage": "lead", "owner": "Priya Nair", "lead_source": "webinar",
        "consent": "granted", "company_id": "f1", "company_name": "Acme", "language": "de",
        "created_at": micros(100), "updated_at": micros(10),
        "company.country": "Germany", "company.domain": "acme.de", "company.name": "Acme",
    } | more  # fmt: skip


def firm(**more: Any) -> dict[str, Any]:
    return {
        "id": "f1", "name": "Acme", "domain": "acme.de", "industry": "software",
        "country": "Germany", "employees": 120, "owner": "Priya Nair", "contacts": 8,
        "created_at": micros(100), "updated_at": micros(10),
    } | more  # fmt: skip


def audited(*contacts: dict[str, Any], companies: tuple[dict[str, Any], ...] = ()) -> Audit:
    found = companies or (firm(),)
    return audit_table(Columns.of(as_of=NOW, contacts=contacts, companies=found))


def counts(audit: Audit) -> dict[str, tuple[int, int]]:
    return {one.name: (one.good, one.of) for one in audit.scores}


def test_a_clean_crm_scores_a_hundred_everywhere() -> None:
    audit = audited(*(person(n) for n in range(8)))
    assert [one.value for one in audit.scores] == [100.0] * 6, audit.detectors
    assert audit.helps == ()
    assert audit.marketable == 8


def test_each_score_counts_what_its_definition_says() -> None:
    audit = audited(
        person(0, lead_source=None, owner="n/a"),
        person(1, email="berta@gmail.con"),
        person(2, phone="030 9018 1123"),
        person(3, created_at=micros(900), updated_at=micros(800), engaged_at=None),
        person(4, consent="denied"),
        person(5, bounced_at=micros(5)),
        person(6, bounced_at=micros(50), engaged_at=micros(5)),
        person(7, email="anna.keller+news@acme.de", first_name="Anna"),
    )
    found = counts(audit)
    assert found["completeness"] == (8 * 8 + 4 - 2, 8 * 8 + 4)
    assert found["freshness"] == (8, 9)
    assert found["marketability"] == (5, 8), "denied, bounced and undeliverable are out"
    assert found["uniqueness"] == (8, 9), "a tag behind + is the same mailbox"
    assert found["validity"] == (7, 9)


def test_a_record_without_dates_is_neither_fresh_nor_stale() -> None:
    audit = audited(person(0, created_at=None, updated_at=None), person(1))
    assert counts(audit)["freshness"] == (2, 2)


def test_an_empty_crm_is_no_disaster() -> None:
    audit = audit_table(Columns.of(as_of=NOW))
    assert [one.value for one in audit.scores] == [100.0] * 6
    assert "nothing in the CRM" in headline(audit)
    assert summary(audit)


def test_what_helps_most_is_marketable_records_times_severity_times_confidence() -> None:
    spoilt = [person(n, phone=f"030 9018{n}123") for n in range(5)]
    spoilt += [person(n, first_name=f"{'FG'[n - 5]}RIEDA", consent="denied") for n in (5, 6)]
    audit = audited(*spoilt)
    assert audit.helps[0].request == "fix the phone numbers of 5 contacts"
    assert audit.helps[0].marketable == 5
    first = audit.helps[0]
    assert first.weight == pytest.approx(5 * first.severity * first.confidence)
    assert all("names" not in one.request for one in audit.helps), "nobody of them can be mailed"
    one = audited(person(0, phone="030 9018 0123"))
    assert one.helps[0].request == "fix the phone numbers of 1 contact"


def test_test_records_are_not_worth_a_repair() -> None:
    audit = audited(person(0, email="asdf@acme.de", first_name="Test", last_name="Test",
                           phone="030 9018 0123"))  # fmt: skip
    assert not any("phone" in one.request for one in audit.helps)
    assert audit.marketable == 0


def test_the_worst_records_come_with_what_is_wrong_and_the_worst_fields_with_who_says_so() -> None:
    audit = audited(
        person(0), person(1, email="berta@@acme", phone="12", owner=None), person(2, owner=None)
    )
    worst = audit.records[0]
    assert worst.record == "c1"
    assert worst.flaws[0].severity == "error"
    assert {one.field for one in worst.flaws} >= {"email", "phone", "owner"}
    owner = next(one for one in audit.fields if one.field == "owner")
    assert (owner.records, owner.of) == (2, 3)
    assert owner.detectors == ("missing_field",)


def test_the_trend_says_what_rose_and_what_fell() -> None:
    before = audited(person(0, phone="030 9018 0123"), person(1))
    now = audited(person(0), person(1, owner=None))
    trend = trend_of(before, now)
    moves = {one.name: one.by for one in trend.scores}
    assert moves["validity"] > 0 > moves["completeness"]
    assert {(one.name, one.by) for one in trend.findings} >= {
        ("phone_format", -1), ("missing_field", 1),
    }  # fmt: skip
    assert "(+" in summary(now, trend)


def test_every_definition_names_the_code_that_computes_it() -> None:
    for score in audited(person(0)).scores:
        module, _, name = score.computed_by.rpartition(".")
        assert getattr(importlib.import_module(module), name).__name__ == score.name
        assert len(score.definition) > 40
    assert [rule.name for rule in SCORES] == [
        "completeness", "validity", "uniqueness", "consistency", "freshness", "marketability",
    ]  # fmt: skip


def test_every_detector_that_repairs_can_be_asked_for_and_no_other() -> None:
    repairing = {one.name for one in DETECTORS if one.repairs}
    asked = [name for ask in ASKS for name in ask.detectors]
    assert len(asked) == len(set(asked))
    assert set(asked) == repairing
    assert all(ask_of(name) for name in repairing)


def test_an_audit_is_the_same_after_a_trip_through_json() -> None:
    audit = audited(person(0, phone="030 9018 0123"), person(1, first_name="李"))
    assert Audit.model_validate_json(audit.model_dump_json()) == audit


words = st.one_of(st.none(), st.text(max_size=12))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.fixed_dictionaries({"first_name": words, "email": words, "phone": words,
                                       "country": words, "owner": words}), max_size=6))  # fmt: skip
def test_no_words_break_it_and_scores_stay_shares(rows: list[dict[str, Any]]) -> None:
    contacts = [person(0) | row | {"id": f"c{n}"} for n, row in enumerate(rows)]
    audit = audit_table(Columns.of(as_of=NOW, contacts=contacts, companies=[firm()]))
    assert all(0 <= one.good <= one.of for one in audit.scores)
    assert Audit.model_validate_json(audit.model_dump_json()).scores == audit.scores
