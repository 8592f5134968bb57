"""Names that only this CRM knows: its companies, towns, assets, lists and owners."""

from __future__ import annotations

from dataclasses import dataclass, field

from tools.crm.port import CrmReader

__all__ = ["Vocabulary"]


@dataclass(slots=True)
class Vocabulary:
    """Names that only this CRM knows, fetched when a request first needs them."""

    crm: CrmReader
    _kept: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def values(self, subject: str, name: str) -> tuple[str, ...]:
        """Return the stored values of a text field."""
        key = (subject, name)
        if key not in self._kept:
            found = self.crm.values(subject, name, limit=20_000)  # type: ignore[arg-type]
            self._kept[key] = tuple(found)
        return self._kept[key]

    def assets(self) -> tuple[str, ...]:
        """Return the asset names of events."""
        key = ("event", "asset")
        if key not in self._kept:
            self._kept[key] = tuple(self.crm.assets())
        return self._kept[key]

    def lists(self) -> tuple[str, ...]:
        """Return the names of the lists."""
        key = ("list", "name")
        if key not in self._kept:
            self._kept[key] = tuple(one.name for one in self.crm.lists())
        return self._kept[key]
