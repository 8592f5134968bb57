"""From changes and merges to actions: checked against the catalogue, counted, and put in a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from gates.action import Action
from gates.files import Attachment
from gates.targets import targets_of
from placet.errors import BadInput
from tools.crm.fitting import fit, writable
from tools.crm.port import Catalogue
from tools.hygiene.change import LIKELY, FieldChange
from tools.hygiene.duplicates.plan import Merge
from tools.segments.inert import show

from .action import FixRecords, MergeRecords
from .lines import changes_file, merges_file, read_changes, read_merges

__all__ = ["Batch", "count_fields", "count_rules", "fix", "fix_without", "merge", "merge_without"]

_A = TypeVar("_A", bound=Action)


@dataclass(frozen=True, kw_only=True)
class Batch(Generic[_A]):
    """An action with what belongs beside its draft."""

    action: _A
    members: Sequence[str]
    """The record ids that `targets` hashes, sorted."""
    file: Attachment


def fix(
    changes: Iterable[FieldChange],
    catalogue: Catalogue,
    *,
    left_out: Collection[str] = (),
    tolerance: float = 0.02,
) -> Batch[FixRecords]:
    """Return these changes as one action; all of one subject, each new value checked.

    Raises:
        BadInput: a field that cannot be set, a value that does not fit, a change of nothing, two
            changes of one field, or no change at all. The message names the record.
    """
    kept = [one for one in changes if one.record not in left_out]
    if not kept:
        raise BadInput("There is nothing to change; ask for other records or fields.")
    _check(kept, catalogue)
    file = changes_file(kept)
    members = sorted({one.record for one in kept})
    action = FixRecords(
        targets=targets_of(members),
        subject=kept[0].subject,
        changes=file.ref,
        rules=count_rules(kept),
        fields=count_fields(kept),
        doubtful=sum(one.confidence < LIKELY for one in kept),
        left_out=tuple(sorted(left_out)),
        tolerance=tolerance,
    )
    return Batch(action=action, members=members, file=file)


def fix_without(
    action: FixRecords, data: bytes, catalogue: Catalogue, left_out: Collection[str]
) -> Batch[FixRecords]:
    """Return the same batch without these records: "all but these".

    Args:
        action: the batch as it stands.
        data: the bytes of its file.
        catalogue: the CRM's fields.
        left_out: every record a person wants out, those taken out before included.

    Raises:
        BadInput: one of them is not in the batch, or nothing is left.
    """
    changes = read_changes(data)
    _known(left_out, changes, action.left_out)
    kept = (one for changed in changes.values() for one in changed)
    return fix(kept, catalogue, left_out=left_out, tolerance=action.tolerance)


def merge(
    merges: Iterable[Merge], *, left_out: Collection[str] = (), tolerance: float = 0.02
) -> Batch[MergeRecords]:
    """Return these merges as one action; `left_out` names survivors.

    Raises:
        BadInput: none at all, a record in two of them, or one without what was seen of its records.
    """
    kept = [one for one in merges if one.survivor not in left_out]
    if not kept:
        raise BadInput("There is nothing to merge; ask for other records.")
    for one in kept:
        if set(one.seen) != set(one.records) or not one.losers:
            raise BadInput(f"The merge into {one.survivor} does not say what was seen; find anew.")
    file = merges_file(kept)
    members = sorted(one.survivor for one in kept)
    action = MergeRecords(
        targets=targets_of(members),
        subject=kept[0].subject,
        plan=file.ref,
        merges=len(kept),
        removed=sum(len(one.losers) for one in kept),
        review=sum(one.tier == "review" for one in kept),
        left_out=tuple(sorted(left_out)),
        tolerance=tolerance,
    )
    return Batch(action=action, members=members, file=file)


def merge_without(
    action: MergeRecords, data: bytes, left_out: Collection[str]
) -> Batch[MergeRecords]:  # fmt: skip
    """Return the same batch without the groups of these survivors; as `fix_without`."""
    merges = read_merges(data)
    _known(left_out, merges, action.left_out)
    return merge(merges.values(), left_out=left_out, tolerance=action.tolerance)


def count_rules(changes: Iterable[FieldChange]) -> dict[str, int]:
    """Return how many changes each rule proposed, the most first."""
    return _counted(one.rule for one in changes)


def count_fields(changes: Iterable[FieldChange]) -> dict[str, int]:
    """Return in how many records each field changes, the most first."""
    return _counted(one.field for one in changes)


def _counted(names: Iterable[str]) -> dict[str, int]:
    found = Counter(names)
    return {name: found[name] for name in sorted(found, key=lambda one: (-found[one], one))}


def _known(left_out: Collection[str], there: Mapping[str, object], before: Sequence[str]) -> None:
    strangers = sorted(set(left_out) - set(there) - set(before))
    if strangers:
        raise BadInput(f"{show(strangers[0])} is not in this batch; name records that are.")


def _check(changes: Sequence[FieldChange], catalogue: Catalogue) -> None:
    fine: set[tuple[str, str, str | None]] = set()
    for one in changes:
        if one.before == one.after:
            raise BadInput(f"{one.field} of {one.record} would stay as it is; leave it out.")
        value = one.subject, one.field, one.after
        if value in fine:
            continue
        try:
            fit(writable(catalogue, one.subject, one.field), one.after)
        except BadInput as error:
            raise BadInput(f"{one.subject} {one.record}: {error}") from None
        fine.add(value)
