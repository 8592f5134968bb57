"""Drafts emails from plain words: audience, content, schedule; it never sends one.

It may import `agents`, the readers, build and checks of `tools.email` and `tools.segments`,
`prompts`, `gates` and the ground floor. Start at `EmailAgent`, then `graph`, the two drafters
`rules` and `llm`, and `press`, which renders for every recipient.
"""

from .agent import EmailAgent, build_email_agent
from .llm import LlmEmails
from .rules import RulesEmails

__all__ = ["EmailAgent", "LlmEmails", "RulesEmails", "build_email_agent"]
