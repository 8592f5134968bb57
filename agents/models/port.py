"""What a chat model is to us: messages and a schema in, one JSON object and its cost out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from placet.errors import ModelUnavailable

__all__ = ["Budget", "ChatModel", "Completion", "Message", "Usage"]


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message to a model."""

    role: Literal["system", "user", "assistant"]
    text: str
    prompt: str = ""
    """The hash of the prompt text that it was rendered from, where it was; never sent."""


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a call cost, in tokens; as the server counted, or estimated where it did not."""

    read: int = 0
    written: int = 0

    @property
    def total(self) -> int:
        """Tokens read and written."""
        return self.read + self.written

    def __add__(self, other: Usage) -> Usage:
        """Return the cost of both."""
        return Usage(read=self.read + other.read, written=self.written + other.written)


@dataclass(frozen=True, kw_only=True)
class Completion:
    """A model's answer: one JSON object, and what it cost."""

    data: dict[str, Any]
    usage: Usage


class Budget:
    """Tokens that one request may cost, all its calls together."""

    def __init__(self, tokens: int) -> None:
        self.tokens, self.used = tokens, 0

    def allow(self, about: int) -> None:
        """Raise `ModelUnavailable` where a call of about so many tokens goes beyond the budget."""
        if self.used + about > self.tokens:
            raise ModelUnavailable(
                f"This request would cost more than its budget of {self.tokens} tokens "
                f"({self.used} used); say it shorter or raise PLACET_MODEL_TOKEN_BUDGET."
            )

    def spend(self, usage: Usage) -> None:
        """Count what a call has cost."""
        self.used += usage.total


class ChatModel(Protocol):
    """Answers messages with one JSON object. Raises only `placet.errors.ModelError`."""

    @property
    def name(self) -> str:
        """The model's name, as the server knows it."""
        ...

    def complete(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any],
        *,
        budget: Budget | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Completion:
        """Return the answer to the messages, as JSON by this schema.

        `settings` is how the model is set: temperature, top_p, max_tokens, seed
        (`prompts.Prompt.model`). None: as exact as it can be, temperature 0.
        """
        ...
