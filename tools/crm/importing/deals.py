"""Deals: known by the vendor's record id where the file has one, else by name and person."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tools.crm.local.catalogue import build_catalogue
from tools.crm.local.schema import contacts, deals
from tools.crm.values import email

from .cells import Cells
from .company_book import CompanyBook
from .reader import Row
from .repeats import Repeats
from .report import Tally
from .upsert import Writes, by_column, changed

__all__ = ["Deals"]

_COLUMNS = tuple(column.name for column in deals.c)
_ADDRESS = re.compile(r"[^\s()<>;,\"]+@[^\s()<>;,\"]+")


class Deals:
    """How rows become deals, of people and companies that are there already."""

    required = (("name",),)

    def __init__(self, cells: Cells, tally: Tally, repeats: Repeats, *, now: int) -> None:
        self._cells = cells
        self._tally = tally
        self._repeats = repeats
        self._now = now
        fields = [f for f in build_catalogue().fields if f.subject == "deal"]
        self._converts = {f.name: cells.convert(f) for f in fields} | {
            "deal_key": cells.text, "email": cells.text, "company_name": cells.name,
            "company_domain": cells.domain,
        }  # fmt: skip

    def keys(self, row: Row) -> Sequence[str]:
        """Return by what the row's deal is known."""
        raw = {name: self._cells.raw(row, name) for name in ("deal_key", "name", "company_name")}
        return (_id(raw | {"email": _address(self._cells.raw(row, "email"))}),)

    def parse(self, row: Row) -> dict[str, Any] | None:
        """Return what the row says, or None where it was left out and reported."""
        values = self._cells.values(row, self._converts)
        if "name" not in values:
            self._cells.skip(row.line, "name", "", "no deal name; row left out")
            return None
        (key,) = self.keys(row)
        first = self._repeats.first_line((key,), key, row.line)
        if first is not None:
            message = f"is the deal of line {first} too; the first row counts, not this one"
            self._cells.skip(row.line, "name", values["name"], message)
            return None
        return values | {"id": key, "email": self._person(row), "line": row.line}

    def _person(self, row: Row) -> str | None:
        raw = self._cells.raw(row, "email")
        found = _address(raw)
        if raw and found is None:
            message = "holds no email address; the deal is not linked to a person"
            self._cells.bad(row.line, "email", raw, message)
        return found

    def plan(self, connection: sa.Connection, batch: Sequence[dict[str, Any]]) -> Writes:
        """Look up what is there, count what changes, and return what to write."""
        writes = Writes()
        known = {r["id"]: r for r in by_column(connection, deals.c.id, (v["id"] for v in batch))}
        found = by_column(connection, contacts.c.email, (values["email"] for values in batch))
        people = {row["email"]: row for row in found}
        book = CompanyBook(
            connection,
            domains=(values.get("company_domain") for values in batch),
            names=(values.get("company_name") for values in batch),
        )
        for values in batch:
            links = self._links(book, people, values)
            fields = {name: value for name, value in values.items() if name in _COLUMNS} | links
            self._place(writes, known.get(values["id"]), fields)
        return writes

    def _place(
        self, writes: Writes, before: Mapping[str, Any] | None, fields: dict[str, Any]
    ) -> None:
        if before is None:
            writes.insert(deals, dict.fromkeys(_COLUMNS) | {"created_at": self._now} | fields)
            self._tally.created += 1
        elif changed(before, fields):
            writes.update(deals, {**before, **fields})
            self._tally.updated += 1
        else:
            self._tally.unchanged += 1

    def _links(
        self, book: CompanyBook, people: Mapping[str, Mapping[str, Any]], values: Mapping[str, Any]
    ) -> dict[str, Any]:
        address = values["email"]
        person = people.get(address) if address else None
        if address and person is None:
            message = "is no contact here; the deal is not linked to a person"
            self._cells.bad(values["line"], "email", address, message)
        site, name = values.get("company_domain"), values.get("company_name")
        company = book.find(domain=site, name=name, strict=site is not None)
        links = {
            "contact_id": person["id"] if person else None,
            "company_id": company["id"] if company else person["company_id"] if person else None,
        }
        return {name: value for name, value in links.items() if value is not None}


def _address(text: str) -> str | None:
    """Return the first address in a cell such as "Ana Silva (ana@acme.com); ..."."""
    match = _ADDRESS.search(text)
    return email(match[0]) if match else None


def _id(raw: Mapping[str, str | None]) -> str:
    if raw["deal_key"]:
        text = f"key\n{raw['deal_key']}"
    else:
        text = f"name\n{raw['name']}\n{raw['email'] or raw['company_name'] or ''}"
    return f"dl_{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}"
