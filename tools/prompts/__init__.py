"""Changing a prompt: the action that a person approves, and what carries it out.

A prompt change passes the same gate as an email. The text that was approved is named by its hash,
so that what serves afterwards is what was seen, byte for byte. It may import `prompts`, `gates` and
the ground floor; start at `drafting.change_of`, then `execute`.
"""

from .action import ChangePrompt
from .drafting import change_of, check_fits
from .execute import ChangePromptHandler
from .port import PromptReader, PromptShelf, Standing, Turned

__all__ = [
    "ChangePrompt",
    "ChangePromptHandler",
    "PromptReader",
    "PromptShelf",
    "Standing",
    "Turned",
    "change_of",
    "check_fits",
]
