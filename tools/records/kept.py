"""The files that handlers of records read: parsed once, and those of an undo before they are kept.

The desk asks how an undo is done by hand before its draft is opened, and so before the file that it
names is in the store.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from gates.files import Attachment, FileRef
from tools.files import Files
from tools.hygiene.duplicates.plan import Merge

from .lines import Changes, read_changes, read_merges, read_results

__all__ = ["Kept"]

_T = TypeVar("_T")
_MOST = 2
"""How many files of a kind stay read: each step of a run reads its own again."""


class Kept:
    """The files of the four kinds of action; shared by their handlers."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._changes: dict[str, Changes] = {}
        self._merges: dict[str, Mapping[str, Merge]] = {}
        self._results: dict[str, Mapping[str, str]] = {}

    def changes(self, ref: FileRef) -> Changes:
        """Return a file of changes, by record."""
        return self._once(self._changes, ref, read_changes)

    def merges(self, ref: FileRef) -> Mapping[str, Merge]:
        """Return a file of merges, by survivor."""
        return self._once(self._merges, ref, read_merges)

    def results(self, ref: FileRef) -> Mapping[str, str]:
        """Return a file of results, by item."""
        return self._once(self._results, ref, read_results)

    def at_hand(self, file: Attachment) -> None:
        """Take note of a file of results that is on its way into the store."""
        _remember(self._results, file.ref.sha256, read_results(file.data))

    def _once(self, known: dict[str, _T], ref: FileRef, read: Callable[[bytes], _T]) -> _T:
        if ref.sha256 not in known:
            _remember(known, ref.sha256, read(self._files.read(ref.sha256)))
        return known[ref.sha256]


def _remember(known: dict[str, _T], sha256: str, value: _T) -> None:
    while len(known) >= _MOST:
        known.pop(next(iter(known)))
    known[sha256] = value
