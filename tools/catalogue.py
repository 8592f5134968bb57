"""What can be carried out: the closed union of actions. A new one is one line here.

Which tool carries each of them out is named in `placet.wiring`, where concrete classes meet.
"""

from collections.abc import Mapping

from gates.action import Action
from tools.email.action import SendEmail, SendTest
from tools.prompts.action import ChangePrompt
from tools.records.action import FixRecords, MergeRecords, RestoreRecords, UnmergeRecords
from tools.segments.action import ArchiveList, BuildSegment

__all__ = ["ACTIONS"]

ACTIONS: Mapping[str, type[Action]] = {
    "archive_list": ArchiveList,
    "build_segment": BuildSegment,
    "change_prompt": ChangePrompt,
    "fix_records": FixRecords,
    "merge_records": MergeRecords,
    "restore_records": RestoreRecords,
    "send_email": SendEmail,
    "send_test": SendTest,
    "unmerge_records": UnmergeRecords,
}
"""Every kind of action, by name."""
