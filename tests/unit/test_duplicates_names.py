"""What records are compared by: names in one spelling, mailboxes, numbers, companies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.hygiene.duplicates.features import (
    COMPANY_COLUMNS,
    CONTACT_COLUMNS,
    company_features,
    contact_features,
)
from tools.hygiene.duplicates.mailbox import mailbox_of
from tools.hygiene.duplicates.nicknames import root
from tools.hygiene.duplicates.spelling import from_address, plain, skeleton, split_name

EMPTY = dict.fromkeys(
    ("email", "first_name", "last_name", "job_title", "phone", "city", "country", "company_name",
     "company.name", "company.domain", "company.country")
)  # fmt: skip


def contact(**fields: str | None) -> dict[str, str | None]:
    return dict(zip(CONTACT_COLUMNS, contact_features(EMPTY | fields), strict=True))


def company(**fields: str | None) -> dict[str, str | None]:
    row = dict.fromkeys(("name", "domain", "phone", "city", "country")) | fields
    return dict(zip(COMPANY_COLUMNS, company_features(row), strict=True))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "Mueller"), ("Jörg", "Joerg"), ("Дмитрий", "Dmitry"), ("Иванов", "Ivanov"),
        ("Наталья", "Natalya"), ("O'Brien", "OBrien"), ("N’Golo", "N'Golo"), ("Strauß", "Strauss"),
        ("José", "JOSE"), ("Łukasz", "lukasz"),
    ],
)  # fmt: skip
def test_two_spellings_of_a_name_are_one(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Bill", "William"), ("Peggy", "Margaret"), ("Pepe", "José"), ("Sasha", "Alexander")],
)  # fmt: skip
def test_short_forms_stand_for_their_name(one: str, other: str) -> None:
    assert root(plain(one)) == root(plain(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Hans-Peter", "Jean-Luc"), ("Anna", "Anton"), ("Paul", "Paula"), ("Robert", "Rupert")],
)
def test_other_names_stay_apart(one: str, other: str) -> None:
    assert root(split_name(one, "X")[0]) != root(split_name(other, "X")[0])


def test_a_name_in_one_field_is_taken_apart() -> None:
    assert split_name("Dr. Maria Schmidt", None) == split_name("Maria", "Schmidt")
    assert split_name(None, "Schmidt, Maria") == split_name("Maria", "Schmidt")
    assert split_name(None, "Schmidt") == ("", "schmidt")
    assert split_name(None, None) == ("", "")


def test_a_missing_name_is_read_out_of_the_address_that_holds_the_other() -> None:
    assert from_address("fatima.mansour83", "", "mansour") == ("fatima", "mansour")
    assert from_address("sean71", "", "osullivan") == ("", "osullivan")
    assert from_address("anna.schmidt", "berta", "klein") == ("berta", "klein")


def test_one_mailbox_has_one_address() -> None:
    ways = ("J.Doe+news@googlemail.com", "jdoe@gmail.com", "j.d.o.e@gmail.com")
    assert {mailbox_of(way, "", "").address for way in ways} == {"jdoe@gmail.com"}
    dotted, plain_one = mailbox_of("j.doe@acme.com", "", ""), mailbox_of("jdoe@acme.com", "", "")
    assert dotted.address != plain_one.address
    assert mailbox_of(None, "", "").address == ""


def test_a_local_part_made_of_the_name_is_no_handle() -> None:
    jane = ("jane", "miller")
    assert mailbox_of("jane.miller@acme.com", *jane).handle == ""
    assert mailbox_of("jmiller@gmail.com", *jane).handle == ""
    assert mailbox_of("kiwibird77@gmail.com", *jane).handle == "kiwibird77"
    assert mailbox_of("info@acme.com", *jane).handle == ""


def test_a_provider_is_no_employer() -> None:
    assert contact(email="a@gmail.com")["domain"] is None
    assert contact(email="a@mail.acme.co.uk")["domain"] == "acme.co.uk"
    assert contact(company_name="Freelancer")["employer"] is None


def test_a_number_is_read_with_the_country_beside_it() -> None:
    local, full = contact(phone="030 901820", country="Germany"), contact(phone="+4930901820")
    assert local["phone"] == full["phone"] == "+4930901820"


def test_a_company_is_its_name_without_the_legal_form() -> None:
    ways = ("Acme Systems GmbH", "ACME SYSTEMS", "The Acme Systems, Inc.", "Acme-Systems AG")
    assert {company(name=way)["name"] for way in ways} == {"acmesystems"}
    assert company(name="Acme", domain="https://www.acme.de/about")["domain"] == "acme.de"


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_taken(first: str, last: str, email: str) -> None:
    features = contact(first_name=first, last_name=last, email=email, company_name=last, city=first)
    assert all(value is None or value for value in features.values())
    assert skeleton(plain(last)) == skeleton(plain(last))
