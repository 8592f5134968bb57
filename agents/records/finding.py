"""From an order to changes: what detectors repair, or one value for everybody in scope. No writes.

The scope of every order is told in the same way, so that what a card names is what is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from placet.clock import Clock
from placet.errors import BadInput
from tools.crm.fitting import fit, writable
from tools.crm.port import Catalogue, CrmReader, FieldSpec, RecordSubject
from tools.hygiene.catalogue import DETECTORS, detector_named
from tools.hygiene.change import CERTAIN, FieldChange
from tools.hygiene.column import Value
from tools.hygiene.columns import Columns, Scope
from tools.hygiene.detector import Detector, Reference
from tools.hygiene.detectors.upkeep import TEST_RECORD
from tools.hygiene.duplicates import Merge
from tools.hygiene.plan import plan
from tools.hygiene.port import HygieneReader
from tools.hygiene.read import fields_of
from tools.records.order import Order
from tools.segments.inert import show
from tools.segments.port import SegmentReader

from .filling import Filling
from .firms import firm_fields, firms_in, of_firms
from .rules.values import labelled

__all__ = ["Finder", "Found", "Scoped", "is_finding_only"]

_LABELS: Mapping[RecordSubject, str] = {"contact": "email", "company": "name"}


@dataclass(frozen=True, kw_only=True)
class Scoped:
    """The records an order is about, and the table they stand in."""

    table: Columns
    ids: Mapping[RecordSubject, frozenset[str] | None]
    """By subject; None: every record of it."""

    def count(self, subject: RecordSubject) -> int:
        """Return how many records of a subject are in scope."""
        ids = self.ids.get(subject)
        return len(self.table.ids(subject)) if ids is None else len(ids)

    def has(self, subject: RecordSubject, record: str) -> bool:
        """Return whether a record is in scope."""
        if subject not in self.ids:
            return False
        ids = self.ids[subject]
        return ids is None or record in ids

    def label(self, subject: RecordSubject, record: str) -> str:
        """Return how people call a record: an address, a company's name."""
        row = self.table.row(subject, record)
        value = self.table.column(subject, _LABELS[subject])[row] if row is not None else None
        return str(value) if value is not None else record

    def labels(self, changes: Iterable[FieldChange]) -> dict[str, str]:
        """Return how people call the records of these changes."""
        return {one.record: self.label(one.subject, one.record) for one in changes}


