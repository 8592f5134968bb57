"""What follows an event verb: object, asset, window and how often, in any order."""

from __future__ import annotations

from tools.segments.tree import Contains

from .assets import STOP, ask_which, asset_end, more_assets, read_asset
from .cursor import Cursor
from .dated import or_window, read_window
from .doubts import Unclear
from .often import EventPhrase, read_often
from .text import fold, singular

__all__ = ["read_tail"]


_LEADS = {
    "a",
    "an",
    "the",
    "any",
    "our",
    "of",
    "on",
    "to",
    "in",
    "for",
    "from",
    "us",
    "at",
    "my",
    "your",
    "one",
    "this",
    "some",
    "into",
    "all",
    "about",
    "called",
    "named",
    "titled",
    "every",
    "least",
    "single",
    "marketing",
    "we",
    "sent",
    "other",
    "more",
    "through",
    "their",
}

_BEFORE_NOW = {"before", "previously", "already", "earlier"}


def read_tail(phrase: EventPhrase, c: Cursor, *, negated: bool) -> None:
    """Read what follows the verb: object, asset, window, how often, in any order."""
    named, definite = False, False
    while (token := c.token()) is not None:
        lex = c.lex()
        if c.date() is not None and phrase.window is None:
            phrase.window = read_window(c, negated=negated)
            _more_windows(phrase, c, negated=negated)
            continue
        if lex is not None and lex.has("same") and phrase.window is None:
            c.pass_lex(lex)
            phrase.same_window = True
            continue
        if lex is not None and lex.has("ever"):
            c.pass_lex(lex)
            continue
        if (phrase.at_least, phrase.at_most) == (1, None) and read_often(phrase, c):
            phrase.saw_object = True
            if phrase.windows:
                _ask_how_often(phrase, c)
            continue
        if token.key in _BEFORE_NOW and phrase.window is None and _clause_ends(c, c.at + 1):
            c.at += 1  # "visited our website before, but not in the past 2 months"
            phrase.saw_object = True
            continue
        if c.keys[c.at : c.at + 3] == ["in", "the", "past"] and _clause_ends(c, c.at + 3):
            c.at += 3  # "opened an email in the past, but not this year"
            phrase.saw_object = True
            continue
        if phrase.window is not None or (named and token.kind != "quote"):
            break
        if lex is not None and lex.has("object") and asset_end(c, c.at) == lex.end:
            if definite and phrase.asset is None and not named:
                ask_which(phrase, c, lex.end)
            word = singular(c.keys[lex.end - 1])
            c.pass_lex(lex)
            phrase.saw_object = True
            phrase.objects.append(lex.meanings["object"])
            if word == "newsletter" and any(word in fold(n) for n in c.vocabulary.assets()):
                phrase.asset = Contains(text=word)  # one kind of email among others
                named = True
            continue
        if token.key in {"in", "on", "from"} and c.keys[c.at + 1 : c.at + 2] in (["it"], ["them"]):
            if not _clause_ends(c, c.at + 2) and c.date(c.at + 2) is None:
                break
            c.at += 2  # "but did not click anything in it"
            phrase.refers = phrase.saw_object = True
            continue
        if token.key in {"no", "none"} and not phrase.saw_object and c.quantity() is None:
            c.at += 1
            phrase.denied = phrase.saw_object = True
            continue
        if token.key in {"anything", "something", "nothing"} and not phrase.saw_object:
            c.at += 1
            phrase.denied = phrase.denied or token.key == "nothing"
            phrase.saw_object = True
            continue
        if token.key in {"every", "each", "all"} and not phrase.saw_object:
            _ask_every(c)
        if token.key in _LEADS and _leads_on(c):
            definite = token.key in {"the", "this"} or (definite and token.key not in {"any", "of"})
            c.at += 1
            continue
        if token.key in {"it", "them", "one"}:
            c.at += 1
            phrase.saw_object = True
            continue
        if _ends_here(c, phrase):
            break
        if not read_asset(phrase, c, definite=definite):
            break
        named = phrase.saw_object = True
        more_assets(phrase, c)


def _ask_how_often(phrase: EventPhrase, c: Cursor) -> None:
    if (phrase.at_least, phrase.at_most) != (1, None):
        raise Unclear(
            "often:windows",
            "So often in each of these times, or in all of them together? Please give one time.",
            about=c.words(c.at - 1, c.at),
        )


def _more_windows(phrase: EventPhrase, c: Cursor, *, negated: bool) -> None:
    """Read "(this week) or last week": either will do, where it need happen only once."""
    if (phrase.at_least, phrase.at_most) != (1, None) or phrase.more:
        return
    while (window := or_window(c, phrase.window, negated=negated)) is not None:
        phrase.windows.append(window)


def _clause_ends(c: Cursor, at: int) -> bool:
    return at >= len(c.tokens) or c.tokens[at].kind == "mark" or c.has("but", "and", "or", at=at)


def _ask_every(c: Cursor) -> None:
    """Ask about "opened every newsletter": the tree counts events, it knows no "all of them"."""
    end = asset_end(c, c.at + 1)
    if end is None or not any(c.has("object", at=n) for n in range(c.at + 1, end)):
        return
    words, rest = c.words(c.at, end), c.words(c.at + 1, end)
    raise Unclear(
        f"every:{fold(words)}",
        f'I can test whether someone did it at least once or so many times, not with "{words}". '
        "What should it be?",
        (f"any {rest}", "at least 3 times"),
        about=words,
        rewrites=(f"any {rest}", "at least 3 times"),
    )


def _ends_here(c: Cursor, phrase: EventPhrase) -> bool:
    token, lex = c.token(), c.lex()
    assert token is not None  # noqa: S101 - the caller has looked
    if token.kind == "quote":
        return False
    if token.kind == "mark":
        return True
    if c.known_name(c.vocabulary.assets()) is not None:
        return False
    if lex is None or lex.read_as:
        return False
    if lex.has(*STOP, "or", "and", "not", "in", "at", "from", "on", "last"):
        return True
    if phrase.saw_object and lex.has("value", "title", "place", "filler"):
        return True
    return lex.has("title")


def _leads_on(c: Cursor) -> bool:
    """Whether an article or a preposition here leads on to an object, not to a new condition."""
    key = c.keys[c.at]
    if key in {"in", "on", "from", "at", "for", "to", "of"}:
        after = c.at + 1
        while after < len(c.keys) and c.keys[after] in {"the", "our", "a", "an", "any", "of"}:
            after += 1
        if key == "from" and after < len(c.keys) and c.keys[after] == "us":
            return True
        if after >= len(c.tokens):
            return False
        if c.has("place", "state", "people", "company", at=after) or c.date() is not None:
            return False
        if key in {"in", "from", "at"}:
            end = asset_end(c, after)
            return end is not None and any(c.has("object", at=n) for n in range(after, end))
        return True
    return True
