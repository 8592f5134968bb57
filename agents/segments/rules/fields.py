"""Tests on a named field: "lead score over 50", "lifecycle stage is MQL", "without a phone"."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import process

from tools.crm.port import FieldSpec
from tools.segments.tree import (
    Company,
    Contains,
    DateTest,
    Equals,
    Filter,
    IsSet,
    Not,
    StartsWith,
    Subject,
    ValueTest,
)

from .cursor import Cursor, Unclear
from .emails import read_addresses
from .logic import RANKS, all_of, any_of, is_in, prop, values_filter
from .numbers import NumberTest, Quantity
from .text import fold, words_of
from .where import place_at, read_places

__all__ = ["choose", "field_at", "has_value", "read_field", "read_picklist", "read_text"]

_BOUNDARY = (
    "who",
    "whose",
    "with",
    "without",
    "but",
    "except",
    "and",
    "or",
    "have",
    "in",
    "at",
    "from",
    "on",
    "where",
    "created",
    "sourced",
    "owned",
)
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
        if c.keys[c.at] in {"no", "not"} and _bounds_here(c, spec):
            break
        if c.keys[c.at] == "in" and _value_at(c, spec, c.at) is not None:
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


def _bounds_here(c: Cursor, spec: FieldSpec) -> bool:
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


def _date(c: Cursor, spec: FieldSpec, subject: Subject) -> Filter | None:
    test = read_window(c)
    return None if test is None else prop(spec.subject, spec.name, test, subject)


def read_window(c: Cursor, *, negated: bool = False) -> DateTest | None:
    """Read the date phrase here and pass it; a date that cannot be used is asked about."""
    hit = c.date()
    if hit is None:
        return None
    words = c.words(c.at, hit.end)
    if hit.test is None:
        raise Unclear(
            f"date:{fold(words)}",
            hit.problem,
            hit.options,
            about=words,
            rewrites=tuple("" if "leave" in o else o for o in hit.options),
        )
    c.at = hit.end
    return hit.test


def _value_at(c: Cursor, spec: FieldSpec, at: int) -> tuple[str, int] | None:
    """Return the picklist value that stands at a token, longest first, and where it ends."""
    known = c.lexicon.field_values.get((spec.subject, spec.name), {})
    if at < len(c.tokens) and c.tokens[at].kind == "quote":
        value = known.get(words_of(c.tokens[at].key))
        return (value, at + 1) if value else None
    for size in range(6, 0, -1):
        words = tuple(c.keys[at : at + size])
        if len(words) == size and words in known:
            # "opportunity and lead status is ...": a longer phrase that names a field is no value.
            lex = c.lex(at)
            longer = lex is not None and lex.end > at + size and lex.has("field")
            return None if longer else (known[words], at + size)
    return None


def read_picklist(c: Cursor, spec: FieldSpec, subject: Subject) -> Filter | None:
    """Read one value, or several joined by "or", and pass them."""
    values: list[str] = []
    at = c.at
    while True:
        while at < len(c.keys) and c.keys[at] in {"a", "an", "the", "either", "as"}:
            at += 1
        hit = _value_at(c, spec, at)
        if hit is None:
            break
        values.append(hit[0])
        c.at = at = hit[1]
        if c.mark(",", at=at):
            at += 1
        if at < len(c.tokens) and c.has("or", "and", at=at):
            lex = c.lex(at)
            at = lex.end if lex is not None else at
        if at == hit[1]:
            break  # "organic social" is no list of two
    if not values:
        return None
    if spec.name == "seniority" and values[-1] in RANKS and _above(c):
        values = [rank for rank in RANKS[RANKS.index(values[-1]) :] if rank in spec.values]
    return prop(spec.subject, spec.name, is_in(dict.fromkeys(values)), subject)


def _above(c: Cursor) -> bool:
    if c.keys[c.at : c.at + 1] == ["+"]:
        c.at += 1
        return True
    return c.take("above") is not None


def unknown_value(c: Cursor, spec: FieldSpec, start: int) -> Unclear:
    """Return the question for a value the field does not have."""
    end = start
    while end < len(c.tokens) and not c.has(*_BOUNDARY, at=end) and not c.mark(",", ".", at=end):
        end += 1
    words = c.words(start, max(end, start + 1)) if start < len(c.tokens) else ""
    labels = spec.value_labels or spec.values
    near = process.extract(words, labels, limit=4, score_cutoff=40, processor=fold) if words else []
    options = tuple(label for label, _, _ in near) or tuple(labels[:6])
    return Unclear(
        f"value:{spec.name}:{fold(words)}",
        f"Which {spec.label.lower()} do you mean{f' by “{words}”' if words else ''}?",
        options,
        about=words,
        rewrites=options,
    )


def read_text(c: Cursor, spec: FieldSpec, subject: Subject, kind: str) -> Filter | None:
    """Read the text a field is compared with: quoted, an address, a known value, or words."""
    if spec.name == "email" and kind in {"", "is", "ends", "contains"}:
        found = _domains(c, spec, kind)
        if found is not None:
            return found
    parts: list[str] = []
    known = False
    while (token := c.token()) is not None:
        if token.kind in {"quote", "domain"}:
            parts.append(token.text[1:-1] if token.kind == "quote" else token.text)
            c.at += 1
        elif kind in {"", "is"} and (
            hit := c.known_name(c.vocabulary.values(spec.subject, spec.name))
        ):
            parts.append(hit[0])
            known = True
            c.at = hit[1]
        elif kind in {"contains", "starts", "ends"} and not c.has(*_BOUNDARY):
            start = c.at
            if token.text in {".", "@", "/"}:
                c.at += 1
            while (
                not c.done
                and not c.has(*_BOUNDARY)
                and not c.mark(",", ".", "?", "!")
                and (c.date() is None and c.token() is not None and c.tokens[c.at].kind != "quote")
            ):
                c.at += 1
            if c.at == start:
                break
            parts.append(c.words(start, c.at))
        else:
            break
        ahead = c.at + c.mark(",")
        lex = c.lex(ahead)
        if lex is not None and lex.has("or") and _text_follows(c, lex.end, spec, kind):
            c.at = lex.end
            if c.has("contains"):
                c.take("contains")
            continue
        break
    if not parts:
        return None
    if kind == "ends":
        raise Unclear(
            f"ends:{fold(parts[0])}",
            f'I can test whether the {spec.label.lower()} contains or starts with "{parts[0]}", '
            "not how it ends. Should it contain it?",
            (f"{spec.label.lower()} contains {parts[0]}",),
            about="",
        )
    tests: list[Filter] = [
        prop(spec.subject, spec.name, _text_test(spec, part, kind, known), subject)
        for part in parts
    ]
    return any_of(tests)


def _domains(c: Cursor, spec: FieldSpec, kind: str) -> Filter | None:
    """Read "on gmail", "at acme.com", "@gmx.de or yahoo" after the email field's name."""
    token = c.token()
    if token is None or (kind in {"contains", "ends"} and token.kind != "domain"):
        return None
    other = c.lex() is not None and c.has("except") and kind != "contains"
    if other:
        c.take("except")
    found = read_addresses(c, named=True)
    return Not(of=found) if found is not None and other else found


def _text_follows(c: Cursor, at: int, spec: FieldSpec, kind: str) -> bool:
    if at >= len(c.tokens):
        return False
    if c.has("contains", at=at):
        return True
    if c.tokens[at].kind in {"quote", "domain"}:
        return True
    if kind in {"contains", "starts"}:
        lex = c.lex(at)
        return lex is None or lex.has("value", "vague", "title", "place")
    return c.known_name(c.vocabulary.values(spec.subject, spec.name), at) is not None


def _text_test(spec: FieldSpec, text: str, kind: str, known: bool) -> ValueTest:
    if kind == "starts":
        return StartsWith(text=text)
    if kind == "contains" or spec.name == "job_title":
        return Contains(text=text)
    if spec.name == "email" and text.startswith("@"):
        return Contains(text=text.lower())
    if spec.name == "email" and "@" not in text:
        return Contains(text=f"@{text.lower()}" if "." in text else text)
    if spec.name in {"job_title", "company_name"} and not known:
        return Contains(text=text)
    return Equals(value=text)


__all__ += ["all_of", "place_at", "read_window", "unknown_value", "values_filter"]
