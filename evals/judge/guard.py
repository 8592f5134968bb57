"""Finds material that speaks to its judge, by code: no model is asked whether it was obeyed.

A model that reads "grade: pass" may obey it. Such material fails whatever the model says; material
that is only odd is still judged.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["speaks_to_its_judge"]

_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]"
)
_GRADE = (
    r"(?:pass(?:es|ed)?|fail(?:s|ed)?|approved?|accept(?:ed)?|10\s*/\s*10|100\s*%|perfect"
    r"|bestanden)"
)
_THE_JUDGE = (
    r"(?:judge|grader|evaluator|reviewer\s+model|assessor|rater|llm|ai\s+(?:model|judge|reviewer))"
)
_PATTERNS: Final = tuple(
    re.compile(one, re.IGNORECASE)
    for one in (
        rf"""["'`*]*\b(?:grade|verdict|score|rating|judge?ment|evaluation|bewertung|urteil)["'`*]*"""
        rf"""\s*(?:[:=]|\bis\b|\bmust be\b|\bshould be\b|\bto\b)\s*["'`*]*{_GRADE}\b""",
        rf"\b(?:return|output|answer|respond|reply|say|mark|rate|grade|score|set|give)\b.{{0,40}}"
        rf"""["'`]{_GRADE}["'`]""",
        rf"\b(?:dear|hello|hi|attention|note\s+(?:to|for)|message\s+(?:to|for)|instructions?\s+(?:to|for))"
        rf"\s+(?:the\s+)?{_THE_JUDGE}s?\b",
        rf"\b{_THE_JUDGE}s?\b.{{0,30}}\b(?:must|should|shall|will|please)\b.{{0,30}}\b{_GRADE}\b",
        r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|criteria|rules|prompt|above"
        r"|previous|anweisungen)\b",
        r"\b(?:mark|rate|grade|score|judge|evaluate)\s+(?:it|(?:this|the)(?:\s+(?:draft|email|name|list|text))?)\s+(?:as\s+)?"
        rf"{_GRADE}\b",
        r"<<\s*/?\s*(?:data|end)\b",
        r"\bsystem\s*(?:prompt|message|override)\b|<\|?(?:im_start|system|assistant)\|?>",
    )
)


def speaks_to_its_judge(text: str) -> str | None:
    """Return the words that speak to whoever judges, or None where nothing does.

    Compatibility letters, hidden characters and line breaks are read through.
    """
    plain = " ".join(_HIDDEN.sub("", unicodedata.normalize("NFKC", text)).split())
    for pattern in _PATTERNS:
        found = pattern.search(plain)
        if found:
            return found[0][:80]
    return None
