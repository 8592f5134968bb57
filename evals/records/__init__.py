"""Records as an eval task: judged by the cells that differ after a draft was carried out.

It may import `agents.port`, `tools` (readers and values) and the ground floor. Start at
`task.RecordTask`; `applying` carries drafts out on paper, `evals/suites/records` holds the flawed
records.
"""

from .case import RecordCase, SetGold
from .task import RecordTask
from .world import ReaderRecords, RecordsWorld, flawed_records, world_name

__all__ = [
    "ReaderRecords", "RecordCase", "RecordTask", "RecordsWorld", "SetGold", "flawed_records",
    "world_name",
]  # fmt: skip
