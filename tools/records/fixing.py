"""Changing fields of records as approved: `FixRecords`, and putting them back: `RestoreRecords`.

Nothing here decides whether to run. A record that no longer holds the approved old value is left
alone and named with what it holds now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gates.permit import Permit
from gates.targets import targets_of
from tools.crm.port import FieldSet, RecordEdit, RecordWriter
from tools.execution import Counted, Outcome, Undoing

from .action import FixRecords, RestoreRecords
from .drafting import count_fields, count_rules
from .kept import Kept
from .lines import Changes
from .recipe import by_hand
from .steps import Steps, allowed, only_records, records_of, started
from .undoing import back, moved, restoring

__all__ = ["FixRecordsHandler", "RestoreRecordsHandler"]

_NOT_APPROVED = "The kept changes are not those that were approved."
_Sets = Mapping[str, tuple[FieldSet, ...]]


class FixRecordsHandler(Steps):
    """Carries out `FixRecords`. Items: `start`, then the record ids, 100 in one transaction."""

    kind = "fix_records"
    batch_size = 100
    counted = Counted(noun="records", verb="changed")

    def __init__(self, records: RecordWriter, kept: Kept) -> None:
        super().__init__(records)
        self._records, self._kept = records, kept

    def drift(self, action: FixRecords, members: Sequence[str]) -> str | None:
        """Return how many records changed since approval, or None while within tolerance."""
        changes = self._kept.changes(action.changes)
        if not _is_approved(action, members, changes):
            return _NOT_APPROVED
        gone, changed, example = moved(self._records, action.subject, changes)
        if gone + changed <= allowed(action.tolerance, len(changes)):
            return None
        return (
            f"{changed:,} of {len(changes):,} records were changed since and {gone:,} are gone"
            f"{example}; at most {action.tolerance:.1%} may."
        )

    def run(
        self, permit: Permit, action: FixRecords, items: Sequence[str], done: Mapping[str, str]
    ) -> Mapping[str, Outcome]:
        """Change a batch of records, each whole or not at all."""
        changes = self._kept.changes(action.changes)
        edits = [
            (permit.key(record), RecordEdit(record=record, sets=_sets(changes, record)))
            for record in records_of(items)
        ]
        told = started(items, {"records": len(changes), "changes": action.changes.sha256})
        if not edits:
            return told
        return {**told, **self._records.change_records(permit, subject=action.subject, edits=edits)}

    def undo(
        self, action: FixRecords, results: Mapping[str, str], receipt_id: str
    ) -> Undoing | None:
        """Return the way back for every record that was changed; None where none was."""
        return restoring(
            self._records, self._kept, only_records(results), subject=action.subject,
            destination=action.destination, receipt_id=receipt_id,
        )  # fmt: skip

    def manual_steps(self, action: FixRecords, members: Sequence[str]) -> tuple[str, ...]:
        """Return how a person makes the same changes by hand."""
        changes = self._kept.changes(action.changes)
        sets = {record: _sets(changes, record) for record in changes}
        return by_hand(
            self._records, action.subject, sets, destination=action.destination,
            file=action.changes,
        )  # fmt: skip


def _is_approved(action: FixRecords, members: Sequence[str], changes: Changes) -> bool:
    """Return whether file, members and the counts on the card say the same."""
    each = [one for changed in changes.values() for one in changed]
    return (
        targets_of(members) == action.targets
        and set(changes) == set(members)
        and {one.subject for one in each} == {action.subject}
        and count_rules(each) == action.rules
        and count_fields(each) == action.fields
    )


def _sets(changes: Changes, record: str) -> tuple[FieldSet, ...]:
    return tuple(
        FieldSet(field=one.field, before=one.before, after=one.after) for one in changes[record]
    )


class RestoreRecordsHandler(Steps):
    """Carries out `RestoreRecords`. Items: `start`, then the record ids."""

    kind = "restore_records"
    batch_size = 100
    counted = Counted(noun="records", verb="put back")

    def __init__(self, records: RecordWriter, kept: Kept) -> None:
        super().__init__(records)
        self._records, self._kept = records, kept

    def drift(self, action: RestoreRecords, members: Sequence[str]) -> str | None:
        """Return that file and members differ, or None: a record changed since is only skipped."""
        there = set(self._kept.results(action.results))
        if targets_of(members) != action.targets or there != set(members):
            return _NOT_APPROVED
        return None

    def run(
        self, permit: Permit, action: RestoreRecords, items: Sequence[str], done: Mapping[str, str]
    ) -> Mapping[str, Outcome]:
        """Put a batch of records back, each whole or not at all."""
        results = self._kept.results(action.results)
        edits = [
            (permit.key(record), RecordEdit(record=record, sets=back(results[record]),
                                            undoes=results[record]))
            for record in records_of(items)
        ]  # fmt: skip
        told = started(items, {"records": len(results), "undoes": action.receipt_id})
        if not edits:
            return told
        return {**told, **self._records.change_records(permit, subject=action.subject, edits=edits)}

    def undo(
        self, action: RestoreRecords, results: Mapping[str, str], receipt_id: str
    ) -> Undoing | None:
        """Return the change made again, for every record that was put back."""
        return restoring(
            self._records, self._kept, only_records(results), subject=action.subject,
            destination=action.destination, receipt_id=receipt_id,
        )  # fmt: skip

    def manual_steps(self, action: RestoreRecords, members: Sequence[str]) -> tuple[str, ...]:
        """Return how a person puts the same values back by hand."""
        results = self._kept.results(action.results)
        sets = {record: back(result) for record, result in results.items()}
        return by_hand(
            self._records, action.subject, sets, destination=action.destination,
            file=action.results,
        )  # fmt: skip
