"""A case of the records suite: which cells change, which may, and which records become one."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from evals.case import Case
from tools.crm.port import RecordSubject
from tools.segments.tree import Filter

__all__ = ["Cell", "RecordCase", "SetGold"]

Cell = Annotated[str, Field(pattern=r"^[a-z]+_?[0-9]+\.[a-z_]+$")]
"""A record and a field: `f_01.phone`."""


class SetGold(BaseModel):
    """What a direct change must do: one value for everybody who meets the filter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    filter: Filter
    """Whose records: all who meet it, whether or not they may be mailed."""
    field: str
    value: str | None
    holds: str | None = None
    """Only where the field holds this."""


class RecordCase(Case):
    """A request about records and the state of the CRM that it must lead to."""

    subject: RecordSubject = "contact"
    """What the cells below belong to."""
    certain: dict[Cell, str | None] = Field(default_factory=dict)
    """Cells that must change, to these values; safe enough to be approved in bulk."""
    look: dict[Cell, str | None] = Field(default_factory=dict)
    """Cells that must change, but only in a draft that says it needs a look."""
    maybe: dict[Cell, str | None] = Field(default_factory=dict)
    """Cells that may become this value in a draft that needs a look, or stay as they are."""
    merge: tuple[tuple[str, ...], ...] = ()
    """Records that become one."""
    maybe_merge: tuple[tuple[str, ...], ...] = ()
    """Records that may be proposed as one, for a look."""
    set: SetGold | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        gold = bool(self.certain or self.look or self.merge or self.set)
        if gold != (self.expect == "draft"):
            raise ValueError(f"cells, merges and sets belong to draft, and only there: {self.id}")
        return self
