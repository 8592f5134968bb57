"""What a change sets off here, as far as it is known: said on the card before anybody approves.

The embedded CRM has no workflows of its own. What depends on a field is known for what Placet keeps
itself: lists built from filters, the use policy, opt-outs. What other systems do when they see the
new value is not known, and is said to be so for the fields that such systems usually watch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from tools.crm.port import CrmReader, ListInfo, RecordSubject
from tools.hygiene.change import FieldChange
from tools.segments.inert import show
from tools.segments.lists import children
from tools.segments.tree import Company, CompanyContacts, Deals, Filter, Property, Segment, Subject

__all__ = ["Consequence", "consequences", "reads"]

_NAMED = 5
"""So many lists are named; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """One thing that follows from changing a field, as a sentence."""

    field: str
    words: str
    loud: bool = False
    """Whether an approver must not miss it: it decides who is written to."""


def consequences(changes: Sequence[FieldChange], crm: CrmReader) -> tuple[Consequence, ...]:
    """Return what follows from these changes, by field, the loud ones of a field first."""
    lists, found = crm.lists(), list[Consequence]()
    by: dict[tuple[RecordSubject, str], list[FieldChange]] = {}
    for one in changes:
        by.setdefault((one.subject, one.field), []).append(one)
    for (subject, field), mine in sorted(by.items(), key=lambda one: one[0]):
        found += [*_known(subject, field, mine), *_lists(subject, field, lists)]
    return tuple(found)


def _known(
    subject: RecordSubject, field: str, changes: Sequence[FieldChange]
) -> Iterator[Consequence]:  # fmt: skip
    match subject, field:
        case "contact", "consent":
            yield _loud(field, _consent(changes))
        case "contact", "email":
            yield _loud(
                field,
                "Mail goes to the new address. Opt-outs of the old address are carried to it and "
                "those that still arrive for the old one count for it; a bounce is not carried.",
            )
        case "contact", "lifecycle_stage":
            yield _says(
                field,
                "Nothing in this CRM runs on a stage. Whether a connected system assigns owners, "
                "enrols in workflows or syncs to sales at the new stage is not known here.",
            )
        case _, "owner":
            yield _says(
                field,
                "Nobody is notified by this CRM. Whether a connected system moves tasks or tells "
                "the new owner is not known here.",
            )
        case "contact", "job_title":
            yield _says(
                field,
                "Seniority and job function stay as they are; they are derived when contacts are "
                "imported.",
            )
        case "contact", "company_name":
            yield _says(field, "The link to the company record stays as it is.")
        case "company", "domain":
            yield _says(
                field, "Imports link new contacts by the new domain; linked ones stay linked."
            )
        case _:
            return


def _consent(changes: Sequence[FieldChange]) -> str:
    denied = sum(one.after == "denied" for one in changes)
    emptied = sum(one.after is None for one in changes)
    return (
        f"Consent decides who may be written to: {denied:,} are marked as refusing and {emptied:,} "
        "as not known. Where the use policy asks for a yes, neither is mailed."
    )


def _loud(field: str, words: str) -> Consequence:
    return Consequence(field=field, words=words, loud=True)


def _says(field: str, words: str) -> Consequence:
    return Consequence(field=field, words=words)


def _lists(
    subject: RecordSubject, field: str, lists: Iterable[ListInfo]
) -> Iterator[Consequence]:  # fmt: skip
    built = [one for one in lists if one.definition and reads(one.definition, subject, field)]
    if not built:
        return
    named = ", ".join(show(one.name, 60) for one in built[:_NAMED])
    rest = f" and {len(built) - _NAMED:,} more" if len(built) > _NAMED else ""
    yield _says(
        field,
        f"{len(built):,} {'list was' if len(built) == 1 else 'lists were'} built from {field}: "
        f"{named}{rest}. They are static and keep their members; built again, they would differ, "
        "and a draft that waits on the same filter may turn stale.",
    )


def reads(definition: str, subject: Subject, field: str) -> bool:
    """Return whether the filter of a list (canonical JSON of a `Segment`) names this field."""
    try:
        segment = Segment.model_validate_json(definition)
    except ValidationError:
        return False
    return (subject, field) in _fields(segment.filter, "contact")


def _fields(node: Filter, subject: Subject) -> set[tuple[Subject, str]]:
    if isinstance(node, Property):
        return {(subject, node.field)}
    inside: Subject = subject
    if isinstance(node, Company):
        inside = "company"
    elif isinstance(node, CompanyContacts):
        inside = "contact"
    elif isinstance(node, Deals):
        inside = "deal"
    return {one for child in children(node) for one in _fields(child, inside)}