@dataclass(frozen=True, kw_only=True)
class Found:
    """What an order comes to, as of now."""

    order: Order
    scoped: Scoped
    certain: Sequence[FieldChange] = ()
    others: Sequence[FieldChange] = ()
    merges: Sequence[Merge] = ()
    notes: Sequence[str] = ()
    """What is not proposed, and why, in words."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What else a card says of it, by label: sources, credits."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """By detector, how many records it finds wrong; filled for reports."""


class Finder:
    """Computes; it holds readers only."""

    def __init__(
        self, *, crm: CrmReader, segments: SegmentReader, hygiene: HygieneReader, clock: Clock,
        filling: Filling | None = None,
    ) -> None:  # fmt: skip
        self._crm, self._segments, self._hygiene = crm, segments, hygiene
        self._clock, self._filling = clock, filling

    def find(self, order: Order) -> Found:
        """Return what the order comes to.

        Raises:
            BadInput: it names a detector, field or record that there is not.
        """
        match order.work:
            case "set":
                return self._set(order)
            case "merge":
                return self._merges(order)
            case "fill":
                return self._fill(order)
            case _:
                return self._repairs(order)

    def stand_by(self, order: Order) -> Found:
        """Return the records in scope and nothing to change: for what a person composed."""
        scoped, order = self._scoped(order, ())
        return Found(order=order, scoped=scoped)

    def report(self, order: Order) -> Found:
        """Return what is wrong with the records in scope, by detector, and what would repair it."""
        detectors = _detectors(order)
        scoped, order = self._scoped(order, fields_of([*detectors, TEST_RECORD]))
        table = scoped.table.within(_scope(scoped))
        wrong: dict[str, set[tuple[str, str]]] = {}
        for one in detectors:
            for flaw in one.find(table):
                if not order.fields or flaw.field in order.fields:
                    wrong.setdefault(one.name, set()).add((flaw.subject, flaw.record))
        found = self._planned(order, scoped, table, detectors)
        counts = {name: len(records) for name, records in wrong.items()}
        return Found(order=order, scoped=scoped, certain=found.certain, others=found.others,
                     counts=counts, notes=found.notes)  # fmt: skip

    # --- the scope --------------------------------------------------------------------------

    def _scoped(self, order: Order, fields: Iterable[Reference]) -> tuple[Scoped, Order]:
        """Return the records in scope with these columns, and the order with its records' ids."""
        wanted: set[Reference] = {*fields, ("contact", "email"), ("company", "name")}
        firms = of_firms(order.segment) if order.segment is not None else None
        if "company" in order.subjects and order.segment is not None:
            wanted |= {("contact", "company_id"), *(firm_fields(firms) if firms else ())}
        table = self._hygiene.columns(sorted(wanted), as_of=self._clock.now())
        order = order.model_copy(update={"exclude": _named(order, table)})
        ids: dict[RecordSubject, frozenset[str] | None] = dict.fromkeys(order.subjects)
        if order.segment is not None:
            people = frozenset(self._segments.members(order.segment))
            for subject in order.subjects:
                ids[subject] = people if subject == "contact" else firms_in(table, firms, people)
        return Scoped(table=table, ids=ids), order

    # --- the kinds of work ------------------------------------------------------------------

    def _repairs(self, order: Order) -> Found:
        detectors = _detectors(order)
        scoped, order = self._scoped(order, fields_of([*detectors, TEST_RECORD]))
        return self._planned(order, scoped, scoped.table.within(_scope(scoped)), detectors)

    def _planned(
        self, order: Order, scoped: Scoped, table: Columns, detectors: Sequence[Detector]
    ) -> Found:
        planned = plan(table, detectors)
        notes: list[str] = []
        certain: list[FieldChange] = []
        others: list[FieldChange] = []
        unfit = 0
        for one in planned:
            if not self._wanted(order, scoped, one):
                continue
            if not self._fits(one):
                unfit += 1
                continue
            (certain if one.confidence >= CERTAIN else others).append(one)
        gone = sum(self._wanted(order, scoped, one.change) for one in planned.dropped)
        if gone:
            notes.append(f"{_times(gone, 'repair')} not proposed: another repair of the same value "
                         "goes first, or two records would have one address.")  # fmt: skip
        if unfit:
            notes.append(
                f"{_times(unfit, 'repair')} not proposed: the CRM does not take the value."
            )
        return Found(order=order, scoped=scoped, certain=certain, others=others, notes=notes)

    def _wanted(self, order: Order, scoped: Scoped, change: FieldChange) -> bool:
        return (
            scoped.has(change.subject, change.record)
            and (not order.fields or change.field in order.fields)
            and change.record not in order.exclude
        )

    def _fits(self, change: FieldChange) -> bool:
        try:
            fit(writable(self._catalogue, change.subject, change.field), change.after)
        except BadInput:
            return False
        return True

    @property
    def _catalogue(self) -> Catalogue:
        return self._crm.catalogue()

    def _set(self, order: Order) -> Found:
        subject = order.subjects[0]
        spec = writable(self._catalogue, subject, order.field)
        stored = fit(spec, order.value)
        scoped, order = self._scoped(order, [(subject, order.field)])
        column, excluded = scoped.table.column(subject, order.field), frozenset(order.exclude)
        value = None if stored is None else str(stored)
        why = f"{spec.label} becomes {labelled(spec, value)}, as a person asked."
        changes, already = [], 0
        for row, record in enumerate(scoped.table.ids(subject)):
            if not scoped.has(subject, record) or record in excluded:
                continue
            before = column[row]
            if _same(before, stored):
                already += 1
            elif order.holds is None or _same(before, order.holds):
                changes.append(_direct(order, record, subject, spec, before, value, why))
        stay = (
            "has this value and stays as it is"
            if already == 1
            else ("have this value and stay as they are")
        )
        notes = [f"{_records(already, subject)} in scope already {stay}."] if already else []
        return Found(order=order, scoped=scoped, certain=changes, notes=notes)

    def _merges(self, order: Order) -> Found:
        subject = order.subjects[0]
        scoped, order = self._scoped(order, ())
        ids = scoped.ids[subject]
        excluded = frozenset(order.exclude)
        found = [
            one
            for one in self._hygiene.duplicates(subject, ids)
            if not excluded.intersection(one.records)
        ]
        return Found(order=order, scoped=scoped, merges=found)

    def _fill(self, order: Order) -> Found:
        if self._filling is None:
            raise BadInput("No enrichment source is set up here, so nothing can be filled in.")
        scoped, order = self._scoped(order, ())
        got = self._filling.fill(scoped.ids, order.fields)
        changes = [one for one in got.changes if self._wanted(order, scoped, one)
                   and self._fits(one)]  # fmt: skip
        return Found(
            order=order, scoped=scoped, notes=got.notes, facts=got.facts,
            certain=[one for one in changes if one.confidence >= CERTAIN],
            others=[one for one in changes if one.confidence < CERTAIN],
        )  # fmt: skip


