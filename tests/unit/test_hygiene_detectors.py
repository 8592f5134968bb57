"""What each detector finds and what it leaves alone, case by case, the traps among them."""

# ruff: noqa: E501 - tables: one case, one line

from datetime import UTC, datetime
from typing import Any

import phonenumbers
import pytest

from tools.hygiene.catalogue import detector_named
from tools.hygiene.change import level_of
from tools.hygiene.columns import Columns
from tools.hygiene.detector import Finding
from tools.hygiene.detectors.phone_numbers import _quick, is_canonical
from tools.hygiene.detectors.text import repaired_encoding, tidy

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MICROS = int(NOW.timestamp()) * 1_000_000
DAY = 86_400_000_000


def table(
    *contacts: dict[str, Any], companies: tuple[dict[str, Any], ...] = (), **more: Any
) -> Columns:
    rows = [{"id": f"c{n}", "email": f"p{n}@firma.de"} | row for n, row in enumerate(contacts)]
    firms = [{"id": f"f{n}", "name": f"Firm {n}"} | row for n, row in enumerate(companies)]
    return Columns.of(as_of=NOW, contacts=rows, companies=firms, **more)


def find(rule: str, held: Columns) -> list[Finding]:
    detector = detector_named(rule)
    assert detector is not None
    return list(detector.find(held))


def fix(rule: str, record: dict[str, Any], *others: dict[str, Any], **more: Any) -> Any:
    """Return (field, after, level) of each change to the record; "asks" where there is none."""
    found = [one for one in find(rule, table(record, *others, **more)) if one.record == "c0"]
    return [
        (one.change.field, one.change.after, level_of(one.change.confidence))
        if one.change else "asks"
        for one in found
    ]  # fmt: skip


JURGEN = "Jürgen".encode().decode("cp1252")


