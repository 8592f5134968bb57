"""What Placet needs from a CRM: reading for everyone, writing only with a permit.

`CrmReader` and `RecordReader` are what agents are handed. `ListWriter` and `RecordWriter` take a
`Permit` on every method that writes and an idempotency key per call; asking twice with one key
changes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

from gates.permit import Permit
from placet.ids import ListId
from tools.execution import Outcome
from tools.segments.tree import EventType, Subject

__all__ = [
    "Catalogue",
    "CrmReader",
    "FieldSet",
    "FieldSpec",
    "FieldType",
    "ListInfo",
    "ListWriter",
    "Merging",
    "RecordEdit",
    "RecordReader",
    "RecordSubject",
    "RecordWriter",
    "Row",
]

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


# --- records -------------------------------------------------------------------------------------

RecordSubject = Literal["contact", "company"]
"""Which records may be changed and merged."""

Row = Mapping[str, str | None]
"""A record whole, as text: `str` of each stored value by column, None where it is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSet:
    """One field: what must be there and what it becomes, as text; None is empty."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEdit:
    """What is written to one record: every field or none."""

    record: str
    sets: tuple[FieldSet, ...]
    undoes: str | None = None
    """The result that this takes back, where it is an undo: what was written beside the fields
    (the time of the last change, opt-outs carried along) goes back with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merging:
    """Several records that become one, and all that must still hold of them."""

    survivor: str
    losers: tuple[str, ...]
    sets: tuple[FieldSet, ...]
    """What changes in the survivor."""
    seen: Mapping[str, str]
    """For every record involved the sha256 of its stored row (`gates.digest.digest_of` over its
    columns by name) as it was approved."""
    suppress: str | None = None
    """The reason under which the survivor's address is suppressed whatever else holds."""


class RecordReader(Protocol):
    """Reads records whole."""

    def rows(
        self, subject: RecordSubject, ids: Sequence[str], *, fields: Sequence[str] | None = None
    ) -> Mapping[str, Row]:
        """Return those of these records that there are, by id.

        Args:
            subject: which kind of record.
            ids: which ones.
            fields: which columns; None for all, `id` included.
        """
        ...

    def fingerprints(self, subject: RecordSubject, ids: Sequence[str]) -> Mapping[str, str]:
        """Return for each of these records that there is the sha256 of its stored row."""
        ...

    def written(self, keys: Sequence[str]) -> Mapping[str, str]:
        """Return the result of each of these keys that was used: settles an unknown outcome."""
        ...


class RecordWriter(RecordReader, Protocol):
    """Changes records. Each write needs a permit and an idempotency key of it.

    A result is a JSON string that holds all it takes to undo the write. A key that was used before
    changes nothing and gives the same result.
    """

    def change_records(
        self, permit: Permit, *, subject: RecordSubject, edits: Sequence[tuple[str, RecordEdit]]
    ) -> Mapping[str, Outcome]:
        """Write `(key, edit)` pairs in one transaction; return what became of each record.

        A record that is gone, that no longer holds what `before` says, or whose new value does not
        fit, is `Refused` as a whole, with the reason; the others are written.

        Raises:
            NotAllowed: a key is not one of this permit's.
            EffectRefused: nothing of the batch was written.
        """
        ...

    def merge(
        self, permit: Permit, *, key: str, subject: RecordSubject, merging: Merging
    ) -> Outcome:
        """Make several records one, in one transaction; `Refused` where anything changed."""
        ...

    def unmerge(self, permit: Permit, *, key: str, subject: RecordSubject, result: str) -> Outcome:
        """Take a merge back from its result, in one transaction; `Refused` where it cannot be."""
        ...
