"""What is said to and by a model in one run: opened, sent back with what is wrong, paid for once.

An exchange is plain JSON, so that a run that was killed goes on with the next attempt and pays for
none twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from .models import Budget, ChatModel, Message

__all__ = ["ATTEMPTS", "BadForm", "Exchange", "Talk", "opened", "sent_back"]

T = TypeVar("T")

ATTEMPTS = 3
"""The first answer and two repairs."""
_LONGEST_ANSWER = 20_000

Exchange = list[dict[str, str]]
"""Turns as plain JSON: role and text."""


class BadForm(Exception):
    """The model's answer is not of the form that was asked for; the message goes back to it."""


class Talk:
    """Asks one model within a token budget that all calls of a run share."""

    def __init__(self, model: ChatModel, token_budget: int) -> None:
        self._model, self._token_budget = model, token_budget

    def complete(
        self, said: Exchange, schema: Mapping[str, Any], spent: int
    ) -> tuple[dict[str, Any], int]:
        """Return the model's answer and the tokens of the run so far.

        Raises:
            ModelError: no answer, no usable answer, or the budget is used up.
        """
        budget = Budget(self._token_budget)
        budget.used = spent
        messages = [Message(role=one["role"], text=one["text"]) for one in said]  # type: ignore[arg-type]
        completion = self._model.complete(messages, schema, budget=budget)
        return completion.data, budget.used

    def attempt(
        self,
        said: Exchange,
        schema: Mapping[str, Any],
        spent: int,
        read: Callable[[dict[str, Any]], T],
    ) -> tuple[T | None, Exchange, int]:
        """Ask once: what `read` makes of the answer, or None with what is wrong added."""
        data, spent = self.complete(said, schema, spent)
        try:
            return read(data), said, spent
        except BadForm as wrong:
            return None, sent_back(said, data, str(wrong)), spent


def opened(system: str, user: str) -> Exchange:
    """Return a new exchange."""
    return [{"role": "system", "text": system}, {"role": "user", "text": user}]


def sent_back(said: Exchange, data: Any, wrong: str) -> Exchange:
    """Return the exchange with the model's answer and what is wrong with it."""
    answer = json.dumps(data, ensure_ascii=False)[:_LONGEST_ANSWER]
    back = f"That cannot be used: {wrong} Send the whole object again."
    return [*said, {"role": "assistant", "text": answer}, {"role": "user", "text": back}]