@pytest.mark.parametrize(
    ("rule", "record", "expected"),
    [
        # Text
        ("text_spacing", {"city": " Bonn\u00a0 am\u200b Rhein\n"}, ("city", "Bonn am Rhein", "certain")),
        ("mojibake", {"first_name": JURGEN}, ("first_name", "Jürgen", "certain")),
        ("mojibake", {"first_name": JURGEN.encode().decode("cp1252")}, ("first_name", "Jürgen", "certain")),
        ("mojibake", {"first_name": "J\ufffdrgen"}, "asks"),
        ("mojibake", {"first_name": "ÄŒapek"}, ("first_name", "Čapek", "likely")),
        ("placeholder", {"job_title": "N/A"}, ("job_title", None, "certain")),
        # Names
        ("name_case", {"first_name": "ANNA"}, ("first_name", "Anna", "certain")),
        ("name_case", {"last_name": "o'brien", "first_name": "sean"}, ("first_name", "Sean", "certain")),
        ("name_case", {"last_name": "MCDONALD"}, ("last_name", "Mcdonald", "likely")),
        ("name_case", {"last_name": "VAN DER BERG"}, ("last_name", "Van Der Berg", "likely")),
        ("name_case", {"last_name": "WEISS"}, ("last_name", "Weiss", "doubtful")),
        ("name_case", {"first_name": "IŞIK"}, ("first_name", "Işik", "likely")),
        ("name_case", {"last_name": "ouza"}, ("last_name", "Ouza", "doubtful")),
        ("name_salutation", {"first_name": "Mr. John"}, ("first_name", "John", "certain")),
        ("name_salutation", {"first_name": "Frau Anna"}, ("first_name", "Anna", "certain")),
        ("name_salutation", {"first_name": "Dr. Anna"}, ("first_name", "Anna", "doubtful")),
        # Countries, states, languages
        ("country_name", {"country": "Deutschland"}, ("country", "Germany", "certain")),
        ("country_name", {"country": "Korea, Republic of"}, ("country", "South Korea", "certain")),
        ("country_name", {"country": "Korea"}, "asks"),
        ("country_name", {"country": "América"}, "asks"),
        ("country_name", {"country": "CA"}, "asks"),
        ("country_name", {"country": "GA"}, "asks"),
        ("country_name", {"country": "EMEA"}, "asks"),
        ("country_name", {"country": "DE", "phone": "+49301234567"}, ("country", "Germany", "certain")),
        ("country_name", {"country": "Untied States"}, ("country", "United States", "likely")),
        ("state_name", {"state": "CA", "country": "United States"}, ("state", "California", "certain")),
        ("state_name", {"state": "CA"}, "asks"),
        ("state_name", {"state": "DE-BY", "country": "Germany"}, ("state", "Bayern", "certain")),
        ("state_country", {"state": "California", "country": "Germany"}, "asks"),
        ("language_code", {"language": "Deutsch"}, ("language", "de", "certain")),
        ("language_code", {"language": "pt-BR"}, ("language", "pt", "certain")),
        ("language_code", {"language": "ger"}, ("language", "de", "certain")),
        ("language_code", {"language": "jp"}, "asks"),
        # Picklists
        ("picklist_value", {"lifecycle_stage": "MQL"}, ("lifecycle_stage", "marketing_qualified_lead", "certain")),
        ("picklist_value", {"lead_status": "In Progress"}, ("lead_status", "in_progress", "certain")),
        ("picklist_value", {"lifecycle_stage": "client"}, ("lifecycle_stage", "customer", "likely")),
        ("picklist_value", {"lifecycle_stage": "oportunity"}, ("lifecycle_stage", "opportunity", "likely")),
        ("picklist_value", {"lead_status": "purple"}, "asks"),
        ("title_seniority", {"job_title": "VP Marketing"}, ("seniority", "vp", "likely")),
        ("title_function", {"job_title": "VP Marketing"}, ("job_function", "marketing", "likely")),
        # Emails
        ("email_syntax", {"email": " <Ana@Firma.de>;"}, ("email", "ana@firma.de", "certain")),
        ("email_syntax", {"email": "mailto:ana@firma.de"}, ("email", "ana@firma.de", "certain")),
        ("email_syntax", {"email": "ana@@firma.de"}, ("email", "ana@firma.de", "likely")),
        ("email_syntax", {"email": "ana@firma,de"}, ("email", "ana@firma.de", "likely")),
        ("email_syntax", {"email": "ana.firma.de"}, "asks"),
        ("email_syntax", {"email": "ana@firma.invalid"}, "asks"),
        ("email_syntax", {"email": "ana@firma.nosuchtld"}, "asks"),
        ("email_domain_typo", {"email": "ana@gmial.com"}, ("email", "ana@gmail.com", "likely")),
        ("email_domain_typo", {"email": "ana@gmail.con"}, ("email", "ana@gmail.com", "likely")),
        ("email_disposable", {"email": "x@mailinator.com"}, "asks"),
        ("email_role", {"email": "info@firma.de"}, "asks"),
        ("email_free_mail", {"email": "a@gmail.com", "company_name": "Acme"}, "asks"),
        # Phones
        ("phone_format", {"phone": "030 1234567", "country": "Germany"}, ("phone", "+49301234567", "certain")),
        ("phone_format", {"phone": "+49 (0)30 1234567", "country": "Germany"}, ("phone", "+49301234567", "certain")),
        ("phone_format", {"phone": "0049 30 1234567", "country": "Deutschland"}, ("phone", "+49301234567", "certain")),
        ("phone_format", {"phone": "(212) 736-5000", "country": "USA"}, ("phone", "+12127365000", "certain")),
        ("phone_format", {"phone": "06 69812345", "country": "Italy"}, ("phone", "+390669812345", "certain")),
        ("phone_format", {"phone": "49 151 23456789", "country": "Germany"}, ("phone", "+4915123456789", "likely")),
        ("phone_format", {"phone": "030 1234567"}, "asks"),
        ("phone_format", {"phone": "030 1234567", "company.country": "Germany"}, ("phone", "+49301234567", "likely")),
        ("phone_invalid", {"phone": "12345", "country": "Germany"}, "asks"),
        ("phone_country", {"phone": "+442079460958", "country": "Germany"}, "asks"),
        # Figures and upkeep
        ("number_range", {"lead_score": -5}, "asks"),
        ("date_range", {"created_at": MICROS + 3 * DAY}, "asks"),
        ("date_range", {"created_at": 0}, "asks"),
        ("date_order", {"created_at": MICROS, "updated_at": MICROS - 9 * DAY}, "asks"),
        ("stale_record", {"updated_at": MICROS - 800 * DAY}, "asks"),
        ("owner_left", {"owner": "paula@x.de (Deactivated User)"}, "asks"),
        ("test_record", {"email": "test@example.com", "first_name": "Test"}, "asks"),
        ("bounced_marketable", {"bounced_at": MICROS - DAY}, "asks"),
        ("opted_out_listed", {"consent": "denied", "on_lists": "Nurture"}, "asks"),
        ("consent_contradiction", {"consent": "granted", "left_at": MICROS}, ("consent", "denied", "doubtful")),
        ("lifecycle_backwards", {"lifecycle_stage": "lead", "won_deals": 1}, ("lifecycle_stage", "customer", "likely")),
        ("contact_without_company", {"company_name": None}, "asks"),
    ],
)  # fmt: skip
def test_it_finds(rule: str, record: dict[str, Any], expected: Any) -> None:
    assert expected in fix(rule, record)


