"""A draft's card outside of a conversation: what an eval looks at for text that would act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gates.draft import Draft

from .facts import read_facts
from .messages import card_message

if TYPE_CHECKING:
    from placet.wiring import Placet

__all__ = ["paint"]


def paint(placet: Placet, draft: Draft) -> dict[str, Any]:
    """Return the message that a channel would see of a draft, as Slack would be sent it."""
    with placet.engine.connect() as connection:
        return dict(card_message(read_facts(placet, connection, draft), placet.policy, None))
