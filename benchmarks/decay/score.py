"""Compare what the detectors found and would repair with the key."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tools.hygiene.change import FieldChange
from tools.hygiene.detector import Detector, Finding
from tools.hygiene.plan import Plan

from .clean import Clean
from .errors import Damage

__all__ = ["DetectorScore", "KindScore", "Result", "score"]

Values = Mapping[tuple[str, str], Any]
"""(record, field) to the right value, for every field of every record."""


@dataclass
class DetectorScore:
    """One detector's figures."""

    found: int = 0
    right: int = 0
    """Findings on something that is so: damaged, or natural and known."""
    expected: int = 0
    met: int = 0
    proposed: Counter[str] = field(default_factory=Counter)
    """Repairs by level."""
    good: Counter[str] = field(default_factory=Counter)
    """Repairs by level that give the right value."""
    worse: Counter[str] = field(default_factory=Counter)
    """Repairs by level of a value that was right."""


@dataclass
class KindScore:
    """One kind of error's figures: damaged fields, and what became of them."""

    damaged: int = 0
    found: int = 0
    repaired: Counter[str] = field(default_factory=Counter)
    """Right repairs by level."""
    wrong: Counter[str] = field(default_factory=Counter)


@dataclass
class Result:
    """All figures of one run."""

    detectors: dict[str, DetectorScore]
    kinds: dict[str, KindScore]
    worse: int
    """Values that were right and would be made wrong by approving all that is certain."""
    misses: list[str]
    """Examples, for the one who improves a detector."""


def score(
    clean: Clean, right: Values, key: Iterable[Damage], detectors: Iterable[Detector],
    findings: Iterable[Finding], plan: Plan,
) -> Result:  # fmt: skip
    """Return how the findings and the plan compare with the key."""
    key = list(key)
    by_place: dict[tuple[str, str], Damage] = {
        (d.record, d.field): d for d in sorted(key, key=lambda d: d.right != d.wrong)
    }
    damaged: defaultdict[str, set[str]] = defaultdict(set)
    for damage in key:
        damaged[damage.record].add(damage.field)
    result = Result({d.name: DetectorScore() for d in detectors}, {}, 0, [])
    found = _findings(clean, result, by_place, damaged, findings, {d.name: d for d in detectors})
    for change in plan:
        _judge(result, change, right, by_place)
    for damage in key:
        kind = result.kinds.setdefault(damage.kind.name, KindScore())
        kind.damaged += 1
        met = any((rule, damage.record, damage.field) in found or (rule, damage.record) in found
                  for rule in damage.kind.found_by)  # fmt: skip
        kind.found += met
        if damage.kind.found_by:
            main = result.detectors[damage.kind.found_by[0]]
            main.expected += 1
            main.met += met
            if not met:
                result.misses.append(
                    f"missed {damage.kind.name}: {damage.wrong!r} for {damage.right!r}"
                )
    for rule, places in clean.natural.items():
        for record, name in places:
            if name in damaged[record]:
                continue
            result.detectors[rule].expected += 1
            result.detectors[rule].met += (rule, record, name) in found
    return result


_ABOUT_RECORD = frozenset({"test_record", "name_swapped", "name_merged"})


def _findings(
    clean: Clean, result: Result, by_place: Mapping[tuple[str, str], Damage],
    damaged: Mapping[str, set[str]], findings: Iterable[Finding], detectors: Mapping[str, Detector],
) -> set[tuple[str, ...]]:  # fmt: skip
    seen: set[tuple[str, ...]] = set()
    for finding in findings:
        score, place = result.detectors[finding.rule], (finding.record, finding.field)
        seen.add((finding.rule, *place))
        if finding.rule in _ABOUT_RECORD:
            seen.add((finding.rule, finding.record))
        score.found += 1
        read = {name for _, name in detectors[finding.rule].fields}
        so = bool(damaged.get(finding.record, set()) & read) or place in by_place
        so = so or place in clean.natural.get(finding.rule, ())
        score.right += so
        if not so:
            result.misses.append(f"false {finding.rule}: {finding.value!r} ({finding.evidence})")
    return seen


def _judge(
    result: Result, change: FieldChange, right: Values, by_place: Mapping[tuple[str, str], Damage]
) -> None:
    level = (
        "certain"
        if change.confidence >= 0.99
        else "likely"
        if change.confidence >= 0.8
        else "doubtful"
    )
    damage = by_place.get((change.record, change.field))
    true = right[change.record, change.field] if damage is None else damage.right
    good = change.after == true or (
        damage is not None and damage.kind.name == "placeholder" and change.after is None
    )
    was_right = change.before == true
    for rule in change.rule.split("+"):
        score = result.detectors[rule]
        score.proposed[level] += 1
        score.good[level] += good
        score.worse[level] += was_right
    if damage is not None:
        kind = result.kinds.setdefault(damage.kind.name, KindScore())
        (kind.repaired if good else kind.wrong)[level] += 1
    if was_right and level == "certain":
        result.worse += 1
    if not good:
        word = "WORSE" if was_right else "wrong"
        result.misses.append(
            f"{word} {level} {change.rule}: {change.before!r} -> {change.after!r}, right {true!r}"
            f" ({change.evidence})"
        )
