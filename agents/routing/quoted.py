"""Whose words a request is made of: the person's own, and a message that they quote below them.

What somebody else wrote is material, not a request. Where the person's own words say what is
wanted, and do not point at the quotation, only they are read: a sentence in a forwarded mail can
then neither change an audience nor put its link into an email.
"""

from __future__ import annotations

import re

__all__ = ["NOT_READ", "own_words"]

NOT_READ = (
    "I read your own words only, not the message quoted with them; say it yourself where something "
    "in it counts."
)
_QUOTED = re.compile(
    r"^\s*(?:>|&gt;)|^\s*-{2,}\s*(?:forwarded|original|weitergeleitet|urspr)[^\n]*$|"
    r"^\s*(?:on|am)\b[^\n]{5,120}\b(?:wrote|schrieb)\b[^\n]{0,40}:\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_POINTS = re.compile(
    r"\bthis\b(?! (?:year|month|week|quarter|spring|summer|autumn|winter|morning|evening)\b)|"
    r"\b(?:these|below|above|follow(?:ing|s)|quot\w*|attached|fwd?|fw|forward\w*|see|mail below|"
    r"dies\w*|unten|folgend\w*|anbei|siehe|weitergeleitet\w*|hier)\b|"
    r"\b(?:do|get|send|handle|answer|use|turn|take|read|mach|schick) (?:it|that|them|das|es)\b|"
    r"\bwhat (?:he|she|they|\w+) (?:wrote|writes|says?|said|asks?|asked|wants?)\b|:\s*$",
    re.IGNORECASE,
)
"""Words that send the reader to the quotation."""
_FEWEST = 3  # words; fewer are a remark on what is quoted


def own_words(text: str) -> str | None:
    """Return the person's own words where they can stand alone beside a quotation, else None."""
    start = _QUOTED.search(text)
    if start is None:
        return None
    own = text[: start.start()].strip()
    if len(own.split()) < _FEWEST or _POINTS.search(own):
        return None
    return own
