"""From likely pairs to groups that are one: never a chain taken at its word.

A is like B and B is like C says nothing of A and C; whole components of such chains are wrong far
more often than their pairs. A group here grows from its likeliest pair on, and takes in a record or
another group only where every pair across is above the floor too, where no pair has two hard
differences, and where it stays within `MOST`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from tools.hygiene.change import Subject

from .comparisons import ELSE
from .differences import FOLLOWED, hard_differences, is_exact, is_lean, is_thin, levels_of
from .plan import Tier

__all__ = ["MOST", "Group", "Pair", "components", "groups", "pair_of"]

MOST = 12
"""Records in one merge at most: who stands in a CRM more often is a shared mailbox or a machine."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records, by their numbers in `records`, that may be one."""

    left: int
    right: int
    weight: float
    """Log odds, base 2."""
    levels: Mapping[str, str]
    differences: tuple[str, ...]
    exact: bool
    thin: bool
    lean: bool = False

    @property
    def probability(self) -> float:
        """Return how likely they are one."""
        return float(1 / (1 + 2.0 ** -max(min(self.weight, 60.0), -60.0)))

    def tier(self, certain: float) -> Tier:
        """Return how the pair may be approved, from this probability on in bulk."""
        if self.differences:
            return "review"
        if self.exact:
            return "exact"
        return "certain" if self.probability >= certain and not self.thin else "review"


@dataclass(frozen=True, slots=True)
class Group:
    """Records that are one, and every pair among them."""

    members: tuple[int, ...]
    pairs: tuple[Pair, ...]

    @property
    def confidence(self) -> float:
        """Return the probability of the least likely pair."""
        return min(pair.probability for pair in self.pairs)

    def tier(self, certain: float) -> Tier:
        """Return the tier of the least certain pair; of three and more none may be lean."""
        if len(self.members) > 2 and any(pair.lean for pair in self.pairs):
            return "review"
        tiers = {pair.tier(certain) for pair in self.pairs}
        return "review" if "review" in tiers else "certain" if "certain" in tiers else "exact"


def pair_of(
    subject: Subject, left: int, right: int, weight: float, gammas: tuple[int, ...], *,
    followed: bool = False,
) -> Pair:  # fmt: skip
    """Return a scored pair; `followed`: one has a number of the other one's country."""
    levels = levels_of(subject, gammas)
    if followed and levels["place"] == ELSE:
        levels["place"] = FOLLOWED
    found = hard_differences(subject, levels)
    return Pair(
        min(left, right), max(left, right), weight, levels, found,
        is_exact(subject, levels), is_thin(subject, levels), is_lean(subject, levels),
    )  # fmt: skip


def components(pairs: Iterable[Pair]) -> list[list[int]]:
    """Return the records that chains of pairs connect, each list sorted, in order."""
    parent: dict[int, int] = {}

    def top(one: int) -> int:
        while parent.setdefault(one, one) != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for pair in pairs:
        parent[max(top(pair.left), top(pair.right))] = min(top(pair.left), top(pair.right))
    found: defaultdict[int, list[int]] = defaultdict(list)
    for one in sorted(parent):
        found[top(one)].append(one)
    return list(found.values())


def groups(pairs: Sequence[Pair], link: float) -> Iterator[Group]:
    """Yield the groups these pairs (all of them above the floor) make.

    `link` is the weight from which a pair brings two together; it is at or above the floor.
    """
    usable = {(one.left, one.right): one for one in pairs if len(one.differences) < 2}
    home: dict[int, list[int]] = {}
    # The surest pairs first; the numbers settle what is equally likely, so that a run repeats.
    links = (pair for pair in usable.values() if pair.weight >= link)
    for pair in sorted(links, key=lambda one: (-one.weight, one.left, one.right)):
        left = home.setdefault(pair.left, [pair.left])
        right = home.setdefault(pair.right, [pair.right])
        if left is right or len(left) + len(right) > MOST:
            continue
        if all((min(a, b), max(a, b)) in usable for a in left for b in right):
            left.extend(right)
            for one in right:
                home[one] = left
    seen: set[int] = set()
    for one in sorted(home):
        if one not in seen and len(home[one]) > 1:
            members = tuple(sorted(home[one]))
            seen.update(members)
            yield Group(members, tuple(usable[two] for two in combinations(members, 2)))
