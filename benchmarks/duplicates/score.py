"""Precision, recall and F1 of pairs and of clusters.

A cluster counts as right when it is exactly so, record for record: the strictest of the measures in
use (Menestrina, Whang and Garcia-Molina 2010 call it cluster comparison), and the one the floor is
stated in. B-cubed (Bagga and Baldwin 1998) gives credit for parts and stands beside it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Figures", "b_cubed", "compare", "components_of"]


@dataclass(frozen=True, slots=True)
class Figures:
    """How many were right of those found and of those there are."""

    found: int
    right: int
    there: int

    @property
    def precision(self) -> float:
        """Return the share of what was found that is right; 1 where nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Return the share of what there is that was found."""
        return self.right / self.there if self.there else 1.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of the two."""
        return 2 * self.right / (self.found + self.there) if self.found + self.there else 1.0


def compare(clusters: Iterable[Sequence[str]], truth: Mapping[str, int]) -> tuple[Figures, Figures]:
    """Return the figures of pairs, and of clusters: one counts as right when it is exactly so."""
    sizes = Counter(truth.values())
    pairs_there = sum(size * (size - 1) // 2 for size in sizes.values())
    clusters_there = sum(1 for size in sizes.values() if size > 1)
    found = right = whole = count = 0
    for members in clusters:
        if len(members) < 2:
            continue
        count += 1
        who = Counter(truth[one] for one in members)
        found += len(members) * (len(members) - 1) // 2
        right += sum(size * (size - 1) // 2 for size in who.values())
        if len(who) == 1 and sizes[next(iter(who))] == len(members):
            whole += 1
    return Figures(found, right, pairs_there), Figures(count, whole, clusters_there)


def b_cubed(clusters: Iterable[Sequence[str]], truth: Mapping[str, int]) -> float:
    """Return the B-cubed F1 of the records that are, or were said to be, one with another.

    Records that stand alone in truth and in what was found are left out: they are nine in ten, and
    with them whatever method is near 1.
    """
    sizes = Counter(truth.values())
    precise = complete = 0.0
    seen: set[str] = set()
    for members in clusters:
        if len(members) < 2:
            continue
        seen.update(members)
        for who, many in Counter(truth[one] for one in members).items():
            precise += many * many / len(members)
            complete += many * many / sizes[who]
    alone = [who for one, who in truth.items() if one not in seen and sizes[who] > 1]
    precise += len(alone)
    complete += sum(1 / sizes[who] for who in alone)
    count = len(seen) + len(alone)
    return 2 * precise * complete / (precise + complete) / count if count else 1.0


def components_of(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Return connected components: how others' pairs become clusters."""
    parent: dict[str, str] = {}

    def top(one: str) -> str:
        while parent.setdefault(one, one) != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for left, right in pairs:
        parent[top(left)] = top(right)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one in parent:
        found[top(one)].append(one)
    return list(found.values())
