"""What is wrong with a suite's cases beyond their types: leaks, repeats, gold that says nothing."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

from .case import Case, Part
from .suite import Suite
from .world import World

__all__ = ["GoldUse", "gold_use", "lint"]

_TOO_ALIKE = 0.8  # share of common words from which two requests are one request reworded


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


def lint(suite: Suite, world: World | None = None) -> tuple[str, ...]:
    """Return every problem in words, sorted; empty is good. Gold is checked where a world is."""
    found = [*_repeated(suite), *_leaks(suite), *_alike(suite)]
    if world is not None:
        found += _refused(suite, world)
    return tuple(sorted(found))


def gold_use(suite: Suite, world: World) -> GoldUse:
    """Return which gold trees select nobody or everybody in this world, the use policy aside."""
    sizes = {
        case.id: len(world.members(golds[0].model_copy(update={"use": "internal"})))
        for _, case in suite.cases()
        if (golds := case.golds(as_of=suite.spec.as_of, timezone=suite.spec.timezone))
    }
    everybody = world.population()
    return GoldUse(
        informative=sum(0 < size < everybody for size in sizes.values()),
        empty=tuple(id_ for id_, size in sizes.items() if size == 0),
        everybody=tuple(id_ for id_, size in sizes.items() if size == everybody),
    )


def _repeated(suite: Suite) -> Iterator[str]:
    cases = [case for _, case in suite.cases()]
    ids = Counter(case.id for case in cases)
    requests = Counter(" ".join(_words(case)) for case in cases)
    yield from (f"{id_}: this id is used {n} times" for id_, n in ids.items() if n > 1)
    for case in cases:
        if requests[" ".join(_words(case))] > 1:
            yield f"{case.id}: another case has the same request"


def _leaks(suite: Suite) -> Iterator[str]:
    parts: defaultdict[str, set[Part]] = defaultdict(set)
    for part, case in suite.cases():
        parts[case.cluster].add(part)
        if not case.id.startswith(f"{part}-"):
            yield f"{case.id}: the id of a case in {part} starts with {part}-"
    for cluster, found in parts.items():
        if len(found) > 1:
            yield f"cluster {cluster} is in {' and '.join(sorted(found))}: it may be in one part"


def _alike(suite: Suite) -> Iterator[str]:
    cases = list(suite.cases())
    for index, (part, case) in enumerate(cases):
        for other_part, other in cases[index + 1 :]:
            one, two = set(_words(case)), set(_words(other))
            if part != other_part and len(one & two) / len(one | two) >= _TOO_ALIKE:
                yield f"{case.id} and {other.id} are one request reworded, in two parts"


def _refused(suite: Suite, world: World) -> Iterator[str]:
    for _, case in suite.cases():
        for gold in case.golds(as_of=suite.spec.as_of, timezone=suite.spec.timezone):
            for problem in world.check(gold.filter):
                yield f"{case.id}: gold is refused at {problem.path}: {problem.message}"


def _words(case: Case) -> list[str]:
    return re.findall(r"\w+", case.request.casefold())
