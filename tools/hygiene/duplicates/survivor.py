"""Which record stays, and what each of its fields holds: written rules, no guessing.

Who stays, by the first of these that tells two records apart:

people
    1. mail to its address does not bounce
    2. a person reads its address, not a function (info@, sales@)
    3. its address is at a company, not at a provider
    4. more deals, then 5. more events and lists hang on it
    6. more of its fields are filled
    7. it is older, then 8. its id comes first
companies
    1. it has a domain, 2. more contacts, 3. more deals, 4. more fields, 5. older, 6. id

What its fields hold:

- its own value; where it has none, the value of the record that was changed last among those that
  have one. What a person typed is never mixed: the job title with seniority and function, the
  company's name with its link, and city and state (within one country) come from one record.
- an initial gives way to the given name that begins with it.
- the lifecycle stage furthest along, the highest lead score, the earliest creation.
- consent: the strictest. Denied wins over everything; not known wins over granted, for a grant was
  given with one address and the others never asked. Who refused with one address is suppressed
  with the one that stays, topic by topic: nobody is easier to reach after a merge than the
  strictest of the records was.
- the address (and a company's domain) are never swapped: they are what the record is known by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tools.hygiene.change import Subject

from .mailbox import mailbox_of
from .plan import FieldChoice, Lost, Value
from .records import Part

__all__ = ["choices", "lost_values", "ordered", "stricter_opt_outs"]

_NEVER = frozenset({"id", "updated_at"})
"""Never merged: what names the record, and what its writer sets."""
_KEPT = frozenset({"email"})
"""The survivor's, always."""
_TOGETHER: Mapping[Subject, tuple[tuple[str, ...], ...]] = {
    "contact": (
        ("job_title", "seniority", "job_function"), ("company_id", "company_name"),
    ),
    "company": (),
}  # fmt: skip
_STAGES = (
    "other", "subscriber", "lead", "marketing_qualified_lead", "sales_qualified_lead",
    "opportunity", "customer", "evangelist",
)  # fmt: skip
_CONSENT = ("denied", None, "granted")
_BIGGEST = 2**62


