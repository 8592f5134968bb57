"""Deals: "an open deal over 50k closing this quarter", "no deals", "a closed-won deal"."""

from __future__ import annotations

from datetime import date, datetime

from dateutil.relativedelta import relativedelta

from tools.segments.tree import (
    Absolute,
    Before,
    DateTest,
    Deals,
    During,
    Equals,
    Filter,
    In,
    Not,
    Property,
)

from .cursor import Cursor
from .dated import read_window
from .dates import read_date
from .doubts import Unclear
from .fields import field_at, read_field
from .logic import all_of, any_of, prop_of
from .numbers import Quantity
from .picklists import read_picklist
from .text import fold

__all__ = ["deal_ahead", "read_deals"]

_ARTICLES = {"a", "an", "any", "the", "one", "their", "own", "at", "least"}


def deal_ahead(c: Cursor, at: int) -> bool:
    """Say whether a deal phrase starts here: adjectives, then "deal"."""
    for _ in range(6):
        if at >= len(c.tokens):
            return False
        if c.has("deal", at=at) or _another(c, at):
            return True
        lex = c.lex(at)
        if lex is not None and lex.has("or") and c.has("open_deal", "stage", at=lex.end):
            at = lex.end  # "a won or lost deal"
            continue
        opportunity = lex is not None and c.keys[at] in {"opportunity", "opportunities"}
        if opportunity:
            return True
        if lex is None or not (
            lex.has("open_deal", "stage") or c.keys[at] in _ARTICLES or c.keys[at] == "sales"
        ):
            return False
        at = lex.end
    return False


def _another(c: Cursor, at: int) -> bool:
    """Whether "one" stands for a deal: "a lost deal and no open one"."""
    if c.keys[at] not in {"one", "ones"} or not at:
        return False
    said = any(c.has("deal", at=n) for n in range(at - 1))
    return said and c.has("open_deal", "stage", at=at - 1)


def _another_ahead(c: Cursor, at: int) -> bool:
    """Whether "an open one", "also a won one" starts here: another deal than the one before."""
    for here in range(at, min(at + 5, len(c.tokens))):
        if _another(c, here):
            return True
        lex = c.lex(here)
        if lex is None or not (
            lex.has("open_deal", "stage", "or", "not", "with", "have", "filler")
            or c.keys[here] in _ARTICLES
        ):
            return False
    return False


def _not_closed(c: Cursor) -> Filter:
    spec = c.lexicon.fields[("deal", "stage")]
    closed = tuple(v for v in spec.values if v.startswith("closed"))
    return Not(of=prop_of("stage", In(values=closed)))


def _adjectives(c: Cursor) -> list[Filter]:
    parts: list[Filter] = []
    while (lex := c.lex()) is not None:
        if lex.has("open_deal"):
            parts.append(_not_closed(c))
        elif lex.has("stage"):
            parts.append(prop_of("stage", Equals(value=lex.meanings["stage"])))
        elif c.keys[c.at] not in _ARTICLES | {"sales"} or _another(c, c.at):
            break
        c.pass_lex(lex)
        if (
            (joint := c.lex()) is not None
            and joint.has("or", "and")
            and c.has("open_deal", "stage", at=joint.end)
        ):
            c.pass_lex(joint)
            return [any_of([*parts, *_adjectives(c)])]
    return parts


def _tail(c: Cursor, *, closed: bool = False) -> list[Filter]:
    """Read what is said of the deal after its noun."""
    parts: list[Filter] = []
    while not c.done:
        start = c.at
        joint = c.lex()
        joined = joint is not None and joint.has("and", "but", "or")
        if joint is not None and joined and _another_ahead(c, joint.end):
            break  # "a won deal and an open one": two deals
        while (
            (lex := c.lex()) is not None
            and (
                lex.has(
                    "worth", "with", "who", "of", "be", "whose", "at", "in", "and", "but", "have"
                )
                or c.keys[c.at] in {"a", "an", "the", "their"}
            )
            and c.date() is None
            and not lex.has("closing")
            and c.quantity() is None
        ):
            c.pass_lex(lex)
        part = _one(c, closed=closed)
        if part is None:
            c.at = start
            break
        parts.append(part)
    return parts


