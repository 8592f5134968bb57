"""Text from outside, safe to print: nothing in it can move the cursor, hide words or reorder them.

Everything that people, files, CRMs and models wrote goes through here before it reaches a terminal.
"""

from __future__ import annotations

import re

__all__ = ["one_line", "plain", "plain_lines"]

_QUOTED = re.compile(r'\\(["\\])')


def plain(text: object, limit: int = 400) -> str:
    """Return `text` as one unquoted line in which unseen characters are spelt out: `<U+202E>`.

    What is longer than `limit` characters is cut, and says how long it was.
    """
    value = str(text)
    if len(value) <= limit and value.isascii() and value.isprintable():
        return value
    from tools.segments.inert import show  # late: help and usage errors need none of it

    # `show` quotes; here no quotation mark ends the text, so its escapes are taken back.
    return _QUOTED.sub(r"\1", show(value, limit)[1:-1])


def plain_lines(text: object, limit: int = 10_000) -> str:
    """Return `text` with its line breaks kept and everything else as `plain` does."""
    lines = str(text)[:limit].replace("\r\n", "\n").split("\n")
    return "\n".join(plain(line, limit) for line in lines)


def one_line(text: object, limit: int = 2_000) -> str:
    """Return `text` as one line whatever it holds: line breaks and tabs become single spaces."""
    return plain(" ".join(str(text).split()), limit)