@pytest.mark.parametrize(
    ("rule", "record"),
    [
        ("text_spacing", {"first_name": "می\u200cخواهم"}),  # a joiner that Persian needs
        ("text_spacing", {"first_name": "山田\u3000太郎"}),
        ("text_spacing", {"city": "👨\u200d👩\u200d👧"}),
        ("text_spacing", {"first_name": "Ã\xa0 la"}),  # half of an à
        ("text_spacing", {"first_name": "Å\x81ukas "}),
        ("mojibake", {"first_name": "JOÃO"}),
        ("mojibake", {"last_name": "Œuvrard"}),
        ("mojibake", {"last_name": "O’Brien"}),
        ("placeholder", {"last_name": "Null"}),
        ("placeholder", {"last_name": "Na"}),
        ("placeholder", {"first_name": "Nan"}),
        ("name_case", {"last_name": "McDonald"}),
        ("name_case", {"last_name": "van der Berg"}),
        ("name_case", {"first_name": "AJ", "last_name": "Jones"}),
        ("name_case", {"first_name": "محمد"}),
        ("name_case", {"first_name": "Е"}),
        ("name_salutation", {"first_name": "Don"}),
        ("name_salutation", {"last_name": "Herr"}),
        ("name_merged", {"first_name": "Mary Jane", "last_name": "Watson"}),
        ("country_name", {"country": "Georgia"}),
        ("country_name", {"country": None}),
        ("state_name", {"state": "Bavaria", "country": "Germany"}),
        ("state_name", {"state": "Valencia", "country": "Spain"}),
        ("language_code", {"language": "se"}),  # Northern Sami is a language
        ("picklist_value", {"lifecycle_stage": "customer"}),
        ("title_seniority", {"job_title": "VP Marketing", "seniority": "manager"}),
        ("email_syntax", {"email": "o'hara+news@firma.de"}),
        ("email_syntax", {"email": "ana@münchen.de"}),
        ("email_domain_typo", {"email": "ana@ymail.com"}),
        ("email_domain_typo", {"email": "ana@ge.com"}),
        ("email_domain_typo", {"email": "ana@me.com"}),
        ("email_domain_typo", {"email": "ana@gmx.at"}),
        ("email_domain_typo", {"email": "ana@mail.com"}),
        ("email_domain_typo", {"email": "ana@hotmall.com", "company_name": "Hotmall Inc."}),
        ("email_disposable", {"email": "ana@gmail.com"}),
        ("email_role", {"email": "salesman@firma.de"}),
        ("phone_format", {"phone": "+49301234567", "country": "Germany"}),
        ("phone_format", {"phone": "+44 20 7946 0958", "country": "Germany"}),
        ("phone_format", {"phone": "+49 30 1234567 ext. 5", "country": "Germany"}),
        ("phone_format", {"phone": "1-800-FLOWERS", "country": "United States"}),
        ("phone_format", {"phone": "030 1234567 or 030 7654321", "country": "Germany"}),
        ("phone_country", {"phone": "+14165550123", "country": "United States"}),
        ("phone_country", {"phone": "+80012345678", "country": "Germany"}),
        ("phone_invalid", {"phone": "030 1234567"}),
        ("number_range", {"lead_score": 0}),
        ("date_range", {"created_at": MICROS}),
        ("stale_record", {"updated_at": MICROS - 800 * DAY, "engaged_at": MICROS - DAY}),
        ("owner_left", {"owner": "ana@firma.de"}),
        ("test_record", {"email": "ana@firma.de", "first_name": "Testa", "last_name": "Rossi"}),
        ("bounced_marketable", {"bounced_at": MICROS - DAY, "suppressed": "bounced"}),
        ("bounced_marketable", {"bounced_at": MICROS - 9 * DAY, "engaged_at": MICROS}),
        ("lifecycle_backwards", {"lifecycle_stage": "evangelist", "won_deals": 1}),
        ("contact_without_company", {"company_id": "f0"}),
    ],
)
def test_it_leaves_alone(rule: str, record: dict[str, Any]) -> None:
    assert fix(rule, record) == []


