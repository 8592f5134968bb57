"""Two segments compared by execution: on the seeded world and on boundary rows."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pydantic import BaseModel, ConfigDict

from placet.errors import BadInput
from tools.segments.tree import All, Segment

from .boundary import disagreements
from .shares import shares, without_buckets
from .world import World

__all__ = ["Comparison", "compare"]


class Comparison(BaseModel):
    """How far a drafted segment is from the nearest accepted reading."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    common: int = 0
    """Members of both, on the seeded world."""
    missing: int = 0
    """Members of the gold only."""
    extra: int = 0
    """Members of the draft only."""
    rows: int = 0
    """Boundary rows that were tried."""
    rows_wrong: int = 0
    """Boundary rows on which the two disagree."""
    example: str = ""
    """One such row in words; empty where there is none."""
    barred: int = 0
    """Drafted members who may not be written to, where a list for marketing was asked for."""
    differs: tuple[str, ...] = ()
    """What differs besides the filter: the use, lifted exclusions, random shares."""
    problem: str = ""
    """Why the drafted tree cannot be used at all; empty where it can."""

    @property
    def exact(self) -> bool:
        """Whether both worlds agree that the two select the same people in the same way."""
        return not (
            self.problem or self.missing or self.extra or self.rows_wrong or self.differs
            or self.barred
        )  # fmt: skip

    @property
    def precision(self) -> float | None:
        """The share of the drafted members who are gold; 1 where both are empty."""
        return self._share(self.extra)

    @property
    def recall(self) -> float | None:
        """The share of the gold members who were drafted; 1 where both are empty."""
        return self._share(self.missing)

    def _share(self, wrong: int) -> float | None:
        if self.problem:
            return None
        if self.common + wrong:
            return self.common / (self.common + wrong)
        return 1.0 if self.missing == self.extra == 0 else 0.0


def compare(drafted: Segment, golds: Sequence[Segment], world: World) -> Comparison:
    """Compare with the nearest of the accepted readings; random draws count by their share."""
    problems = world.check(drafted.filter)
    if problems:
        return Comparison(problem=f"{problems[0].path}: {problems[0].message}")
    try:
        members = world.members(_plain(drafted))
    except BadInput as error:  # a list that does not exist, a date out of range
        return Comparison(problem=str(error))
    barred = _barred(members, golds, world)
    found = [_one(drafted, members, gold, world, barred) for gold in golds]
    return min(found, key=lambda one: (not one.exact, len(one.differs),
                                       one.missing + one.extra, one.rows_wrong))  # fmt: skip


def _barred(members: frozenset[str], golds: Sequence[Segment], world: World) -> int:
    """Return how many members the use policy leaves out of whatever is meant for marketing."""
    gold = golds[0]
    if gold.use != "marketing" or gold.include_anyway:
        return 0
    anybody = gold.model_copy(update={"name": "anybody", "filter": All(of=())})
    return len(members - world.members(anybody))


def _one(
    drafted: Segment, members: frozenset[str], gold: Segment, world: World, barred: int
) -> Comparison:
    wanted = world.members(_plain(gold))
    rows, wrong = disagreements(_plain(gold), _plain(drafted), known=world.known)
    return Comparison(
        common=len(members & wanted),
        missing=len(wanted - members),
        extra=len(members - wanted),
        rows=rows,
        rows_wrong=len(wrong),
        example=wrong[0] if wrong else "",
        barred=barred,
        differs=tuple(_settings(drafted, gold)),
    )


def _plain(segment: Segment) -> Segment:
    return segment.model_copy(update={"filter": without_buckets(segment.filter)})


def _settings(drafted: Segment, gold: Segment) -> list[str]:
    found = []
    if drafted.use != gold.use:
        found.append(f"use is {drafted.use}, not {gold.use}")
    if set(drafted.include_anyway) != set(gold.include_anyway):
        found.append(f"lifts {_list(drafted.include_anyway)}, not {_list(gold.include_anyway)}")
    drawn, wanted = shares(drafted.filter), shares(gold.filter)
    if drawn != wanted:
        found.append(f"draws {_percent(drawn)} at random, not {_percent(wanted)}")
    return found


def _list(names: Sequence[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _percent(parts: Sequence[Fraction]) -> str:
    return ", ".join(f"{float(part):.4g}" for part in parts) or "nobody"
