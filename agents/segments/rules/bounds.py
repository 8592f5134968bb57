"""Which field a name means, and two-sided bounds: "more than 50 but fewer than 250 employees"."""

from __future__ import annotations

from collections.abc import Sequence

from tools.crm.port import FieldSpec
from tools.segments.tree import Filter, Subject

from .cursor import Cursor
from .logic import all_of, any_of, prop
from .numbers import NumberTest, Quantity

__all__ = ["choose", "is_bound", "read_second_bound", "read_two_bounds"]


_ORDER: dict[Subject, tuple[Subject, ...]] = {
    "contact": ("contact", "company", "deal"),
    "company": ("company", "contact"),
    "deal": ("deal",),
}


def choose(specs: Sequence[FieldSpec], subject: Subject) -> FieldSpec | None:
    """Return the field meant among those of one name: the subject's own first."""
    for owner in _ORDER[subject]:
        for spec in specs:
            if spec.subject == owner:
                return spec
    return None


def is_bound(c: Cursor, spec: FieldSpec) -> bool:
    """Whether "no more than 25" stands here: a bound, not a negation of "more than 25"."""
    quantity = c.quantity()
    if spec.type != "number" or quantity is None or quantity.bare:
        return False
    return "than" in c.keys[c.at : quantity.end]


def read_second_bound(c: Cursor, first: Quantity) -> tuple[NumberTest, str] | None:
    """Read "but less than 60" after "at least 30", "or below 10" after "above 60"."""
    joint = c.lex()
    if first.bare or joint is None or not joint.has("and", "but", "or"):
        return None
    second = c.quantity(joint.end)
    if second is None or second.bare or second.percent:
        return None
    after = second.end
    if c.has("field", "times", "object", "event_noun", "deal", "people", at=after):
        return None
    word = "or" if joint.has("or") else "and"
    if word == "and" and type(first.test) is type(second.test):
        return None
    c.at = second.end
    return second.test, word


def read_two_bounds(c: Cursor, subject: Subject) -> Filter | None:
    """Read "more than 50 but fewer than 250 employees" and pass it; None where none stands."""
    first = c.quantity()
    joint = c.lex(first.end) if first is not None else None
    if first is None or first.bare or joint is None or not joint.has("and", "but", "or"):
        return None
    second = c.quantity(joint.end)
    if second is None or second.bare or type(first.test) is type(second.test):
        return None
    lex = c.lex(second.end)
    if lex is None or not lex.has("field"):
        return None
    spec = choose([s for s in lex.meanings["field"] if s.type == "number"], subject)
    if spec is None:
        return None
    c.at = second.end
    c.pass_lex(lex)
    leaves = [prop(spec.subject, spec.name, q.test, subject) for q in (first, second)]
    return any_of(leaves) if joint.has("or") else all_of(leaves)