def is_finding_only(order: Order) -> bool:
    """Return whether no detector of a repair ever proposes a change."""
    return (
        order.work == "repair"
        and bool(order.detectors)
        and not any(one.repairs for one in _detectors(order))
    )


def _detectors(order: Order) -> Sequence[Detector]:
    if not order.detectors:
        return DETECTORS
    found = [(name, detector_named(name)) for name in order.detectors]
    for name, one in found:
        if one is None:
            raise BadInput(f"There is no detector {show(name)}; the audit names those there are.")
    return [one for _, one in found if one is not None]


def _scope(scoped: Scoped) -> Scope | None:
    """Return the scope for detectors; a subject without restriction has all its records."""
    if len(scoped.ids) == 2 and all(ids is None for ids in scoped.ids.values()):
        return None
    return {
        subject: scoped.table.ids(subject) if ids is None else sorted(ids)
        for subject, ids in scoped.ids.items()
    }


def _named(order: Order, table: Columns) -> tuple[str, ...]:
    """Return the ids of the records that were left out by address, name or id."""
    found: dict[str, None] = {}
    for said in order.exclude:
        record = next((one for one in (_lookup(table, subject, said) for subject in order.subjects)
                       if one is not None), None)  # fmt: skip
        if record is None:
            raise BadInput(f"I find no record {show(said)} to leave out; name it by its address.")
        found[record] = None
    return tuple(sorted(found))


def _lookup(table: Columns, subject: RecordSubject, said: str) -> str | None:
    if table.row(subject, said) is not None:
        return said
    column, wanted = table.column(subject, _LABELS[subject]), said.casefold()
    rows = column.rows_where(lambda value: str(value).casefold() == wanted, None)
    row = next(iter(rows), None)
    return None if row is None else table.ids(subject)[row]


def _same(before: Value, wanted: object) -> bool:
    if before is None or wanted is None:
        return before is None and wanted is None
    if isinstance(before, int | float) and not isinstance(wanted, int | float):
        try:
            return float(before) == float(cast(str, wanted))
        except ValueError:
            return False
    return bool(before == wanted)


def _direct(
    order: Order, record: str, subject: RecordSubject, spec: FieldSpec, before: Value,
    after: str | None, why: str,
) -> FieldChange:  # fmt: skip
    said = order.said if len(order.said) <= 300 else f"{order.said[:300]}..."
    return FieldChange(
        record=record, subject=subject, field=spec.name,
        before=None if before is None else str(before), after=after, rule="direct",
        confidence=1.0, why=why, evidence=f"The request: “{said}”.",
    )  # fmt: skip


def _records(count: int, subject: RecordSubject) -> str:
    many = {"contact": "contacts", "company": "companies"}[subject]
    return f"1 {subject}" if count == 1 else f"{count:,} {many}"


def _times(count: int, what: str) -> str:
    return f"1 {what} is" if count == 1 else f"{count:,} {what}s are"