def test_the_crm_tells_how_a_name_is_written() -> None:
    others = [{"last_name": "LeBlanc"}] * 3 + [{"last_name": "de la Cruz"}] * 3
    assert fix("name_case", {"last_name": "LEBLANC"}, *others) == [
        ("last_name", "LeBlanc", "certain")
    ]
    assert fix("name_case", {"last_name": "DE LA CRUZ"}, *others) == [
        ("last_name", "de la Cruz", "certain")
    ]


def test_a_swap_needs_the_use_of_both_names_and_the_address() -> None:
    others = [
        {"first_name": "Anna", "last_name": "Schmidt", "email": f"x{n}@a.de"} for n in range(9)
    ]
    swapped = {"first_name": "Schmidt", "last_name": "Anna", "email": "anna.schmidt@firma.de"}
    both = [("first_name", "Anna", "certain"), ("last_name", "Schmidt", "certain")]
    assert fix("name_swapped", swapped, *others) == both
    unsure = swapped | {"country": "Hungary"}
    assert {level for *_, level in fix("name_swapped", unsure, *others)} == {"likely"}
    assert fix("name_swapped", swapped) == []  # a CRM that knows neither name


def test_a_merged_name_divides_where_the_address_does() -> None:
    whole = {"first_name": "Jan van der Berg", "last_name": None, "email": "jan.vanderberg@x.nl"}
    assert fix("name_merged", whole) == [
        ("first_name", "Jan", "certain"), ("last_name", "van der Berg", "certain"),
    ]  # fmt: skip
    assert fix("name_merged", whole | {"email": "info@x.nl"}) == ["asks"]


def test_a_company_is_no_slip_and_all_who_write_from_one_domain_are_no_slip() -> None:
    firm = {"name": "Outlock", "domain": "https://www.outlock.com/"}
    assert fix("email_domain_typo", {"email": "ana@outlock.com"}, companies=(firm,)) == []
    crowd = [{"email": f"p{n}@gmaill.com", "company_id": "f0"} for n in range(3)]
    assert fix("email_domain_typo", *crowd, companies=({},)) == []


