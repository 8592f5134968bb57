"""Carries drafts out on paper, as the writer does: each cell by compare-and-set on its old value.

Pure: stored values in, the cells that differ afterwards out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tools.hygiene.change import FieldChange
from tools.hygiene.duplicates import Merge

__all__ = ["After", "Key", "apply", "restores"]

Key = tuple[str, str, str]
"""Subject, record, field."""


@dataclass(frozen=True, kw_only=True)
class After:
    """What is different once drafts were carried out."""

    cells: Mapping[Key, str | None] = field(default_factory=dict)
    merged: frozenset[frozenset[str]] = frozenset()
    skipped: int = 0
    """Changes whose old value was not there any more."""


def apply(
    stored: Callable[[Key], str | None], changes: Iterable[FieldChange],
    merges: Iterable[Merge] = (), before: After | None = None,
) -> After:  # fmt: skip
    """Return what differs from what is stored after these changes, on top of `before`."""
    start = before or After()
    cells, skipped = dict(start.cells), 0
    for one in changes:
        key = (one.subject, one.record, one.field)
        now = cells[key] if key in cells else stored(key)
        if now != one.before:
            skipped += 1
            continue
        cells[key] = one.after
    gone = {record for group in start.merged for record in group}
    merged = {frozenset(one.records) for one in merges if not gone.intersection(one.records)}
    return After(cells=cells, merged=start.merged | merged, skipped=skipped)


def restores(
    stored: Callable[[Key], str | None], changes: Sequence[FieldChange], after: After
) -> bool:
    """Return whether undoing the changes, the last first, leaves every cell as it is stored.

    Merges are left out: what undoing one restores is the merge's own plan.
    """
    inverse = [replace(one, before=one.after, after=one.before) for one in reversed(changes)]
    back = apply(stored, inverse, before=After(cells=after.cells))
    return all(stored(key) == value for key, value in back.cells.items())
