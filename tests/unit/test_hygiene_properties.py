"""What holds for every record: repaired is repaired, nothing without evidence, all scripts live."""

import unicodedata
from datetime import UTC, datetime
from typing import Any

import phonenumbers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import FULL
from tools.hygiene.catalogue import DETECTORS, detector_named
from tools.hygiene.columns import Columns
from tools.hygiene.detectors.phone_numbers import regions_of
from tools.hygiene.detectors.text import tidy
from tools.hygiene.plan import plan

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
RUNS = settings(
    max_examples=2_000 if FULL else 80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

WORDS = st.sampled_from(
    ["Anna", "JÜRGEN", "o'brien", "van der Berg", "MCDONALD", "Weber, Ana", "Mr. Tom", "محمد",
     "נועה", "李伟", "さくら", "Łukasz", "İBRAHİM", "i\u0307lke", "Μαρία", "ΜΑΡΊΑ", "e\u0301mile",
     "می\u200cخواهم", "👩\u200d💻", "JÃ¼rgen", "\u202eevil", "n/a", "Null", "-", "A.", "STRAẞE",
     "ﬁrst", "ŉ", "ǅ", "ß", "ǰ", "\u00ad", "\u200b", "Test"]
)  # fmt: skip
TEXT = st.one_of(WORDS, st.text(max_size=20), st.builds("{} {}".format, WORDS, WORDS))
COUNTRIES = st.sampled_from(
    [None, "Germany", "Deutschland", "USA", "CA", "Korea", "Italy", "Brasil", "GERMANY", "Austira"]
)
PHONES = st.one_of(
    st.none(), st.from_regex(r"\+?[0-9 ()/.\-]{4,18}", fullmatch=True),
    st.builds("{}{}".format,
              st.sampled_from(["+49 ", "0049", "+1 (", "+44 (0)", "tel:+39", "030 "]),
              st.from_regex(r"[0-9]{6,10}", fullmatch=True)), st.text(max_size=15),
)  # fmt: skip
EMAILS = st.one_of(
    st.builds("{}@{}".format, st.from_regex(r"[a-zA-Z.]{1,8}", fullmatch=True),
              st.sampled_from(["gmail.com", "gmial.com", "ymail.com", "Firma.de", "firma,de"])),
    st.builds(" <{}>;".format, st.emails()), st.emails(), st.text(min_size=1, max_size=20),
)  # fmt: skip
PICKS = st.sampled_from(
    [None, "MQL", "lead", "Lead ", "client", "oportunity", "purple", "customer"]
)
CONTACT = st.fixed_dictionaries({
    "email": EMAILS, "first_name": st.none() | TEXT, "last_name": st.none() | TEXT,
    "job_title": st.none() | TEXT | st.just("VP Marketing"), "phone": PHONES, "country": COUNTRIES,
    "state": st.sampled_from([None, "CA", "california", "DE-BY", "Bavaria", "BAYERN"]),
    "city": st.none() | TEXT, "language": st.sampled_from([None, "de", "Deutsch", "se", "pt-BR"]),
    "lifecycle_stage": PICKS, "company_name": st.none() | TEXT,
    "consent": st.sampled_from([None, "granted", "yes"]), "won_deals": st.sampled_from([None, 1]),
})  # fmt: skip
COMPANY = st.fixed_dictionaries({
    "name": TEXT, "domain": st.sampled_from([None, "acme.de", "HTTPS://www.Acme.de/x", "a b", ""]),
    "phone": PHONES, "country": COUNTRIES, "industry": st.sampled_from([None, "Software", "???"]),
})  # fmt: skip
Rows = list[dict[str, Any]]


def table(contacts: Rows, companies: Rows) -> Columns:
    people = [row | {"id": f"c{n}"} for n, row in enumerate(contacts)]
    firms = [row | {"id": f"f{n}"} for n, row in enumerate(companies)]
    return Columns.of(as_of=NOW, contacts=people, companies=firms)


def repaired(rows: Rows, prefix: str, changes: Any) -> Rows:
    made = [dict(row) for row in rows]
    for change in changes:
        if change.record.startswith(prefix):
            made[int(change.record[1:])][change.field] = change.after
    return made


BOTH = (st.lists(CONTACT, max_size=5), st.lists(COMPANY, max_size=3))


@RUNS
@given(*BOTH)
def test_a_detector_finds_no_repair_in_its_own_repaired_output(
    contacts: Rows, companies: Rows
) -> None:
    for detector in DETECTORS:
        found = [one.change for one in detector.find(table(contacts, companies)) if one.change]
        again = table(repaired(contacts, "c", found), repaired(companies, "f", found))
        changed = {(one.record, one.field) for one in found}
        left = [
            one for one in detector.find(again) if one.change and (one.record, one.field) in changed
        ]
        assert left == [], detector.name


@RUNS
@given(*BOTH)
def test_a_plan_of_the_repaired_crm_has_nothing_certain_for_what_was_repaired(
    contacts: Rows, companies: Rows
) -> None:
    made = plan(table(contacts, companies))
    again = table(repaired(contacts, "c", made.certain), repaired(companies, "f", made.certain))
    changed = {(one.record, one.field) for one in made.certain}
    left = [one for one in plan(again).certain if (one.record, one.field) in changed]
    assert left == []


@RUNS
@given(*BOTH)
def test_no_finding_and_no_fix_without_evidence(contacts: Rows, companies: Rows) -> None:
    held = table(contacts, companies)
    for detector in DETECTORS:
        for found in detector.find(held):
            assert found.message
            assert found.evidence
            assert 0 < found.confidence <= 1
            assert found.rule == detector.name
            if found.change is not None:
                assert detector.repairs
                assert found.change.before != found.change.after
                assert found.change.why
                assert found.change.evidence
    for change in plan(held):
        row = held.row(change.subject, change.record)
        assert row is not None
        assert change.before == held.column(change.subject, change.field)[row]


def letters(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("i\u0307", "i")
    return "".join(c for c in plain if unicodedata.category(c)[0] in "LM")


@RUNS
@given(st.lists(st.fixed_dictionaries({"first_name": TEXT, "city": TEXT}), max_size=4))
def test_text_in_any_script_survives(rows: Rows) -> None:
    rows = [row | {"email": f"p{n}@x.de", "last_name": "Weber"} for n, row in enumerate(rows)]
    rules = [detector_named(name) for name in ("text_spacing", "name_case")]
    for change in plan(table(rows, []), [one for one in rules if one]):
        assert change.before is not None
        assert change.after is not None
        assert letters(change.before) == letters(change.after)


@RUNS
@given(st.text())
def test_tidying_keeps_every_letter_and_joiner(text: str) -> None:
    made = tidy(text)
    assert tidy(made) == made
    keep = "LMNSP"
    for kept in (text, unicodedata.normalize("NFD", text)):
        before = [
            c for c in kept if unicodedata.category(c)[0] in keep or c in "\u200c\u200d\u200e"
        ]
        after = [c for c in tidy(kept) if unicodedata.category(c)[0] in keep or c in "\u200c\u200d\u200e"]  # fmt: skip # noqa: E501 - as the line above
        assert before == after


@RUNS
@given(PHONES.filter(bool), st.sampled_from(["Germany", "USA", "Italy", "Brazil", "Austria"]))
def test_a_number_of_another_country_is_never_rewritten(phone: str, country: str) -> None:
    codes = {"Germany": "DE", "USA": "US", "Italy": "IT", "Brazil": "BR", "Austria": "AT"}
    held = table([{"email": "a@x.de", "phone": phone, "country": country}], [])
    for change in plan(held):
        if change.field == "phone" and change.after is not None:
            number = phonenumbers.parse(change.after)
            assert phonenumbers.is_valid_number(number)
            assert codes[country] in regions_of(number.country_code or 0)


@RUNS
@given(st.lists(EMAILS, min_size=1, max_size=6, unique=True))
def test_addresses_stay_unique_and_certain_repairs_keep_their_letters(emails: list[str]) -> None:
    rows: Rows = [{"email": email} for email in emails]
    made = plan(table(rows, []))
    for changes in (made.certain, (*made.certain, *made.likely)):
        after = [row["email"] for row in repaired(rows, "c", changes)]
        assert len(after) == len(set(after))
    for change in made.certain:
        assert change.after is not None
        assert change.before is not None
        if change.field == "email":
            assert change.after in change.before.lower().replace(" ", "").replace("\t", "") or (
                change.after in change.before.lower()
            )
