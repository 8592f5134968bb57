"""Chat models: the one place that builds a client for an OpenAI-compatible server.

It may import the settings, the errors and langchain's client, nothing of the other rooms; langchain
is loaded with the first call. Start at `open_model`, then `port` and `client`.
"""

from .client import ATTEMPTS, OpenAiModel
from .opening import Role, open_model
from .port import Budget, ChatModel, Completion, Message, Usage
from .spending import Spent, counting

__all__ = [
    "ATTEMPTS",
    "Budget",
    "ChatModel",
    "Completion",
    "Message",
    "OpenAiModel",
    "Role",
    "Spent",
    "Usage",
    "counting",
    "open_model",
]
