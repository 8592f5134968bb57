"""Grow the trees that are shipped: the second half of `python -m benchmarks.duplicates train`.

They learn from CRMs of other seeds than Splink's weights, so that the odds they start from are as
good, and no better, as in a CRM nobody has seen. Of the pairs that are hardly one a quarter is
kept, each counting four times.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import tools.hygiene.duplicates as home
from tools.hygiene.duplicates.context import add_counts, read_facts
from tools.hygiene.duplicates.model import load_model
from tools.hygiene.duplicates.reading import load_rows
from tools.hygiene.duplicates.scoring import Scorer, block, workspace
from tools.hygiene.duplicates.trees import CLIP, COLUMNS, LOOK

from .boost import grow
from .copies import make
from .world import joined

__all__ = ["Examples", "examples", "train_trees", "write_trees"]

WORLDS = ((1004, 100_000), (1005, 30_000), (1006, 100_000), (1007, 100_000), (1008, 100_000))
"""Seeds and contacts of the CRMs they learn from."""
TREES = 200
_HARDLY = -6.0
_OF = 4


@dataclass(frozen=True, slots=True)
class Examples:
    """The pairs of one CRM."""

    values: np.ndarray[Any, np.dtype[np.float64]]
    """A row for each pair, in the order of `COLUMNS`."""
    one: np.ndarray[Any, np.dtype[np.bool_]]
    """Which of them are one."""


def examples(seed: int, rows: int) -> Examples:
    """Return the pairs of a new CRM that Splink's weights call worth a look."""
    world, model = make(rows, seed), load_model("contact")
    with workspace("3GB") as connection:
        count = load_rows(iter([joined(world)]), "contact", connection)
        block(connection, "contact")
        table = Scorer(connection, "contact", model, count).score(LOOK)
        add_counts(connection)
        facts = read_facts(table, max(count, model.smallest))
        found = connection.execute(
            f"SELECT a.id AS one, b.id AS other, {', '.join(COLUMNS)} FROM ({facts}) "
            "JOIN records a ON a.unique_id = unique_id_l "
            "JOIN records b ON b.unique_id = unique_id_r "
            "ORDER BY unique_id_l, unique_id_r"
        ).fetchnumpy()
    truth = world.contact_truth
    same = [truth[a] == truth[b] for a, b in zip(found["one"], found["other"], strict=True)]
    values = np.column_stack([np.asarray(found[name], float) for name in COLUMNS])
    print(f"  seed {seed}: {count:,} records, {len(same):,} pairs, {sum(same):,} one", flush=True)
    return Examples(values, np.array(same))


def write_trees(parts: Sequence[Examples]) -> Path:
    """Grow the trees on these examples and write their file."""
    values = np.vstack([part.values for part in parts])
    one = np.concatenate([part.one for part in parts])
    hardly = values[:, 0] < _HARDLY
    kept = ~hardly | (np.arange(len(hardly)) % _OF == 0)
    start = np.clip(values[kept, 0], -CLIP, CLIP) * math.log(2)
    weights = np.where(hardly[kept], float(_OF), 1.0)
    trees = grow(values[kept], one[kept].astype(float), start, weights, TREES)
    data = {
        "version": "contact-trees-1", "weights": load_model("contact").version,
        "trained": {
            "command": "python -m benchmarks.duplicates train",
            "worlds": [list(world) for world in WORLDS],
            "pairs": len(one), "one": int(one.sum()),
        },
        "columns": list(COLUMNS), "trees": trees,
    }  # fmt: skip
    path = Path(home.__file__).parent / "models" / "contact_trees.json"
    path.write_text(json.dumps(data, separators=(",", ":")).replace('"trees":', '\n"trees":')
                    + "\n", encoding="utf-8")  # fmt: skip
    return path


def train_trees() -> Path:
    """Make the CRMs and grow the trees."""
    return write_trees([examples(seed, rows) for seed, rows in WORLDS])
