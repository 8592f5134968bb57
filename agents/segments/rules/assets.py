"""Names of emails, pages, forms and webinars: "the May newsletter", "the pricing page"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import process

from tools.segments.tree import Contains, Equals, EventType, In

from .cursor import Cursor
from .doubts import Unclear
from .logic import is_in
from .often import EventPhrase
from .text import fold, singular, words_of

__all__ = ["STOP", "ask_which", "asset_end", "more_assets", "read_asset"]

_GENERIC = {
    "email",
    "mail",
    "newsletter",
    "campaign",
    "link",
    "page",
    "form",
    "webinar",
    "site",
    "website",
    "message",
    "webpage",
    "web",
}
_GLUE = {"the", "a", "an", "our", "any", "of", "for", "on", "about", "to"}
STOP = (
    "who",
    "whose",
    "but",
    "except",
    "with",
    "without",
    "have",
    "people",
    "where",
    "sourced",
    "created",
    "be",
    "event_verb",
)


def asset_end(c: Cursor, at: int) -> int | None:
    """Return where the words that name an asset end: at its noun, or before what comes next."""
    end = at
    last_noun = None
    while end < len(c.tokens) and end - at < 12:
        lex = c.lex(end)
        if c.mark(",", ".", "?", "!", ";", ")", at=end) or c.date(end) is not None:
            break
        if c.tokens[end].kind == "quote":
            break
        if lex is not None and lex.has("object") and not lex.read_as:
            end = lex.end
            last_noun = end
            continue
        if lex is not None and not lex.read_as and lex.has(*STOP):
            break
        if lex is not None and not lex.read_as and lex.has("or", "and"):
            break
        if lex is not None and lex.has("in", "at", "from", "not", "times", "ever", "same", "on"):
            break
        if c.quantity(end) is not None and c.tokens[end].kind != "number":
            break
        end += 1
    return last_noun if last_noun is not None else (end if end > at else None)


def read_asset(phrase: EventPhrase, c: Cursor, *, definite: bool) -> bool:
    """Read the name of an asset and pass it."""
    token = c.token()
    assert token is not None  # noqa: S101 - the caller has looked
    start = c.at
    if token.kind == "quote":
        c.at += 1
        words, said = words_of(token.key), token.text[1:-1]
        _own_object(phrase, c)
    elif (hit := c.known_name(c.vocabulary.assets())) is not None and not (
        hit[1] == c.at + 1 and c.has("object", "people")
    ):
        c.at = hit[1]
        words, said = words_of(hit[0]), hit[0]
        _own_object(phrase, c)
    else:
        end = asset_end(c, c.at)
        if end is None:
            return False
        words, said = tuple(c.keys[c.at : end]), c.words(c.at, end)
        if not words or all(singular(word) in _GENERIC | _GLUE for word in words):
            return False
        noun = c.lex(end - 1)
        if noun is not None and noun.has("object"):
            phrase.objects.append(noun.meanings["object"])
        c.at = end
    phrase.asset = _matching(phrase, c, words, said, definite and token.kind != "quote")
    phrase.asset_words = c.words(start, c.at)
    return True


def more_assets(phrase: EventPhrase, c: Cursor) -> None:
    """Read further assets joined by "or" or "and", where each is known by its whole name."""
    while True:
        joint = c.lex(c.at + c.mark(","))
        if joint is None or not joint.has("or", "and"):
            return
        at = joint.end
        while at < len(c.keys) and c.keys[at] in {"the", "a", "our", "on", "for"}:
            at += 1
        if at >= len(c.tokens):
            return
        quoted = c.tokens[at].kind == "quote"
        hit = c.known_name(c.vocabulary.assets(), at)
        end = asset_end(c, at)
        named = (
            end is not None
            and end - at > 1
            and c.has("object", at=end - 1)
            and (not c.has("event_verb", "have", "people", "be", "not", at=at))
        )
        if hit is None and not quoted and not named:
            return
        word = "or" if joint.has("or") else "and"
        if phrase.more and word != phrase.more_joint:
            return
        phrase.more_joint = word
        if hit is None and not quoted and end is not None:
            words, said, c.at = tuple(c.keys[at:end]), c.words(at, end), end
        else:
            said = hit[0] if hit is not None else c.tokens[at].text[1:-1]
            words, c.at = words_of(said), hit[1] if hit is not None else at + 1
        phrase.more.append(_matching(phrase, c, words, said, False))
        _own_object(phrase, c)


def _own_object(phrase: EventPhrase, c: Cursor) -> None:
    """Pass the noun after a name: "the Demo request form"."""
    lex = c.lex()
    if lex is not None and lex.has("object") and not lex.has("field", "value"):
        phrase.objects.append(lex.meanings["object"])
        c.pass_lex(lex)


def _shorter(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the words, then without glue and the noun at the end: "demo request form"."""
    plain = [word for word in words if word not in _GLUE]
    forms = [tuple(words), tuple(plain), tuple(singular(word) for word in plain)]
    while len(plain) > 1 and singular(plain[-1]) in _GENERIC:
        plain.pop()
        forms += [tuple(plain), tuple(singular(word) for word in plain)]
    return [form for n, form in enumerate(forms) if form and form not in forms[:n]]


