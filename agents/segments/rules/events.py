"""Events: "opened the pricing email at least twice since March", "no clicks in 90 days"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import process

from tools.segments.tree import (
    Contains,
    DateTest,
    Equals,
    Event,
    EventType,
    Filter,
    In,
    LastEvent,
    Not,
)

from .cursor import Cursor, Unclear
from .fields import read_window
from .lexicon import Lex
from .logic import all_of, any_of, is_in
from .numbers import Quantity
from .text import fold, singular, words_of

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
_STOP = (
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


@dataclass(slots=True)
class EventPhrase:
    """What a phrase about events said: kinds, asset, window and how often."""

    types: list[list[EventType]]
    """One entry per verb; each holds the kinds the verb may stand for."""
    joined: str = "or"
    asset: Equals | In | Contains | None = None
    window: DateTest | None = None
    at_least: int = 1
    at_most: int | None = None
    saw_object: bool = False
    same_window: bool = False
    objects: list[tuple[str, ...]] = field(default_factory=list)
    asset_words: str = ""
    more: list[Equals | In | Contains] = field(default_factory=list)
    """Further assets: "the May newsletter or the June newsletter"."""
    more_joint: str = "or"
    denied: bool = False
    """The object itself is negated: "attended no webinar"."""

    def filter(self) -> Filter:
        """Return the condition."""
        leaves = [self._leaf(kinds[0]) for kinds in self.types]
        return any_of(leaves) if self.joined == "or" else all_of(leaves)

    def _leaf(self, kind: EventType) -> Filter:
        every: list[Filter] = [
            Event(
                types=(kind,),
                asset=asset,
                window=self.window,
                at_least=self.at_least,
                at_most=self.at_most,
            )
            for asset in (self.asset, *self.more)
        ]
        return any_of(every) if self.more_joint == "or" else all_of(every)


def _frequency(phrase: EventPhrase, quantity: Quantity, c: Cursor, words: str) -> None:
    bounds = quantity.bounds()
    if bounds is None:
        raise Unclear(
            f"often:{fold(words)}",
            f'How often is "{words}"?',
            ("at least once", "at least 3 times"),
            about=words,
            rewrites=("at least 1 times", "at least 3 times"),
        )
    if quantity.bare and bounds[0] == bounds[1] and bounds[0] > 1:
        key = f"often:{fold(words)}"
        number = bounds[0]
        raise Unclear(
            key,
            f'Does "{words}" mean at least {number} or exactly {number}?',
            (f"at least {number}", f"exactly {number}"),
            about=words,
            rewrites=(f"at least {words}", f"exactly {words}"),
        )
    phrase.at_least, phrase.at_most = bounds
    if quantity.bare and bounds == (1, 1):
        phrase.at_most = None
    if phrase.at_least == 0 and phrase.at_most is None:
        phrase.at_least = 1


def _counted(phrase: EventPhrase, c: Cursor) -> bool:
    """Read "at least 3 times", "3 emails", "twice" and pass it."""
    start = c.at
    if c.keys[c.at] in {"once", "twice", "thrice"}:
        number = {"once": 1, "twice": 2, "thrice": 3}[c.keys[c.at]]
        if number > 1:
            word = c.tokens[c.at].text
            raise Unclear(
                f"often:{word}",
                f'Does "{word}" mean at least {number} times or exactly?',
                (f"at least {number} times", f"exactly {number} times"),
                about=word,
                rewrites=(f"at least {number} times", f"exactly {number} times"),
            )
        c.at += 1
        return True
    quantity = c.quantity()
    if quantity is None or quantity.percent or c.date() is not None:
        return False
    at = quantity.end
    said_times = c.keys[at - 1] in {"twice", "once", "thrice"}
    while at < len(c.keys) and c.keys[at] in {
        "different",
        "of",
        "our",
        "the",
        "separate",
        "distinct",
        "more",
        "marketing",
    }:
        at += 1
    if not said_times and not c.has("times", "object", "event_noun", at=at):
        return False
    c.at = at
    lex = c.lex()
    if lex is not None and lex.has("times") and not said_times:
        c.pass_lex(lex)
    _frequency(phrase, quantity, c, c.words(start, quantity.end))
    return True


def _asset_end(c: Cursor, at: int) -> int | None:
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
        if lex is not None and not lex.read_as and lex.has(*_STOP):
            break
        if lex is not None and not lex.read_as and lex.has("or", "and"):
            break
        if lex is not None and lex.has("in", "at", "from", "not", "times", "ever", "same", "on"):
            break
        if c.quantity(end) is not None and c.tokens[end].kind != "number":
            break
        end += 1
    return last_noun if last_noun is not None else (end if end > at else None)


def _asset(phrase: EventPhrase, c: Cursor, *, definite: bool) -> bool:
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
        end = _asset_end(c, c.at)
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


def _more_assets(phrase: EventPhrase, c: Cursor) -> None:
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
        end = _asset_end(c, at)
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
    kinds = phrase.types[-1]
    live = [name for name in found if c.happened(kinds, name)] if len(found) > 1 else []
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
        if (phrase.at_least, phrase.at_most) == (1, None) and _counted(phrase, c):
            phrase.saw_object = True
            continue
        if phrase.window is not None or (named and token.kind != "quote"):
            break
        if lex is not None and lex.has("object") and _asset_end(c, c.at) == lex.end:
            if definite and phrase.asset is None and not named:
                _which(phrase, c, lex.end)
            c.pass_lex(lex)
            phrase.saw_object = True
            phrase.objects.append(lex.meanings["object"])
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
        if not _asset(phrase, c, definite=definite):
            break
        named = phrase.saw_object = True
        _more_assets(phrase, c)


def _which(phrase: EventPhrase, c: Cursor, end: int) -> None:
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
    live = [name for name in names[:40] if c.happened(kinds, name)][:6]
    said = c.words(c.at, end)
    raise Unclear(
        f"which:{word}",
        f"Which {said} do you mean?",
        (*live, f"any {said}"),
        about=f"the {said}",
        rewrites=(*(f'"{name}"' for name in live), f"any {said}"),
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
    if lex.has(*_STOP, "or", "and", "not", "in", "at", "from", "on", "last"):
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
            end = _asset_end(c, after)
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
        _frequency(
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
