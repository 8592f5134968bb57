"""Companies: "at software companies with over 50 employees", "at Acme", "3 contacts who ..."."""

from __future__ import annotations

from collections.abc import Callable

from rapidfuzz import process

from tools.segments.tree import (
    Company,
    CompanyContacts,
    Contains,
    Filter,
    Not,
    Property,
)

from .cursor import Cursor, Unclear
from .deals import deal_ahead, read_deals
from .fields import field_at, has_value, read_field, read_two_bounds
from .lexicon import Value
from .logic import all_of, any_of, place_filter, prop_of, values_filter
from .numbers import widened
from .text import fold, words_of
from .where import read_places

__all__ = ["company_set_at", "read_company_name", "read_company_set"]

_OWN = ("company.industry", "company.company_type")
_EARNS = {"makes", "make", "making", "earns", "earn", "earning", "turns", "turning", "turn"}
_ARTICLES = {"the", "a", "an", "any", "all", "our", "every", "their", "those", "other", "some"}

Group = Callable[[Cursor], Filter | None]
"""Reads a whole description of people: what "who ..." inside a company condition needs."""


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
        end = _modifier_at(c, at)
        if end is None:
            lex = c.lex(at)
            joint = lex is not None and lex.has("or", "and")
            if not (joint or c.mark(",", at=at) or c.keys[at] in _ARTICLES):
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
    parts += _clauses(c, group)
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
        elif c.mark(",") or c.keys[c.at] in _ARTICLES:
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


def _clauses(c: Cursor, group: Group) -> list[Filter]:
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
    while not c.done and c.keys[c.at] in _ARTICLES:
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


def read_company_name(c: Cursor) -> Filter | None:
    """Read a company's name ("at Acme or Globex") and pass it; ask where the CRM has none."""
    parts: list[Filter] = []
    while True:
        before = c.at
        if parts:
            lex = c.lex(c.at + c.mark(","))
            if lex is None or not lex.has("or", "and"):
                break
            c.at = lex.end
        while not c.done and c.keys[c.at] in {"the", "either", "company"}:
            c.at += 1
        name = _name(c, asking=not parts)
        if name is None:
            c.at = before
            break
        parts.append(prop_of("company_name", Contains(text=name)))
    return any_of(parts) if parts else None


def _name(c: Cursor, *, asking: bool) -> str | None:
    names = c.vocabulary.values("company", "name")
    if c.has("vague") and c.known_name(names) is None:
        return None
    hit = c.known_name(names)
    if hit is not None:
        c.at = hit[1]
        return hit[0]
    token = c.token()
    if token is None:
        return None
    start, end = c.at, c.at
    if token.kind == "quote":
        end += 1
    else:
        while end < len(c.tokens) and end - start < 8 and c.tokens[end].kind in {"word", "number"}:
            lex = c.lex(end)
            capital = c.tokens[end].text[:1].isupper()
            if lex is not None and not lex.read_as and not capital:
                break
            if lex is not None and lex.has("and", "or", "who", "with", "but", "not"):
                break
            end += 1
    for stop in range(end, start, -1):
        said = c.words(start, stop).strip('"')
        words = words_of(said)
        if words and any(_within(words, words_of(name)) for name in names):
            c.at = stop
            return said
    if not asking:
        return None
    said = c.words(start, max(end, start + 1))
    near = process.extract(said, names, limit=4, score_cutoff=55, processor=fold)
    options = tuple(name for name, _, _ in near)
    raise Unclear(
        f"company:{fold(said)}",
        f'There is no company called "{said}" in this CRM. '
        + ("Did you mean one of these?" if options else "Which company do you mean?"),
        options,
        about=said,
        rewrites=tuple(f'"{name}"' for name in options),
    )


def _within(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    size = len(words)
    return any(name[n : n + size] == words for n in range(len(name) - size + 1))


_ = Property
