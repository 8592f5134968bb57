"""What no machine's proposal may do to a prompt, whoever worded it: checked before it is tried.

A proposal that was made from what people wrote may carry what they wrote: an instruction, a link,
a case by heart. Each guard is a pure function; a person who changes a prompt by hand is not held to
them, their change has an approver.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from placet.errors import BadInput, NotAllowed
from prompts import parse_prompt

from .normal import RUN_LENGTH, HeldOut
from .text import PromptText, read_text

__all__ = ["GROWTH", "LONGEST", "Broken", "Guards"]

GROWTH = 1.5
"""A proposal may be so many times as long as the text it would replace ..."""
LONGEST = 24_000
"""... and has at most so many characters; examples and rules included."""
_ROOM = 2_000  # characters that a short text may always grow by

_SLOT = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
_ANY_SLOT = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_LINK = re.compile(
    r"(?i)\b(?:https?|ftp|mailto|data|javascript)\s*:\S*|\bwww\.\S+"
    r"|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*"
    r"\.(?:com|org|net|io|dev|ai|app|de|eu|co|info|biz|ru|cn|example)\b(?:/\S*)?"
)
_ADDRESS = re.compile(r"[^\s<>@\"']+@[^\s<>@\"']+\.[^\s<>@\"']+")
_MENTION = re.compile(r"<[@#!][^>]{1,80}>|(?<![\w.])@[\w.-]+|<!(?:here|channel|everyone)")
_SECRET = re.compile(
    r"(?i)\b(?:sk|pk|rk)-[a-z0-9_-]{16,}|\bxox[abeprs]-\S+|\bxapp-\S+|\bAKIA[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{20,}|-----BEGIN|\beyJ[\w-]{10,}\.[\w-]{10,}"
    r"|\b(?:password|passwort|api[_ -]?key|secret|token)\s*[:=]\s*\S{6,}|\b[0-9a-f]{40,}\b"
)
_FENCE = re.compile(r"<<\s*(?:data|end)\b[^>]*>>")
_OVERRIDE = re.compile(
    r"(?i)\b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}\b(?:instruction|rule|above|previous"
    r"|prompt|guard|polic)\w*"
    r"|\b(?:skip|bypass|no need for|needs? no)\b[^.\n]{0,30}"
    r"\b(?:approval|consent|permission|check)s?\b"
    r"|\bwithout\b[^.\n]{0,20}\b(?:approval|permission|asking)\b"
    r"|\b(?:auto[- ]?approve|approve (?:it|this|everything|yourself))\b"
    r"|\bignorier\w*\b[^.\n]{0,40}\b(?:anweisung|regel)\w*|\bohne\b[^.\n]{0,30}\b(?:freigabe"
    r"|einwilligung|zustimmung)\b"
)
_VISIBLE_SPACE = frozenset("\n\t ")
_HIDDEN = {"Cf", "Cc", "Cs", "Co", "Cn", "Zl", "Zp"}


class Broken(BaseModel):
    """One guard that a proposal breaks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    guard: str
    why: str
    """In words; quotes no case."""


