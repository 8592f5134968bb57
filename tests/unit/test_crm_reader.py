"""CSV files as they come: encodings, delimiters, broken quoting, and true line numbers."""

from pathlib import Path

import pytest

from placet.errors import BadInput
from tools.crm.importing.columns import recognise
from tools.crm.importing.reader import Broken, Row, open_source
from tools.crm.importing.repeats import Repeats


def save(folder: Path, content: bytes | str) -> Path:
    path = folder / "file.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


TEXT = "Email;Name\nana@x.de;Zoë Müller\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"), (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16"), (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"), (TEXT.encode("cp1252"), "cp1252"),
        (TEXT.replace("\n", "\r\n").encode(), "utf-8"),
        (TEXT.replace("\n", "\r").encode(), "utf-8"),
    ],
)  # fmt: skip
def test_encodings_are_found_out(tmp_path: Path, content: bytes, encoding: str) -> None:
    source = open_source(save(tmp_path, content))
    assert (source.encoding, source.delimiter) == (encoding, ";")
    assert source.header == ("Email", "Name")
    rows = [row for row, _ in source.rows()]
    assert rows == [Row(2, ["ana@x.de", "Zoë Müller"])]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found_out_outside_quotes(tmp_path: Path, delimiter: str) -> None:
    header = delimiter.join(['"a,;b,;c|,;"', "Email", "Name"])
    source = open_source(save(tmp_path, f"{header}\n1{delimiter}2{delimiter}3\n"))
    assert source.delimiter == delimiter
    assert next(source.rows())[0] == Row(2, ["1", "2", "3"])


def test_lines_are_the_physical_ones(tmp_path: Path) -> None:
    text = 'a,b\n1,"two\nlines"\n\n,\n3,4\n"five\n\nsix",7\n8,9,10\n8,9,\n11\n'
    found = [row for row, _ in open_source(save(tmp_path, text)).rows()]
    assert found == [
        Row(2, ["1", "two\nlines"]),
        Row(6, ["3", "4"]),
        Row(7, ["five\n\nsix", "7"]),
        Broken(10, "has 3 cells, the header has 2; row left out"),
        Row(11, ["8", "9"]),
        Row(12, ["11", ""]),
    ]


def test_a_broken_quote_costs_its_own_rows_only(tmp_path: Path) -> None:
    text = 'a,b\n1,"x" y\n2,ok\n3,"never closed\n4,5\n'
    found = [row for row, _ in open_source(save(tmp_path, text)).rows()]
    assert isinstance(found[0], Broken)
    assert found[0].line == 2
    assert found[1] == Row(3, ["2", "ok"])
    assert isinstance(found[2], Broken)
    assert "does not end; lines 4 to 5" in found[2].message


def test_a_monstrous_cell_is_one_broken_row(tmp_path: Path) -> None:
    text = f"a,b\n1,{'x' * 200_000}\n2,{'y' * 10_000}\n"
    found = [row for row, _ in open_source(save(tmp_path, text)).rows()]
    assert isinstance(found[0], Broken)
    assert found[1] == Row(3, ["2", "y" * 10_000])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"), (b" \n \n", "is empty"), (b"PK\x03\x04rest", "Excel workbook"),
        (b"%PDF-1.7", "PDF"), (bytes(range(256)) * 20, "binary file"),
        (b'"never closed', "no header"),
    ],
)  # fmt: skip
def test_what_is_no_csv_is_refused_in_one_line(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        open_source(save(tmp_path, content))
    assert "\n" not in str(caught.value)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no file"):
        open_source(tmp_path / "none.csv")
    with pytest.raises(BadInput, match="is no file"):
        open_source(tmp_path)


HUBSPOT = (
    "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lifecycle Stage,Lead Status,"
    "Create Date,Country/Region,State/Region,City,Job Title,Original Source,HubSpot Score,"
    "Marketing contact status,Unsubscribed from all email,Preferred language,Company Name,"
    "Last Modified Date,Associated Company"
)
SALESFORCE = (
    "Id,FirstName,LastName,Email,Phone,OwnerId,Status,LeadSource,CreatedDate,LastModifiedDate,"
    "MailingCountry,MailingState,MailingCity,Title,HasOptedOutOfEmail,AccountName,"
    "NumberOfEmployees,AnnualRevenue,Industry,Website"
)


@pytest.mark.parametrize("header", [HUBSPOT, SALESFORCE, SALESFORCE.lower(), HUBSPOT.upper()])
def test_contact_headers_of_both_vendors_are_known(header: str) -> None:
    columns = recognise("contacts", header.split(","))
    assert columns.unknown == ()
    assert {
        "email", "first_name", "last_name", "job_title", "phone", "country", "state", "city",
        "owner", "lead_status", "lead_source", "created_at", "updated_at", "company_name",
        "opted_out",
    } <= set(columns.positions)  # fmt: skip


def test_other_headers_of_both_vendors_are_known() -> None:
    companies = "Company name,Company Domain Name,Industry,Number of Employees,Annual Revenue,Type"
    assert recognise("companies", companies.split(",")).unknown == ()
    accounts = "Account Name,Website,Industry,NumberOfEmployees,AnnualRevenue,BillingCountry,Type"
    assert set(recognise("companies", accounts.split(",")).positions) == {
        "name", "domain", "industry", "employees", "annual_revenue", "country", "company_type"
    }  # fmt: skip
    for deals in (
        "Deal Name,Deal Stage,Amount,Close Date,Associated Contact,Create Date,Record ID",
        "Opportunity Name,StageName,Amount,CloseDate,Contact Email,CreatedDate,Id",
        "name,stage,amount,close_date,email,created_at,deal id",
    ):
        assert set(recognise("deals", deals.split(",")).positions) == {
            "name", "stage", "amount", "close_date", "email", "created_at", "deal_key"
        }  # fmt: skip
    events = recognise("events", ["email", "event", "occurred_at", "asset", "colour"])
    assert events.unknown == ("colour",)
    assert len(events.positions) == 4


def test_of_two_columns_for_one_field_the_better_one_goes_first() -> None:
    columns = recognise("contacts", ["Mobile Phone Number", "Phone Number", "Email", "Record ID"])
    assert columns.positions["phone"] == (1, 0)
    assert columns.ignored == ("Record ID",)


def test_repeats_are_found_with_the_line_of_the_first() -> None:
    repeats = Repeats()
    for n in range(50_000):
        repeats.note(f"k{n}")
    repeats.note("k7")
    assert repeats.first_line(["k7"], "t7", 9) is None
    assert repeats.first_line(["k7"], "t7", 50_002) == 9
    assert all(repeats.first_line([f"k{n}"], f"t{n}", n) is None for n in range(100, 50_000))
