"""What an agent needs and what it gives back.

A `Drafter` turns a request into a `Reading`: a proposal, a count, a question, an answer or a
refusal. Two adapters exist per trade, `rules` and `llm`; the same graph serves both. An agent is
handed readers only.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from gates.draft import Check
from tools.segments.tree import Segment

__all__ = [
    "Answer",
    "Ask",
    "Count",
    "Drafted",
    "Drafter",
    "Proposal",
    "Proposed",
    "Question",
    "Reading",
    "Refusal",
    "Turn",
    "WordUse",
]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Turn(_Value):
    """One thing that was said before in this conversation."""

    who: Literal["person", "placet"]
    text: str


class Ask(_Value):
    """A request as a drafter gets it."""

    text: str
    as_of: AwareDatetime
    timezone: str = "UTC"
    history: tuple[Turn, ...] = ()
    """The conversation so far, oldest first, without `text`."""
    question: Question | None = None
    """The clarifying question that `text` may answer."""
    previous: Segment | None = None
    """The last revision, where `text` asks for a change to it."""


class WordUse(_Value):
    """Which words of the request became which condition: every word is accounted for."""

    words: str
    use: Literal["condition", "name", "filler", "use_policy", "question"]
    became: str = ""
    """The condition in plain words; empty for filler."""


class Proposal(_Value):
    """The drafter is sure what was meant."""

    type: Literal["proposal"] = "proposal"
    segment: Segment
    words: tuple[WordUse, ...] = ()


class Count(_Value):
    """A read-only question: how many match; needs no draft. `label` says who."""

    type: Literal["count"] = "count"
    segment: Segment
    label: str
    words: tuple[WordUse, ...] = ()


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


Reading = Annotated[Proposal | Count | Question | Answer | Refusal, Field(discriminator="type")]


class Drafter(Protocol):
    """Turns a request into a reading. Raises only `placet.errors.ModelError`."""

    @property
    def name(self) -> str:
        """`rules` or `llm`."""
        ...

    @property
    def prompt(self) -> str | None:
        """The hash of the prompt it uses; None for `rules`."""
        ...

    def read(self, ask: Ask) -> Reading:
        """Return what the request means."""
        ...


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
    drafter: str
    prompt: str | None = None


class Drafted(_Value):
    """How a drafting run ended."""

    reply: str
    """What Placet says in the thread."""
    clarification: Question | None = None
    refused: bool = False
    proposed: tuple[Proposed, ...] = ()


Ask.model_rebuild()
