"""Changing a prompt: the action that a person approves, and what carries it out.

A prompt change passes the same gate as an email. The text that was approved is named by its hash,
so that what serves afterwards is what was seen, byte for byte.
"""

from .action import ChangePrompt

__all__ = ["ChangePrompt"]
