"""Who stays, what each field holds, what is lost, and that nobody gets easier to reach."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tools.crm.local.schema import companies, contacts
from tools.hygiene.duplicates import FieldChoice, Lost, Merge, fingerprint
from tools.hygiene.duplicates.records import Part
from tools.hygiene.duplicates.survivor import (
    choices,
    lost_values,
    ordered,
    stricter_opt_outs,
)


def part(record: str, *, events: int = 0, **fields: Any) -> Part:
    row = dict.fromkeys(contacts.c.keys()) | {"id": record, "email": f"{record}@acme.com"} | fields
    suppressed = row.pop("suppressed", None)
    topics = row.pop("topics_off", ())
    return Part(
        row=row, events=events, suppressed=suppressed, topics_off=topics,
        refused=suppressed not in (None, "bounced"),
    )  # fmt: skip


def firm(record: str, *, people: int = 0, **fields: Any) -> Part:
    row = dict.fromkeys(companies.c.keys()) | {"id": record, "name": "Acme"} | fields
    return Part(row=row, others=people)


def first(*parts: Part) -> str:
    return ordered("contact", parts)[0].id


def test_who_stays() -> None:
    assert first(part("a", suppressed="bounced", events=9), part("b")) == "b"
    assert first(part("a", email="info@acme.com"), part("b", email="jo@acme.com")) == "b"
    assert first(part("a", email="jo@gmail.com"), part("b", email="jo@acme.com")) == "b"
    assert first(part("a", events=1), part("b", events=2)) == "b"
    assert first(part("a"), part("b", phone="1")) == "b"
    assert first(part("a", created_at=2), part("b", created_at=1)) == "b"
    assert first(part("b"), part("a")) == "a"
    kept = ordered("company", [firm("a", people=9), firm("b", domain="acme.com")])
    assert kept[0].id == "b"


def test_empty_fields_are_filled_from_who_changed_last() -> None:
    parts = [part("a"), part("b", phone="1", updated_at=1), part("c", phone="2", updated_at=2)]
    assert choices("contact", parts)["phone"] == FieldChoice(
        value="2", from_record="c", before=None
    )


def test_own_values_are_kept_and_others_are_told_as_lost() -> None:
    parts = [part("a", owner="Ana"), part("b", owner="Ben")]
    fields = choices("contact", parts)
    assert fields["owner"].value == "Ana"
    assert lost_values(fields, parts)["owner"] == (Lost(record="b", value="Ben"),)
    assert lost_values(fields, parts)["email"] == (Lost(record="b", value="b@acme.com"),)


def test_what_belongs_together_comes_from_one_record() -> None:
    parts = [
        part("a", country="Spain"),
        part("b", job_title="CEO", country="France", city="Lyon", company_name="B", updated_at=2),
        part("c", seniority="manager", country="Spain", city="Vigo", company_id="c1"),
    ]
    fields = choices("contact", parts)
    assert (fields["job_title"].from_record, fields["seniority"].value) == ("b", None)
    assert fields["city"].value == "Vigo"
    assert (fields["company_id"].value, fields["company_name"].value) == ("c1", None)


def test_stage_score_age_and_initials() -> None:
    parts = [
        part("a", first_name="J.", lifecycle_stage="lead", lead_score=5, created_at=9),
        part("b", first_name="Jane", lifecycle_stage="customer", lead_score=50, created_at=3),
        part("c", first_name="Kim", lifecycle_stage="subscriber"),
    ]
    found = {name: one.value for name, one in choices("contact", parts).items()}
    assert found["first_name"] == "Jane"
    assert found["lifecycle_stage"] == "customer"
    assert found["lead_score"] == 50
    assert found["created_at"] == 3


STRICT = {"denied": 0, None: 1, "granted": 2}
CONSENT = st.sampled_from(["denied", None, "granted"])
WHY = st.sampled_from([None, "bounced", "unsubscribed", "complained"])
TOPICS = st.lists(st.sampled_from(["", "news", "offers"]), unique=True).map(tuple)


@given(st.lists(st.tuples(CONSENT, WHY, TOPICS), min_size=2, max_size=5))
def test_nobody_is_easier_to_reach_after_a_merge(
    states: list[tuple[str | None, str | None, tuple[str, ...]]],
) -> None:
    parts = ordered("contact", [
        part(f"r{number}", consent=consent, suppressed=why, topics_off=topics)
        for number, (consent, why, topics) in enumerate(states)
    ])  # fmt: skip
    fields = choices("contact", parts)
    consent = fields["consent"].value if "consent" in fields else parts[0].row["consent"]
    assert STRICT[consent] == min(STRICT[one] for one, _, _ in states)  # type: ignore[index]  # a consent
    why, topics = stricter_opt_outs(parts)
    refused = any(one.refused for one in parts)
    assert refused == (why is not None or parts[0].refused)
    assert why != "bounced"
    assert set(topics) | set(parts[0].topics_off) == {t for one in parts for t in one.topics_off}


def test_a_merge_goes_to_a_file_and_back() -> None:
    parts = [part("a", phone="1"), part("b", owner="Ben")]
    fields = choices("contact", parts)
    merge = Merge(
        survivor="a", losers=("b",), subject="contact", fields=fields,
        lost=lost_values(fields, parts), confidence=0.9, tier="review", evidence=("same name",),
        seen={one.id: fingerprint(one.row) for one in parts}, suppress="unsubscribed",
        topics_off=("news",),
    )  # fmt: skip
    assert Merge.from_row(merge.to_row()) == merge
    assert merge.records == ("a", "b")
    assert set(merge.changes) == {"owner"}


def test_a_fingerprint_is_of_every_column() -> None:
    row = dict(part("a").row)
    assert fingerprint(row) == fingerprint(dict(reversed(row.items())))
    assert fingerprint(row) != fingerprint(row | {"phone": ""})
