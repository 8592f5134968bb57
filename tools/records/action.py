"""What can be carried out with records: change fields, merge duplicates, and take both back.

What is written stands in a file beside the draft; its hash is in the action, so the digest covers
every old and every new value. The counts beside it are computed from the file and checked against
it again before anything runs.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from gates.action import Action
from gates.files import FileRef
from tools.crm.port import RecordSubject

from .order import Order

__all__ = ["MANY", "FixRecords", "MergeRecords", "RestoreRecords", "UnmergeRecords"]

MANY = 1_000
"""From so many records on a batch needs a second person."""
_SENSITIVE = {
    "email": "the email address",
    "consent": "the consent",
    "lifecycle_stage": "the lifecycle stage",
    "owner": "the owner",
}
"""Fields that decide who is written to, what runs on a record, and whose it is."""


def _sensitive(fields: dict[str, int]) -> tuple[str, ...]:
    return tuple(
        f"changes {words} of {_records(fields[name])}"
        for name, words in _SENSITIVE.items()
        if fields.get(name)
    )


def _many(count: int, verb: str) -> tuple[str, ...]:
    return (f"{verb} {_records(count)} at once",) if count >= MANY else ()


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count:,} records"


class FixRecords(Action):
    """Change fields of records from exactly the approved old value to exactly the new one."""

    # Frozen, so that narrowing `kind` is safe.
    kind: Literal["fix_records"] = "fix_records"  # pyright: ignore[reportIncompatibleVariableOverride]
    destination: str = "crm:local"
    subject: RecordSubject
    changes: FileRef
    """One canonical JSON line per field of a record: a `FieldChange`, by record and field."""
    rules: dict[str, int]
    """How many changes each detector (or `direct`, `enrichment`) proposed."""
    fields: dict[str, int]
    """In how many records each field changes."""
    doubtful: int = Field(default=0, ge=0)
    """How many of the changes are less than likely."""
    left_out: tuple[str, ...] = ()
    """Records that a person took out of the batch; they are not in the file any more."""
    tolerance: float = Field(default=0.02, ge=0, le=1)
    """Share of the records that may have changed between approval and run; beyond it: stale.
    Those within it are skipped and reported."""
    order: Order | None = None
    """What was asked: a refresh computes the changes anew from it. None: nobody kept it."""

    FIXED: ClassVar[frozenset[str]] = frozenset({"kind", "destination", "subject", "order"})

    @override
    def flags(self) -> tuple[str, ...]:
        doubt = (f"rests on doubtful evidence for {self.doubtful:,} values",) * bool(self.doubtful)
        return (*_sensitive(self.fields), *_many(self.targets.count, "changes"), *doubt)


class RestoreRecords(Action):
    """Put back what a receipt changed. The undo of `FixRecords`, and of itself.

    A record whose changed fields were changed again since is left as it is and reported.
    """

    # Frozen, so that narrowing `kind` is safe.
    kind: Literal["restore_records"] = "restore_records"  # pyright: ignore[reportIncompatibleVariableOverride]
    destination: str = "crm:local"
    subject: RecordSubject
    results: FileRef
    """One canonical JSON line per record: the result in the receipt, by record."""
    fields: dict[str, int]
    """In how many records each field is put back."""
    receipt_id: str
    """The receipt this undoes."""

    FIXED: ClassVar[frozenset[str]] = frozenset(
        {"kind", "destination", "subject", "results", "receipt_id", "fields"}
    )

    @override
    def flags(self) -> tuple[str, ...]:
        return _sensitive({"consent": self.fields.get("consent", 0)})


class MergeRecords(Action):
    """Make each group of duplicates one record, as approved field by field."""

    # Frozen, so that narrowing `kind` is safe.
    kind: Literal["merge_records"] = "merge_records"  # pyright: ignore[reportIncompatibleVariableOverride]
    destination: str = "crm:local"
    subject: RecordSubject
    plan: FileRef
    """One canonical JSON line per group: a `Merge`, by survivor. `targets` are the survivors."""
    merges: int = Field(ge=1)
    """How many groups there are."""
    removed: int = Field(ge=1)
    """How many records go."""
    review: int = Field(default=0, ge=0)
    """How many of the groups a person should look at one by one."""
    left_out: tuple[str, ...] = ()
    """Survivors whose group a person took out; they are not in the file any more."""
    tolerance: float = Field(default=0.02, ge=0, le=1)
    """Share of the groups that may have changed between approval and run; beyond it: stale."""
    order: Order | None = None
    """What was asked: a refresh finds the duplicates anew from it. None: nobody kept it."""

    FIXED: ClassVar[frozenset[str]] = frozenset({"kind", "destination", "subject", "order"})

    @override
    def flags(self) -> tuple[str, ...]:
        review = f"merges {self.review:,} groups that need a look one by one"
        return (*_many(self.removed, "removes"), *(review,) * bool(self.review))


class UnmergeRecords(Action):
    """Take merges back: the removed records return with all they had. Undo of `MergeRecords`."""

    # Frozen, so that narrowing `kind` is safe.
    kind: Literal["unmerge_records"] = "unmerge_records"  # pyright: ignore[reportIncompatibleVariableOverride]
    destination: str = "crm:local"
    subject: RecordSubject
    results: FileRef
    """One canonical JSON line per group: the result in the receipt, by survivor."""
    receipt_id: str
    """The receipt this undoes."""

    FIXED: ClassVar[frozenset[str]] = frozenset(
        {"kind", "destination", "subject", "results", "receipt_id"}
    )
