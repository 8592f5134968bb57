"""Sets of companies: "German software companies with over 50 employees"."""

from __future__ import annotations

from tools.segments.tree import Company, Filter

from .company_clauses import ARTICLES, Group, read_company_clauses
from .cursor import Cursor
from .fields import field_at
from .lexicon import Value
from .logic import all_of, any_of, place_filter, prop_of, values_filter

__all__ = ["company_set_at", "read_company_set"]


def _modifier_at(c: Cursor, at: int) -> int | None:
    """Return where a word that may describe a company ends."""
    lex = c.lex(at)
    quantity = c.quantity(at)
    if quantity is not None and not quantity.percent:
        after = c.lex(quantity.end)
        if (
            after is not None
            and after.has("field")
            and any(spec.subject == "company" for spec in after.meanings["field"])
        ):
            return after.end
        if after is not None and after.has("people") and c.has("company", at=after.end):
            return after.end
    if lex is None:
        return None
    if lex.has("value") and lex.meanings["value"][0].spec.subject == "company":
        return lex.end
    if lex.has("place"):
        return lex.end
    return None


def company_set_at(c: Cursor, at: int) -> bool:
    """Say whether a description of companies starts here: "(German) (software) companies"."""
    for _ in range(12):
        if at >= len(c.tokens):
            return False
        if c.has("company", at=at):
            return True
        if c.mark(",", at=at) and at + 1 < len(c.tokens) and c.has("company", at=at + 1):
            return False  # "Nordics, companies with ...": the place is the people's own
        end = _modifier_at(c, at)
        if end is None:
            lex = c.lex(at)
            joint = lex is not None and lex.has("or", "and")
            if not (joint or c.mark(",", at=at) or c.keys[at] in ARTICLES):
                return False
            end = lex.end if joint and lex is not None else at + 1
        at = end
    return False


def read_company_set(c: Cursor, group: Group) -> Filter | None:
    """Read a description of companies and pass it, as a condition on the contact's company."""
    if not company_set_at(c, c.at):
        return None
    parts = _modifiers(c)
    noun = c.lex()
    if noun is None or not noun.has("company"):
        return None
    c.pass_lex(noun)
    parts += read_company_clauses(c, group)
    return Company(where=all_of(parts)) if parts else None


def _modifiers(c: Cursor) -> list[Filter]:
    parts: list[Filter] = []
    joined: str | None = None
    dims: list[str] = []
    part: Filter
    while not c.done and not c.has("company"):
        lex = c.lex()
        quantity = c.quantity()
        if quantity is not None and _modifier_at(c, c.at) is not None:
            c.at = quantity.end
            spec = field_at(c, "company")
            name = spec.name if spec is not None and spec.subject == "company" else "employees"
            taken = c.lex()
            if taken is not None:
                c.pass_lex(taken)
            part, dim = prop_of(name, quantity.test), name
        elif (
            lex is not None
            and lex.has("value")
            and lex.meanings["value"][0].spec.subject == "company"
        ):
            value: Value = lex.meanings["value"][0]
            part, dim = values_filter([value], "company"), value.spec.name
            c.pass_lex(lex)
        elif lex is not None and lex.has("place"):
            part, dim = place_filter(c.lexicon, (lex.meanings["place"],), "company"), "country"
            c.pass_lex(lex)
        elif lex is not None and lex.has("or", "and"):
            joined = "or"
            c.pass_lex(lex)
            continue
        elif c.mark(",") or c.keys[c.at] in ARTICLES:
            joined = "or" if c.mark(",") else joined
            c.at += 1
            continue
        else:
            break
        if dims and dims[-1] == dim and joined:
            parts[-1] = any_of([parts[-1], part])
        else:
            parts.append(part)
            dims.append(dim)
        joined = None
    return parts
