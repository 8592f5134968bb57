"""Which part a cluster of cases belongs to: a written rule, so that nobody chooses.

The held-out part grows by hand, by people who tune nothing. Every other cluster is in `train` or in
`dev` by the hash of its name alone: a case that moves there would be found by `evals.lint`.
"""

from __future__ import annotations

import hashlib
from typing import Literal

__all__ = ["TRAIN_PER_CENT", "seen_part_of"]

TRAIN_PER_CENT = 40
"""So many of a hundred clusters are for learning from (examples, rule cards, optimisers)."""


def seen_part_of(cluster: str) -> Literal["train", "dev"]:
    """Return the part of a cluster that is not held out."""
    drawn = int.from_bytes(hashlib.sha256(cluster.encode()).digest()[:8], "big") % 100
    return "train" if drawn < TRAIN_PER_CENT else "dev"
