"""No-shows: people who registered for a webinar and did not attend it."""

from __future__ import annotations

from dataclasses import replace

from tools.segments.tree import Filter, Not

from .cursor import Cursor
from .doubts import Unclear
from .event_tails import read_tail
from .logic import all_of
from .often import EventPhrase
from .text import fold

__all__ = ["read_no_shows"]


def read_no_shows(c: Cursor) -> Filter | None:
    """Read "no-shows of the June webinar" and pass it; without a webinar's name it asks."""
    if c.done or c.keys[c.at] != "noshow":
        return None
    start = c.at
    c.at += 1
    phrase = EventPhrase(types=[["webinar_registered"]])
    if not c.done and c.keys[c.at] in {"of", "from", "for", "at", "to", "in"}:
        c.at += 1
        c.at += c.keys[c.at : c.at + 1] in (["the"], ["our"])
        read_tail(phrase, c, negated=False)
    webinar = phrase.asset is not None and not phrase.more and phrase.window is None
    if not webinar or (phrase.at_least, phrase.at_most) != (1, None):
        words = c.words(start, start + 1)
        raise Unclear(
            f"no-show:{fold(words)}",
            f'"{words}" of which webinar? Please give its name.',
            about=words,
        )
    attended = replace(phrase, types=[["webinar_attended"]])
    return all_of([phrase.filter(), Not(of=attended.filter())])
