"""A batch of changes as a card shows it: what, by which detector, the oddest first, a sample.

A pure function of the changes: the same batch gives the same sections and the same files. One
decision is for the whole batch; "all but these" is an edit that leaves records out of it.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gates.files import Attachment
from gates.sections import Fact, Section, Table
from tools.hygiene.catalogue import detector_named
from tools.hygiene.change import FieldChange, level_of

from .listing import changes_csv, rows_csv
from .unusual import Batch

__all__ = ["BatchCard", "RecordResult", "batch_card", "results_card", "without"]

_TABLE, _SAMPLE, _DETECTORS, _RESULTS = 40, 10, 40, 100
_EMPTY = "(empty)"
_COLUMNS = ("Record", "Field", "Before", "After", "Sure", "Note")


@dataclass(frozen=True, kw_only=True)
class BatchCard:
    """What stands on the card, and the files it names."""

    sections: tuple[Section, ...]
    files: tuple[Attachment, ...]


def batch_card(
    changes: Sequence[FieldChange],
    *,
    manifest: Attachment,
    labels: Mapping[str, str],
    left_out: Sequence[str] = (),
) -> BatchCard:
    """Return the sections of a batch.

    Args:
        changes: the batch; what was left out may still be in it and is not shown.
        manifest: the file that runs; its hash, which the digest covers, draws the sample.
        labels: how people call the records: an address, a company's name.
        left_out: records that a person took out of the batch.
    """
    changes = without(changes, left_out)
    whole = changes_csv(changes, labels)
    sections = (
        _totals(changes, left_out, labels),
        _detectors(changes),
        _oddest(changes, labels),
        _sample(changes, labels, manifest.ref.sha256),
        _whole(changes, manifest, whole),
    )
    return BatchCard(sections=tuple(one for one in sections if one), files=(manifest, whole))


def without(changes: Iterable[FieldChange], left_out: Iterable[str]) -> tuple[FieldChange, ...]:
    """Return all but the changes of these records."""
    gone = frozenset(left_out)
    return tuple(one for one in changes if one.record not in gone)


# --- the parts -----------------------------------------------------------------------------------


def _totals(
    changes: Sequence[FieldChange], left_out: Sequence[str], labels: Mapping[str, str]
) -> Section:
    records = len({one.record for one in changes})
    levels = Counter(level_of(one.confidence) for one in changes)
    facts = [
        Fact(label="Records", value=f"{records:,}"),
        Fact(label="Values", value=f"{len(changes):,} {_in_fields(changes)}"),
        *(
            Fact(label=level.capitalize(), value=f"{levels[level]:,}", loud=level == "doubtful")
            for level in ("certain", "likely", "doubtful")
            if levels[level]
        ),
    ]
    emptied = sum(one.after is None for one in changes)
    if emptied:
        facts.append(Fact(label="Emptied", value=f"{emptied:,}", loud=True))
    if left_out:
        facts.append(Fact(label="Left out by a person", value=_named(left_out, labels)))
    return Section(name="changes", title="What changes", facts=tuple(facts))


def _in_fields(changes: Sequence[FieldChange]) -> str:
    found = Counter(one.field for one in changes).most_common()
    told = [f"{name.replace('_', ' ')} {many:,}" for name, many in found[:6]]
    more = [f"{len(found) - 6} more fields"] if len(found) > 6 else []
    return f"({', '.join([*told, *more])})" if told else ""


def _named(records: Sequence[str], labels: Mapping[str, str]) -> str:
    shown = ", ".join(labels.get(one, one) for one in sorted(records)[:5])
    return shown if len(records) <= 5 else f"{shown} and {len(records) - 5:,} more"


def _detectors(changes: Sequence[FieldChange]) -> Section | None:
    by: defaultdict[str, list[FieldChange]] = defaultdict(list)
    for one in changes:
        by[one.rule].append(one)
    ordered = sorted(by.items(), key=lambda item: (-len(item[1]), item[0]))
    rows = tuple(_detector_row(rule, found) for rule, found in ordered[:_DETECTORS])
    if not rows:
        return None
    columns = ("Found by", "Records", "Values", "Certain", "Likely", "Doubtful")
    table = Table(columns=columns, rows=rows, total=len(by))
    return Section(name="detectors", title="By detector", table=table)


def _detector_row(rule: str, found: Sequence[FieldChange]) -> tuple[str, ...]:
    levels = Counter(level_of(one.confidence) for one in found)
    records = len({one.record for one in found})
    figures = (records, len(found), levels["certain"], levels["likely"], levels["doubtful"])
    return (_title(rule), *(f"{one:,}" for one in figures))


def _title(rule: str) -> str:
    detectors = [(name, detector_named(name)) for name in rule.split("+")]
    return " + ".join(one.title if one else name.replace("_", " ") for name, one in detectors)


def _oddest(changes: Sequence[FieldChange], labels: Mapping[str, str]) -> Section | None:
    """Return before and after: what is unlike the rest first, then what is least sure."""
    if not changes:
        return None
    batch = Batch(changes)
    told = [(batch.oddities(one), one) for one in changes]
    told.sort(key=lambda each: (-len(each[0]), each[1].confidence, each[1].record, each[1].field))
    odd = sum(bool(oddities) for oddities, _ in told)
    rows = tuple(
        _row(one, labels, "; ".join(oddities) or one.evidence) for oddities, one in told[:_TABLE]
    )
    text = f"{odd:,} unlike the others come first, then" if odd else "The first are"
    return Section(
        name="before_after", title="Before and after", text=f"{text} the least certain.",
        table=Table(columns=_COLUMNS, rows=rows, total=len(changes)),
    )  # fmt: skip


def _sample(
    changes: Sequence[FieldChange], labels: Mapping[str, str], sha256: str
) -> Section | None:
    if len(changes) <= _SAMPLE:
        return None
    ordered = sorted(changes, key=lambda one: (one.record, one.field))
    drawn = random.Random(sha256).sample(ordered, _SAMPLE)  # noqa: S311 - for eyes, not for secrets
    text = (
        f"{_SAMPLE} of {len(changes):,}, drawn by the file's hash {sha256[:12]}: everybody sees "
        "the same ones, and nobody chose them."
    )
    table = Table(
        columns=_COLUMNS,
        rows=tuple(_row(one, labels, one.evidence) for one in drawn),
        total=_SAMPLE,
    )
    return Section(name="sample", title="A random sample", text=text, table=table)


def _row(change: FieldChange, labels: Mapping[str, str], look: str) -> tuple[str, ...]:
    return (
        labels.get(change.record, change.record), change.field, _shown(change.before),
        _shown(change.after), f"{100 * change.confidence:.0f} %", look,
    )  # fmt: skip


def _shown(value: str | None) -> str:
    return _EMPTY if value is None or value == "" else value


def _whole(changes: Sequence[FieldChange], manifest: Attachment, whole: Attachment) -> Section:
    text = (
        f"All {len(changes):,} changes are in the files, each with its reason and evidence. To "
        "approve all but some, press Edit and name the records to leave out."
    )
    return Section(
        name="all", title="The whole list", text=text, files=(whole.ref, manifest.ref)
    )  # fmt: skip


# --- after the run -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordResult:
    """What became of one record of a batch."""

    record: str
    state: Literal["done", "skipped", "unknown", "left"]
    why: str = ""
    """Why it was not done: "changed since: phone is now ..."."""


def results_card(results: Sequence[RecordResult], labels: Mapping[str, str]) -> BatchCard:
    """Return what became of each record: what was not done first, the whole list as a file."""
    order = {"unknown": 0, "skipped": 1, "left": 2, "done": 3}
    ordered = sorted(results, key=lambda one: (order[one.state], one.record))
    states = Counter(one.state for one in results)
    rows = [(labels.get(one.record, one.record), one.state, one.why) for one in ordered]
    file = rows_csv(
        "results.csv", ("record", "who", "result", "why"),
        ((one.record, *row) for one, row in zip(ordered, rows, strict=True)),
    )  # fmt: skip
    facts = tuple(
        Fact(label=state.capitalize(), value=f"{states[state]:,}", loud=state == "unknown")
        for state in ("done", "skipped", "unknown", "left")
        if states[state]
    )
    open_rows = tuple(row for row in rows if row[1] != "done")
    table = None
    if open_rows:
        columns = ("Record", "Result", "Why")
        table = Table(columns=columns, rows=open_rows[:_RESULTS], total=len(open_rows))
    section = Section(
        name="results", title="Result for each record", facts=facts, table=table, files=(file.ref,),
    )  # fmt: skip
    return BatchCard(sections=(section,), files=(file,))
