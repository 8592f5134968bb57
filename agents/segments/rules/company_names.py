"""Companies by name: "at Acme or Globex"; a name the CRM lacks is asked about."""

from __future__ import annotations

from rapidfuzz import process

from tools.segments.tree import Contains, Filter

from .cursor import Cursor
from .doubts import Unclear
from .logic import any_of, prop_of
from .text import fold, words_of

__all__ = ["read_company_name"]


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
