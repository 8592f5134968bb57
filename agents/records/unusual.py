"""Which changes of a batch are unlike the others: what an approver should look at first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rapidfuzz import fuzz

from tools.hygiene.change import FieldChange

__all__ = ["Batch"]

_FEW, _SMALL = 20, 0.05
"""A batch of fewer changes has no rarities; a field or a detector below this share is one."""
_LIKE, _UNLIKE = 65.0, 45.0
"""Likeness in per cent: where most values of a field stay alike, one that does not stands out."""
_CHOICES = 0.1
"""Below this share of different new values, a field is one of choices, and a lone choice shows."""
_SENSITIVE = {
    "email": "changes the address", "consent": "changes who may be mailed",
    "lifecycle_stage": "changes the lifecycle stage", "owner": "changes the owner",
}  # fmt: skip


class Batch:
    """What is usual in a batch, learnt once, and then told of each change."""

    def __init__(self, changes: Sequence[FieldChange]) -> None:
        self._many = len(changes)
        self._fields = Counter(one.field for one in changes)
        self._rules = Counter(one.rule for one in changes)
        self._after = Counter((one.field, one.after) for one in changes)
        self._choices = Counter(field for field, _ in self._after)
        alike: dict[str, list[float]] = {}
        for one in changes:
            if one.before and one.after:
                alike.setdefault(one.field, []).append(_likeness(one))
        self._alike = {field: sorted(found)[len(found) // 2] for field, found in alike.items()}

    def oddities(self, change: FieldChange) -> tuple[str, ...]:
        """Return why a change is unlike the others, in words; empty where it is not."""
        found = []
        if change.after is None:
            found.append("empties the field")
        if change.field in _SENSITIVE and self._fields[change.field] < self._many:
            found.append(_SENSITIVE[change.field])
        if self._many >= _FEW:
            found += self._rarities(change)
        return tuple(found)

    def _rarities(self, change: FieldChange) -> list[str]:
        found = []
        field = change.field.replace("_", " ")
        few = self._fields[change.field]
        if few <= _SMALL * self._many:
            found.append(f"one of {few} changes of {field}" if few > 1 else f"the only {field}")
        elif self._rules[change.rule] <= _SMALL * self._many:
            found.append(f"one of {self._rules[change.rule]} by {change.rule}")
        if self._is_lone(change):
            found.append("the only one that gets this value")
        if (
            change.before and change.after
            and self._alike.get(change.field, 0) >= _LIKE and _likeness(change) < _UNLIKE
        ):  # fmt: skip
            found.append("changes most of the value")
        return found

    def _is_lone(self, change: FieldChange) -> bool:
        few = self._choices[change.field] <= _CHOICES * self._fields[change.field]
        return few and self._after[change.field, change.after] == 1


def _likeness(change: FieldChange) -> float:
    return fuzz.ratio((change.before or "").casefold(), (change.after or "").casefold())
