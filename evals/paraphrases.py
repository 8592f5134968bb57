"""Whether a request that is reworded still means the same: pairs of cases within a cluster.

A drafter that is right on one wording and wrong on the other is right by luck. What two cases are
compared by is a hash of what the drafter made of them, so that it may be kept of held-out cases
too.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

from .ending import CaseResult

__all__ = ["paraphrase_agreement", "print_of"]


def print_of(made: Any) -> str:
    """Return the hash of what a drafter made of a request, as JSON values."""
    text = json.dumps(made, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def paraphrase_agreement(cases: Iterable[CaseResult]) -> float | None:
    """Return the share of pairs of reworded requests that led to the same; None without a pair.

    A pair is two cases of one cluster, in one epoch, that have the same gold and were scored.
    """
    groups: dict[tuple[str, int, str], list[CaseResult]] = defaultdict(list)
    for case in cases:
        if case.gold_print and case.score is not None:
            groups[case.cluster, case.epoch, case.gold_print].append(case)
    pairs = [pair for group in groups.values() for pair in combinations(group, 2)]
    if not pairs:
        return None
    return sum(one.made == other.made for one, other in pairs) / len(pairs)


def measure(cases: Iterable[CaseResult]) -> Mapping[str, float]:
    """Return the agreement as a measure; empty where there is no pair."""
    found = paraphrase_agreement(cases)
    return {} if found is None else {"paraphrase_agreement": found}
