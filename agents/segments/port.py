"""What the segment agent's drafters read and return.

A `Drafter` turns a request into a `Reading`: a proposal, a count, a question, an answer or a
refusal. Two adapters exist, `rules` and `llm`; the same graph serves both.
"""

from __future__ import annotations

from typing import Annotated, Literal, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from agents.port import Answer, Question, Refusal, Turn
from prompts.glossary import Term
from tools.segments.tree import Segment

__all__ = ["Ask", "Count", "Drafter", "Proposal", "Reading", "WordUse"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


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
    terms: tuple[Term, ...] = ()
    """What this team's own words mean."""
    prompts: dict[str, str] = Field(default_factory=dict)
    """The hashes of the prompt texts to use, by name; another name: what serves now."""


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
