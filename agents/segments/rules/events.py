"""Events: "opened the pricing email at least twice since March", "no clicks in 90 days"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tools.segments.tree import Contains, EventType, Filter, LastEvent, Not

from .assets import STOP, ask_which, asset_end, more_assets, read_asset
from .cursor import Cursor, Unclear
from .fields import read_window
from .lexicon import Lex
from .numbers import Quantity
from .often import EventPhrase, read_often, set_often
from .text import fold, singular

__all__ = ["EventPhrase", "read_event_noun", "read_event_verb", "read_last_event"]

_WEAK = {
    "joined",
    "join",
    "joins",
    "joining",
    "got",
    "get",
    "saw",
    "seen",
    "read",
    "completed",
    "went",
    "been",
    "come",
    "came",
    "filled",
    "showed",
    "show",
    "views",
    "view",
    "open",
    "visit",
}
"""Verbs that mean an event only together with its object ("joined a webinar")."""
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


def _tail(phrase: EventPhrase, c: Cursor, *, negated: bool) -> None:
    """Read what follows the verb: object, asset, window, how often, in any order."""
    named, definite = False, False
    while (token := c.token()) is not None:
        lex = c.lex()
        if c.date() is not None and phrase.window is None:
            phrase.window = read_window(c, negated=negated)
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


def _resolve_types(phrase: EventPhrase, c: Cursor, words: str) -> None:
    """Let the object decide what a verb means, and ask where the two do not go together."""
    allowed: set[str] = set()
    for types in phrase.objects:
        allowed |= set(types)
    if not allowed:
        return
    for number, kinds in enumerate(phrase.types):
        fitting: list[EventType] = [kind for kind in kinds if kind in allowed]
        if not fitting:
            said = {
                "email_open": "opened an email",
                "email_click": "clicked an email",
                "page_view": "viewed a page",
                "form_submit": "submitted a form",
                "webinar_registered": "registered for a webinar",
                "webinar_attended": "attended a webinar",
                "email_sent": "received an email",
                "unsubscribed": "unsubscribed",
            }
            options = tuple(said[k] for k in said if k in allowed)
            raise Unclear(
                f"event:{fold(words)}",
                f'What do you mean by "{words}"?',
                options,
                about=words,
                rewrites=options,
            )
        phrase.types[number] = fitting


def read_event_verb(
    c: Cursor, *, negated: bool = False, before: EventPhrase | None = None
) -> EventPhrase | None:
    """Read a verb phrase about events and pass it; None where no such verb stands."""
    start = c.at
    lex = c.lex()
    if lex is None or not lex.has("event_verb"):
        return None
    weak = c.keys[c.at] in _WEAK and lex.end == c.at + 1
    c.pass_lex(lex)
    first_end = c.at
    joined, verbs = _verb_series(c)
    phrase = _phrase(c, [lex, *verbs], joined, negated=negated)
    try:
        _resolve_types(phrase, c, c.words(start, c.at))
    except Unclear:
        if not verbs:
            raise
        # "clicked and attended a webinar": each verb has an object of its own, or none.
        c.at = first_end
        phrase = EventPhrase(types=[list(lex.meanings["event_verb"])])
    dangling = c.keys[c.at - 1] in {"for", "on", "in"} and c.at == lex.end and not c.done
    if dangling and c.has("or", "and", "but"):
        words = c.words(start, c.at)
        raise Unclear(
            f"dangling:{fold(words)}", f'"{words}" what? Please name it there.', about=words
        )
    if weak and not phrase.saw_object and phrase.asset is None and c.keys[start] != "open":
        c.at = start
        return None
    _inherit(phrase, before)
    return phrase


def _verb_series(c: Cursor) -> tuple[str, list[Lex]]:
    """Pass ", bounced or complained": further verbs that stand right beside the first."""
    at, verbs = c.at, list[Lex]()
    while True:
        comma = c.mark(",", at=at)
        joint = c.lex(at + comma)
        word = ""
        if joint is not None and joint.has("or", "and"):
            word = "or" if joint.has("or") else "and"
        verb = c.lex(joint.end if word and joint is not None else at + comma)
        if verb is None or not verb.has("event_verb") or not (word or comma):
            return "or", []
        verbs.append(verb)
        at = verb.end
        if word:
            c.at = at
            return word, verbs


def _phrase(c: Cursor, verbs: Sequence[Lex], joined: str, *, negated: bool) -> EventPhrase:
    phrase = EventPhrase(types=[list(verb.meanings["event_verb"]) for verb in verbs], joined=joined)
    _tail(phrase, c, negated=negated)
    return phrase


def _inherit(phrase: EventPhrase, before: EventPhrase | None) -> None:
    if before is None:
        return
    if phrase.same_window:
        phrase.window = before.window
    webinar = {"webinar_registered", "webinar_attended"}
    kinds = {kind for one in phrase.types for kind in one}
    earlier = {kind for one in before.types for kind in one}
    related = (kinds <= webinar and earlier <= webinar) or {
        "email_open",
        "email_click",
    } >= kinds | earlier
    if phrase.asset is None and not phrase.objects and before.asset is not None and related:
        phrase.asset = before.asset


def read_event_noun(c: Cursor, quantity: Quantity | None, said: str) -> EventPhrase | None:
    """Read "3 email opens since March": the quantity was passed, the noun stands here."""
    start = c.at
    while c.keys[c.at : c.at + 1] and c.keys[c.at] in {"any", "a", "an", "recorded", "single"}:
        c.at += 1
    lex = c.lex()
    if lex is None or not lex.has("event_noun"):
        c.at = start
        return None
    phrase = EventPhrase(types=[list(lex.meanings["event_noun"])])
    c.pass_lex(lex)
    while (joint := c.lex()) is not None and joint.has("or", "and"):
        noun = c.lex(joint.end)
        if noun is None or not noun.has("event_noun"):
            break
        phrase.joined = "or" if joint.has("or") else "and"
        c.at = noun.end
        phrase.types.append(list(noun.meanings["event_noun"]))
    phrase.saw_object = True
    if quantity is not None:
        set_often(
            phrase,
            replace(quantity, bare=False)
            if quantity.bare and quantity.bounds() == (1, 1)
            else quantity,
            c,
            said,
        )
    _tail(phrase, c, negated=False)
    return phrase


def read_last_event(c: Cursor) -> Filter | None:
    """Read "last opened an email more than 90 days ago": "last" stands here."""
    start = c.at
    if c.take("last") is None:
        return None
    lex = c.lex()
    if lex is None or not lex.has("event_verb", "event_noun", "object"):
        c.at = start
        return None
    noun = lex
    if lex.has("object") and not lex.has("event_noun"):
        after = c.lex(lex.end)
        if after is None or not after.has("event_noun", "event_verb"):
            c.at = start
            return None
        noun = after
    kinds = noun.meanings.get("event_noun") or noun.meanings["event_verb"]
    c.at = noun.end
    while (
        (lex := c.lex()) is not None
        and (
            lex.has("object", "be")
            or c.keys[c.at] in {"a", "an", "any", "our", "of", "happened", "the"}
        )
        and c.date() is None
    ):
        c.pass_lex(lex)
    negated = c.take("not") is not None
    window = read_window(c)
    if window is None:
        c.at = start
        return None
    leaf = LastEvent.model_validate({"types": (kinds[0],), "is": window})
    return Not(of=leaf) if negated else leaf