def _one(c: Cursor, *, closed: bool = False) -> Filter | None:
    lex = c.lex()
    if lex is not None and lex.has("closing"):
        before = c.at
        won = c.keys[c.at] == "closed"
        c.pass_lex(lex)
        window = read_window(c) if won else _upcoming(c)
        if window is None:
            c.at = before
            return None
        close = prop_of("close_date", window)
        if won and not closed:
            raise Unclear(
                "deal:closed",
                "Deals that closed: won, lost, or both?",
                ("closed won", "closed lost", "both"),
                about="",
                takes_words=False,
            )
        return close
    if lex is not None and lex.has("created"):
        before = c.at
        c.pass_lex(lex)
        window = read_window(c)
        if window is not None:
            return prop_of("created_at", window)
        c.at = before
        return None
    quantity = c.quantity()
    if quantity is not None and not quantity.percent and c.date() is None:
        if c.has("field", "object", "people", "company", at=quantity.end) and not _amount_word(
            c, quantity.end
        ):
            return None
        c.at = quantity.end
        if _amount_word(c, c.at):
            c.take("field", "worth")
        return prop_of("amount", quantity.test)
    if lex is not None and lex.has("open_deal"):
        c.pass_lex(lex)
        return _not_closed(c)
    if lex is not None and lex.has("stage", "field"):
        return _stage_or_field(c)
    return None


def _is_closed(part: Filter) -> bool:
    """Whether the deal was said to be won or lost: "closed" then says only when."""
    if not isinstance(part, Property) or part.field != "stage":
        return False
    match part.is_:
        case Equals(value=value):
            return str(value).startswith("closed")
        case In(values=values):
            return all(str(value).startswith("closed") for value in values)
        case _:
            return False


def _upcoming(c: Cursor) -> DateTest | None:
    """Read when a deal will close: "by 31 December" is the next one, not the last."""
    hit = read_date(c.tokens, c.at, c.today)
    if hit is None or hit.test is None:
        return read_window(c)
    if not hit.ahead and _is_over(hit.test, c.today):
        hit = read_date(c.tokens, c.at, c.today + relativedelta(years=1)) or hit
    c.at = hit.end
    return hit.test


def _is_over(test: DateTest | None, today: date) -> bool:
    """Whether a stretch that may be moved by a year has passed."""
    match test:
        case During(end=Absolute(at=at)) | Before(moment=Absolute(at=at)):
            return at <= today if not isinstance(at, datetime) else False
        case _:
            return False


def _amount_word(c: Cursor, at: int) -> bool:
    lex = c.lex(at)
    return (
        lex is not None
        and lex.has("field")
        and any(spec.subject == "deal" for spec in lex.meanings["field"])
    )


def _stage_or_field(c: Cursor) -> Filter | None:
    stage = c.lexicon.fields[("deal", "stage")]
    start = c.at
    lex = c.lex()
    if lex is not None and lex.has("field") and c.keys[c.at] in {"stage", "status"}:
        c.pass_lex(lex)
        found = read_field(c, stage, "deal")
        if found is None:
            c.at = start
        return found
    spec = field_at(c, "deal")
    if spec is not None and spec.subject == "deal" and lex is not None:
        c.pass_lex(lex)
        found = read_field(c, spec, "deal")
        if found is None:
            c.at = start
        return found
    found = read_picklist(c, stage, "deal")
    if found is not None and c.keys[c.at : c.at + 1] == ["stage"]:
        c.at += 1
    return found


def read_deals(c: Cursor, quantity: Quantity | None, said: str) -> Filter | None:
    """Read a deal phrase and pass it; the quantity before it was passed already."""
    if not deal_ahead(c, c.at):
        return None
    parts = _adjectives(c)
    if c.take("deal") is None:
        c.at += 1
    parts += _tail(c, closed=any(_is_closed(part) for part in parts))
    bounds: tuple[int, int | None] = (1, None)
    if quantity is not None:
        found = quantity.bounds()
        if found is None:
            raise Unclear(
                f"deals:{fold(said)}",
                f'How many deals is "{said}"?',
                ("at least one deal",),
                about=said,
                rewrites=("at least 1",),
            )
        bounds = found
        if quantity.bare and found[0] > 1:
            number = found[0]
            raise Unclear(
                f"deals:{fold(said)}",
                f'Does "{said} deals" mean at least {number} or exactly {number}?',
                (f"at least {number}", f"exactly {number}"),
                about=said,
                rewrites=(f"at least {number}", f"exactly {number}"),
            )
        if quantity.bare and found == (1, 1):
            bounds = (1, None)
    where = all_of(parts) if parts else None
    return Deals(at_least=bounds[0], at_most=bounds[1], where=where)
