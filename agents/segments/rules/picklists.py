"""Picklist values: "new or open", "director and above", and the question for an unknown one."""

from __future__ import annotations

from rapidfuzz import process

from tools.crm.port import FieldSpec
from tools.segments.tree import Filter, Subject

from .cursor import Cursor
from .doubts import Unclear
from .logic import RANKS, is_in, prop
from .text import fold, words_of

__all__ = ["BOUNDARY", "read_picklist", "unknown_value", "value_at"]


BOUNDARY = (
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


def value_at(c: Cursor, spec: FieldSpec, at: int) -> tuple[str, int] | None:
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
        hit = value_at(c, spec, at)
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
    while end < len(c.tokens) and not c.has(*BOUNDARY, at=end) and not c.mark(",", ".", at=end):
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
