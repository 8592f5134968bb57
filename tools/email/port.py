"""What the email engine asks of the world, and what it gives to agents and handlers.

Readers need nothing; what writes takes a `Permit`. The exception is `Statements`: what people said
themselves (unsubscribed, complained) and what the network said (bounced). It can only take people
out of sending, or back in by their own hand, and it needs no permit because nobody else decides it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict

__all__ = [
    "Barred",
    "Recipient",
    "RecipientReader",
    "Rendered",
    "Statement",
    "Statements",
]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Recipient(_Value):
    """One person as an email may address them."""

    contact_id: str
    email: str
    fields: Mapping[str, str]
    """What `contact.*` and `company.*` may name, as text: `contact.first_name`, `company.name`.
    A missing or blank value has no key."""


class Rendered(_Value):
    """One message as one person gets it."""

    contact_id: str
    to: str
    variant: str
    """The variant's key, or empty."""
    subject: str
    preheader: str
    html: str
    text: str
    message: bytes
    """The whole MIME message with CRLF line ends, all headers but `Date`."""
    sha256: str
    """Over `message`."""
    fallbacks: tuple[str, ...]
    """Which tokens fell back: `contact.first_name`."""
    missing: tuple[str, ...] = ()
    """Which tokens had neither a value nor a fallback, where a preview shows them all the same."""


Barred = Literal[
    "gone", "no_email", "suppressed", "unsubscribed", "complained", "bounced", "no_consent",
    "frequency_cap",
]  # fmt: skip
"""Why somebody must not be written to now."""


class RecipientReader(Protocol):
    """Who the members are, and who of them may be written to at this moment."""

    def recipients(self, contact_ids: Sequence[str]) -> Sequence[Recipient]:
        """Return these contacts in the order given; unknown ids are left out."""
        ...

    def barred(
        self, contact_ids: Sequence[str], *, include_anyway: Sequence[str] = (), topic: str = ""
    ) -> Mapping[str, Barred]:
        """Return who of these must not be written to now, and why; by the segment use policy.

        `include_anyway` lifts a reason as a segment's does; suppression, unsubscribing and
        complaints are never lifted. Who unsubscribed from `topic` alone (`crm_topics` in the
        embedded CRM) counts as unsubscribed.
        """
        ...


class Statement(_Value):
    """One thing a person or the network said about an address."""

    email: str
    """Lower-cased."""
    said: Literal[
        "unsubscribed", "resubscribed", "complained", "bounced", "opened", "clicked"
    ]  # fmt: skip
    """Opened and clicked are events alone; they change nobody's standing."""
    topic: str | None = None
    """For (re)subscribing: which topic; None: everything."""
    at: AwareDatetime
    asset: str = ""
    """The campaign it answers, where that is known."""
    detail: str = ""
    """Status code and diagnostic text of a bounce, the mailbox provider of a complaint, the
    address of a click."""
    key: str
    """Idempotency key: the same statement twice is one."""


class Statements(Protocol):
    """Takes in what people and the network said."""

    def take(self, statement: Statement) -> bool:
        """Record it as an event and in the suppressions; False where it was known already."""
        ...

    def topics(self, email: str) -> Mapping[str, bool]:
        """Return for each topic that was ever spoken of whether the address takes it.

        The key "" stands for everything: False there means no email at all, whatever the topics.
        """
        ...
