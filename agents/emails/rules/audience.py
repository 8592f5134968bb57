"""The words for people as the segment reader knows them: lists by name, German polite forms."""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["as_people"]

_GERMAN_ALL = re.compile(
    r"^(?:(?:alle[nrm]?|sämtliche[nr]?|unsere[nr]?|den|die|jede[nr]?)\s+)+(?=(?-i:[A-ZÄÖÜ]))",
    re.IGNORECASE,
)
_BOTH = re.compile(r"\b\w+innen und (?=\w)")
_STAR = re.compile(r"\bKund[:*_I]n?nen\b|\bKundInnen\b")
_LISTS = tuple(re.compile(one, re.IGNORECASE) for one in (
    r"^(?:the |our )?(?P<name>[\w' &-]+?)\s*\((?:the |a )?(?:list|liste)\)$",
    r"^(?:(?:die )?(?:leute|personen|kontakte|menschen|alle|alle leute|empfänger)\s+)?"
    r"(?:von|auf|aus|in) (?:der|unserer) liste\s+[\"„]?(?P<name>[\w' &-]+?)[\"“]?$",
    r"^(?:die|the|our|unsere)?\s*(?:liste|list)\s+[\"„]?(?P<name>[\w' &-]+?)[\"“]?$",
    r"^(?:the |our )?(?P<name>(?!.*\b(?:on|who|in|from)\b)[\w' &-]+?) list$",
    r"^(?:the |our )?(?P<name>[A-Z][\w' &-]+)$",
))  # fmt: skip


def as_people(words: str, reads: Callable[[str], bool]) -> str:
    """Return the words for an audience as they can be read, or unchanged where they cannot."""
    if not words or reads(words):
        return words
    said = _STAR.sub("Kunden", _BOTH.sub("", _GERMAN_ALL.sub("", words.strip())))
    if said != words and reads(said):
        return said
    for pattern in _LISTS:
        if (match := pattern.match(said)) and reads(named := f"on the {match['name']} list"):
            return named
    return words
