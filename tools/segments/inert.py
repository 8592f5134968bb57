"""Untrusted text made safe to read: what cannot be seen is spelt out, what is long is cut.

Names of assets, lists and contacts come from outside. Shown raw they could reorder a line (bidi
marks), hide words (zero-width characters) or run on for pages. Shown by `show` they are one quoted
line of plain text; escaping for Slack or HTML is the renderer's work.
"""

from __future__ import annotations

import unicodedata

__all__ = ["show"]

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters and marks that draw nothing although their category says otherwise (Unicode's
# Default_Ignorable_Code_Point and the Braille blank).
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def _hidden(char: str) -> bool:
    if char in _BLANK or unicodedata.category(char) in _UNSEEN:
        return True
    if unicodedata.category(char) == "Zs":
        return char != " "
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _visible(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    return f"<U+{ord(char):04X}>" if _hidden(char) else char


def show(text: str, limit: int = 120) -> str:
    """Return `text` as one quoted line of at most about `limit` characters of it.

    Control, bidi, zero-width and other unseen characters appear as `<U+202E>`; quotation marks and
    backslashes are escaped, so that the closing quote is the end of the text. Cut text says how
    long it was.
    """
    shown = "".join(_visible(char) for char in text[:limit])
    rest = f"… ({len(text):,} characters)" if len(text) > limit else ""
    return f'"{shown}{rest}"'
