"""How a list is built from approved members, and taken back: the two actions' handlers.

Nothing here decides whether to run. Members go into the list exactly as approved; whoever would
match now and was not approved is never added.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from gates.action import Action
from gates.digest import canonical, short
from gates.permit import Permit
from gates.targets import targets_of
from placet.errors import EffectRefused, EffectUnknown
from placet.ids import ListId
from tools.crm.port import CrmReader, ListWriter

from .action import ArchiveList, BuildSegment
from .drift import Drift, compare
from .inert import show
from .port import SegmentReader
from .tree import All, Segment, UseExclusion

__all__ = ["ArchiveListHandler", "BuildSegmentHandler"]

_LIST = "list"
_ARCHIVE = "archive"
_BY_HAND = 50
"""Up to so many members the recipe names each by address."""


class BuildSegmentHandler:
    """Makes a static list and puts the approved members on it. Items: `list`, then member ids."""

    kind = "build_segment"
    batch_size = 100

    def __init__(self, segments: SegmentReader, lists: ListWriter) -> None:
        self._segments, self._lists = segments, lists

    def drift(self, action: BuildSegment, members: Sequence[str]) -> str | None:
        """Return how the segment moved since approval, or None while that is within tolerance."""
        if targets_of(members) != action.targets:
            return "The kept member list is not the one that was approved."
        moved = self._moved(action.segment, members)
        if not moved.beyond(action.tolerance):
            return None
        return f"{moved.words()}; at most {action.tolerance:.1%} may change."

    def _moved(self, segment: Segment, members: Sequence[str]) -> Drift:
        current = self._segments.members(segment)
        moved = compare(members, current)
        if not moved.removed or segment.use == "internal":
            return moved
        # Of those who dropped out, who is still there but may not be written to any more? The
        # frequency cap is no such reason: it passes by itself.
        lifted: tuple[UseExclusion, ...] = (*segment.include_anyway, "frequency_cap")
        anyone = segment.model_copy(
            update={"filter": All(of=()), "include_anyway": tuple(dict.fromkeys(lifted))}
        )
        there = {row.contact_id for row in self._segments.rows(moved.removed)}
        barred = there - set(self._segments.members(anyone)) if there else set()
        return compare(members, current, unsendable=barred)

    def steps(self, action: BuildSegment, members: Sequence[str]) -> Sequence[str]:
        """Return the items: the list first, then one per member, sorted."""
        return [_LIST, *sorted(set(members))]

    def not_before(self, action: BuildSegment, now: datetime) -> datetime | None:
        """Return None: it may run at any time."""
        return None

    def run(
        self, permit: Permit, action: BuildSegment, items: Sequence[str], done: Mapping[str, str]
    ) -> Mapping[str, str]:
        """Create the list, or add a batch of members to it.

        Raises:
            EffectRefused: the list was not made before its members.

        """
        results: dict[str, str] = {}
        if _LIST in items:
            list_id = self._lists.create_list(
                permit,
                key=permit.key(_LIST),
                name=action.segment.name,
                definition=canonical(action.segment.model_dump(mode="json", by_alias=True)),
            )
            results[_LIST] = canonical({"list_id": list_id})
        members = [item for item in items if item != _LIST]
        if members:
            known = {**done, **results}
            if _LIST not in known:
                raise EffectRefused("The list was not made yet, so nobody was added to it.")
            pairs = [(permit.key(member), member) for member in members]
            added = set(
                self._lists.add_members(permit, list_id=_list_id(known[_LIST]), members=pairs)
            )
            results.update(
                {member: _membership(member, added=member in added) for member in members}
            )
        return results

    def settle(
        self,
        key: Callable[[str], str],
        action: BuildSegment,
        items: Sequence[str],
        done: Mapping[str, str],
    ) -> Mapping[str, str | None]:
        """Ask the CRM whether the list is there and who is on it."""
        found = self._lists.list_by_key(key(_LIST))
        if found is None and _LIST in done:
            found = _list_id(done[_LIST])
        on_it = set(self._lists.members_of(found)) if found is not None else set()
        answers: dict[str, str | None] = {}
        for item in items:
            if item == _LIST:
                answers[item] = None if found is None else canonical({"list_id": found})
            else:
                answers[item] = _membership(item, added=True) if item in on_it else None
        return answers

    def undo(
        self, action: BuildSegment, results: Mapping[str, str], receipt_id: str
    ) -> tuple[Action, Sequence[str]] | None:
        """Return the archiving of the list with whoever is on it now; None if none was made."""
        if _LIST not in results:
            return None
        list_id = _list_id(results[_LIST])
        members = self._lists.members_of(list_id)
        archive = ArchiveList(
            destination=action.destination,
            targets=targets_of(members),
            list_id=list_id,
            list_name=action.segment.name,
            receipt_id=receipt_id,
        )
        return archive, members

    def manual_steps(self, action: BuildSegment, members: Sequence[str]) -> tuple[str, ...]:
        """Return how a person makes the same list by hand."""
        rows = self._segments.rows(sorted(set(members))[:_BY_HAND])
        who = ", ".join(show(row.email) for row in rows)
        if len(members) > _BY_HAND:
            who = (
                f"{who} and {len(members) - len(rows):,} more: "
                "`placet show DRAFT --members` lists them all"
            )
        return (
            f"In {action.destination}, create a static list named {show(action.segment.name)}.",
            f"Add exactly the {action.targets.count:,} approved contacts: {who}.",
            f"Check that the list has {action.targets.count:,} members; add nobody who only "
            "matches now.",
            f"The approved member list has the fingerprint {short(action.targets.sha256)}.",
        )


class ArchiveListHandler:
    """Archives a list that a receipt made; its members are kept. One item: `archive`."""

    kind = "archive_list"
    batch_size = 1

    def __init__(self, reader: CrmReader, lists: ListWriter) -> None:
        self._reader, self._lists = reader, lists

    def drift(self, action: ArchiveList, members: Sequence[str]) -> str | None:
        """Return what changed about the list since the undo was drafted, or None."""
        if not self._there(action.list_id):
            return f"The list {show(action.list_name)} is gone or archived already."
        now = targets_of(self._lists.members_of(ListId(action.list_id)))
        if now == action.targets:
            return None
        return (
            f"The list {show(action.list_name)} has {now.count:,} members now and had "
            f"{action.targets.count:,} when this was drafted; look at it again."
        )

    def _there(self, list_id: str) -> bool:
        return any(one.id == list_id for one in self._reader.lists())

    def steps(self, action: ArchiveList, members: Sequence[str]) -> Sequence[str]:
        """Return the one item."""
        return [_ARCHIVE]

    def not_before(self, action: ArchiveList, now: datetime) -> datetime | None:
        """Return None: it may run at any time."""
        return None

    def run(
        self, permit: Permit, action: ArchiveList, items: Sequence[str], done: Mapping[str, str]
    ) -> Mapping[str, str]:
        """Archive the list.

        Raises:
            EffectRefused: there is no such list.

        """
        list_id = ListId(action.list_id)
        if not self._lists.archive_list(permit, key=permit.key(_ARCHIVE), list_id=list_id):
            raise EffectRefused(f"There is no list {list_id} to archive; nothing was changed.")
        return {item: _archived(action) for item in items}

    def settle(
        self,
        key: Callable[[str], str],
        action: ArchiveList,
        items: Sequence[str],
        done: Mapping[str, str],
    ) -> Mapping[str, str | None]:
        """Ask the CRM whether the list is still among those in use."""
        answer = None if self._there(action.list_id) else _archived(action)
        return dict.fromkeys(items, answer)

    def undo(
        self, action: ArchiveList, results: Mapping[str, str], receipt_id: str
    ) -> tuple[Action, Sequence[str]] | None:
        """Return None: an archived list is restored in the CRM by a person."""
        return None

    def manual_steps(self, action: ArchiveList, members: Sequence[str]) -> tuple[str, ...]:
        """Return how a person archives the list by hand."""
        return (
            f"In {action.destination}, open the list {show(action.list_name)} ({action.list_id}).",
            f"Check that it has {action.targets.count:,} members, then archive it.",
        )


def _list_id(result: str) -> ListId:
    try:
        return ListId(json.loads(result)["list_id"])
    except (ValueError, KeyError, TypeError):
        raise EffectUnknown(
            "The record of the list cannot be read; look it up in the CRM."
        ) from None


def _membership(contact_id: str, *, added: bool) -> str:
    return canonical({"contact_id": contact_id, "added": added})


def _archived(action: ArchiveList) -> str:
    return canonical({"list_id": action.list_id, "archived": True})
