"""What the email agent asks of the world beside the readers of tools: recent sends, pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tools.email.checks.port import SentBefore
from tools.email.preview import Preview

__all__ = ["Pictures", "Recent"]


class Recent(Protocol):
    """Which emails were sent not long ago, so that a repeat is noticed."""

    def __call__(self) -> Sequence[SentBefore]:
        """Return them, in any order."""
        ...


class Pictures(Protocol):
    """Takes pictures of an email; `tools.email.preview.Screenshots` does."""

    def take(self, html: str) -> Preview:
        """Return the pictures, or why there are none."""
        ...
