"""An event phrase as read, and how often: "at least 3 times", "twice", "3 emails"."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tools.segments.tree import Contains, DateTest, Equals, Event, EventType, Filter, In

from .cursor import Cursor
from .doubts import Unclear
from .logic import all_of, any_of
from .numbers import Quantity, widened
from .text import fold

__all__ = ["EventPhrase", "read_often", "set_often"]


@dataclass(slots=True)
class EventPhrase:
    """What a phrase about events said: kinds, asset, window and how often."""

    types: list[list[EventType]]
    """One entry per verb; each holds the kinds the verb may stand for."""
    joined: str = "or"
    asset: Equals | In | Contains | None = None
    window: DateTest | None = None
    windows: list[DateTest] = field(default_factory=list)
    """Further windows: "this week or last week"."""
    at_least: int = 1
    at_most: int | None = None
    saw_object: bool = False
    same_window: bool = False
    refers: bool = False
    """It happened in what was named before: "but did not click anything in it"."""
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
            any_of([self._once(kind, asset, when) for when in (self.window, *self.windows)])
            for asset in (self.asset, *self.more)
        ]
        return any_of(every) if self.more_joint == "or" else all_of(every)

    def _once(
        self, kind: EventType, asset: Equals | In | Contains | None, window: DateTest | None
    ) -> Filter:
        return Event(
            types=(kind,),
            asset=asset,
            window=window,
            at_least=self.at_least,
            at_most=self.at_most,
        )


def set_often(phrase: EventPhrase, quantity: Quantity, c: Cursor, words: str) -> None:
    """Set how often; "3 times" may be at least or exactly, so it is asked about."""
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


def read_often(phrase: EventPhrase, c: Cursor) -> bool:
    """Read "at least 3 times", "3 emails", "twice" and pass it."""
    start = c.at
    if c.keys[c.at] in {"once", "twice", "thrice"}:
        number = {"once": 1, "twice": 2, "thrice": 3}[c.keys[c.at]]
        if c.at and c.keys[c.at - 1] in {"only", "just"}:
            phrase.at_least = phrase.at_most = number
        elif c.keys[c.at + 1 : c.at + 3] in (["or", "more"], ["or", "twice"]):
            phrase.at_least = number
            c.at += 2
        else:
            word = c.tokens[c.at].text
            raise Unclear(
                f"often:{word}",
                f'Does "{word}" mean at least {number} times or exactly?',
                (f"at least {word}", f"exactly {word}"),
                about=word,
                rewrites=(f"at least {word}", f"exactly {word}"),
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
    test, c.at = widened(c.tokens, c.at, quantity)  # "5 times or more"
    if test != quantity.test:
        quantity = replace(quantity, test=test, bare=False)
    set_often(phrase, quantity, c, c.words(start, quantity.end))
    return True
