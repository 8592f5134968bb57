"""Sending a test: one kept message, byte for byte, to the person who asked for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.parser import BytesHeaderParser
from email.policy import SMTP
from typing import Any

from gates.action import Action
from gates.permit import Permit
from placet.errors import EffectRefused
from tools.email.action import SendTest
from tools.email.model import Schedule
from tools.execution import Counted, Outcome
from tools.files import Files
from tools.segments.inert import show

from .dispatch import Dispatch, Letter, settle
from .envelope import domain_of, message_id_of, tag_of
from .journal import Message
from .office import Office

__all__ = ["SendTestHandler"]

_MESSAGE = "message"


class SendTestHandler:
    """Carries out `SendTest`. One item: `message`."""

    kind = "send_test"
    batch_size = 1
    counted = Counted(noun="messages", verb="sent")

    def __init__(self, office: Office, *, files: Files) -> None:
        self._office, self._files = office, files

    def drift(self, action: SendTest, members: Sequence[str]) -> str | None:
        """Return None: the kept bytes are what is sent, and their hash is checked on reading."""
        return None

    def steps(self, action: SendTest, members: Sequence[str]) -> Sequence[str]:
        """Return the one item."""
        return [_MESSAGE]

    def not_before(self, action: SendTest, now: datetime) -> datetime | None:
        """Return None: its only reader is waiting for it."""
        return None

    def run(
        self, permit: Permit, action: SendTest, items: Sequence[str], done: Mapping[str, str]
    ) -> Mapping[str, Outcome]:
        """Send the message.

        Raises:
            EffectRefused: the kept message names no sender.
        """
        data = self._files.read(action.message.sha256)
        key = permit.key(_MESSAGE)
        message = Message(
            key=key,
            campaign=f"test:{action.of}",
            asset="",
            contact="",
            address=action.to,
            domain=domain_of(action.to),
            message_id=message_id_of(data),
            tag=tag_of(self._office.key, key),
        )
        letter = Letter(item=_MESSAGE, message=message, sender=_sender(data), data=data)
        # Nobody is barred from what they ask for themselves.
        return Dispatch(self._office, permit, Schedule(), lambda _: None).run([letter])

    def settle(
        self,
        key: Callable[[str], str],
        action: SendTest,
        items: Sequence[str],
        done: Mapping[str, str],
    ) -> Mapping[str, str | None]:
        """Return what became of the message; nothing where nobody can tell."""
        return settle(self._office, {item: key(item) for item in items})

    def undo(
        self, action: SendTest, results: Mapping[str, str], receipt_id: str
    ) -> tuple[Action, Sequence[str]] | None:
        """Return None: a test cannot be called back."""
        return None

    def why_not_undone(self, action: SendTest, results: Mapping[str, str]) -> str:
        """Return that it left, in one line."""
        if not results:
            return "No test left, so there is nothing to take back."
        return f"The test has left for {action.to} and cannot be called back."

    def manual_steps(self, action: SendTest, members: Sequence[str]) -> tuple[str, ...]:
        """Return how a person sends the same test by hand."""
        return (
            f"Open draft {action.of} and its preview; copy the message into your mail tool.",
            f"Send it to {show(action.to)} and to nobody else.",
        )


def _sender(message: bytes) -> str:
    headers = BytesHeaderParser(policy=SMTP).parsebytes(message)
    addresses: Sequence[Any] = getattr(headers["From"], "addresses", ())
    if len(addresses) != 1:
        raise EffectRefused("The kept message names no sender; draft the email again.")
    return str(addresses[0].addr_spec)
