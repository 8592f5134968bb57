"""What reasons ask for, as changes with words of our own: a reviewer's sentence is never a rule.

A reason is text from outside. It is only matched here, and what it matches is said in a template;
nothing of it gets into a prompt.
"""

from __future__ import annotations

import re

from .changes import Change

__all__ = ["changes_in", "reason_kind"]

_TABLE: tuple[tuple[str, str, str, str, str], ...] = (
    ("emails", r"too long|shorter|zu lang|kürzer|cut it down", "length/shorter", "length/longer",
     "Write shorter emails: one idea, and no sentence that repeats another."),
    ("emails", r"too short|more detail|zu kurz|ausführlicher", "length/longer", "length/shorter",
     "Say all facts of the brief in full sentences; do not cut them to keywords."),
    ("emails", r"too formal|stiff|zu förmlich|zu steif", "tone/warmer", "tone/formal",
     "Write in a warmer tone than a letter from an office."),
    ("emails", r"too (?:informal|casual|chatty)|zu (?:locker|salopp)", "tone/formal", "tone/warmer",
     "Write in a formal tone; no small talk and no jokes."),
    ("emails", r"too (?:salesy|pushy)|clickbait|marktschreierisch|zu werblich", "tone/plain",
     "tone/louder", "Write plainly: no urgency, no superlatives, no promise of benefits."),
    ("emails", r"du\b[^.]{0,20}statt\b[^.]{0,20}\bsie|bitte duzen", "address/du", "address/sie",
     "Address German readers with du."),
    ("emails", r"sie\b[^.]{0,20}statt\b[^.]{0,20}\bdu|bitte siezen", "address/sie", "address/du",
     "Address German readers with Sie."),
    ("segments", r"too (?:broad|many people)|zu (?:breit|viele)", "reach/narrower", "reach/wider",
     "Where a word has a narrow and a wide reading, ask which is meant before choosing the wide "
     "one."),
    ("segments", r"too (?:narrow|few people)|zu (?:eng|wenige)", "reach/wider", "reach/narrower",
     "Add no condition that the request does not name."),
)  # fmt: skip

_KINDS: tuple[tuple[str, str], ...] = (
    ("wrong people", r"wrong (?:people|segment|audience|list)|falsche (?:leute|personen|liste)"),
    ("too many or too few", r"too (?:broad|narrow|many|few)|zu (?:viele|wenige|breit|eng)"),
    ("wording", r"too (?:long|short|formal|informal|casual|salesy|pushy)|ton(?:e|alität)?\b|wording"
     r"|zu (?:lang|kurz|förmlich|locker)|typo|tippfehler"),
    ("wrong facts", r"wrong (?:date|time|price|link|name|fact)|outdated|falsche[rsn]? "
     r"(?:datum|preis|link|name)|veraltet"),
    ("not now", r"not now|too (?:early|late|soon)|on hold|nicht jetzt|zu (?:früh|spät)"),
    ("not needed", r"duplicate|already (?:done|sent)|not needed|doppelt|schon erledigt"),
)  # fmt: skip
_PREFIX = {
    "build_segment": "segments", "send_email": "emails", "fix_records": "records",
    "merge_records": "records",
}  # fmt: skip


def changes_in(kind: str, reason: str | None) -> list[Change]:
    """Return the changes that a reason asks for, in our own words; empty where it says none."""
    trade = _PREFIX.get(kind)
    if not reason or trade is None:
        return []
    return [
        Change(key=f"{of}/{key}", opposite=f"{of}/{opposite}", name=key.replace("/", "-"),
               text=text)
        for of, pattern, key, opposite, text in _TABLE
        if of == trade and re.search(rf"(?i)(?:{pattern})", reason)
    ]  # fmt: skip


def reason_kind(reason: str | None) -> str:
    """Return what a reason is about, for counting: one of a few words, `other` or `none given`."""
    if not reason:
        return "none given"
    for name, pattern in _KINDS:
        if re.search(rf"(?i)(?:{pattern})", reason):
            return name
    return "other"
