"""Companies: one row, one company, known by its domain, else by its exact name."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from tools.crm.local.catalogue import build_catalogue
from tools.crm.local.schema import companies
from tools.crm.values import domain

from .cells import Cells
from .company_book import CompanyBook, blank_company
from .reader import Row
from .repeats import Repeats
from .report import Tally
from .upsert import Writes, changed

__all__ = ["Companies"]

_LINE, _KEYS = "_line", "_keys"


class Companies:
    """How rows become companies."""

    required = (("name", "domain"),)

    def __init__(self, cells: Cells, tally: Tally, repeats: Repeats, *, now: int) -> None:
        self._cells = cells
        self._tally = tally
        self._repeats = repeats
        self._now = now
        fields = [f for f in build_catalogue().fields if f.subject == "company"]
        self._converts = {f.name: cells.convert(f) for f in fields} | {
            "domain": cells.domain, "name": cells.name,
        }  # fmt: skip

    def keys(self, row: Row) -> Sequence[str]:
        """Return by what the row's company is known: name and domain."""
        host = domain(self._cells.raw(row, "domain"))
        name = self._cells.raw(row, "name")
        return tuple(key for key in (host and f"d:{host}", name and f"n:{name}") if key)

    def parse(self, row: Row) -> dict[str, Any] | None:
        """Return what the row says, or None where it was left out and reported."""
        values = self._cells.values(row, self._converts)
        if "name" not in values and "domain" not in values:
            self._cells.skip(row.line, "name", "", "neither name nor domain; row left out")
            return None
        return values | {_LINE: row.line, _KEYS: self.keys(row)}

    def plan(self, connection: sa.Connection, batch: Sequence[dict[str, Any]]) -> Writes:
        """Look up what is there, count what changes, and return what to write."""
        writes = Writes()
        book = CompanyBook(
            connection,
            domains=(values.get("domain") for values in batch),
            names=(values.get("name") for values in batch),
        )
        for values in batch:
            self._place(writes, book, values)
        return writes

    def _place(self, writes: Writes, book: CompanyBook, values: dict[str, Any]) -> None:
        line, keys = values.pop(_LINE), values.pop(_KEYS)
        host, name = values.get("domain"), values.get("name")
        row = book.find(domain=host, name=name, strict=True)
        target = row["id"] if row is not None else f"{host}\n{name}"
        first = self._repeats.first_line(keys, target, line)
        if first is not None:
            message = f"is the company of line {first} too; the first row counts, not this one"
            self._cells.skip(line, "name", name or host or "", message)
        elif row is None:
            stamps = {"created_at": self._now, "updated_at": self._now}
            row = blank_company(**(stamps | {"name": name or host} | values))
            self._repeats.first_line(keys, row["id"], line)
            book.add(row)
            writes.insert(companies, row)
            self._tally.created += 1
        elif changed(row, values):
            row.update({"updated_at": self._now} | values)
            book.refile(row)
            writes.update(companies, row)
            self._tally.updated += 1
        else:
            self._tally.unchanged += 1
