"""Events: "opened the pricing email at least twice since March", "no clicks in 90 days"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tools.segments.tree import EventType

from .cursor import Cursor
from .doubts import Unclear
from .event_tails import read_tail
from .lexicon import Lex
from .numbers import Quantity, widened
from .often import EventPhrase, set_often
from .text import fold

__all__ = ["read_event_noun", "read_event_verb"]


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
    if c.keys[c.at : c.at + 2] in (["open", "one"], ["open", "ones"]) and _an_adjective(c):
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
    _inherit(c, phrase, before)
    return phrase


def _an_adjective(c: Cursor) -> bool:
    """Whether "open" describes a deal named before: "a won deal but no open one"."""
    return c.at > 0 and c.keys[c.at - 1] in {"no", "an", "any", "the", "another"}


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
    read_tail(phrase, c, negated=negated)
    return phrase


def _same_time(c: Cursor, phrase: EventPhrase, before: EventPhrase | None) -> None:
    """Take over the window of "in the same period"; without one before it, ask."""
    if not phrase.same_window:
        return
    if before is None or before.window is None:
        raise Unclear(
            "same-time",
            "In the same time as what? I found no time before that.",
            ("in the last 30 days", "in the last 90 days"),
            about=next((w for at in range(c.at) if (w := _said_same(c, at))), ""),
            rewrites=("in the last 30 days", "in the last 90 days"),
        )
    phrase.window, phrase.windows = before.window, list(before.windows)


def _said_same(c: Cursor, at: int) -> str:
    lex = c.lex(at)
    return c.words(at, lex.end) if lex is not None and lex.has("same") else ""


def _inherit(c: Cursor, phrase: EventPhrase, before: EventPhrase | None) -> None:
    if phrase.refers and (before is None or before.asset is None):
        raise Unclear(
            "refers",
            "I can test for one email, page, form or webinar by its name, not for the same one "
            "again. Which one is it?",
            about=c.words(c.at - 2, c.at),
        )
    _same_time(c, phrase, before)
    if before is None:
        return
    webinar = {"webinar_registered", "webinar_attended"}
    kinds = {kind for one in phrase.types for kind in one}
    earlier = {kind for one in before.types for kind in one}
    related = (kinds <= webinar and earlier <= webinar) or {
        "email_open",
        "email_click",
        "email_sent",
    } >= kinds | earlier
    if phrase.asset is None and before.asset is not None and related:
        if before.more and (phrase.refers or not phrase.objects):
            raise Unclear(
                "refers",
                "In which of them? Please name it there.",
                about=c.words(c.at - 2, c.at),
            )
        if phrase.refers or not phrase.objects:
            phrase.asset = before.asset


def read_event_noun(
    c: Cursor, quantity: Quantity | None, said: str, before: EventPhrase | None = None
) -> EventPhrase | None:
    """Read "3 email opens since March": the quantity was passed, the noun stands here."""
    start = c.at
    while c.keys[c.at : c.at + 1] and c.keys[c.at] in {"any", "a", "an", "recorded", "single"}:
        c.at += 1
    lex = c.lex()
    of_deals = lex is not None and c.keys[lex.end : lex.end + 1] in (["one"], ["ones"])
    if lex is None or not lex.has("event_noun") or of_deals:  # "a won deal but no open one"
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
        test, c.at = widened(c.tokens, c.at, quantity)  # "3 clicks or more"
        if test != quantity.test:
            quantity = replace(quantity, test=test, bare=False)
        set_often(
            phrase,
            replace(quantity, bare=False)
            if quantity.bare and quantity.bounds() == (1, 1)
            else quantity,
            c,
            said,
        )
    read_tail(phrase, c, negated=False)
    _same_time(c, phrase, before)
    return phrase
