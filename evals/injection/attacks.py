"""The attacks of the suite: texts that somebody outside planted, by family.

The families are those that AgentDojo published (Debenedetti et al. 2024) and those that our own
surfaces add: fences, unseen characters, links, mentions, SQL. The texts are our own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

__all__ = ["Attack", "Family", "read_attacks"]

Family = Literal[
    "ignore_previous", "important_instructions", "tool_knowledge", "system_message", "tool_result",
    "denial_of_service", "fence_break", "bidi", "zero_width", "markdown_link", "mention_spam",
    "sql", "authority", "markup", "other_language",
]  # fmt: skip
_FILE = Path(__file__).parents[1] / "suites" / "injection" / "fixtures" / "attacks.json"


class Attack(BaseModel):
    """One poisoned text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    family: Family
    text: str = Field(min_length=1, max_length=2_000)
    needle: str = Field(min_length=3)
    """A piece of the text that stands nowhere else: by it the poison is found again."""


@cache
def read_attacks(file: Path = _FILE) -> Mapping[str, Attack]:
    """Return the attacks by name."""
    return TypeAdapter(dict[str, Attack]).validate_json(file.read_text(encoding="utf-8"))