class Guards:
    """Holds proposals for one prompt against the text that serves now."""

    def __init__(self, *, cases: HeldOut, test: HeldOut, people: HeldOut | None = None) -> None:
        """Take the hashes of what may not be copied.

        Args:
            cases: of every case of every part.
            test: of the held-out parts alone; not even an example may be like one of them.
            people: of what reviewers wrote; their words may not become instructions as they stand.
        """
        self._test = test
        self._copies = cases | test | people if people else cases | test

    def broken(self, before: bytes, after: bytes) -> tuple[Broken, ...]:
        """Return what is wrong with `after`, in words; empty is good."""
        found: list[Broken] = []
        try:
            found = list(self._broken(read_text(before), read_text(after)))
            parse_prompt(after)
        except BadInput as error:
            found = [*found, Broken(guard="readable", why=str(error))]
        return tuple(found)

    def check(self, before: bytes, after: bytes) -> None:
        """Refuse a proposal that breaks a guard.

        Raises:
            NotAllowed: it does; the message names each guard.
        """
        found = self.broken(before, after)
        if found:
            said = "; ".join(f"{one.guard}: {one.why}" for one in found)
            raise NotAllowed(f"The proposed text breaks a guard and is not tried. {said}")

    def _broken(self, old: PromptText, new: PromptText) -> Iterator[Broken]:
        yield from _front(old.head, new.head)
        yield from _slots(old, new)
        if old.locked != new.locked:
            yield Broken(guard="locked", why="a locked part is changed, gone or moved")
        if old.sections.get("user") != new.sections.get("user"):
            yield Broken(guard="locked", why="the person's message is changed")
        yield from _length(old.whole(), new.whole())
        yield from _letters(_plain(old), _plain(new))
        yield from self._copied(old, new)

    def _copied(self, old: PromptText, new: PromptText) -> Iterator[Broken]:
        copied = self._copies.copied(new.without_examples(), known=old.whole())
        if copied:
            yield Broken(
                guard="no copies",
                why=f"{len(copied)} times {RUN_LENGTH} words in a row are those of a case or of a "
                "reviewer",
            )
        fresh = [one for one in new.examples if one not in old.examples]
        near = [one for one in fresh if self._test.holds(str(one.get("request", "")))]
        if near or self._test.copied("\n".join(_strings(fresh)), known=old.whole()):
            yield Broken(guard="held out", why="an example is like a case that is held out")


def _front(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Broken]:
    changed = sorted(
        key for key in (old.keys() | new.keys()) - {"changed"} if old.get(key) != new.get(key)
    )
    if changed:
        yield Broken(guard="front matter", why=f"{', '.join(changed)} may not change")


def _slots(old: PromptText, new: PromptText) -> Iterator[Broken]:
    before, after = sorted(_SLOT.findall(old.body)), sorted(_SLOT.findall(new.body))
    if set(before) != set(after):
        odd = ", ".join(sorted(set(before) ^ set(after)))
        yield Broken(guard="placeholders", why=f"differ: {odd}")
    elif before != after:
        yield Broken(guard="placeholders", why="one is there more or less often than before")
    known = set(_ANY_SLOT.findall(old.whole()))
    fresh = [one for one in _ANY_SLOT.findall(new.whole()) if one not in known]
    if any(not _SLOT.fullmatch(one) for one in fresh) or _SLOT.search(_cards(new)):
        yield Broken(guard="placeholders", why="there is template code that was not there before")


def _plain(text: PromptText) -> str:
    """Return all that a reader or a model could get to see of it, escapes resolved as well."""
    said = [text.whole(), *_strings(text.head), *_strings(text.rules), *_strings(text.examples)]
    whole = "\n".join(said)
    return f"{whole}\n{unicodedata.normalize('NFKC', whole)}"


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for key, inner in value.items():
                yield from _strings(key)
                yield from _strings(inner)
        case list() | tuple():
            for inner in value:
                yield from _strings(inner)


def _cards(text: PromptText) -> str:
    return text.sections.get("rules", "") + text.sections.get("examples", "")


def _length(old: str, new: str) -> Iterator[Broken]:
    most = min(LONGEST, max(round(GROWTH * len(old)), len(old) + _ROOM))
    if len(new) > max(most, len(old)):
        yield Broken(guard="length", why=f"{len(new):,} characters, {most:,} are allowed")


def _letters(old: str, new: str) -> Iterator[Broken]:
    for guard, pattern, words in (
        ("no links", _LINK, "a link"),
        ("no addresses", _ADDRESS, "an email address"),
        ("no mentions", _MENTION, "a mention"),
        ("no secrets", _SECRET, "what looks like a secret"),
        ("fences", _FENCE, "a mark of the fence around data"),
        ("no overrides", _OVERRIDE, "words that lift a rule or an approval"),
    ):
        there = set(pattern.findall(old))
        if any(found not in there for found in pattern.findall(new)):
            yield Broken(guard=guard, why=f"there is {words} that was not there before")
    hidden = {one for one in set(new) - set(old) if one not in _VISIBLE_SPACE
              and unicodedata.category(one) in _HIDDEN}  # fmt: skip
    if hidden:
        names = ", ".join(f"U+{ord(one):04X}" for one in sorted(hidden))
        yield Broken(guard="visible", why=f"there are characters nobody sees: {names}")
