"""Restraint as an eval task: what must be asked, refused or left alone, whatever the trade.

It may import `agents.port` and the ground floor; the router over the whole agents is handed in.
Start at `task.RestraintTask`.
"""

from .case import RestraintCase
from .task import RestraintTask

__all__ = ["RestraintCase", "RestraintTask"]
