"""Scorers: what a reading is worth, as a value, a reason and the version that gave it.

Each is a pure function of a case and computed facts. They may import `agents.port`, `tools` and the
ground floor. Start at `evals.scorers.segments`.
"""

from evals.scorers.segments import RIGHT, VERSION, Outcome, Score, score

__all__ = ["RIGHT", "VERSION", "Outcome", "Score", "score"]
