"""What is said of companies after the noun: "with over 50 employees", "where 3 contacts ..."."""

from __future__ import annotations

from collections.abc import Callable

from tools.segments.tree import CompanyContacts, Filter, Not

from .bounds import read_two_bounds
from .cursor import Cursor
from .deals import deal_ahead, read_deals
from .doubts import Unclear
from .fields import field_at, has_value, read_field
from .lexicon import Value
from .logic import any_of, prop_of, values_filter
from .numbers import widened
from .text import fold
from .where import read_places

__all__ = ["ARTICLES", "Group", "read_company_clauses"]


_EARNS = {"makes", "make", "making", "earns", "earn", "earning", "turns", "turning", "turn"}

ARTICLES = {"the", "a", "an", "any", "all", "our", "every", "their", "those", "other", "some"}

Group = Callable[[Cursor], Filter | None]
"""Reads a whole description of people: what "who ..." inside a company condition needs."""


def read_company_clauses(c: Cursor, group: Group) -> list[Filter]:
    """Read what is said of the companies after the noun."""
    parts: list[Filter] = []
    first = True
    while not c.done:
        start = c.at
        joint = c.lex()
        word = ""
        if not first and joint is not None and joint.has("and", "but", "or"):
            word = "or" if joint.has("or") else "and"
            c.pass_lex(joint)
        part = _clause(c, group, first=first, again=bool(word))
        if part is None:
            c.at = start
            break
        if word == "or" and parts:
            parts[-1] = any_of([parts[-1], part])
        else:
            parts.append(part)
        first = False
    return parts


def _clause(c: Cursor, group: Group, *, first: bool, again: bool) -> Filter | None:
    start = c.at
    if c.has("who") and c.keys[c.at] in {"that", "which"}:
        c.take("who")
        again = True
    if c.has("where") and _contacts_ahead(c, c.at + 1):
        c.take("where")
        return _contacts(c, group)
    negated = False
    while (lex := c.lex()) is not None and lex.has("be", "did", "not") and not lex.has("without"):
        negated = negated or lex.has("not")
        c.pass_lex(lex)
    part = _body(c, group, first=first, again=again or negated)
    if part is None and c.has("place") and c.at > start:
        part = read_places(c, "company")  # "whose company is not German"
    if part is None:
        c.at = start
        return None
    return Not(of=part) if negated else part


def _body(c: Cursor, group: Group, *, first: bool, again: bool) -> Filter | None:
    lex = c.lex()
    if not c.done and c.keys[c.at] in _EARNS and (found := _earning(c)) is not None:
        return found
    if lex is None:
        return None
    if lex.has("hq"):
        c.pass_lex(lex)
        return read_places(c, "company")
    if c.keys[c.at] == "outside" and (first or again):
        c.at += 1 + (c.keys[c.at + 1 : c.at + 2] == ["of"])
        away = read_places(c, "company")
        return Not(of=away) if away is not None else None
    if lex.has("in", "from") and (first or again):
        return _in(c)
    if lex.has("without") or lex.has("with", "have", "whose", "of", "not") or again:
        return _with(c, group)
    if c.quantity() is not None and first:
        return _with(c, group)
    return None


def _earning(c: Cursor) -> Filter | None:
    """Read "makes more than 5 million a year"."""
    quantity = c.quantity(c.at + 1 + (c.keys[c.at + 1 : c.at + 2] == ["over"]))
    if quantity is None or quantity.percent:
        return None
    c.at = quantity.end
    while not c.done and c.keys[c.at] in {"a", "per", "year", "annually", "in", "revenue"}:
        c.at += 1
    return prop_of("annual_revenue", quantity.test)


def _in(c: Cursor) -> Filter | None:
    start = c.at
    c.take("in", "from")
    while not c.done and c.keys[c.at] in ARTICLES:
        c.at += 1
    found = read_places(c, "company")
    if found is None and (value := _industry(c)) is not None:
        found = value
    if found is None:
        c.at = start
    return found


def _industry(c: Cursor) -> Filter | None:
    lex = c.lex()
    if lex is None or not lex.has("value") or lex.meanings["value"][0].spec.name != "industry":
        return None
    values: list[Value] = []
    while lex is not None and lex.has("value") and lex.meanings["value"][0].spec.name == "industry":
        values.append(lex.meanings["value"][0])
        c.pass_lex(lex)
        at = c.at + c.mark(",")
        joint = c.lex(at)
        if joint is not None and joint.has("or", "and"):
            at = joint.end
        lex = c.lex(at) if at > c.at else None
        if (
            lex is not None
            and lex.has("value")
            and (lex.meanings["value"][0].spec.name == "industry")
        ):
            c.at = at
    c.take("sector")
    return values_filter(values, "company")


