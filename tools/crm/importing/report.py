"""What an import did, as a value: counts, the rows that were wrong, and what was decided."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from tools.crm.values import Order

__all__ = ["MOST_BAD_ROWS", "BadRow", "DateColumn", "ImportReport", "Kind", "Tally", "shorten"]

Kind = Literal["contacts", "companies", "events", "deals"]
MOST_BAD_ROWS = 1_000
"""How many bad cells a report keeps; it counts all of them."""
_SHORT = 80
_MOST_SPELLINGS = 50_000


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BadRow(_Value):
    """One cell, or one whole row, that could not be used."""

    line: int
    """The physical line of the file the row starts on; the header is on line 1."""
    column: str
    """The header of the column; empty where the whole row is meant."""
    value: str
    """The text, shortened."""
    message: str
    """What is wrong, and what became of the row."""


class DateColumn(_Value):
    """How a date column with days such as 05/03/2024 was read."""

    column: str
    order: Order
    decided_by_data: bool
    """Whether a value settled it; if not, month first is the default, as in the vendors' files."""


class ImportReport(_Value):
    """What an import did, or would do (`dry_run`)."""

    kind: Kind
    dry_run: bool
    rows: int
    """Rows with data, the header not counted: created + updated + unchanged + skipped."""
    created: int
    updated: int
    unchanged: int
    skipped: int
    """Rows left out whole; each is in `bad_rows`, up to the cap."""
    columns: dict[str, str]
    """The columns that were used: header to field."""
    ignored_columns: tuple[str, ...]
    """Headers that are known, but which the embedded CRM does not keep."""
    unknown_columns: tuple[str, ...]
    """Headers that are not known; their cells were not used."""
    bad_rows: tuple[BadRow, ...]
    """The first thousand bad cells and rows, by line."""
    bad_count: int
    """How many there were."""
    dates: tuple[DateColumn, ...]
    encoding: str
    delimiter: str
    notes: tuple[str, ...]
    """What else a person should know: "14 country values normalised: Deutschland to Germany"."""


def shorten(text: str) -> str:
    """Return `text` on one line and short enough to print beside others."""
    line = " ".join(text.replace("\0", "\ufffd").split())
    return line if len(line) <= _SHORT else line[: _SHORT - 1] + "…"


class Tally:
    """What is counted while an import runs; memory does not grow with the file."""

    def __init__(self) -> None:
        self.rows = self.created = self.updated = self.unchanged = self.skipped = 0
        self.bad_count = 0
        self.bad_rows: list[BadRow] = []
        self.suppressed = 0
        self._normalised: dict[tuple[str, str, str], int] = {}
        self._companies = 0

    def bad(self, line: int, column: str, value: str, message: str) -> None:
        """Count one bad cell, and keep it where there is room."""
        self.bad_count += 1
        if len(self.bad_rows) < MOST_BAD_ROWS:
            self.bad_rows.append(
                BadRow(line=line, column=column, value=shorten(value), message=message)
            )

    def skip(self, line: int, column: str, value: str, message: str) -> None:
        """Count one row that is left out whole, and say why."""
        self.skipped += 1
        self.bad(line, column, value, message)

    def normalised(self, field: str, before: str, after: str) -> None:
        """Count one value that was turned into the one the CRM uses."""
        key = (field, before, after)
        if len(self._normalised) < _MOST_SPELLINGS or key in self._normalised:
            self._normalised[key] = self._normalised.get(key, 0) + 1

    def new_companies(self, count: int) -> None:
        """Count companies that contacts or deals brought with them."""
        self._companies += count

    def notes(self, *, dry_run: bool) -> tuple[str, ...]:
        """Return what a person should know, in words; a dry run forgets what it did not write."""
        lines = []
        for field in sorted({key[0] for key in self._normalised}):
            seen = {key: count for key, count in self._normalised.items() if key[0] == field}
            _, before, after = max(seen, key=lambda key: (seen[key], key))
            example = f"{shorten(before)} to {after}"
            total = sum(seen.values())
            lines.append(f"{total:,} {field} values normalised, for example {example}")
        up_to = "up to " if dry_run else ""
        if self._companies:
            lines.append(f"{up_to}{self._companies:,} companies created for the contacts")
        if self.suppressed:
            lines.append(f"{up_to}{self.suppressed:,} addresses put on the suppression list")
        return tuple(lines)
