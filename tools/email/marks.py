"""Marks: what stands in the place of Liquid while an email is built, and what each stands for.

A mark is a number between private-use characters, which no author may write. It survives markup,
MJML and HTML untouched; what it becomes is decided where it ended up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from liquid import RenderContext
from liquid.expression import Expression
from liquid.stringify import to_liquid_string

__all__ = [
    "END", "MARK", "PRIVATE", "TAG", "TEXT", "URL", "Condition", "Link", "LinkPiece", "Output",
    "Piece", "Tag", "Token", "for_url", "has_tags", "tag_depth",
]  # fmt: skip

TEXT, URL, TAG, END = "\ue000", "\ue002", "\ue003", "\ue001"
"""How a mark begins (where a text is meant, within an address, for a tag), and how it ends."""
MARK = re.compile(f"([{TEXT}{URL}{TAG}])(\\d+){END}")
"""A mark: its kind, and the piece's number."""
PRIVATE = re.compile(f"[{TEXT}-{TAG}]")
_LONGEST = 2_000
"""Characters of a value at most, whatever filters made of it."""


@dataclass(frozen=True, kw_only=True)
class Token:
    """One use of a variable in an email."""

    name: str
    """`contact.first_name`."""
    place: str
    """Where: `subject`, `body[2].text`."""
    fallback: str | None = None
    """The literal text that stands in for a missing value; None: there is none."""
    condition: bool = False
    """Whether it only decides what is shown: a missing value is then simply false."""
    guarded: bool = False
    """Whether it stands inside an `if` that asks for this very value."""

    @property
    def has_fallback(self) -> bool:
        """Whether a person without this value still gets a whole sentence."""
        return self.condition or self.guarded or self.fallback is not None


@dataclass(frozen=True, kw_only=True)
class Output:
    """`{{ ... }}`: an expression whose value is printed."""

    expression: Expression
    names: tuple[str, ...]
    fallback: str | None
    place: str

    def value(self, context: RenderContext) -> str:
        """Return the value as text; missing values are empty."""
        return to_liquid_string(self.expression.evaluate(context), autoescape=False)[:_LONGEST]


@dataclass(frozen=True, kw_only=True)
class Tag:
    """`{% if ... %}` and its kin."""

    name: Literal["if", "unless", "elsif", "else", "end"]
    condition: Condition | None = None


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What decides; `asks_for` is the variable whose presence it tests, where that is all."""

    expression: Any
    negated: bool = False
    asks_for: str = ""

    def holds(self, context: RenderContext) -> bool:
        """Return whether it does for this recipient."""
        return bool(self.expression.evaluate(context)) != self.negated


Link = Literal["unsubscribe", "preferences", "click", "open", "subject", "preheader"]


@dataclass(frozen=True, kw_only=True)
class LinkPiece:
    """Something of ours that differs per recipient: a link, or what the head says."""

    link: Link
    target: str = ""
    """For clicks: the marked address that the link leads to."""


Piece = Output | Tag | LinkPiece


def for_url(marked: str) -> str:
    """Return the marked text as part of an address: its values are percent-encoded there."""
    return marked.replace(TEXT, URL)


def has_tags(marked: str) -> bool:
    """Return whether there is an `if` or its like in it."""
    return TAG in marked


def tag_depth(marked: str, pieces: Sequence[Piece], depth: int = 0) -> int | None:
    """Return how many `if`s are left open at the end; None: it closes one it did not open.

    `depth` is how many are open at the start.
    """
    for found in MARK.finditer(marked):
        piece = pieces[int(found[2])]
        if not isinstance(piece, Tag):
            continue
        if piece.name in ("if", "unless"):
            depth += 1
        elif depth == 0:
            return None
        elif piece.name == "end":
            depth -= 1
    return depth
