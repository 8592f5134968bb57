"""The files beside drafts of records: canonical JSON lines, sorted, the same bytes always."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from functools import partial
from itertools import pairwise
from typing import Any, TypeVar

from gates.digest import canonical
from gates.files import Attachment, file_of
from placet.errors import BadInput
from tools.hygiene.change import FieldChange
from tools.hygiene.duplicates.plan import Merge

__all__ = [
    "Changes",
    "changes_file",
    "merges_file",
    "read_changes",
    "read_merges",
    "read_results",
    "results_file",
]

Changes = Mapping[str, tuple[FieldChange, ...]]
"""Changes by record, sorted by record and field."""

_T = TypeVar("_T")
_TYPE = "application/x-ndjson"
_DECODE = json.JSONDecoder().raw_decode


def changes_file(changes: Iterable[FieldChange]) -> Attachment:
    """Return the changes as a file, by record and field.

    Raises:
        BadInput: two of them are for one field of one record, or are of different subjects.
    """
    ordered = sorted(changes, key=lambda one: (one.record, one.field))
    for one, other in pairwise(ordered):
        if (one.record, one.field) == (other.record, other.field):
            raise BadInput(f"{one.field} of {one.record} is changed twice; settle on one value.")
    if len({one.subject for one in ordered}) > 1:
        raise BadInput("Contacts and companies go into drafts of their own.")
    return _file("changes.ndjson", map(asdict, ordered))


def read_changes(data: bytes) -> Changes:
    """Return the changes of a file, by record.

    Raises:
        BadInput: a line is none.
    """
    found: dict[str, list[FieldChange]] = {}
    for one in _read(data, lambda row: FieldChange(**row)):
        found.setdefault(one.record, []).append(one)
    return {record: tuple(changes) for record, changes in found.items()}


def merges_file(merges: Iterable[Merge]) -> Attachment:
    """Return the merges as a file, by survivor.

    Raises:
        BadInput: a record stands in two of them, or they are of different subjects.
    """
    ordered = sorted(merges, key=lambda one: one.survivor)
    seen: set[str] = set()
    for one in ordered:
        twice = seen & {one.survivor, *one.losers}
        if twice:
            raise BadInput(f"{min(twice)} stands in two merges; settle on one.")
        seen |= {one.survivor, *one.losers}
    if len({one.subject for one in ordered}) > 1:
        raise BadInput("Contacts and companies go into drafts of their own.")
    return _file("merges.ndjson", (one.to_row() for one in ordered))


def read_merges(data: bytes) -> Mapping[str, Merge]:
    """Return the merges of a file, by survivor.

    Raises:
        BadInput: a line is none.
    """
    return {one.survivor: one for one in _read(data, Merge.from_row)}


def results_file(results: Mapping[str, str]) -> Attachment:
    """Return what a receipt says of each item as a file, by item."""
    rows = ({"item": item, "result": results[item]} for item in sorted(results))
    return _file("receipt.ndjson", rows)


def read_results(data: bytes) -> Mapping[str, str]:
    """Return the results of a file, by item.

    Raises:
        BadInput: a line is none.
    """
    return dict(_read(data, lambda row: (str(row["item"]), str(row["result"]))))


def _file(name: str, rows: Iterable[Mapping[str, Any]]) -> Attachment:
    text = "".join(f"{canonical(row)}\n" for row in rows)
    return file_of(text.encode("utf-8", "surrogatepass"), name=name, media_type=_TYPE)


def _read(data: bytes, make: Callable[[dict[str, Any]], _T]) -> Iterable[_T]:
    # Not splitlines: a value may hold U+2028, which that would take for a line's end.
    lines = data.decode("utf-8", "surrogatepass").split("\n")
    return map(partial(_line, make), [line for line in lines if line])


def _line(make: Callable[[dict[str, Any]], _T], line: str) -> _T:
    try:
        row, end = _DECODE(line)  # without `loads`' look for blanks around it: half the time
        made = make(row) if end == len(line) else None
    except (ValueError, KeyError, TypeError):
        made = None
    if made is None:
        raise BadInput(f"A line of the file cannot be read: {line[:80]!r}; draft it anew.")
    return made
