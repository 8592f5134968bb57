"""What can be carried out with segments: build a static list, and take one back."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from gates.action import Action

from .tree import Segment

__all__ = ["ArchiveList", "BuildSegment"]


class BuildSegment(Action):
    """Make a static list in the CRM from exactly the members that were approved."""

    # Frozen, so that narrowing `kind` is safe.
    kind: Literal["build_segment"] = "build_segment"  # pyright: ignore[reportIncompatibleVariableOverride]
    destination: str = "crm:local"
    segment: Segment
    tolerance: float = Field(default=0.02, ge=0, le=1)
    """Share of the members that may have changed between approval and run; beyond it: stale."""

    COSMETIC: ClassVar[frozenset[str]] = frozenset({"segment.name"})

    @override
    def flags(self) -> tuple[str, ...]:
        return tuple(
            f"includes people the use policy leaves out: {reason.replace('_', ' ')}"
            for reason in self.segment.include_anyway
        )


class ArchiveList(Action):
    """Take a list back: archive it in the CRM. The undo of `BuildSegment`."""

    # Frozen, so that narrowing `kind` is safe.
    kind: Literal["archive_list"] = "archive_list"  # pyright: ignore[reportIncompatibleVariableOverride]
    destination: str = "crm:local"
    list_id: str
    list_name: str
    receipt_id: str
    """The receipt this undoes."""
