"""Emails as an eval task: judged by the members they reach and the bytes they say.

It may import `agents.port`, `tools` (readers) and the ground floor. Start at `task.EmailTask`.
"""

from .case import EmailCase
from .task import EmailTask

__all__ = ["EmailCase", "EmailTask"]
