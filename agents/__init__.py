"""Agents draft and never carry out: each trade turns a request into a draft, a question or a reply.

The room may import `tools` (readers), `prompts`, `gates` and the ground floor; it knows no SQL
and no Slack. Start at `agents.port`, then `agents.segments`; `agents.catalogue` lists the trades.
"""

from .catalogue import TRADES, Trade
from .port import Agent, Answer, Drafted, Proposed, Question, Refusal, Turn

__all__ = [
    "TRADES",
    "Agent",
    "Answer",
    "Drafted",
    "Proposed",
    "Question",
    "Refusal",
    "Trade",
    "Turn",
]