def test_a_slip_of_the_own_company_is_told_by_the_company() -> None:
    firm = {"name": "Blauwerk", "domain": "blauwerk.de"}
    own = {"company_id": "f0", "company.domain": "blauwerk.de"}
    others = [{"email": f"p{n}@blauwerk.de"} | own for n in range(3)]
    slip = {"email": "ana@blauwrek.de"} | own
    assert fix("email_domain_typo", slip, *others, companies=(firm,)) == [
        ("email", "ana@blauwerk.de", "likely")
    ]


def test_an_address_another_contact_has_is_never_proposed() -> None:
    assert fix("email_syntax", {"email": "ANA@firma.de"}, {"email": "ana@firma.de"}) == ["asks"]
    assert fix("email_domain_typo", {"email": "ana@gmial.com"}, {"email": "ana@gmail.com"}) == [
        "asks"
    ]


def test_a_made_up_crm_is_not_blamed_for_its_endings() -> None:
    rows = [{"email": f"p{n}@firm.example"} for n in range(50)]
    assert find("email_syntax", table(*rows)) == []
    assert find("test_record", table(*rows)) == []


def test_the_crm_tells_which_name_of_a_state_it_uses() -> None:
    others = [{"state": "Bavaria", "country": "Germany"}] * 5
    assert fix("state_name", {"state": "BY", "country": "Germany"}, *others) == [
        ("state", "Bavaria", "certain")
    ]


def test_owners_are_told_by_the_list_of_people() -> None:
    held = table({"owner": "ana"}, {"owner": "zoe"}, active_owners={"Ana"})
    assert [one.record for one in find("owner_left", held)] == ["c1"]


def test_companies() -> None:
    companies = (
        {"name": "Acme GmbH", "domain": "https://www.ACME.de/kontakt"},
        {"name": "Bolt GmbH", "domain": None},
        {"name": "Mail Ltd", "domain": "info@gmail.com"},
    )
    people = [{"email": f"p{n}@bolt.de", "company_id": "f1"} for n in range(3)]
    held = table(*people, companies=companies)
    changes = [
        (one.record, one.change.after if one.change else "asks")
        for rule in ("company_domain_format", "company_domain_missing")
        for one in find(rule, held)
    ]
    assert changes == [("f0", "acme.de"), ("f2", "asks"), ("f1", "bolt.de")]


def test_scope_limits_findings_and_not_the_evidence() -> None:
    rows = [{"last_name": "LeBlanc"}] * 3 + [{"last_name": "LEBLANC"}, {"last_name": "LEBLANC"}]
    held = table(*rows).within({"contact": {"c3"}})
    found = find("name_case", held)
    assert [one.record for one in found] == ["c3"]
    assert "3 other records" in found[0].evidence


def test_the_quick_reading_of_numbers_is_the_library_s() -> None:
    for region in phonenumbers.SUPPORTED_REGIONS:
        for kind in range(11):
            number = phonenumbers.example_number_for_type(region, kind)
            if number is None:
                continue
            e164 = phonenumbers.format_number(number, 0)
            assert is_canonical(e164), (region, kind)
            for style in (1, 2):
                text = phonenumbers.format_number(number, style)
                quick = _quick(text, region if style == 2 else None)
                if quick is not None:
                    parsed = phonenumbers.parse(text, region)
                    assert quick.e164 == phonenumbers.format_number(parsed, 0), (region, text)
                    assert phonenumbers.is_valid_number(parsed), (region, text)


def test_mojibake_is_proved_by_doing_the_damage_again() -> None:
    for name in ("Jürgen", "Łukasz", "Ольга", "José", "Çağla", "Ελένη", "João"):
        for encoding in ("latin-1", "cp1252"):
            try:
                damaged = name.encode().decode(encoding)
            except UnicodeDecodeError:
                continue
            assert repaired_encoding(damaged) in (name, None), name
        assert repaired_encoding(name) is None


def test_tidy_is_a_fixed_point() -> None:
    assert tidy(tidy("  a \u00a0 b\u200b ")) == "a b"
