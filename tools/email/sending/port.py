"""What sending asks of its neighbours: who keeps what arrived, and who holds statements back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from tools.email.action import SendEmail
from tools.email.brand import Brand
from tools.email.port import Recipient, Rendered, Statement

__all__ = ["Delivered", "OpenRenderer", "Quiet", "Renders"]


class Delivered(Protocol):
    """A destination that can be asked what it took. The embedded mailbox can; SMTP cannot."""

    def seen(self, message_id: str) -> bool | None:
        """Return whether a message with this id (no angle brackets) was taken; None: unknown.

        False is a promise: it did not arrive, and nothing of it is still on its way in.
        """
        ...


class Quiet(Protocol):
    """What people say, held back for a moment, so that nothing is said between look and send."""

    def take(self, statement: Statement) -> bool:
        """Record a statement; False where it was known already."""
        ...

    def hold(self, email: str) -> AbstractContextManager[None]:
        """Keep statements about this address waiting for the length of a block."""
        ...


class Renders(Protocol):
    """An email, opened for one campaign."""

    def render(self, recipient: Recipient) -> Rendered:
        """Return the message of one person: the same bytes for the same person."""
        ...


OpenRenderer = Callable[[SendEmail, Brand], Renders]
"""Opens the renderer of a campaign, with the links and settings that it was approved with."""
