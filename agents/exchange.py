"""What is said to and by a model in one run: opened, sent back with what is wrong, paid for once.

An exchange is plain JSON, so that a run that was killed goes on with the next attempt and pays for
none twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from prompts.library import Rendering

from .models import Budget, ChatModel, Message

__all__ = ["ATTEMPTS", "BadForm", "Exchange", "Talk", "opened", "sent_back", "until_read"]

T = TypeVar("T")

ATTEMPTS = 3
"""The first answer and two repairs."""
_LONGEST_ANSWER = 20_000

Exchange = list[dict[str, str]]
"""Turns as plain JSON: role, text and, where it was rendered, the prompt's hash."""


class BadForm(Exception):
    """The model's answer is not of the form that was asked for; the message goes back to it."""


class Talk:
    """Asks one model within a token budget that all calls of a run share."""

    def __init__(self, model: ChatModel, token_budget: int) -> None:
        self._model, self._token_budget = model, token_budget

    def complete(
        self, said: Exchange, schema: Mapping[str, Any], spent: int, settings: Mapping[str, Any]
    ) -> tuple[dict[str, Any], int]:
        """Return the model's answer and the tokens of the run so far.

        Raises:
            ModelError: no answer, no usable answer, or the budget is used up.
        """
        budget = Budget(self._token_budget)
        budget.used = spent
        messages = [
            Message(role=one["role"], text=one["text"], prompt=one.get("prompt", ""))  # type: ignore[arg-type]  # written by this module
            for one in said
        ]
        completion = self._model.complete(messages, schema, budget=budget, settings=settings)
        return completion.data, budget.used

    def attempt(
        self,
        said: Exchange,
        schema: Mapping[str, Any],
        spent: int,
        read: Callable[[dict[str, Any]], T],
        settings: Mapping[str, Any],
    ) -> tuple[T | None, Exchange, int]:
        """Ask once: what `read` makes of the answer, or None with what is wrong added."""
        data, spent = self.complete(said, schema, spent, settings)
        try:
            return read(data), said, spent
        except BadForm as wrong:
            return None, sent_back(said, data, str(wrong)), spent


def until_read(attempt: Callable[[Exchange, int], tuple[T | None, Exchange, int]]) -> T | None:
    """Ask until an answer can be read; None where even the last one could not.

    `attempt` takes the exchange and the tokens so far, and returns the reading with both anew.
    """
    exchange: Exchange = []
    spent = 0
    for _ in range(ATTEMPTS):
        reading, exchange, spent = attempt(exchange, spent)
        if reading is not None:
            return reading
    return None


def opened(rendering: Rendering) -> Exchange:
    """Return a new exchange, begun with a prompt."""
    said = {"system": rendering.system, "user": rendering.user}
    return [{"role": role, "text": text, "prompt": rendering.prompt}
            for role, text in said.items()]  # fmt: skip


def sent_back(said: Exchange, data: Any, wrong: str) -> Exchange:
    """Return the exchange with the model's answer and what is wrong with it."""
    answer = json.dumps(data, ensure_ascii=False)[:_LONGEST_ANSWER]
    back = f"That cannot be used: {wrong} Send the whole object again."
    return [*said, {"role": "assistant", "text": answer}, {"role": "user", "text": back}]
