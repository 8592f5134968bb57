"""Merging duplicates as approved: `MergeRecords`, and taking them apart again: `UnmergeRecords`.

One group is one transaction. A group of which any record changed since approval is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gates.digest import short
from gates.permit import Permit
from gates.targets import targets_of
from tools.crm.port import FieldSet, Merging, RecordWriter
from tools.execution import Counted, Outcome, Undoing
from tools.hygiene.duplicates.plan import Merge, Value

from .action import MergeRecords, UnmergeRecords
from .kept import Kept
from .recipe import BY_HAND, called, merge_by_hand
from .steps import Steps, allowed, only_records, records_of, started
from .undoing import unmerging

__all__ = ["MergeRecordsHandler", "UnmergeRecordsHandler", "merging_of"]

_NOT_APPROVED = "The kept merges are not those that were approved."


def merging_of(merge: Merge) -> Merging:
    """Return what the CRM is told of an approved merge."""
    return Merging(
        survivor=merge.survivor,
        losers=merge.losers,
        sets=tuple(
            FieldSet(field=name, before=_text(one.before), after=_text(one.value))
            for name, one in sorted(merge.changes.items())
        ),
        seen=merge.seen,
        suppress=merge.suppress,
    )


def _text(value: Value) -> str | None:
    return None if value is None else str(value)


class MergeRecordsHandler(Steps):
    """Carries out `MergeRecords`. Items: `start`, then the ids of the survivors."""

    kind = "merge_records"
    batch_size = 20
    counted = Counted(noun="groups", verb="merged")

    def __init__(self, records: RecordWriter, kept: Kept) -> None:
        super().__init__(records)
        self._records, self._kept = records, kept

    def drift(self, action: MergeRecords, members: Sequence[str]) -> str | None:
        """Return how many groups changed since approval, or None while within tolerance."""
        merges = self._kept.merges(action.plan)
        if not _is_approved(action, members, merges):
            return _NOT_APPROVED
        ids = [record for one in merges.values() for record in one.records]
        now = self._records.fingerprints(action.subject, ids)
        changed = [one.survivor for one in merges.values() if _moved(one, now)]
        if len(changed) <= allowed(action.tolerance, len(merges)):
            return None
        return (
            f"{len(changed):,} of {len(merges):,} groups were changed since (for example the one "
            f"of {changed[0]}); at most {action.tolerance:.1%} may."
        )

    def run(
        self, permit: Permit, action: MergeRecords, items: Sequence[str], done: Mapping[str, str]
    ) -> Mapping[str, Outcome]:
        """Merge a batch of groups, each whole or not at all."""
        merges = self._kept.merges(action.plan)
        told = started(items, {"groups": len(merges), "plan": action.plan.sha256})
        for survivor in records_of(items):
            told[survivor] = self._records.merge(
                permit,
                key=permit.key(survivor),
                subject=action.subject,
                merging=merging_of(merges[survivor]),
            )
        return told

    def undo(
        self, action: MergeRecords, results: Mapping[str, str], receipt_id: str
    ) -> Undoing | None:
        """Return what takes every merge that was made apart again; None where none was."""
        return unmerging(
            self._records, self._kept, only_records(results), subject=action.subject,
            destination=action.destination, receipt_id=receipt_id,
        )  # fmt: skip

    def manual_steps(self, action: MergeRecords, members: Sequence[str]) -> tuple[str, ...]:
        """Return how a person merges the same records by hand."""
        return merge_by_hand(
            self._records, action.subject, list(self._kept.merges(action.plan).values()),
            destination=action.destination, file=action.plan,
        )  # fmt: skip


def _is_approved(
    action: MergeRecords, members: Sequence[str], merges: Mapping[str, Merge]
) -> bool:  # fmt: skip
    return (
        targets_of(members) == action.targets
        and set(merges) == set(members)
        and {one.subject for one in merges.values()} == {action.subject}
        and len(merges) == action.merges
        and sum(len(one.losers) for one in merges.values()) == action.removed
        and sum(one.tier == "review" for one in merges.values()) == action.review
    )


def _moved(merge: Merge, now: Mapping[str, str]) -> bool:
    return any(now.get(record) != merge.seen.get(record) for record in merge.records)


class UnmergeRecordsHandler(Steps):
    """Carries out `UnmergeRecords`. Items: `start`, then the ids of the survivors."""

    kind = "unmerge_records"
    batch_size = 20
    counted = Counted(noun="merges", verb="taken apart")

    def __init__(self, records: RecordWriter, kept: Kept) -> None:
        super().__init__(records)
        self._records, self._kept = records, kept

    def drift(self, action: UnmergeRecords, members: Sequence[str]) -> str | None:
        """Return that file and members differ, or None: what changed since is only skipped."""
        there = set(self._kept.results(action.results))
        if targets_of(members) != action.targets or there != set(members):
            return _NOT_APPROVED
        return None

    def run(
        self, permit: Permit, action: UnmergeRecords, items: Sequence[str], done: Mapping[str, str]
    ) -> Mapping[str, Outcome]:
        """Take a batch of merges apart, each whole or not at all."""
        results = self._kept.results(action.results)
        told = started(items, {"merges": len(results), "undoes": action.receipt_id})
        for survivor in records_of(items):
            told[survivor] = self._records.unmerge(
                permit,
                key=permit.key(survivor),
                subject=action.subject,
                result=results[survivor],
            )
        return told

    def undo(
        self, action: UnmergeRecords, results: Mapping[str, str], receipt_id: str
    ) -> Undoing | None:
        """Return None: records are merged again by a new draft."""
        return None

    def why_not_undone(self, action: UnmergeRecords, results: Mapping[str, str]) -> str:
        """Return what to do instead."""
        return "look for the duplicates again and approve their merging anew."

    def manual_steps(self, action: UnmergeRecords, members: Sequence[str]) -> tuple[str, ...]:
        """Return how a person takes the merges apart by hand."""
        names = called(self._records, action.subject, list(members)[:BY_HAND])
        return (
            f"In {action.destination}, create the records again that were merged into "
            f"{', '.join(names.values())}{' and others' if len(members) > len(names) else ''}.",
            f"The file {action.results.name} (fingerprint {short(action.results.sha256)}) holds "
            "each of them whole under `losers`, and under `moved` which events, deals, lists and "
            "addresses were theirs: give those back.",
            "Set the fields of the merged record that stand under `fields` to their `before`.",
        )
