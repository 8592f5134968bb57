"""From findings to repairs: one change for each field of each record, told apart by certainty.

Repairs build on each other: a name is made readable, then loses its salutation, then gets its
capitals, and the change that comes out goes from the stored value to the last one. Where two
detectors want different things at once, the earlier in the catalogue goes first and the other
judges the result. Changes of one detector to several fields of a record stand or fall together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .catalogue import DETECTORS
from .change import CERTAIN, LIKELY, FieldChange, Level, Subject, level_of
from .columns import Columns
from .detector import Detector
from .detectors.upkeep import TEST_RECORD

__all__ = ["Dropped", "Plan", "plan"]

_ROUNDS = 6
_Key = tuple[Subject, str, str]
"""Subject, record, field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A repair that is not proposed, and why."""

    change: FieldChange
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The repairs of one audit, each field of a record at most once in all three levels."""

    certain: tuple[FieldChange, ...]
    """May be approved in bulk."""
    likely: tuple[FieldChange, ...]
    """Worth a look as a batch."""
    doubtful: tuple[FieldChange, ...]
    """One by one."""
    dropped: tuple[Dropped, ...] = ()

    def level(self, level: Level) -> tuple[FieldChange, ...]:
        """Return the repairs of one level."""
        return {"certain": self.certain, "likely": self.likely, "doubtful": self.doubtful}[level]

    def __iter__(self) -> Iterator[FieldChange]:
        yield from self.certain
        yield from self.likely
        yield from self.doubtful


def plan(table: Columns, detectors: Sequence[Detector] = DETECTORS) -> Plan:
    """Return what would repair the records in scope, by level, in the order of records.

    A record that looks like a test is not repaired: it is to go, or a person says otherwise. The
    certain repairs are settled first and by themselves, so that they never rest on a doubtful
    one; a doubtful repair of the same field waits until they are applied.
    """
    working = tuple(one for one in detectors if one.repairs)
    dropped: list[Dropped] = []
    junk = {(one.subject, one.record) for one in TEST_RECORD.find(table)}
    first = {
        one.name: [c for c in _changes(one, table) if (c.subject, c.record) not in junk]
        for one in working
    }
    sure = {name: [c for c in found if c.confidence >= CERTAIN] for name, found in first.items()}
    certain = _settle(table, working, sure, CERTAIN, {}, [])
    others = _settle(table, working, first, 0.0, certain, dropped)
    certain = _without_clashes(certain, table, dropped)
    others = _without_clashes(others, table, dropped)
    levels: defaultdict[Level, list[FieldChange]] = defaultdict(list)
    levels["certain"] = list(certain.values())
    for change in others.values():
        # What could not be settled among the certain ones is not certain.
        capped = replace(change, confidence=min(change.confidence, 0.5 * (CERTAIN + LIKELY)))
        levels[level_of(capped.confidence)].append(capped)
    return Plan(
        certain=_sorted(levels["certain"]), likely=_sorted(levels["likely"]),
        doubtful=_sorted(levels["doubtful"]), dropped=tuple(dropped),
    )  # fmt: skip


def _sorted(changes: Iterable[FieldChange]) -> tuple[FieldChange, ...]:
    return tuple(sorted(changes, key=lambda one: (one.subject, one.record, one.field)))


def _changes(detector: Detector, table: Columns) -> list[FieldChange]:
    return [found.change for found in detector.find(table) if found.change is not None]


def _key(change: FieldChange) -> _Key:
    return change.subject, change.record, change.field


def _settle(
    table: Columns, detectors: Sequence[Detector], found: Mapping[str, Sequence[FieldChange]],
    least: float, taken_before: Mapping[_Key, FieldChange], dropped: list[Dropped],
) -> dict[_Key, FieldChange]:  # fmt: skip
    """Return the repairs that are left when no detector has anything to add."""
    total: dict[_Key, FieldChange] = {}
    for _ in range(_ROUNDS):
        taken = _take(detectors, found, total, taken_before, dropped)
        if not taken:
            break
        for key, change in taken.items():
            total[key] = _joined(total[key], change) if key in total else change
        scope: defaultdict[Subject, set[str]] = defaultdict(set)
        for subject, record, _field in taken:
            scope[subject].add(record)
        table = table.with_changes(taken.values()).within(scope)
        changed = {(subject, field) for subject, _, field in taken}
        found = {  # a detector that reads nothing of what changed would say what it said
            one.name: [c for c in _changes(one, table) if c.confidence >= least]
            for one in detectors
            if changed & set(one.fields)
        }
    return {key: change for key, change in total.items() if change.before != change.after}


def _take(
    detectors: Sequence[Detector], found: Mapping[str, Sequence[FieldChange]],
    total: Mapping[_Key, FieldChange], taken_before: Mapping[_Key, FieldChange],
    dropped: list[Dropped],
) -> dict[_Key, FieldChange]:  # fmt: skip
    """Return one round's repairs: per field the earliest detector's, per detector all or none."""
    taken: dict[_Key, FieldChange] = {}
    for detector in detectors:
        groups: defaultdict[tuple[Subject, str], list[FieldChange]] = defaultdict(list)
        for change in found.get(detector.name, ()):
            groups[change.subject, change.record].append(change)
        for group in groups.values():
            if any(_key(one) in taken for one in group):
                continue  # it judges again when the other is done
            if any(_key(one) in taken_before for one in group):
                waiting = (one for one in group if one.confidence < CERTAIN)
                dropped.extend(
                    Dropped(change=one, reason="A certain repair of the same field goes first.")
                    for one in waiting
                )
                continue
            for one in group:
                taken[_key(one)] = _resting(one, detector, total)
    return taken


def _resting(
    change: FieldChange, detector: Detector, total: Mapping[_Key, FieldChange]
) -> FieldChange:
    """Return the change, no surer than the repairs of what its detector read."""
    read = (
        total[subject, change.record, field].confidence
        for subject, field in detector.fields
        if subject == change.subject and (subject, change.record, field) in total
    )
    return replace(change, confidence=min((change.confidence, *read)))


def _joined(first: FieldChange, then: FieldChange) -> FieldChange:
    rules = first.rule if then.rule in first.rule.split("+") else f"{first.rule}+{then.rule}"
    return replace(
        first, after=then.after, rule=rules, confidence=min(first.confidence, then.confidence),
        why=f"{first.why} {then.why}", evidence=f"{first.evidence} {then.evidence}",
    )  # fmt: skip


def _without_clashes(
    changes: dict[_Key, FieldChange], table: Columns, dropped: list[Dropped]
) -> dict[_Key, FieldChange]:
    """Leave out changes that would give two contacts one address: those are duplicates."""
    mails = {key: one.after for key, one in changes.items() if key[2] == "email"}
    if not mails:
        return changes
    wanted = Counter(mails.values())
    there = {one for one in table.column("contact", "email").values if one in wanted}
    clashing = {key for key, after in mails.items() if wanted[after] > 1 or after in there}
    reason = "Two contacts would have one address; they may be one person."
    dropped.extend(Dropped(change=changes[key], reason=reason) for key in sorted(clashing))
    return {key: one for key, one in changes.items() if key not in clashing}
