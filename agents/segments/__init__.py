"""Drafts audience segments from plain words; it never carries one out.

It may import `agents`, the readers of `tools.crm` and `tools.segments`, `prompts`, `gates` and the
ground floor. Start at `SegmentAgent`, then `graph` and the two drafters, `rules` and `llm`.
"""

from .agent import SegmentAgent, build_agent
from .llm import LlmDrafter
from .rules import RulesDrafter

__all__ = ["LlmDrafter", "RulesDrafter", "SegmentAgent", "build_agent"]
