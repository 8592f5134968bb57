"""Drafts work on records: repairs, direct changes, merges, filling in; it never carries one out.

It may import `agents`, the readers of `tools`, `prompts`, `gates` and the ground floor. Start at
`RecordsAgent`, then `graph`, the two drafters `rules` and `llm`, `finding`, which computes, and
`press`, which shows.
"""

from .agent import RecordsAgent, build_records_agent
from .llm import LlmRecords
from .rules import RulesRecords

__all__ = ["LlmRecords", "RecordsAgent", "RulesRecords", "build_records_agent"]
