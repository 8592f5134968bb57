"""What people and exports write, and what the CRM makes of it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.crm.local.catalogue import build_catalogue
from tools.crm.local.schema import companies, contacts, deals
from tools.crm.values import (
    Reading,
    business_domain,
    country,
    country_names,
    date,
    domain,
    email,
    function_of,
    number,
    picklist,
    seniority_of,
)

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("DE", "Germany"), ("deu", "Germany"), (" Deutschland ", "Germany"),
        ("ALLEMAGNE", "Germany"), ("ドイツ", "Germany"), ("USA", "United States"),
        ("U.S.A.", "United States"), ("UK", "United Kingdom"), ("England", "United Kingdom"),
        ("The Netherlands", "Netherlands"), ("Holland", "Netherlands"),
        ("Korea, Republic of", "South Korea"), ("Österreich", "Austria"),
        ("Oesterreich", "Austria"), ("Côte d'Ivoire", "Ivory Coast"), ("Türkiye", "Turkey"),
        ("Czech Republic", "Czechia"), ("Niger", "Niger"), ("Nigeria", "Nigeria"),
        ("Hong Kong SAR China", "Hong Kong"), ("Bosnia & Herzegovina", "Bosnia and Herzegovina"),
        ("Germny", None), ("Deutschlnd", None), ("Europe", None), ("EU", None), ("", None),
        ("Kongo", None), ("Berlin", None), ("Germany, France", None),
    ],
)  # fmt: skip
def test_a_country_is_known_exactly_or_not_at_all(text: str, name: str | None) -> None:
    assert country(text) == name


def test_every_country_name_is_its_own_name() -> None:
    assert [country(name) for name in country_names()] == list(country_names())
    assert 240 < len(country_names()) < 255


TITLES = [
    ("VP Marketing", "vp", "marketing"), ("Vice President of Marketing", "vp", "marketing"),
    ("V.P. of Marketing", "vp", "marketing"), ("SVP, Global Marketing", "vp", "marketing"),
    ("Assistant Vice President Sales", "vp", "sales"),
    ("Vice-Président Marketing", "vp", "marketing"),
    ("Vicepresidente de Marketing", "vp", "marketing"),
    ("Head of Growth", "director", "marketing"), ("Leiter Marketing", "director", "marketing"),
    ("Leiter/in Marketing (m/w/d)", "director", "marketing"),
    ("Marketingleiterin", "director", "marketing"), ("IT-Leiter", "director", "it"),
    ("Directeur marketing", "director", "marketing"),
    ("Director Comercial", "director", "sales"), ("Vertriebsleiter", "director", "sales"),
    ("Personalleiter", "director", "hr"), ("Chief of Staff", "director", "executive"),
    ("CMO", "c_level", "marketing"), ("CFO", "c_level", "finance"),
    ("CTO", "c_level", "engineering"),
    ("Chief Marketing Officer", "c_level", "marketing"), ("CHRO", "c_level", "hr"),
    ("Chief Information Security Officer", "c_level", "it"),
    ("Geschäftsführer", "c_level", "executive"), ("Geschaeftsfuehrerin", "c_level", "executive"),
    ("Managing Director", "c_level", "executive"), ("PDG", "c_level", "executive"),
    ("President", "c_level", "executive"), ("Co-Founder & CEO", "c_level", "executive"),
    ("Founder", "owner", "executive"), ("Inhaber", "owner", "executive"),
    ("Owner", "owner", "executive"), ("Product Owner", "individual", "product"),
    ("Sales Engineer", "individual", "sales"), ("Account Executive", "individual", "sales"),
    ("Assistant to the CEO", "individual", "executive"),
    ("Executive Assistant to the CMO", "individual", "marketing"),
    ("Assistenz der Geschäftsführung", "individual", "executive"),
    ("Marketing Specialist", "individual", "marketing"),
    ("Product Marketing Manager", "manager", "marketing"), ("Jefe de Ventas", "manager", "sales"),
    ("Responsable Marketing", "manager", "marketing"), ("Teamleiter Vertrieb", "manager", "sales"),
    ("Projektleiter", "manager", "operations"), ("Marketing Managerin", "manager", "marketing"),
    ("VP Sales & Marketing", "vp", "sales"),
    ("Head of Marketing and Sales", "director", "marketing"),
    ("Senior Software Engineer", "senior", "engineering"), ("Data Engineer", "individual", "data"),
    ("Marketing Intern", "intern", "marketing"), ("Internal Auditor", "individual", "finance"),
    ("Werkstudent Marketing", "intern", "marketing"), ("Ninja", None, None),
    ("Retired", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("title", "seniority", "function"), TITLES)
def test_a_title_tells_seniority_and_function_or_nothing(
    title: str, seniority: str | None, function: str | None
) -> None:
    assert (seniority_of(title), function_of(title)) == (seniority, function)
    assert seniority_of(title.upper()) == seniority


@given(st.text(max_size=200))
def test_any_title_tells_a_value_of_the_picklist_or_nothing(title: str) -> None:
    catalogue = build_catalogue()
    for told, name in ((seniority_of(title), "seniority"), (function_of(title), "job_function")):
        field = catalogue.field("contact", name)
        assert field is not None
        assert told is None or told in field.values


@pytest.mark.parametrize(
    ("subject", "field", "text", "value"),
    [
        ("contact", "lifecycle_stage", "Marketing Qualified Lead", "marketing_qualified_lead"),
        ("contact", "lifecycle_stage", "marketingqualifiedlead", "marketing_qualified_lead"),
        ("contact", "lifecycle_stage", "MQL", "marketing_qualified_lead"),
        ("contact", "lifecycle_stage", "whatever", None),
        ("contact", "lead_status", "IN_PROGRESS", "in_progress"),
        ("contact", "lead_status", "Open - Not Contacted", "open"),
        ("contact", "lead_source", "ORGANIC_SEARCH", "organic_search"),
        ("contact", "lead_source", "Trade Show", "event"),
        ("contact", "country", "Deutschland", "Germany"),
        ("contact", "language", "de-AT", "de"),
        ("contact", "language", "German", "de"),
        ("contact", "consent", "Yes", "granted"),
        ("deal", "stage", "closedwon", "closed_won"),
        ("deal", "stage", "Closed Lost", "closed_lost"),
        ("deal", "stage", "Needs Analysis", None),
        ("company", "industry", "COMPUTER_SOFTWARE", "software"),
        ("company", "company_type", "Customer - Direct", "customer"),
    ],
)  # fmt: skip
def test_a_picklist_knows_labels_and_vendor_names(
    subject: str, field: str, text: str, value: str | None
) -> None:
    spec = build_catalogue().field(subject, field)  # type: ignore[arg-type]  # parametrised text
    assert spec is not None
    assert picklist(spec, text) == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-05 14:22", "2024-03-05T13:22:00"), ("3/5/2024 2:22 PM", "2024-03-05T13:22:00"),
        ("2024-03-05T14:22:01.000Z", "2024-03-05T14:22:01"),
        ("2024-03-05T14:22:01.000+0000", "2024-03-05T14:22:01"),
        ("2024-03-05T14:22:01+0100", "2024-03-05T13:22:01"), ("2024-03-05", "2024-03-04T23:00:00"),
        ("05.03.2024 14:22", "2024-03-05T13:22:00"), ("05/03/2024", "2024-05-02T22:00:00"),
        ("1709648521000", "2024-03-05T14:22:01"), ("5-Mar-2024", "2024-03-04T23:00:00"),
        ("Mar 5, 2024", "2024-03-04T23:00:00"), ("5/13/2024 12:00 AM", "2024-05-12T22:00:00"),
        ("3/5/24 2:22 PM", "2024-03-05T13:22:00"),
        ("13/03/2024", None), ("31.02.2024", None), ("0000-00-00", None), ("1/1/0001", None),
        ("yesterday", None), ("", None), ("3/5/2024 13:22 PM", None),
    ],
)  # fmt: skip
def test_dates_as_exports_write_them(text: str, expected: str | None) -> None:
    found = date(text, BERLIN)
    assert found == (datetime.fromisoformat(expected).replace(tzinfo=UTC) if expected else None)


@given(
    st.datetimes(datetime(1901, 1, 2), datetime(2199, 12, 30)).map(  # noqa: DTZ001 - made aware
        lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC)
    )
)
def test_every_way_of_writing_a_moment_reads_back(at: datetime) -> None:
    zone = ZoneInfo("UTC")
    twelve = f"{at.hour % 12 or 12}:{at.minute:02d} {'AM' if at.hour < 12 else 'PM'}"
    clock = f"{at.hour:02d}:{at.minute:02d}"
    assert date(at.isoformat(), zone) == at
    assert date(f"{at.month}/{at.day}/{at.year} {twelve}", zone) == at
    assert date(f"{at.day:02d}.{at.month:02d}.{at.year} {clock}", zone) == at
    assert date(f"{at.day:02d}/{at.month:02d}/{at.year} {clock}", zone, order="day_first") == at
    assert date(f"{at.year}/{at.month}/{at.day} {clock}", zone) == at


@given(st.text(max_size=60), st.sampled_from(["month_first", "day_first"]))
def test_no_text_breaks_the_readers(text: str, order: str) -> None:
    found = date(text, BERLIN, order=order)  # type: ignore[arg-type]  # sampled text
    assert found is None or found.tzinfo is not None
    Reading().learn(text)
    for value in (number(text), number(text, decimal_comma=True)):
        assert value is None or value == value
    for told in (email(text), domain(text)):
        assert told is None or told == told.strip().lower()
    country(text)


def test_one_value_above_twelve_decides_a_column() -> None:
    reading = Reading()
    for text in ("05/03/2024", "04/04/2024", "2024-01-01", "13/03/2024"):
        reading.learn(text)
    assert reading.order == "day_first"
    open_one = Reading()
    open_one.learn("05/03/2024")
    assert (open_one.order, open_one.ambiguous) == (None, 1)


@pytest.mark.parametrize(
    ("text", "plain", "comma"),
    [
        ("1,234", 1234, 1.234), ("1.234,56", 1234.56, 1234.56), ("€ 12,000", 12000, 12),
        ("1.2M", 1.2e6, 1.2e6), ("50+", None, None), ("11-50", None, None), ("1.234", 1.234, 1234),
        ("(300)", -300, -300), ("1 234 567", 1234567, 1234567), ("12 34", None, None),
        ("1'234", 1234, 1234), ("USD 1200", 1200, 1200), ("", None, None), ("nan", None, None),
        ("1,23,456", None, None), ("5 Mio", 5e6, 5e6), ("inf", None, None), ("-5", -5, -5),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text: str, plain: float | None, comma: float | None) -> None:
    assert number(text) == plain
    assert number(text, decimal_comma=True) == comma


@given(st.integers(-(10**12), 10**12), st.integers(0, 99))
def test_grouped_numbers_read_back(whole: int, cents: int) -> None:
    english = f"{whole:,}.{cents:02d}"
    value = float(f"{whole}.{cents:02d}")
    assert number(english) == value
    german = english.translate(str.maketrans(",.", ".,"))
    assert number(german) == value
    assert number(f"{whole} €") == whole


def test_addresses_and_domains() -> None:
    assert email(" Ana.O'Neil+x@Sub.Acme.co.uk ") == "ana.o'neil+x@sub.acme.co.uk"
    for wrong in (
        "a@b",
        "a..b@c.de",
        "a b@c.de",
        "a@x.com,b@y.com",
        "@x.com",
        "a@-x.com",
        "x" * 300,
    ):
        assert email(wrong) is None
    assert domain("https://www.Acme.com/de?x=1") == "acme.com"
    assert domain("Acme Inc") is None
    assert business_domain("ana@acme.com") == "acme.com"
    assert business_domain("ana@gmail.com") is None


def test_the_catalogue_is_exactly_the_tables() -> None:
    catalogue = build_catalogue()
    hidden = {"id", "company_id", "contact_id"}
    for subject, table in (("contact", contacts), ("company", companies), ("deal", deals)):
        named = {field.name for field in catalogue.fields if field.subject == subject}
        assert named == {column.name for column in table.c} - hidden
    for field in catalogue.fields:
        assert len(field.values) == len(field.value_labels) == len(set(field.values))
        assert bool(field.values) == (field.type == "picklist")
