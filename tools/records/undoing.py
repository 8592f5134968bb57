"""The way back from what a receipt says: the compensating actions, and what their card shows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from gates.files import Attachment
from gates.sections import Fact, Section, Table, as_evidence
from gates.targets import targets_of
from tools.crm.port import FieldSet, RecordReader, RecordSubject
from tools.execution import Undoing
from tools.hygiene.change import FieldChange

from .action import RestoreRecords, UnmergeRecords
from .kept import Kept
from .lines import results_file
from .recipe import called, value

__all__ = ["back", "moved", "restoring", "unmerging"]

_SHOWN = 50


def back(result: str) -> tuple[FieldSet, ...]:
    """Return the fields that a result says were written, the other way round."""
    fields: Mapping[str, Mapping[str, str | None]] = json.loads(result)["fields"]
    return tuple(
        FieldSet(field=name, before=one["after"], after=one["before"])
        for name, one in sorted(fields.items())
    )


def moved(
    records: RecordReader,
    subject: RecordSubject,
    sets: Mapping[str, Sequence[FieldSet | FieldChange]],
) -> tuple[int, int, str]:
    """Return how many records are gone, how many hold other values than `before`, an example."""
    fields = sorted({one.field for changed in sets.values() for one in changed})
    rows = records.rows(subject, list(sets), fields=fields)
    gone, changed, example = 0, 0, ""
    for record, wanted in sets.items():
        row = rows.get(record)
        if row is None:
            gone += 1
            continue
        for one in wanted:
            if not same(row.get(one.field), one.before):
                changed += 1
                # Without the values: a note stands in the ledger, which keeps it.
                example = example or f" (for example {one.field} of {record})"
                break
    return gone, changed, example


def same(now: str | None, before: str | None) -> bool:
    """Return whether two texts are one stored value: "1200" is "1200.0" where it is a number."""
    if now == before or now is None or before is None:
        return now == before
    try:
        return float(now) == float(before) and not (now + before).startswith(("0", "+"))
    except ValueError:
        return False


def restoring(
    records: RecordReader, kept: Kept, results: Mapping[str, str], *, subject: RecordSubject,
    destination: str, receipt_id: str,
) -> Undoing | None:  # fmt: skip
    """Return what puts the fields back that these results changed; None where there are none."""
    if not results:
        return None
    file = results_file(results)
    kept.at_hand(file)
    sets = {one: back(results[one]) for one in sorted(results)}
    fields = Counter(one.field for changed in sets.values() for one in changed)
    action = RestoreRecords(
        destination=destination, targets=targets_of(sets), subject=subject, results=file.ref,
        fields=dict(sorted(fields.items())), receipt_id=receipt_id,
    )  # fmt: skip
    gone, changed, _ = moved(records, subject, sets)
    section = Section(
        name="restore", title="What is put back", files=(file.ref,),
        facts=(_count("Records", len(sets)), *_fields(action.fields),
               *_left(gone + changed, "changed or gone since; they stay as they are")),
        table=_before_after(records, subject, sets),
    )  # fmt: skip
    words = f"Puts back {len(sets) - gone - changed:,} of the {len(sets):,} records that receipt "
    return _undoing(action, sorted(sets), file, f"{words}{receipt_id} changed.", section)


def _undoing(
    action: RestoreRecords | UnmergeRecords, members: Sequence[str], file: Attachment,
    summary: str, section: Section,
) -> Undoing:  # fmt: skip
    evidence = {"sections": as_evidence([section])}
    return Undoing(
        action=action, targets=members, files=(file,), summary=summary, evidence=evidence
    )


def _count(label: str, count: int) -> Fact:
    return Fact(label=label, value=f"{count:,}")


def _fields(fields: Mapping[str, int]) -> tuple[Fact, ...]:
    return tuple(_count(name.replace("_", " ").capitalize(), n) for name, n in fields.items())


def _left(count: int, words: str) -> tuple[Fact, ...]:
    return (Fact(label="Left alone", value=f"{count:,} {words}", loud=True),) if count else ()


def _before_after(
    records: RecordReader, subject: RecordSubject, sets: Mapping[str, Sequence[FieldSet]]
) -> Table:
    first = list(sets)[:_SHOWN]
    names = called(records, subject, first)
    rows = [
        (names[record], one.field, value(one.before), value(one.after))
        for record in first
        for one in sets[record]
    ]
    total = sum(len(changed) for changed in sets.values())
    return Table(columns=("Record", "Field", "Now", "Becomes"), rows=tuple(rows[:_SHOWN]),
                 total=total)  # fmt: skip


def unmerging(
    records: RecordReader, kept: Kept, results: Mapping[str, str], *, subject: RecordSubject,
    destination: str, receipt_id: str,
) -> Undoing | None:  # fmt: skip
    """Return what takes these merges apart again; None where there are none."""
    if not results:
        return None
    file, survivors = results_file(results), sorted(results)
    kept.at_hand(file)
    action = UnmergeRecords(
        destination=destination, targets=targets_of(survivors), subject=subject, results=file.ref,
        receipt_id=receipt_id,
    )  # fmt: skip
    parts = {one: [row["id"] for row in json.loads(results[one])["losers"]] for one in survivors}
    names = called(records, subject, survivors[:_SHOWN])
    rows = tuple((names[one], ", ".join(parts[one])) for one in survivors[:_SHOWN])
    there = records.rows(subject, survivors, fields=[])
    section = Section(
        name="unmerge", title="What comes back", files=(file.ref,),
        facts=(_count("Merges", len(survivors)), _count("Records", sum(map(len, parts.values()))),
               *_left(len(survivors) - len(there), "of the merged records are gone")),
        table=Table(columns=("Merged record", "Comes back"), rows=rows, total=len(survivors)),
    )  # fmt: skip
    summary = f"Takes apart the {len(survivors):,} merges of receipt {receipt_id}."
    return _undoing(action, survivors, file, summary, section)
