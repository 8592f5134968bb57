"""Audit a CRM: its columns are read once, and every detector passes over them once."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from heapq import nlargest
from typing import TYPE_CHECKING

from tools.hygiene.catalogue import DETECTORS
from tools.hygiene.change import Subject
from tools.hygiene.columns import Columns, Scope
from tools.hygiene.detector import Detector, Finding
from tools.hygiene.read import fields_of, read_columns

from . import marketable, repeats, scores
from .asks import Ask
from .report import Audit, FieldTotal, Flaw, Help, RecordTotal
from .scores import scores_of
from .tally import WEIGHTS, Repairs, Tally

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = ["audit", "audit_table", "fields_to_read"]

_FIELDS, _RECORDS, _HELPS = 10, 10, 3
_NOUNS: dict[Subject, tuple[str, str]] = {
    "contact": ("contact", "contacts"), "company": ("company", "companies"),
}  # fmt: skip
_REPEATED = 0.9
"""How sure an exact key makes that two records are one."""


def audit(
    engine: sa.Engine,
    *,
    as_of: datetime,
    active_owners: Sequence[str] | None = None,
    between: Callable[[], object] = lambda: None,
) -> Audit:
    """Return what is wrong in the whole CRM, as of one moment.

    Args:
        engine: the CRM's database; it is read in one transaction.
        as_of: the moment that "stale" and "in the future" are told from.
        active_owners: who owns records today, where that is known.
        between: called between any two parts of the work, and may raise to end it.
    """
    started = time.perf_counter()
    table = read_columns(engine, fields_to_read(), as_of=as_of, active_owners=active_owners)
    made = audit_table(table, between=between)
    return made.model_copy(update={"seconds": round(time.perf_counter() - started, 3)})


def fields_to_read() -> frozenset[tuple[Subject, str]]:
    """Return every column that an audit reads."""
    others = {*marketable.FIELDS, *repeats.FIELDS, *scores.FIELDS, ("company", "name")}
    return fields_of(DETECTORS) | others


def audit_table(
    table: Columns,
    detectors: Sequence[Detector] = DETECTORS,
    *,
    between: Callable[[], object] = lambda: None,
) -> Audit:
    """Return the audit of columns that were read already; `between` as in `audit`."""
    started = time.perf_counter()
    tally = Tally(table)
    # What a test record holds is not worth a repair, so those come first.
    first = [one for one in detectors if one.name == "test_record"]
    for detector in (*first, *(one for one in detectors if one not in first)):
        between()
        tally.take(detector)
    tally.settle()
    between()
    again = repeats.repeated(table)
    between()
    return Audit(
        at=table.as_of,
        contacts=tally.size["contact"],
        companies=tally.size["company"],
        marketable=tally.marketable["contact"].count(1),
        scores=scores_of(tally, again),
        detectors=tuple(sorted(tally.totals, key=lambda one: -one.findings)),
        fields=_fields(tally),
        records=_records(tally, detectors),
        helps=_helps(tally, again),
        seconds=round(time.perf_counter() - started, 3),
    )


# --- what would help -----------------------------------------------------------------------------


def _helps(tally: Tally, again: dict[Subject, bytearray]) -> tuple[Help, ...]:
    found = [_help(tally, subject, ask, kept) for (subject, ask), kept in tally.repairs.items()]
    found += [one for subject, marks in again.items() if (one := _merge(tally, subject, marks))]
    worth = [one for one in found if one.weight > 0]
    return tuple(nlargest(_HELPS, worth, key=lambda one: (one.weight, one.records, one.request)))


def _help(tally: Tally, subject: Subject, ask: Ask, kept: Repairs) -> Help:
    records = kept.rows.count(1)
    return Help(
        request=ask.request(records, _noun(subject, records)),
        subject=subject,
        records=records,
        marketable=_both(kept.rows, tally.marketable[subject]),
        severity=round(kept.severity / kept.findings, 3),
        confidence=round(kept.confidence / kept.findings, 3),
        detectors=tuple(name for name, _ in kept.detectors.most_common()),
    )


def _merge(tally: Tally, subject: Subject, marks: bytearray) -> Help | None:
    records = marks.count(1)
    if not records:
        return None
    return Help(
        request=f"find the duplicates among all {_NOUNS[subject][1]}",
        subject=subject,
        records=records,
        marketable=_both(marks, tally.marketable[subject]),
        severity=WEIGHTS["warn"],
        confidence=_REPEATED,
        detectors=("exact_repeats",),
    )


def _noun(subject: Subject, many: int) -> str:
    return _NOUNS[subject][many != 1]


def _both(one: bytearray, other: bytearray) -> int:
    """Return how many rows have both marks."""
    both = int.from_bytes(one, "big") & int.from_bytes(other, "big")
    return both.bit_count()


# --- the worst -----------------------------------------------------------------------------------


def _fields(tally: Tally) -> tuple[FieldTotal, ...]:
    found = [
        FieldTotal(
            subject=subject, field=field, records=marks.count(1), of=tally.size[subject],
            detectors=tuple(name for name, _ in tally.by_field[subject, field].most_common()),
        )
        for (subject, field), marks in tally.fields.items()
    ]  # fmt: skip
    return tuple(nlargest(_FIELDS, found, key=lambda one: (one.share, one.records, one.field)))


def _records(tally: Tally, detectors: Sequence[Detector]) -> tuple[RecordTotal, ...]:
    heaviest: list[tuple[float, Subject, int]] = [
        (tally.weight[subject][row], subject, row)
        for subject in tally.size
        for row in nlargest(_RECORDS, range(tally.size[subject]), tally.weight[subject].__getitem__)
    ]
    worst = [one for one in nlargest(_RECORDS, heaviest) if one[0] > 0]
    scope: dict[Subject, list[str]] = {"contact": [], "company": []}
    for _, subject, row in worst:
        scope[subject].append(tally.table.ids(subject)[row])
    flaws = _flaws(tally.table, scope, detectors)
    return tuple(_record(tally.table, *one, flaws) for one in worst)


def _flaws(
    table: Columns, scope: Scope, detectors: Sequence[Detector]
) -> dict[tuple[Subject, str], list[Finding]]:
    """Return what is wrong with a few records; each detector says it once more."""
    found: dict[tuple[Subject, str], list[Finding]] = {}
    few = table.within(scope)
    for detector in detectors:
        for one in detector.find(few):
            found.setdefault((one.subject, one.record), []).append(one)
    return found


def _record(
    table: Columns, weight: float, subject: Subject, row: int,
    flaws: dict[tuple[Subject, str], list[Finding]],
) -> RecordTotal:  # fmt: skip
    record = table.ids(subject)[row]
    label = table.column(subject, "email" if subject == "contact" else "name")[row]
    found = sorted(flaws.get((subject, record), ()), key=lambda one: -WEIGHTS[one.severity])
    return RecordTotal(
        subject=subject, record=record, label=str(label or record), weight=round(weight, 2),
        flaws=tuple(
            Flaw(
                field=one.field, value=one.value, detector=one.rule, severity=one.severity,
                message=one.message, evidence=one.evidence,
            )
            for one in found
        ),
    )  # fmt: skip
