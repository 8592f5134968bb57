"""What was asked for, as data: what a refresh computes anew and what an edit may narrow."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tools.crm.port import RecordSubject
from tools.segments.tree import Segment

__all__ = ["Order", "OrderLevel", "OrderWork"]

OrderWork = Literal["repair", "set", "fill", "merge"]
"""repair: what detectors find; set: one value for one field; fill: empty fields from a source;
merge: duplicates."""
OrderLevel = Literal["all", "certain", "others"]
"""Which repairs: the ones that may be approved in bulk, the ones a person should look at, or both.
"""


class Order(BaseModel):
    """One piece of work on records. Changes are computed from it by code, never by a model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    work: OrderWork
    subjects: tuple[RecordSubject, ...] = ("contact",)
    segment: Segment | None = None
    """Whose records; None: everybody's. Of companies: the companies of these contacts."""
    detectors: tuple[str, ...] = ()
    """Of a repair: which detectors, by name; empty: every one that repairs."""
    fields: tuple[str, ...] = ()
    """Of a repair or a fill: only these fields; empty: any."""
    field: str = ""
    """Of a set: the field."""
    value: str | None = None
    """Of a set: what it becomes, as the CRM stores it; None empties the field."""
    holds: str | None = None
    """Of a set: only where the field holds this now; None: whatever it holds."""
    level: OrderLevel = "all"
    exclude: tuple[str, ...] = ()
    """Ids of records that a person left out."""
    said: str = Field(default="", max_length=4_000)
    """The request in the person's words."""
