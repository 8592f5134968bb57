"""Answers to a question: the request is rewritten with what was chosen, then read anew."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from .doubts import Unclear
from .text import clean, fold

__all__ = ["apply", "chosen"]

_ORDINALS = {
    "first": 0,
    "1st": 0,
    "second": 1,
    "2nd": 1,
    "third": 2,
    "3rd": 2,
    "fourth": 3,
    "4th": 3,
    "fifth": 4,
    "5th": 4,
    "last": -1,
}
_CLAUSE = re.compile(r"^(?:with|who|at|created|in|from|without|whose|not)\b")
_DROP = re.compile(
    r"^(?:please )?(?:leave (?:it|that|this) out|ignore (?:it|that|this)|drop (?:it|that|"
    r"this)|skip (?:it|that|this)|"
    r"forget (?:it|that|this)|without (?:it|that)|nothing|none|no matter|never mind that)\W*$"
)


def chosen(reply: str, options: Sequence[str]) -> int | None:
    """Return which option the reply names: by number, by rank or by its words."""
    said = fold(clean(reply)).strip(" .!)(")
    number = re.match(r"^(?:option|number|no\.?|nr\.?|#|choice|answer)?\s*(\d{1,2})\b\W*$", said)
    if number and 1 <= int(number[1]) <= len(options):
        return int(number[1]) - 1
    rank = re.match(r"^(?:the )?(\w+)(?: one| option)?$", said)
    if rank and rank[1] in _ORDINALS and options:
        place = _ORDINALS[rank[1]]
        return place if place < len(options) else None
    folded = [fold(option) for option in options]
    if said in folded:
        return folded.index(said)
    inside = [n for n, option in enumerate(folded) if said and (said in option or option in said)]
    if len(inside) == 1 and len(said) >= 3:
        return inside[0]
    hit = process.extractOne(said, folded, scorer=fuzz.token_sort_ratio, score_cutoff=88)
    return hit[2] if hit else None


def apply(text: str, doubt: Unclear, reply: str) -> str:
    """Return the request with the doubt settled by the reply."""
    number = chosen(reply, doubt.options)
    if number is not None:
        rewrite = doubt.rewrites[number] if number < len(doubt.rewrites) else None
        settled = doubt.options[number] if rewrite is None else rewrite
    elif _DROP.match(fold(clean(reply))):
        settled = ""
    else:
        settled = clean(reply).strip(" .")
    about = doubt.about
    if not about:
        return f"{text}, {settled}" if settled else text
    at = text.lower().find(about.lower())
    if at < 0:
        return f"{text}, {settled}" if settled else text
    before, after = text[:at], text[at + len(about) :]
    settled = settled.lstrip("\x00")
    if doubt.key.startswith("vague:") and _CLAUSE.match(fold(settled)):
        return _after_noun(before, after, settled)
    return clean(f"{before}{settled}{after}")


def _after_noun(before: str, after: str, clause: str) -> str:
    """Put the clause behind the noun the vague word stood before: "hot leads" -> "leads with"."""
    size = re.match(r"^at companies with (at least|fewer than) (\d+) employees$", clause)
    company = re.match(
        r"^\s*(?:\w+ )?(?:companies|accounts|firms|businesses|organi[sz]ations)\b", after
    )
    if size and company:
        word = "at least" if size[1] == "at least" else "fewer than"
        return clean(f"{before}{word} {size[2]} employees{after}")
    noun = re.match(
        r"^(?:\s+(?!in\b|at\b|who\b|with\b|from\b|that\b|and\b|or\b|but\b|except\b|"
        r"on\b)[\w&-]+){1,4}",
        after,
    )
    if noun is None:
        glue = "" if before.rstrip().endswith(("who are", "that are", "are", "be")) else "people "
        head = re.sub(r"\b(?:who|that) are\s*$", "", before) if not glue else before
        return clean(f"{head}{glue}{clause}{after}")
    return clean(f"{before}{noun.group()} {clause}{after[noun.end() :]}")