def _matching(
    phrase: EventPhrase, c: Cursor, words: Sequence[str], said: str, definite: bool
) -> Equals | In | Contains:
    """Return the test for the assets whose name holds these words; ask where none does."""
    names = c.vocabulary.assets()
    if not _shorter(words):
        raise Unclear("asset:", "The name in quotes is empty. Which one do you mean?", about=said)
    for form in _shorter(words):
        text = " ".join(form)
        found = [name for name in names if text in fold(name)]
        if found:
            exact = [name for name in found if fold(name).strip("/ ") == text]
            if definite and not exact:
                _one_of(phrase, c, found, said)
            shown = said if fold(said) == text else text
            return Contains(text=shown)
    stems = {singular(word) for word in _shorter(words)[-1]}
    found = [n for n in names if stems <= {singular(word) for word in words_of(n)}]
    if found:
        if definite:
            _one_of(phrase, c, found, said)
        return is_in(found)
    near = process.extract(" ".join(words), names, limit=4, score_cutoff=45, processor=fold)
    options = tuple(name for name, _, _ in near)
    raise Unclear(
        f"asset:{fold(said)}",
        f'No email, page, form or webinar here is called "{said}". '
        + ("Did you mean one of these?" if options else "Which one do you mean?"),
        options,
        about=said,
        rewrites=tuple(f'"{name}"' for name in options),
    )


def _one_of(phrase: EventPhrase, c: Cursor, found: Sequence[str], said: str) -> None:
    """Ask which one "the product update" is, where several had events of this kind."""
    live = _live(c, phrase.types[-1], found) if len(found) > 1 else []
    if len(live) > 1:
        options = (*live[:6], f'any of the {len(live)} with "{said}" in the name')
        rewrites = (*(f'"{name}"' for name in live[:6]), f'any "{said}"')
        raise Unclear(
            f"asset:{fold(said)}",
            f'Several are called "{said}". Which one do you mean?',
            options,
            about=said,
            rewrites=rewrites,
        )


_SERIES = re.compile(
    r"\d+|\b(?:january|february|march|april|may|june|july|august|september|october|november|"
    r"december)\b"
)
_PROBED = 8
"""Names whose events are looked for one by one; each costs a query (20 ms with 60,000 events)."""


def _live(c: Cursor, kinds: Sequence[EventType], names: Sequence[str]) -> list[str]:
    """Return the names that had such events; one of a long series stands for the others."""
    if len(names) <= 3:
        return [name for name in names if c.happened(kinds, name)]
    series: dict[str, list[str]] = {}
    for name in names:
        series.setdefault(_SERIES.sub("#", fold(name)), []).append(name)
    groups = sorted(series.values(), key=len, reverse=True)[:_PROBED]
    alive = [name for group in groups if c.happened(kinds, group[-1]) for name in group]
    return [name for name in names if name in alive]


def ask_which(phrase: EventPhrase, c: Cursor, end: int) -> None:
    """Ask which one "the webinar" is; "the website" is one thing, and a name may follow."""
    word = c.keys[c.at]
    if singular(word) not in {"webinar", "newsletter", "email", "form", "campaign", "page", "mail"}:
        return
    if word != singular(word):
        return
    after = c.token(end - c.at)
    if after is not None and (
        after.kind == "quote"
        or after.key in {"called", "named", "titled", "about", "on", "for", "of"}
        or c.known_name(c.vocabulary.assets(), end)
    ):
        return
    kinds = phrase.types[-1]
    names = [n for n in c.vocabulary.assets() if singular(word) in fold(n)] or list(
        c.vocabulary.assets()
    )
    live = _live(c, kinds, names)[:6]
    said = c.words(c.at, end)
    raise Unclear(
        f"which:{word}",
        f"Which {said} do you mean?",
        (*live, f"any {said}"),
        about=f"the {said}",
        rewrites=(*(f'"{name}"' for name in live), f"any {said}"),
    )
