"""From what was read to the order that is carried out: pure, so that a follow-up repeats it."""

from __future__ import annotations

from agents.port import Question, Refusal
from tools.hygiene.catalogue import detector_named
from tools.records.order import Order, OrderWork
from tools.segments.tree import All, Segment

from .people import Found, Moment, People, without
from .port import Narrow, Wish

__all__ = ["changed", "order_of"]


def order_of(wish: Wish, segment: Segment | None, said: str) -> Order:
    """Return the wish as an order for these people; an audit looks at what a repair would."""
    work: OrderWork = "repair" if wish.work == "audit" else wish.work
    return Order(
        work=work, subjects=wish.subjects, segment=segment, detectors=wish.detectors,
        fields=wish.fields, field=wish.field, value=wish.value, holds=wish.holds,
        level=wish.level, said=said[:4_000],
    )  # fmt: skip


def changed(
    order: Order, narrow: Narrow, people: People, moment: Moment, said: str
) -> Order | Question | Refusal:
    """Return the order with a person's change, or what must be asked about it."""
    update: dict[str, object] = {"said": f"{order.said} / {said}"[:4_000]}
    if narrow.level is not None:
        update["level"] = narrow.level
    if narrow.only_fields or narrow.not_fields:
        found = _fields(order, narrow)
        if isinstance(found, Question):
            return found
        update["fields"] = found
        update["detectors"] = tuple(one for one in order.detectors if _reads(one, found))
    if narrow.clears or narrow.value is not None:
        update["value"] = narrow.value
    if narrow.records:
        update["exclude"] = tuple(sorted({*order.exclude, *narrow.records}))
    if narrow.who or narrow.without:
        scope = _scope(order, narrow, people, moment)
        if isinstance(scope, Question | Refusal):
            return scope
        update["segment"] = scope
    return Order.model_validate({**order.model_dump(), **update})


def _fields(order: Order, narrow: Narrow) -> tuple[str, ...] | Question:
    there = order.fields or ALL_FIELDS
    kept = tuple(
        name for name in there
        if (not narrow.only_fields or name in narrow.only_fields) and name not in narrow.not_fields
    )  # fmt: skip
    if not kept:
        names = ", ".join(name.replace("_", " ") for name in there)
        return Question(text=f"Nothing would be left of the draft: it changes {names}. What should "
                        "stay?", about=names)  # fmt: skip
    return kept


def _reads(detector: str, fields: tuple[str, ...]) -> bool:
    found = detector_named(detector)
    return found is not None and any(name in fields for _, name in found.fields)


ALL_FIELDS = (
    "email", "first_name", "last_name", "job_title", "seniority", "job_function", "phone",
    "country", "state", "city", "language", "lifecycle_stage", "lead_status", "lead_source",
    "lead_score", "owner", "company_name", "consent", "name", "domain", "industry", "employees",
    "annual_revenue", "company_type",
)  # fmt: skip
"""Every field that a repair may change; a test holds it against the catalogue."""


def _scope(
    order: Order, narrow: Narrow, people: People, moment: Moment
) -> Segment | Question | Refusal | None:
    if narrow.without:
        found = people.find(narrow.without, moment, subject=order.subjects[0])
        if not isinstance(found, Found):
            return found
        if found.segment is None:
            return Question(text="That would leave nobody. Whose records should be left out?",
                            about=narrow.without)  # fmt: skip
        return without(order.segment, found.segment)
    found = people.find(narrow.who, moment, subject=order.subjects[0])
    if not isinstance(found, Found):
        return found
    if found.segment is None or order.segment is None:
        return found.segment
    both = All(of=(order.segment.filter, found.segment.filter))
    return found.segment.model_copy(update={"filter": both})
