"""Tests on a named field: "lead score over 50", "lifecycle stage is MQL", "without a phone"."""

from __future__ import annotations

from tools.crm.port import FieldSpec
from tools.segments.tree import Company, Filter, IsSet, Not, Subject

from .bounds import choose, is_bound, read_second_bound
from .cursor import Cursor
from .dated import read_window
from .field_texts import read_text
from .logic import all_of, any_of, prop
from .picklists import read_picklist, value_at
from .where import read_places

__all__ = ["field_at", "has_value", "read_field"]


def field_at(c: Cursor, subject: Subject) -> FieldSpec | None:
    """Return the field named here, without passing it."""
    lex = c.lex()
    if lex is None or not lex.has("field"):
        return None
    return choose(lex.meanings["field"], subject)


def has_value(spec: FieldSpec, subject: Subject, *, there: bool) -> Filter:
    """Return "has a value" or "has none"."""
    leaf = prop(spec.subject, spec.name, IsSet(), subject)
    return leaf if there else Not(of=leaf)


def _operator(c: Cursor, spec: FieldSpec) -> tuple[str, bool]:
    """Pass "is not", "contains", ":" and say which comparison it is and whether it is negated."""
    kind, negated = "", False
    while (lex := c.lex()) is not None:
        if c.keys[c.at] in {"no", "not"} and is_bound(c, spec):
            break
        if c.keys[c.at] == "in" and value_at(c, spec, c.at) is not None:
            break
        if c.keys[c.at] == "in" and c.mark("(", at=c.at + 1):
            c.at += 2
            return kind or "is", negated
        if lex.has("contains", "starts", "ends"):
            kind = next(k for k in ("contains", "starts", "ends") if lex.has(k))
        elif lex.has("not") and not lex.has("unset"):
            negated = not negated
        elif not lex.has("be", "is", "of", "did") and not (
            c.keys[c.at] in {"a", "an", "the"} or (lex.has("in") and c.keys[c.at] == "in")
        ):
            break
        elif kind == "" and lex.has("be", "is", "of"):
            kind = "is"
        c.pass_lex(lex)
    return kind, negated


def read_field(c: Cursor, spec: FieldSpec, subject: Subject) -> Filter | None:
    """Read what is said of a field whose name was just passed; None where nothing is."""
    start = c.at
    kind, negated = _operator(c, spec)
    if kind not in {"contains", "starts", "ends"} and c.has("unset", "set"):
        lex = c.lex()
        assert lex is not None  # noqa: S101 - `has` has just seen it
        there = lex.has("set") and not lex.has("unset")
        if not (there and spec.type != "picklist" and kind == "" and not negated) or kind:
            c.pass_lex(lex)
            return has_value(spec, subject, there=there != negated)
    test = _test(c, spec, subject, kind)
    if test is None:
        c.at = start
        return None
    return Not(of=test) if negated else test


def _test(c: Cursor, spec: FieldSpec, subject: Subject, kind: str) -> Filter | None:
    match spec.type:
        case "number":
            return _number(c, spec, subject)
        case "date":
            return _date(c, spec, subject)
        case "picklist" if spec.name == "country":
            found = read_places(c, spec.subject)
            return _owned(found, spec, subject)
        case "picklist":
            return read_picklist(c, spec, subject)
        case _:
            return read_text(c, spec, subject, kind)


def _owned(found: Filter | None, spec: FieldSpec, subject: Subject) -> Filter | None:
    if found is not None and spec.subject == "company" and subject == "contact":
        return Company(where=found)
    return found


def _number(c: Cursor, spec: FieldSpec, subject: Subject) -> Filter | None:
    quantity = c.quantity()
    if quantity is None or quantity.percent:
        return None
    c.at = quantity.end
    tests, joined = [quantity.test], "and"
    if (second := read_second_bound(c, quantity)) is not None:
        tests, joined = [*tests, second[0]], second[1]
    leaves = [prop(spec.subject, spec.name, test, subject) for test in tests]
    return any_of(leaves) if joined == "or" else all_of(leaves)


def _date(c: Cursor, spec: FieldSpec, subject: Subject) -> Filter | None:
    test = read_window(c)
    return None if test is None else prop(spec.subject, spec.name, test, subject)
