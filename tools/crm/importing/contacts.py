"""Contacts: one row, one person, known by email."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from placet.ids import new_id
from tools.crm.local.catalogue import build_catalogue
from tools.crm.local.schema import companies, contacts
from tools.crm.values import business_domain, email, function_of, seniority_of

from .cells import Cells, Convert, truth
from .company_book import CompanyBook, blank_company
from .reader import Row
from .repeats import Repeats
from .report import Tally
from .upsert import Suppressed, Writes, by_column, changed, new_suppressions

__all__ = ["Contacts"]

_COLUMNS = tuple(column.name for column in contacts.c)
_OF_COMPANY = {
    "company_industry": "industry", "company_employees": "employees",
    "company_revenue": "annual_revenue",
}  # fmt: skip


class Contacts:
    """How rows become contacts, their companies and their suppressions."""

    required = (("email",),)

    def __init__(self, cells: Cells, tally: Tally, repeats: Repeats, *, now: int) -> None:
        self._cells = cells
        self._tally = tally
        self._repeats = repeats
        self._now = now
        self._converts = self._table()

    def _table(self) -> dict[str, Convert]:
        known = build_catalogue()
        table = {f.name: self._cells.convert(f) for f in known.fields if f.subject == "contact"}
        for name, field in _OF_COMPANY.items():
            spec = known.field("company", field)
            if spec is not None:
                table[name] = self._cells.convert(spec)
        cells = self._cells
        return table | {
            "email": _as_it_stands, "company_domain": cells.domain, "full_name": cells.text,
            "opted_out": cells.flag, "bounced": cells.text, "company_name": cells.name,
        }  # fmt: skip

    def keys(self, row: Row) -> Sequence[str]:
        """Return by what the row's person is known."""
        return (email(self._cells.raw(row, "email")) or "",)

    def parse(self, row: Row) -> dict[str, Any] | None:
        """Return what the row says, or None where it was left out and reported."""
        text = self._cells.raw(row, "email")
        address = email(text)
        if address is None:
            message = "is no email address" if text else "no email address"
            self._cells.skip(row.line, "email", text, f"{message}; row left out")
            return None
        first = self._repeats.first_line((address,), address, row.line)
        if first is not None:
            message = f"is the email of line {first} too; the first row counts, not this one"
            self._cells.skip(row.line, "email", text, message)
            return None
        return _named(self._cells.values(row, self._converts) | {"email": address})

    def plan(self, connection: sa.Connection, batch: Sequence[dict[str, Any]]) -> Writes:
        """Look up what is there, count what changes, and return what to write."""
        writes = Writes()
        found = by_column(connection, contacts.c.email, (values["email"] for values in batch))
        known = {row["email"]: row for row in found}
        book = CompanyBook(
            connection,
            domains=(_domain(values) for values in batch),
            names=(values.get("company_name") for values in batch),
            ids=(row["company_id"] for row in known.values()),
        )
        for values in batch:
            self._place(writes, book, known.get(values["email"]), values)
        self._tally.new_companies(len(writes.inserts.get(companies, ())))
        writes.suppressed = new_suppressions(connection, list(self._suppressed(batch)))
        self._tally.suppressed += len(writes.suppressed)
        return writes

    def _place(
        self, writes: Writes, book: CompanyBook,
        before: Mapping[str, Any] | None, values: dict[str, Any],
    ) -> None:  # fmt: skip
        fields = {name: value for name, value in values.items() if name in _COLUMNS}
        fields |= _derived(before, fields)
        company_id = self._company(writes, book, before, values)
        if company_id is not None:
            fields["company_id"] = company_id
        if before is None:
            stamps = {"created_at": self._now, "updated_at": self._now}
            blank = dict.fromkeys(_COLUMNS) | stamps | {"id": new_id("ct")}
            writes.insert(contacts, blank | fields)
            self._tally.created += 1
        elif changed(before, fields):
            writes.update(contacts, {**before, "updated_at": self._now, **fields})
            self._tally.updated += 1
        else:
            self._tally.unchanged += 1

    def _company(
        self, writes: Writes, book: CompanyBook,
        before: Mapping[str, Any] | None, values: Mapping[str, Any],
    ) -> str | None:  # fmt: skip
        """Return the company the person belongs to; None leaves things as they are."""
        name, site = values.get("company_name"), values.get("company_domain")
        domain = _domain(values)
        current = before["company_id"] if before is not None else None
        explicit = name is not None or site is not None
        if current is not None and (
            not explicit or book.is_named(current, domain=domain, name=name)
        ):
            return None
        row = book.find(domain=domain, name=name, strict=site is not None)
        if row is None and explicit:
            told = {field: values.get(given) for given, field in _OF_COMPANY.items()}
            stamps = {"created_at": self._now, "updated_at": self._now}
            row = blank_company(name=name or domain, domain=domain, **told, **stamps)
            book.add(row)
            writes.insert(companies, row)
        return None if row is None else str(row["id"])

    def _suppressed(self, batch: Iterable[Mapping[str, Any]]) -> Iterable[Suppressed]:
        for values in batch:
            if values.get("opted_out"):
                yield values["email"], "unsubscribed", self._now
            elif truth(values.get("bounced", "no")) is not False:
                yield values["email"], "bounced", self._now


_TELLS: tuple[tuple[str, Callable[[str], str | None]], ...] = (
    ("seniority", seniority_of), ("job_function", function_of),
)  # fmt: skip


def _derived(before: Mapping[str, Any] | None, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return seniority and function as the title tells them, where nobody gave them.

    A new title decides anew; where it tells nothing, what the old one told is taken back.
    """
    title: str | None = fields.get("job_title")
    if title is None:
        return {}
    found: dict[str, Any] = {}
    old = before["job_title"] if before is not None else None
    for name, tell in _TELLS:
        stored = before[name] if before is not None else None
        told = tell(title)
        if name in fields or (title == old and stored is not None):
            continue
        if told is not None or (old is not None and stored == tell(old)):
            found[name] = told
    return found


def _as_it_stands(_line: int, _at: int, text: str) -> str:
    return text  # `parse` has read it already


def _domain(values: Mapping[str, Any]) -> str | None:
    site: str | None = values.get("company_domain")
    return site or business_domain(values["email"])


def _named(values: dict[str, Any]) -> dict[str, Any]:
    """Split a full name where the file has no first and last name of its own."""
    full = values.pop("full_name", None)
    if full and "first_name" not in values and "last_name" not in values:
        first, _, last = full.rpartition(" ")
        values |= {"first_name": first, "last_name": last} if first else {"first_name": last}
    return values
