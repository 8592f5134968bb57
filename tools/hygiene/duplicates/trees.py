"""The second opinion on a pair of people: trees over its levels and its facts, as a versioned file.

Splink's weights say which pairs are worth a look and give the odds to start from; each tree adds a
little to them where facts say more together than one by one. DuckDB sums the trees: nothing but the
file is needed, and no pair leaves the database before it is judged.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tools.hygiene.change import Subject

from .comparisons import COMPARISONS
from .context import FACTS

__all__ = ["CLIP", "COLUMNS", "LOOK", "Trees", "read_trees", "trees_for"]

LOOK = -11.0
"""Log odds (base 2) below which a pair is not looked at again: there the trees never learnt."""
CLIP = 14.0
"""What Splink's weights count for at most, either way, before the trees speak."""
COLUMNS = (
    "match_weight", *(f"gamma_{one.name}" for one in COMPARISONS["contact"]),
    *(f"fact_{name}" for name in FACTS),
)  # fmt: skip
"""What the trees ask about, in the order of their numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """Trained trees."""

    version: str
    weights: str
    """The version of the model whose odds they start from."""
    trees: tuple[Any, ...]
    """Each a leaf's log odds (natural), or `[column, threshold, at or below it, above it]`."""

    @property
    def weight(self) -> str:
        """Return the SQL of a pair's log odds (base 2), Splink's and the trees' together.

        The trees learnt from people with addresses; where one of two has none, they keep quiet.
        """
        start = f"greatest(least(match_weight, {CLIP}), -{CLIP})"
        both = f"{start} + ({' + '.join(map(_case, self.trees))}) / {math.log(2)}"
        return f"CASE WHEN gamma_email = -1 THEN match_weight ELSE {both} END"


def _case(tree: Any) -> str:
    if not isinstance(tree, list):
        return f"{float(tree)}"
    column, cut, low, high = tree
    return f"CASE WHEN {COLUMNS[column]} <= {float(cut)} THEN {_case(low)} ELSE {_case(high)} END"


def read_trees(data: Mapping[str, Any]) -> Trees:
    """Return the trees that a file's JSON holds.

    Raises:
        ValueError: they were trained on other columns than this engine knows.

    """
    if tuple(data["columns"]) != COLUMNS:
        raise ValueError("These trees ask for other columns; train them again with "
                         "`python -m benchmarks.duplicates train`.")  # fmt: skip
    return Trees(
        version=data["version"], weights=data["weights"], trees=tuple(data["trees"])
    )  # fmt: skip


def trees_for(subject: Subject, weights: str) -> Trees | None:
    """Return the trees that go with the weights of this version; None where there are none.

    Companies do without, and trees that learnt from other odds would correct the wrong mistakes.
    """
    found = _shipped() if subject == "contact" else None
    return found if found is not None and found.weights == weights else None


@cache
def _shipped() -> Trees:
    path = files("tools.hygiene.duplicates").joinpath("models", "contact_trees.json")
    return read_trees(json.loads(path.read_text(encoding="utf-8")))
