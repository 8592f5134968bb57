"""What Placet needs from a CRM: reading for everyone, writing only with a permit.

`CrmReader` is what agents are handed. `ListWriter` takes a `Permit` on every method that writes and
an idempotency key per call; asking twice with one key changes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

from gates.permit import Permit
from placet.ids import ListId
from tools.segments.tree import EventType, Subject

__all__ = ["Catalogue", "CrmReader", "FieldSpec", "FieldType", "ListInfo", "ListWriter"]

FieldType = Literal["text", "picklist", "number", "date", "boolean"]


class FieldSpec(BaseModel):
    """One field of one subject, as the CRM knows it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: Subject
    name: str
    """As the filter tree names it: `lifecycle_stage`."""
    label: str
    """As people name it: "Lifecycle stage"."""
    type: FieldType
    values: tuple[str, ...] = ()
    """A picklist's stored values, for example `marketing_qualified_lead`; empty for other types."""
    value_labels: tuple[str, ...] = ()
    """Their labels, one each, for example `MQL`."""


class Catalogue(BaseModel):
    """Every field, and every asset name seen in events: what a filter may speak of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fields: tuple[FieldSpec, ...]
    event_types: tuple[EventType, ...]

    def field(self, subject: Subject, name: str) -> FieldSpec | None:
        """Return the field, or None where the subject has none of that name."""
        return next((f for f in self.fields if f.subject == subject and f.name == name), None)


class ListInfo(BaseModel):
    """One static list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: ListId
    name: str
    members: int
    archived: bool = False
    definition: str | None = None
    """Canonical JSON of the `Segment` it was built from, if any."""


class CrmReader(Protocol):
    """What anyone may ask."""

    def catalogue(self) -> Catalogue:
        """Return the fields, their types and picklist values."""
        ...

    def lists(self) -> Sequence[ListInfo]:
        """Return the lists that are not archived, by name."""
        ...

    def assets(self) -> Sequence[str]:
        """Return the distinct asset names of events (emails, pages, forms, webinars), sorted."""
        ...

    def values(self, subject: Subject, field: str, *, limit: int = 200) -> Sequence[str]:
        """Return the distinct stored values of a text or picklist field, most frequent first."""
        ...


class ListWriter(Protocol):
    """How a list comes to be. Each write needs a permit and an idempotency key."""

    def create_list(self, permit: Permit, *, key: str, name: str, definition: str) -> ListId:
        """Create an empty list, or return the one that this key created before."""
        ...

    def add_members(
        self, permit: Permit, *, list_id: ListId, members: Sequence[tuple[str, str]]
    ) -> Sequence[str]:
        """Add `(key, contact id)` pairs; return the ids of those that are on the list now.

        A contact that no longer exists is left out. One call is one transaction there.
        """
        ...

    def archive_list(self, permit: Permit, *, key: str, list_id: ListId) -> bool:
        """Archive the list, members kept; False where there is no such list."""
        ...

    def list_by_key(self, key: str) -> ListId | None:
        """Return the list that `create_list` made with this key: settles an unknown outcome."""
        ...

    def members_of(self, list_id: ListId) -> Sequence[str]:
        """Return the contact ids on the list, sorted; empty for an unknown list."""
        ...