def _contacts_ahead(c: Cursor, at: int) -> bool:
    quantity = c.quantity(at)
    return quantity is not None and not quantity.percent and _person_word(c, quantity.end)


def _person_word(c: Cursor, at: int) -> bool:
    while at < len(c.keys) and c.keys[at] in {"of", "their", "its", "different", "other"}:
        at += 1
    lex = c.lex(at)
    return lex is not None and (
        lex.has("people", "title")
        or (lex.has("value") and lex.meanings["value"][0].spec.subject == "contact")
    )


def _contacts(c: Cursor, group: Group) -> Filter | None:
    """Read "at least 3 contacts who opened ..." and pass it, to the end."""
    quantity = c.quantity()
    if quantity is None or not _person_word(c, quantity.end):
        return None
    if c.keys[quantity.end] in {"people", "persons", "person", "ppl"} and not c.has(
        "who", "with", "in", "at", "have", "event_verb", "whose", at=quantity.end + 1
    ):
        c.at = quantity.end + 1  # "companies of more than 5,000 people" speaks of their size
        return prop_of("employees", quantity.test)
    start = c.at
    bounds = quantity.bounds()
    said = c.words(start, quantity.end)
    if bounds is None or (quantity.bare and bounds[0] > 1):
        number = bounds[0] if bounds else 1
        raise Unclear(
            f"contacts:{fold(said)}",
            f'Does "{said} contacts" mean at least {number} or exactly {number}?',
            (f"at least {number}", f"exactly {number}"),
            about=said,
            rewrites=(f"at least {number}", f"exactly {number}"),
        )
    c.at = quantity.end
    while c.keys[c.at] in {"of", "their", "its", "different", "other"}:
        c.at += 1
    where = group(c)
    return CompanyContacts(
        at_least=bounds[0], at_most=None if quantity.bare else bounds[1], where=where
    )


def _with(c: Cursor, group: Group) -> Filter | None:
    negated = False
    while (
        (lex := c.lex()) is not None
        and (
            lex.has("with", "have", "whose", "of", "without", "not")
            or c.keys[c.at] in {"a", "an", "the", "any", "their"}
        )
        and c.quantity() is None
    ):
        negated = negated or lex.has("without", "not")
        c.pass_lex(lex)
    if (contacts := _contacts(c, group)) is not None:
        return Not(of=contacts) if negated else contacts
    found: Filter | None = None
    quantity = c.quantity()
    if deal_ahead(c, quantity.end if quantity is not None else c.at):
        said = c.words(c.at, quantity.end) if quantity is not None else ""
        if quantity is not None:
            c.at = quantity.end
        found = read_deals(c, quantity, said)
    elif quantity is not None and not quantity.percent:
        found = _sized(c)
    else:
        spec = field_at(c, "company")
        if spec is not None and spec.subject == "company":
            taken = c.lex()
            assert taken is not None  # noqa: S101 - `field_at` has just seen it
            c.pass_lex(taken)
            found = read_field(c, spec, "company")
            if found is None:
                c.take("set")
                found = has_value(spec, "company", there=True)
    return Not(of=found) if found is not None and negated else found


def _sized(c: Cursor) -> Filter | None:
    """Read "50+ employees", "100 to 500 people", "over 1m in revenue"."""
    if (two := read_two_bounds(c, "company")) is not None:
        return two
    quantity = c.quantity()
    if quantity is None:
        return None
    start, c.at = c.at, quantity.end
    while (
        c.keys[c.at : c.at + 1]
        and c.keys[c.at] in {"in", "of", "total", "full", "annual"}
        and (not c.has("field"))
    ):
        c.at += 1
    spec = field_at(c, "company")
    if spec is not None and spec.subject == "company" and spec.type == "number":
        taken = c.lex()
        assert taken is not None  # noqa: S101 - `field_at` has just seen it
        c.pass_lex(taken)
        test, c.at = widened(c.tokens, c.at, quantity)
        return prop_of(spec.name, test)
    c.at = start
    return None
