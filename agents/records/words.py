"""Orders, scopes and counts in plain words, the same on every card and in every reply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tools.crm.port import Catalogue, RecordSubject
from tools.hygiene.catalogue import detector_named
from tools.hygiene.change import FieldChange
from tools.records.order import Order, OrderLevel
from tools.segments.port import SegmentReader

from .firms import of_firms
from .rules.values import labelled

__all__ = ["MANY", "counted", "fields_in_words", "order_in_words", "scope_in_words"]

MANY: dict[RecordSubject, str] = {"contact": "contacts", "company": "companies"}
_MOST = 6


def counted(count: int, subject: RecordSubject) -> str:
    """Return "1 contact" or "1,204 companies"."""
    return f"1 {subject}" if count == 1 else f"{count:,} {MANY[subject]}"


def scope_in_words(order: Order, segments: SegmentReader, subject: RecordSubject) -> str:
    """Return whose records an order is about."""
    if order.segment is None:
        return f"all {MANY[subject]}"
    said = segments.describe(order.segment.filter)
    if subject == "contact":
        return said
    if of_firms(order.segment) is not None:
        return said.removeprefix("company: ")
    return f"companies of contacts where {said}"


def order_in_words(order: Order, catalogue: Catalogue, level: OrderLevel) -> str:
    """Return what an order does."""
    match order.work:
        case "set":
            return _setting(order, catalogue)
        case "merge":
            return "Merge duplicates"
        case "fill":
            names = [name.replace("_", " ") for name in order.fields]
            return f"Fill in {', '.join(names) or 'what a source knows'} where empty"
        case _:
            return _repairing(order, level)


def _setting(order: Order, catalogue: Catalogue) -> str:
    spec = catalogue.field(order.subjects[0], order.field)
    label = spec.label.lower() if spec else order.field
    value = labelled(spec, order.value) if spec else str(order.value)
    held = ""
    if order.holds is not None:
        held = f" where it is “{labelled(spec, order.holds) if spec else order.holds}”"
    if order.value is None:
        return f"Clear {label}{held}"
    return f"Set {label} to {value}{held}"


def _repairing(order: Order, level: OrderLevel) -> str:
    found = [(name, detector_named(name)) for name in order.detectors]
    titles = [one.title if one else name for name, one in found]
    more = f" and {len(titles) - _MOST} more" if len(titles) > _MOST else ""
    what = "; ".join(titles[:_MOST]) + more if titles else "everything detectors can repair"
    fields = ", ".join(name.replace("_", " ") for name in order.fields[:_MOST])
    only = f" in {fields}" if fields and len(order.fields) <= _MOST else ""
    sure = {"certain": ", the certain ones", "others": ", those less than certain"}.get(level, "")
    return f"Repair{only}: {what}{sure}"


def fields_in_words(changes: Sequence[FieldChange]) -> str:
    """Return the fields that change, the most frequent first."""
    found = Counter(one.field.replace("_", " ") for one in changes).most_common()
    told = ", ".join(f"{name} {many:,}" for name, many in found[:4])
    return told + (f" and {len(found) - 4} more fields" if len(found) > 4 else "")
