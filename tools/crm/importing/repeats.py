"""Rows that speak of the same record twice, found without keeping every key in memory.

A first pass over the file sets one bit per key (8 MB, whatever the size of the file) and keeps only
keys whose bit was set already: the repeated ones and, in a million, some 7,000 innocent ones. The
second pass tracks those alone. The first row of a record counts; a later one is left out and
reported, so that importing a file twice changes nothing the second time.
"""

from collections.abc import Iterable

__all__ = ["Repeats"]

_BITS = 1 << 26


class Repeats:
    """Which keys of a file occur more than once, and the line on which each was first used."""

    def __init__(self) -> None:
        self._seen = bytearray(_BITS >> 3)
        self._suspects: set[int] = set()
        self._first: dict[str, int] = {}

    def note(self, key: str) -> None:
        """(First pass) Take a key into account."""
        number = hash(key)
        bit = number & (_BITS - 1)
        mask = 1 << (bit & 7)
        if self._seen[bit >> 3] & mask:
            self._suspects.add(number)
        else:
            self._seen[bit >> 3] |= mask

    def first_line(self, keys: Iterable[str], target: str, line: int) -> int | None:
        """(Second pass) Return the line that used `target` before; None where this is the first.

        `keys` are the row's keys as noted: unless one of them is a suspect, no other row can have
        the same target.
        """
        if not any(hash(key) in self._suspects for key in keys):
            return None
        first = self._first.setdefault(target, line)
        return None if first == line else first
