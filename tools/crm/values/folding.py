"""Text made comparable: case, accents, punctuation and spacing taken away, nothing else."""

import re
import unicodedata

__all__ = ["fold", "squash"]

_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i"})
_GAP = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Return `text` case-folded, without accents, every run of other signs a single space."""
    if text.isascii():
        return _GAP.sub(" ", text.lower()).strip()
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return _GAP.sub(" ", "".join(c for c in plain if not unicodedata.combining(c))).strip()


def squash(text: str) -> str:
    """Return `fold` without the spaces: "Closed Won", "closed_won" and "closedwon" are one."""
    return fold(text).replace(" ", "")
