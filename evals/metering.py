"""A chat model that counts: what each trial's calls said, cost and took."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from time import perf_counter
from typing import Any

from agents.models import Budget, ChatModel, Completion, Message
from placet.errors import ModelError

from .result import Call
from .trial import trial_now

__all__ = ["MeteredModel"]

_MOST_CHARACTERS = 4_000
"""How much of what was said and answered a trace keeps, each."""


class MeteredModel:
    """Writes each call of a model into the trial that makes it; else it is that model."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def complete(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any],
        *,
        budget: Budget | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Completion:
        """Return the model's answer; a call that failed is counted too, then raised.

        Raises:
            ModelError: as the model raised it.

        """
        begun = perf_counter()
        try:
            found = self._model.complete(messages, schema, budget=budget, settings=settings)
        except ModelError as error:
            self._note(messages, begun, error=_cut(f"{type(error).__name__}: {error}"))
            raise
        answered = _cut(json.dumps(found.data, ensure_ascii=False, indent=1))
        usage = found.usage
        self._note(messages, begun, answered=answered, read=usage.read, written=usage.written)
        return found

    def _note(self, messages: Sequence[Message], begun: float, **what: Any) -> None:
        trial = trial_now()
        if trial is None:
            return
        spent = 1000 * (perf_counter() - begun)
        trial.calls.append(
            Call(model=self._model.name, milliseconds=spent, said=_said(messages), **what)
        )


def _cut(text: str) -> str:
    return text[:_MOST_CHARACTERS]


def _said(messages: Sequence[Message]) -> str:
    """Return the messages as a trace shows them: the long standing one by its hash and size."""
    lines = []
    for one in messages:
        text = one.text
        if one.role == "system":
            source = f"of prompt {one.prompt[:12]}, " if one.prompt else ""
            hash_ = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
            text = f"{source}{len(text):,} characters, sha256 {hash_[:12]}"
        lines.append(f"{one.role}: {text}")
    return "\n\n".join(lines)[-_MOST_CHARACTERS:]
