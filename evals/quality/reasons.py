"""Why drafts are rejected, in a few groups that a week can be compared by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["GROUPS", "NONE_GIVEN", "NOT_ABOUT_QUALITY", "OTHER", "group_of"]

NONE_GIVEN: Final = "no reason given"
OTHER: Final = "other"

_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "not needed any more": (
        "no longer", "not needed", r"any ?more", r"changed (?:my|our) mind", "cancel", "postpone",
        "duplicate request", r"already (?:did|done|sent)", "nicht mehr", "erledigt", "abgesagt",
    ),
    "consent or compliance": (
        "consent", "gdpr", "dsgvo", r"opt.?(?:in|out)", "unsubscrib", "suppress", "legal",
        "complian", "einwilligung", "privacy",
    ),
    "wrong people": (
        r"wrong (?:people|audience|list|segment|contacts|persona)", "audience", r"recipients?\b",
        r"customers?\b", r"members?\b", r"too (?:many|few)", "exclude", "include", "zielgruppe",
        "personen",
    ),
    "wrong facts": (
        r"wrong (?:date|time|price|name|link|number|value|fact)", r"\bfacts?\b", "incorrect",
        "not true", "made up", "invent", "hallucinat", "outdated", "broken link", "falsch",
        "erfunden",
    ),
    "tone or wording": (
        r"\btone?\b", "wording", r"\bvoice\b", r"\bstyle\b", "formal", "salesy", "pushy", "spammy",
        "too long", "too short", "boring", "clich", "grammar", "typo", "subject line", r"\bbrand\b",
        "formulier", "sprache",
    ),
    "timing": (
        r"\btiming\b", r"too (?:early|late|soon)", "weekend", "holiday", "schedule", "send time",
        "zu früh", "zu spät",
    ),
    "wrong values": (
        r"wrong (?:fix|change|merge|format)", "merge", "overwrit", r"\bfields?\b", "format",
        r"normali[sz]", "phone", "country code",
    ),
}  # fmt: skip

GROUPS: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile("|".join(words), re.IGNORECASE) for name, words in _WORDS.items()
}
"""A reason is in the first group with one of whose words it has; English and German."""

NOT_ABOUT_QUALITY: Final = frozenset({"not needed any more"})
"""Rejections that say nothing of the draft: no label for a judge is made of them."""


def group_of(reason: str) -> str:
    """Return the group of a reason; a reason that fits none is `other`."""
    if not reason.strip():
        return NONE_GIVEN
    return next((name for name, words in GROUPS.items() if words.search(reason)), OTHER)
