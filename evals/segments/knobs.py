"""The things about a person that trees depend on, and the person that one choice of them makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .rows import DealRow, Firm, Person

__all__ = ["FIRM", "Key", "Knobs", "Setting", "deal_of", "person_of"]

Key = tuple[str, str, str]
"""Whose (`person` or `firm`), what (`field`, `events`, ...) and which (a name, or the leaf)."""
Knobs = dict[Key, tuple[Any, ...]]
"""The options worth trying for each thing; the first tends to match."""
Setting = Mapping[Key, Any]
"""One option for each thing."""

FIRM: Key = ("firm", "is", "there")
"""Whether the person has a company at all."""


def person_of(setting: Setting) -> Person:
    """Return the person with this setting."""
    firm = Firm(fields=_fields(setting, "firm"), deals=_joined(setting, "firm", "deals"),
                people=_joined(setting, "firm", "people"))  # fmt: skip
    return Person(
        fields=_fields(setting, "person"),
        events=_joined(setting, "person", "events"),
        lists=frozenset(name for (_, what, name), on in setting.items() if what == "list" and on),
        deals=_joined(setting, "person", "deals"),
        firm=firm if setting.get(FIRM) else None,
    )


def deal_of(setting: Setting) -> Person:
    """Return a person whose one deal has the fields of this setting."""
    return Person(deals=(DealRow(fields=_fields(setting, "person")),))


def _fields(setting: Setting, whose: str) -> tuple[tuple[str, Any], ...]:
    return tuple((name, value) for (of, what, name), value in setting.items()
                 if of == whose and what == "field" and value is not None)  # fmt: skip


def _joined(setting: Setting, whose: str, what: str) -> tuple[Any, ...]:
    found = [group for (of, kind, _), group in setting.items() if (of, kind) == (whose, what)]
    return tuple(item for group in found for item in group)