def ordered(subject: Subject, parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return the records, the one that stays first."""
    return tuple(sorted(parts, key=_contact_rank if subject == "contact" else _company_rank))


def _contact_rank(part: Part) -> tuple[Any, ...]:
    box = mailbox_of(_text(part, "email"), "", "")
    return (
        part.suppressed == "bounced", box.role, not box.domain, -part.deals,
        -(part.events + part.others), -_filled(part), _age(part), part.id,
    )  # fmt: skip


def _company_rank(part: Part) -> tuple[Any, ...]:
    return (
        not part.row["domain"], -part.others, -part.deals, -_filled(part), _age(part), part.id,
    )  # fmt: skip


def _text(part: Part, name: str) -> str | None:
    value = part.row[name]
    return value if isinstance(value, str) else None


def _filled(part: Part) -> int:
    return sum(value not in (None, "") for value in part.row.values())


def _age(part: Part) -> int:
    created = part.row["created_at"]
    return created if isinstance(created, int) else _BIGGEST


def choices(subject: Subject, parts: Sequence[Part]) -> dict[str, FieldChoice]:
    """Return what the survivor (the first part) holds in each field the parts differ in."""
    made: dict[str, Part] = {}
    names = [name for name in parts[0].row if name not in _NEVER]
    for name in names:
        made[name] = _chooser(name)(name, parts)
    for group in _TOGETHER[subject]:
        made |= _together(group, parts)
    made |= _place(parts)
    return {
        name: FieldChoice(
            value=made[name].row[name], from_record=made[name].id, before=parts[0].row[name]
        )
        for name in names
        if len({_key(part.row[name]) for part in parts}) > 1
    }


def _key(value: Value) -> tuple[str, Value]:
    return type(value).__name__, value


def _chooser(name: str) -> Callable[[str, Sequence[Part]], Part]:
    if name in _KEPT:
        return lambda _, parts: parts[0]
    return _RULES.get(name, _own)


def _latest(parts: Sequence[Part]) -> list[Part]:
    """Return the losers, the one changed last first."""

    def changed(part: Part) -> tuple[int, str]:
        at = part.row["updated_at"]
        return (-at if isinstance(at, int) else 0), part.id

    return sorted(parts[1:], key=changed)


def _own(name: str, parts: Sequence[Part]) -> Part:
    holders = (part for part in (parts[0], *_latest(parts)) if part.row[name] not in (None, ""))
    return next(holders, parts[0])


def _given(name: str, parts: Sequence[Part]) -> Part:
    """Return whose given name is kept: an initial gives way to the name it begins."""
    own = _own(name, parts)
    short = str(own.row[name] or "").rstrip(".").casefold()
    if len(short) != 1:
        return own
    longer = (one for one in _latest(parts) if len(str(one.row[name] or "").rstrip(".")) > 1)
    return next((one for one in longer if str(one.row[name]).casefold().startswith(short)), own)


def _best(rank: Callable[[Value], float]) -> Callable[[str, Sequence[Part]], Part]:
    """Return a rule that takes the value with the highest rank, the survivor's among equals."""
    return lambda name, parts: max(parts, key=lambda part: rank(part.row[name]))


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else float("-inf")


def _oldest(value: Value) -> float:
    return -float(value) if isinstance(value, int | float) else float("-inf")


def _stage(value: Value) -> float:
    if value is None:
        return -2
    return _STAGES.index(value) if value in _STAGES else -1


def _strictness(value: Value) -> float:
    """Rank consent: denied, anything we do not know, granted."""
    return {"denied": 2, "granted": 0}.get(str(value).casefold(), 1)


_RULES: Mapping[str, Callable[[str, Sequence[Part]], Part]] = {
    "first_name": _given, "lifecycle_stage": _best(_stage), "lead_score": _best(_number),
    "created_at": _best(_oldest), "consent": _best(_strictness),
}  # fmt: skip


def _together(group: Sequence[str], parts: Sequence[Part]) -> dict[str, Part]:
    """Return one holder for fields that belong together: the first that has the first of them."""
    order = (parts[0], *_latest(parts))
    full = (part for part in order if part.row[group[0]] not in (None, ""))
    some = (part for part in order if any(part.row[name] not in (None, "") for name in group))
    own = any(parts[0].row[name] not in (None, "") for name in group)
    holder = parts[0] if own else next(full, next(some, parts[0]))
    return dict.fromkeys(group, holder)


def _place(parts: Sequence[Part]) -> dict[str, Part]:
    """Return whose city and state are kept: others' only where they are in the same country."""
    country = _own("country", parts)
    own = parts[0].row
    if own["city"] or own["state"]:
        return {"city": parts[0], "state": parts[0]}
    for part in _latest(parts):
        if part.row["country"] == country.row["country"] and (
            part.row["city"] or part.row["state"]
        ):
            return {"city": part, "state": part}
    return {"city": parts[0], "state": parts[0]}


def lost_values(
    fields: Mapping[str, FieldChoice], parts: Sequence[Part]
) -> dict[str, tuple[Lost, ...]]:
    """Return by field the values that no longer stand anywhere after the merge."""
    found: dict[str, tuple[Lost, ...]] = {}
    for name, choice in fields.items():
        gone = tuple(
            Lost(record=part.id, value=part.row[name])
            for part in parts
            if part.row[name] not in (None, "", choice.value)
        )
        if gone:
            found[name] = gone
    return found


def stricter_opt_outs(parts: Sequence[Part]) -> tuple[str | None, tuple[str, ...]]:
    """Return why the survivor's address must be suppressed, and the topics it must refuse.

    None and nothing where its own address says as much already. A bounce says nothing about the
    person, so a loser's bounced address suppresses no other.
    """
    survivor = parts[0]
    reasons = sorted(str(part.suppressed) for part in parts[1:] if part.refused)
    why = reasons[0] if reasons and not survivor.refused else None
    off = {topic for part in parts[1:] for topic in part.topics_off} - set(survivor.topics_off)
    return why, tuple(sorted(off))
