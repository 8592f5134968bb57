"""Asking the proposer's model for words: what people wrote goes in as data, fenced, and no more.

What comes back is a suggestion. It is held to the guards, measured, and shown to a person before it
serves anybody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from agents.models import Budget, ChatModel, Message
from placet.errors import ModelError
from prompts.serving import PromptSource

from .cards import Card
from .measuring import Meter

__all__ = ["REFLECT", "WORD_CARD", "Proposer"]

REFLECT, WORD_CARD = "learning/reflect", "learning/word_card"
"""The prompts of role proposer."""
_LONGEST_CARD = 300
_MOST_REASONS = 12
_CHARS_PER_TOKEN = 3

_TEXT_SCHEMA: dict[str, Any] = {
    "title": "text", "type": "object", "properties": {"text": {"type": "string"}},
    "required": ["text"], "additionalProperties": False,
}  # fmt: skip


class Proposer:
    """Words texts and cards with the model of role proposer, and pays for it from the meter."""

    def __init__(self, model: ChatModel, prompts: PromptSource) -> None:
        """Take the model, and where its own instructions come from."""
        self._model, self._prompts = model, prompts

    def reword(self, part: str, failures: Sequence[Mapping[str, Any]], meter: Meter) -> str | None:
        """Return a better version of a part of a prompt, or None where the model gave none.

        Args:
            part: the free text as it stands; its placeholders must stay.
            failures: cases of train that went wrong with it: request, answer, what was wrong.
            meter: pays.

        Raises:
            OutOfBudget: the call would cost more than is left.
        """
        rendering = self._prompts.prompt(REFLECT).render(
            part=part, failures=json.dumps(list(failures), ensure_ascii=False, indent=1),
        )  # fmt: skip
        return self._ask(rendering.system, rendering.user, meter)

    def word(self, card: Card, reasons: Sequence[str], meter: Meter) -> Card:
        """Return a card in clearer words, or as it is where the model gave none that are usable.

        Raises:
            OutOfBudget: the call would cost more than is left.
        """
        rendering = self._prompts.prompt(WORD_CARD).render(
            longest=_LONGEST_CARD, instruction=card.text,
            reasons="\n".join(f"- {' '.join(one.split())[:300]}" for one in reasons[:_MOST_REASONS])
            or "(none)",
        )  # fmt: skip
        said = self._ask(rendering.system, rendering.user, meter)
        clean = " ".join((said or "").split())
        if not clean or len(clean) > _LONGEST_CARD:
            return card
        return card.model_copy(update={"text": clean})

    def _ask(self, system: str, user: str, meter: Meter) -> str | None:
        about = (len(system) + len(user)) // _CHARS_PER_TOKEN
        meter.ask(about)
        left = max(1, meter.allowance.tokens - meter.spent.tokens)
        messages = [Message(role="system", text=system), Message(role="user", text=user)]
        try:
            found = self._model.complete(messages, _TEXT_SCHEMA, budget=Budget(left))
        except ModelError:
            meter.pay(read=about)  # it may have been billed; nobody says
            return None
        meter.pay(read=found.usage.read, written=found.usage.written)
        text = found.data.get("text")
        return text if isinstance(text, str) and text.strip() else None
