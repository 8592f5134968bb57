"""What every agent gives back, whatever its trade.

An agent turns a request into drafts, a question or a reply; it is handed readers only. How a
trade's drafters read a request stands in that trade's own `port`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict

from gates.draft import Check
from gates.files import Attachment

__all__ = ["Agent", "Answer", "Drafted", "Proposed", "Question", "Refusal", "Turn"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Turn(_Value):
    """One thing that was said before in this conversation."""

    who: Literal["person", "placet"]
    text: str


class Question(_Value):
    """The drafter must ask: one clear question, with options where they are known."""

    type: Literal["question"] = "question"
    text: str
    options: tuple[str, ...] = ()
    about: str = ""
    """The words it could not place."""


class Answer(_Value):
    """A reply that needs no draft: help, small talk, what Placet can do."""

    type: Literal["answer"] = "answer"
    text: str


class Refusal(_Value):
    """Placet does not do this; the text says why and what it can do instead."""

    type: Literal["refusal"] = "refusal"
    text: str


class Proposed(_Value):
    """A draft ready for the gate: nothing in it has been carried out."""

    kind: str
    action: dict[str, Any]
    """An action of `tools.catalogue`, as JSON values."""
    members: tuple[str, ...]
    """The ids behind the action's targets."""
    title: str
    summary: str
    checks: tuple[Check, ...]
    evidence: dict[str, Any]
    """What was found, as JSON values; `evidence["sections"]` is how a card shows it
    (`gates.sections`)."""
    files: tuple[Attachment, ...] = ()
    """What the action and the evidence refer to by hash: manifests, pictures, lists."""
    drafter: str
    prompt: str | None = None


class Drafted(_Value):
    """How a drafting run ended."""

    reply: str
    """What Placet says in the thread."""
    clarification: Question | None = None
    refused: bool = False
    proposed: tuple[Proposed, ...] = ()


class Agent(Protocol):
    """One trade's agent, or the router over all of them."""

    def run(
        self,
        *,
        thread_id: str,
        run_id: str,
        text: str,
        previous: Mapping[str, Any] | None = None,
    ) -> Drafted:
        """Draft what `text` asks for; `previous` is the action that it asks to change."""
        ...

    def compose(
        self, action: Mapping[str, Any], *, drafter: str, prompt: str | None = None
    ) -> Proposed:
        """Return a person's own version of an action as a draft, computed and checked anew."""
        ...

    def refresh(self, action: Mapping[str, Any], *, why: str) -> Proposed:
        """Return the same action as of now, for a draft whose data moved; `why` is shown."""
        ...

    def forget(self, thread_id: str) -> None:
        """Forget a conversation."""
        ...
