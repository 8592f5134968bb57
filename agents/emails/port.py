"""What the email agent's drafters read and write.

A `Drafter` reads a request into a `Brief` (or a question, an answer, a refusal) and writes an email
from it. Two adapters exist, `rules` and `llm`; the same graph serves both. A brief holds what was
asked as data; what is not in it, in the CRM or in the brand file may not be in the email.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Annotated, Any, Literal, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from agents.port import Answer, Question, Refusal, Turn
from prompts.glossary import Term
from tools.email.model import Email, Schedule
from tools.segments.tree import Segment

__all__ = [
    "Ask", "Brief", "Drafter", "Last", "Link", "Occasion", "Point", "Proposal", "Purpose",
    "Reading", "Setting", "Tone",
]  # fmt: skip

Purpose = Literal[
    "invite", "remind", "announce", "offer", "follow_up", "newsletter", "survey", "thanks", "note"
]
Tone = Literal["friendly", "formal", "plain", "informal"]
"""`informal` is first-name terms: "du" in German, contractions in English."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Link(_Value):
    """Where a click leads, and what the button says where the person said it."""

    url: str
    label: str = ""


class Occasion(_Value):
    """What people are invited to or told of, as far as it was said."""

    on: date | None = None
    until: date | None = None
    """The last day, where it takes several."""
    at: time | None = None
    end: time | None = None
    timezone: str = ""
    """IANA name; empty: nobody said one, so the operator's is meant."""
    place: str = ""


class Brief(_Value):
    """What was asked for, as data. Empty or None: it was not said."""

    audience: str = ""
    """Who it is for, in the person's words."""
    purpose: Purpose = "note"
    about: str = ""
    """The event, the offer or the subject matter, in the person's words."""
    occasion: Occasion = Occasion()
    links: tuple[Link, ...] = ()
    reply_instead: bool = False
    """Whether people answer by replying, so that no link is needed."""
    sender: str = ""
    """Whose name it comes from."""
    sender_address: str = ""
    reply_to: str = ""
    tone: Tone | None = None
    words: int | None = None
    """How long, in words, give or take a tenth."""
    language: str = ""
    """BCP 47; empty: the language of the request."""
    subject: str = ""
    preheader: str = ""
    subjects: tuple[str, ...] = ()
    """Further subject lines in the person's own words, tested beside `subject`."""
    variants: int = 0
    """How many subject lines to test; 0 or 1: none."""
    schedule: Schedule = Schedule()
    must_say: tuple[str, ...] = ()
    """Facts that the email must state, one each, in the person's words."""
    must_not: tuple[str, ...] = ()
    """Words or matters that the email must not mention."""
    topic: str = ""
    """A subscription topic of the brand file."""
    name: str = ""
    """How people call the campaign."""
    said: str = ""
    """Everything the person said about it, word for word: what facts are held against."""


class Last(_Value):
    """The email drafted last in this conversation, which `text` may ask to change."""

    brief: Brief
    segment: Segment
    email: Email
    campaign: str
    edited: bool = False
    """Whether a person changed its words since a drafter wrote them."""


class Point(_Value):
    """One thing that is missing: what it is about, and how it is asked."""

    key: str
    """`audience`, `about`, `date`, `weekday`, `link`, `words`, `reach`; `reach` is the segment
    agent's own question about the audience."""
    text: str
    options: tuple[str, ...] = ()


class Ask(_Value):
    """A request as a drafter gets it."""

    text: str
    as_of: AwareDatetime
    timezone: str = "UTC"
    history: tuple[Turn, ...] = ()
    """The conversation so far, oldest first, without `text`."""
    question: Question | None = None
    """The question that `text` may answer."""
    points: tuple[Point, ...] = ()
    """The points of that question."""
    brief: Brief | None = None
    """What was understood before the question."""
    previous: Last | None = None
    """The email that `text` asks to change."""
    terms: tuple[Term, ...] = ()
    """What this team's own words mean."""
    prompts: dict[str, str] = Field(default_factory=dict)
    """The hashes of the prompt texts to use, by name; another name: what serves now."""


class Proposal(_Value):
    """The drafter knows what is wanted, as far as it was said."""

    type: Literal["proposal"] = "proposal"
    brief: Brief
    open: tuple[Point, ...] = ()
    """What it could not read for sure and must be asked, beside what is missing."""
    keep: Email | None = None
    """The last email with the change already made, where its words need no new writing."""
    reach: str = ""
    """The words that change, or answer a question about, the audience: "only Germany"."""


Reading = Annotated[Proposal | Question | Answer | Refusal, Field(discriminator="type")]


class Setting(_Value):
    """What a drafter may use when it writes, beside the brief."""

    brief: Brief
    language: str
    audience: str
    """The segment in plain words."""
    attended: str = ""
    """The webinar that every member attended, where the segment says so."""
    as_of: AwareDatetime
    timezone: str
    previous: Email | None = None
    """The email that is to be changed."""
    change: str = ""
    """The words that ask for the change."""
    prompts: dict[str, str] = Field(default_factory=dict)
    """The hashes of the prompt texts to use, by name; another name: what serves now."""


class Drafter(Protocol):
    """Reads requests and writes emails. Raises only `placet.errors.ModelError`."""

    @property
    def name(self) -> str:
        """`rules` or `llm`."""
        ...

    @property
    def prompt(self) -> str | None:
        """The hash of the prompts it uses; None for `rules`."""
        ...

    def read(self, ask: Ask) -> Reading:
        """Return what the request means."""
        ...

    def write(self, setting: Setting, problems: Sequence[str] = ()) -> dict[str, Any]:
        """Return the email as the JSON values of `tools.email.model.Email`.

        `problems` says what was wrong with the attempt before, a line each.
        """
        ...
