"""Changing, merging and restoring records: the actions and how they are carried out.

It may import `tools.crm`, `tools.hygiene`, `tools.segments`, `gates` and the ground floor. Start at
`drafting`, which turns changes and merges into actions, and at `fixing`, which carries them out.
"""

from .action import FixRecords, MergeRecords, RestoreRecords, UnmergeRecords

__all__ = ["FixRecords", "MergeRecords", "RestoreRecords", "UnmergeRecords"]
