"""By hand: how a person does the same in the CRM, record by record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gates.digest import short
from gates.files import FileRef
from tools.crm.port import FieldSet, RecordReader, RecordSubject
from tools.hygiene.duplicates.plan import Merge
from tools.segments.inert import show

__all__ = ["BY_HAND", "by_hand", "called", "merge_by_hand", "value"]

BY_HAND = 50
"""Up to so many records the recipe names each."""
_NAMES: Mapping[RecordSubject, str] = {"contact": "email", "company": "name"}


def value(text: str | None) -> str:
    """Return a field's value as a person reads it."""
    return "empty" if text is None else show(text)


def called(
    records: RecordReader, subject: RecordSubject, ids: Sequence[str]
) -> Mapping[str, str]:  # fmt: skip
    """Return what people call these records: the address or the name, with the id."""
    field = _NAMES[subject]
    rows = records.rows(subject, ids, fields=[field])
    names = {one: rows.get(one, {}).get(field) for one in ids}
    return {one: f"{one} ({show(name)})" if name else one for one, name in names.items()}


def by_hand(
    records: RecordReader, subject: RecordSubject, sets: Mapping[str, Sequence[FieldSet]],
    *, destination: str, file: FileRef,
) -> tuple[str, ...]:  # fmt: skip
    """Return the recipe for changing fields."""
    first = list(sets)[:BY_HAND]
    names = called(records, subject, first)
    lines = [
        f"Open {subject} {names[record]} and change "
        + "; ".join(f"{one.field} from {value(one.before)} to {value(one.after)}" for one in fields)
        + ". Leave it as it is where it holds something else by now."
        for record, fields in ((one, sets[one]) for one in first)
    ]
    return (f"In {destination}, change {len(sets):,} {_many(subject, len(sets))}:", *lines,
            *_rest(len(sets) - len(first), file))  # fmt: skip


def merge_by_hand(
    records: RecordReader, subject: RecordSubject, merges: Sequence[Merge], *, destination: str,
    file: FileRef,
) -> tuple[str, ...]:  # fmt: skip
    """Return the recipe for merging."""
    first = merges[:BY_HAND]
    names = called(records, subject, [record for one in first for record in one.records])
    lines = [line for one in first for line in _one_merge(subject, one, names)]
    return (f"In {destination}, merge {len(merges):,} groups of duplicates:", *lines,
            *_rest(len(merges) - len(first), file))  # fmt: skip


def _one_merge(subject: RecordSubject, one: Merge, names: Mapping[str, str]) -> list[str]:
    losers = ", ".join(names[record] for record in one.losers)
    lines = [f"Merge {subject} {losers} into {names[one.survivor]}, and keep that one."]
    kept = [
        f"{field} {value(None if choice.value is None else str(choice.value))}"
        for field, choice in sorted(one.changes.items())
    ]
    return [*lines, f"Give it {'; '.join(kept)}."] if kept else lines


def _many(subject: RecordSubject, count: int) -> str:
    return subject if count == 1 else {"contact": "contacts", "company": "companies"}[subject]


def _rest(left: int, file: FileRef) -> tuple[str, ...]:
    mark = f"The approved list is the file {file.name} with the fingerprint {short(file.sha256)}"
    if left <= 0:
        return (f"{mark}.",)
    return (f"{left:,} more stand in it, one a line. {mark}; open it on the draft's full view.",)
