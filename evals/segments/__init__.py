"""Segments as an eval task: judged by execution, on a seeded world and on boundary rows.

It may import `agents.segments.port`, `tools` and the ground floor. Start at `task.SegmentTask`.
"""

from .case import SegmentCase
from .gold import GoldUse, gold_use
from .task import SegmentTask
from .world import ReaderWorld, World, known_values

__all__ = [
    "GoldUse",
    "ReaderWorld",
    "SegmentCase",
    "SegmentTask",
    "World",
    "gold_use",
    "known_values",
]
