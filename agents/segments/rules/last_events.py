"""The latest event: "last opened more than 90 days ago"."""

from __future__ import annotations

from tools.segments.tree import Filter, LastEvent, Not

from .cursor import Cursor
from .dated import read_window

__all__ = ["read_last_event"]


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
