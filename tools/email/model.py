"""The email as data: what a drafter writes, what a person edits, what the build turns into bytes.

Strings marked Liquid may hold `{{ contact.first_name | default: "there" }}`; every token needs a
fallback. Everything around the words (colours, logo, address, unsubscribe link) comes from the
brand file.
"""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

__all__ = [
    "Block",
    "Bullets",
    "Button",
    "Divider",
    "Email",
    "Heading",
    "Image",
    "Mailbox",
    "Mjml",
    "QuietHours",
    "Quote",
    "Schedule",
    "Text",
    "Utm",
    "Variant",
]


_ROUNDING = 0.001


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Mailbox(_Value):
    """A name and an address: `Acme Events <events@acme.example>`."""

    name: str = ""
    address: str = Field(min_length=3, max_length=254)


class Heading(_Value):
    """A heading; level 1 is the email's title."""

    type: Literal["heading"] = "heading"
    text: str
    """Liquid."""
    level: Literal[1, 2, 3] = 1


class Text(_Value):
    """Paragraphs: blank line between them, `**bold**`, `*italic*` and `[label](url)` within."""

    type: Literal["text"] = "text"
    text: str
    """Liquid."""


class Bullets(_Value):
    """A list of short points, with the same inline marks as `Text`."""

    type: Literal["bullets"] = "bullets"
    items: tuple[str, ...] = Field(min_length=1)
    """Liquid."""


class Button(_Value):
    """The call to action."""

    type: Literal["button"] = "button"
    label: str
    """Liquid."""
    url: str


class Image(_Value):
    """A picture by https address; alt text and size in CSS pixels are part of it."""

    type: Literal["image"] = "image"
    src: str
    alt: str
    width: int = Field(ge=1, le=600)
    height: int = Field(ge=1)
    url: str = ""
    """Where a click leads; empty: nowhere."""


class Quote(_Value):
    """Somebody's words, with their name."""

    type: Literal["quote"] = "quote"
    text: str
    by: str


class Divider(_Value):
    """A line between parts."""

    type: Literal["divider"] = "divider"


class Mjml(_Value):
    """A section in MJML as a designer wrote it (`<mj-section>...`), for what blocks cannot say."""

    type: Literal["mjml"] = "mjml"
    source: str
    """Liquid."""


Block = Annotated[
    Heading | Text | Bullets | Button | Image | Quote | Divider | Mjml,
    Field(discriminator="type"),
]


class Utm(_Value):
    """Campaign tags, put on every link to the brand's own domains; empty campaign: none."""

    source: str = "placet"
    medium: str = "email"
    campaign: str = ""
    content: str = ""
    term: str = ""


class Variant(_Value):
    """One subject line of an A/B test and the share of the audience that gets it."""

    key: str = Field(pattern=r"^[A-Z]$")
    subject: str
    """Liquid."""
    preheader: str | None = None
    """Liquid; None: the email's own."""
    share: float = Field(gt=0, le=1)


class Email(_Value):
    """One email, before it is rendered for anybody."""

    name: str = Field(min_length=1, max_length=120)
    """How people call the campaign; recipients never see it."""
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    """BCP 47."""
    subject: str
    """Liquid."""
    preheader: str = ""
    """Liquid: the line that inboxes show after the subject."""
    sender: Mailbox
    reply_to: Mailbox | None = None
    body: tuple[Block, ...] = Field(min_length=1)
    utm: Utm = Utm()
    topic: str = "marketing"
    """What people can unsubscribe from apart from everything: a topic of the brand file."""
    variants: tuple[Variant, ...] = ()
    """Two or more subject lines to test; shares sum to 1. Empty: everyone gets `subject`."""

    @model_validator(mode="after")
    def _variants_agree(self) -> Self:
        keys = [one.key for one in self.variants]
        if len(keys) == 1 or len(set(keys)) != len(keys):
            raise ValueError("variants: name two or more, each with a letter of its own")
        if keys and abs(sum(one.share for one in self.variants) - 1) > _ROUNDING:
            raise ValueError("variants: the shares must sum to 1")
        return self


class QuietHours(_Value):
    """When nothing leaves: from `start` until `end` on the clock of `timezone`."""

    start: time
    end: time
    timezone: str
    """IANA name."""


class Schedule(_Value):
    """When and how fast it leaves."""

    send_at: AwareDatetime | None = None
    """Not before this moment; None: as soon as it is approved."""
    per_minute: int | None = Field(default=None, ge=1)
    """Messages a minute at most, over all domains; None: the operator's setting."""
    per_domain_per_minute: int | None = Field(default=None, ge=1)
    """Messages a minute to one recipient domain at most; None: the operator's setting."""
    quiet_hours: QuietHours | None = None
