"""What the records agent's drafters read and return.

A `Drafter` turns a request into a `Reading`: a wish (work on records, as data), a narrowing of the
last one, a question, an answer or a refusal. Two adapters exist, `rules` and `llm`; the same graph
serves both. Which records, which values and which changes is computed by code.
"""

from __future__ import annotations

from typing import Annotated, Literal, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from agents.port import Answer, Question, Refusal, Turn
from prompts.glossary import Term
from tools.crm.port import RecordSubject
from tools.records.order import Order, OrderLevel

__all__ = ["Ask", "Asked", "Audit", "Drafter", "Narrow", "Reading", "Slot", "Wish", "Work"]

Work = Literal["repair", "set", "fill", "merge", "audit"]
"""audit: say what is wrong and draft nothing; the others are those of `tools.records.order`."""

Slot = Literal["who", "value", "field", "holds"]
"""Which part of a wish a question is about; `who` is the segment drafter's own question."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Wish(_Value):
    """What is asked for, as far as it was said; every value is one the CRM stores."""

    type: Literal["wish"] = "wish"
    work: Work
    who: str = ""
    """Whose records, in the person's words; empty: everybody's."""
    subjects: tuple[RecordSubject, ...] = ("contact",)
    detectors: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    field: str = ""
    value: str | None = None
    holds: str | None = None
    level: OrderLevel = "all"
    counting: bool = False
    """Whether only a number is asked for."""


class Asked(_Value):
    """A wish of which one part is unclear: the question, and what was understood."""

    type: Literal["asked"] = "asked"
    question: Question
    wish: Wish
    slot: Slot


class Narrow(_Value):
    """A change to the last draft: "only the certain ones", "not the customers"."""

    type: Literal["narrow"] = "narrow"
    level: OrderLevel | None = None
    only_fields: tuple[str, ...] = ()
    """Keep nothing but these fields."""
    not_fields: tuple[str, ...] = ()
    """Leave these fields out."""
    who: str = ""
    """Words that change whose records: "only Germany"."""
    without: str = ""
    """Words for the people who are left out: "customers"."""
    records: tuple[str, ...] = ()
    """Records that are left out, by email address or id."""
    value: str | None = None
    """Another value for a direct change, as the CRM stores it."""
    clears: bool = False
    """Whether a direct change is to empty the field instead."""


Reading = Annotated[
    Wish | Asked | Narrow | Question | Answer | Refusal, Field(discriminator="type")
]


class Ask(_Value):
    """A request as a drafter gets it."""

    text: str
    as_of: AwareDatetime
    timezone: str = "UTC"
    history: tuple[Turn, ...] = ()
    """The conversation so far, oldest first, without `text`."""
    asked: Asked | None = None
    """The open question that `text` may answer."""
    previous: Order | None = None
    """The work that `text` asks to change."""
    terms: tuple[Term, ...] = ()
    """What this team's own words mean."""
    prompts: dict[str, str] = Field(default_factory=dict)
    """The hashes of the prompt texts to use, by name; another name: what serves now."""


class Drafter(Protocol):
    """Reads requests. Raises only `placet.errors.ModelError`."""

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


class Audit(Protocol):
    """Says what is wrong with the whole CRM: scores, worst fields, drafts that would help."""

    def __call__(self) -> str:
        """Return the audit in words for a thread."""
        ...
