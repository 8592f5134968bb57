"""What surrounds a description, and how a stretch of the request is taken out of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tools.segments.tree import Use, UseExclusion

from .text import Token, tokenise

__all__ = ["Frame", "blank", "find"]


@dataclass(slots=True)
class Frame:
    """What surrounds the description, and the text that is left."""

    body: str
    name: str = ""
    use: Use = "marketing"
    counting: bool = False
    anyway: tuple[UseExclusion, ...] = ()
    taken: list[tuple[int, int, str, str]] = field(default_factory=list)
    """(start, end, use, what it became) of every stretch taken out, in the cleaned text."""


def blank(frame: Frame, start: int, end: int, use: str, became: str, mark: str = " ") -> None:
    """Take this stretch out; `mark` stays in its place, so that clauses do not run together."""
    if start >= end:
        return
    frame.taken.append((start, end, use, became))
    frame.body = frame.body[:start] + mark + " " * (end - start - 1) + frame.body[end:]


def find(tokens: tuple[Token, ...], phrase: str, start: int = 0) -> tuple[int, int] | None:
    """Return where a phrase stands among the tokens: from and up to."""
    words = tuple(t.key for t in tokenise(phrase) if t.key != "-")
    size = len(words)
    for at in range(start, len(tokens) - size + 1):
        if all(tokens[at + n].key == word for n, word in enumerate(words)):
            return at, at + size
    return None
