"""How much a world can tell of the gold trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from .case import SegmentCase
from .world import World

if TYPE_CHECKING:
    from evals.suite import Suite  # it reads cases of every trade, this one too

__all__ = ["GoldUse", "gold_use"]


class GoldUse(BaseModel):
    """How much a world can tell of the gold trees: a set of nobody or everybody tells little."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    informative: int
    empty: tuple[str, ...]
    """The ids of the cases whose gold selects nobody in this world."""
    everybody: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share of gold trees that select some people and leave out some."""
        total = self.informative + len(self.empty) + len(self.everybody)
        return self.informative / total if total else 1.0


def gold_use(suite: Suite, world: World) -> GoldUse:
    """Return which gold trees select nobody or everybody in this world, the use policy aside."""
    sizes = {
        case.id: len(world.members(golds[0].model_copy(update={"use": "internal"})))
        for _, case in suite.cases()
        if isinstance(case, SegmentCase)
        and (golds := case.golds(as_of=suite.spec.as_of, timezone=suite.spec.timezone))
    }
    everybody = world.population()
    return GoldUse(
        informative=sum(0 < size < everybody for size in sizes.values()),
        empty=tuple(id_ for id_, size in sizes.items() if size == 0),
        everybody=tuple(id_ for id_, size in sizes.items() if size == everybody),
    )
