"""A batch of changes as a file for a spreadsheet: every change, nothing that a cell would run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

from gates.files import Attachment, file_of
from tools.hygiene.change import FieldChange

__all__ = ["changes_csv", "rows_csv"]

_HEAD = (
    "record", "who", "field", "before", "after", "rule", "confidence", "why", "evidence",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FIGURE = re.compile(r"[+-]?[\d\s().,/-]+")


def changes_csv(changes: Iterable[FieldChange], labels: Mapping[str, str]) -> Attachment:
    """Return the changes as CSV in UTF-8 with a byte-order mark, as spreadsheets expect it."""
    rows = (
        (
            one.record, labels.get(one.record, ""), one.field, one.before or "", one.after or "",
            one.rule, f"{one.confidence:.3f}", one.why, one.evidence,
        )
        for one in changes
    )  # fmt: skip
    return rows_csv("changes.csv", _HEAD, rows)


def rows_csv(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Attachment:
    """Return rows as a CSV file; a cell that a spreadsheet would run gets an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return file_of(
        out.getvalue().encode("utf-8-sig", "replace"), name=name, media_type="text/csv"
    )  # fmt: skip


def _cell(text: str) -> str:
    """Return a cell that is read as text; telephone numbers and figures stay as they are."""
    if text.startswith(_FORMULA) and not _FIGURE.fullmatch(text):
        return f"'{text}"
    return text
