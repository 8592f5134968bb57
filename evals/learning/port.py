"""What learning needs from outside, and the one shape of everything that improves a prompt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from .improving import Improved, Improving
from .past import Past

__all__ = ["History", "PromptOptimizer"]


class PromptOptimizer(Protocol):
    """Makes a better text from the one that serves, on train and dev alone."""

    @property
    def name(self) -> str:
        """How a proposal names it: `built-in` or `gepa`."""
        ...

    def improve(self, task: Improving) -> Improved:
        """Return the best text that was found within the budget; `after` None: none was better."""
        ...


class History(Protocol):
    """What people did with drafts; the store implements it."""

    def past(self) -> Sequence[Past]:
        """Return every decided draft, oldest first."""
        ...
