"""One email, built, and one message in the making: what runs once per recipient."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, assert_never

from liquid import RenderContext

from placet.errors import BadInput
from tools.sql import bucket_of

from .address import ascii_address
from .fields import clean
from .headers import one_line
from .links import Links
from .marks import LinkPiece, Output
from .message import Envelope
from .model import Email, Mailbox, Variant
from .personal import Pieces, Tag, Token, context_of
from .port import Recipient, Rendered
from .surface import Surface, Values

__all__ = ["Head", "Missing", "Renderer", "variant_of"]

Missing = Literal["refuse", "show"]
"""What a missing value without a fallback does: refuse to render (what sending wants), or show
`[contact.first_name]` (for a preview that says what is wrong)."""

_BUCKETS = 10_000


def variant_of(email: Email, campaign: str, contact_id: str) -> Variant | None:
    """Return the subject line that a contact gets: by shares, the same one every time."""
    if not email.variants:
        return None
    at = bucket_of(campaign, contact_id, _BUCKETS) / _BUCKETS
    for variant in email.variants:
        at -= variant.share
        if at < 0:
            return variant
    return email.variants[-1]


@dataclass(frozen=True, kw_only=True)
class Head:
    """What stands above a message, for one subject line."""

    subject: Surface
    preheader: Surface


@dataclass(frozen=True, kw_only=True)
class Renderer:
    """One email, built; made by `open_renderer`."""

    email: Email
    campaign: str
    links: Links
    pieces: Pieces
    envelope: Envelope
    heads: Mapping[str, Head]
    """By variant key; the empty key is the email's own subject."""
    html: Surface
    text: Surface
    targets: Mapping[int, Surface]
    """Where recorded links lead, by piece."""
    missing: Missing

    @property
    def tokens(self) -> tuple[Token, ...]:
        """Every use of a variable, with whether it has a fallback."""
        return tuple(self.pieces.tokens)

    def render(self, recipient: Recipient, *, variant: str | None = None) -> Rendered:
        """Return one recipient's message.

        Args:
            recipient: who it is for.
            variant: which subject line to show; None: the one that falls to them.

        Raises:
            BadInput: their address is none, a value without a fallback is missing, or there is no
                such variant.
        """
        chosen = variant_of(self.email, self.campaign, recipient.contact_id)
        key = variant if variant is not None else chosen.key if chosen else ""
        if key not in self.heads:
            raise BadInput(f"There is no variant {key!r}; there are {', '.join(self.heads)}.")
        return _Rendering(self, recipient, key).rendered()


class _Rendering:
    """One message in the making."""

    def __init__(self, renderer: Renderer, recipient: Recipient, variant: str) -> None:
        self._renderer, self._recipient, self._variant = renderer, recipient, variant
        cleaned = {
            name: value
            for name in renderer.pieces.names
            if (value := clean(recipient.fields.get(name, "")))
        }
        self._known = cleaned
        self._context: RenderContext = context_of(cleaned)
        self._values = Values(self._value, lambda condition: condition.holds(self._context))
        self._fallen: dict[str, None] = {}
        self._holes: dict[str, None] = {}

    def rendered(self) -> Rendered:
        """Return the message with what it says."""
        renderer, recipient, values = self._renderer, self._recipient, self._values
        to = self._address()
        html, text = renderer.html.fill(values), renderer.text.fill(values)
        subject, preheader = self._subject(), self._preheader()
        message = renderer.envelope.message(
            contact_id=recipient.contact_id,
            to=Mailbox.model_construct(name=self._name(), address=to),
            subject=subject,
            unsubscribe=self._link("unsubscribe"),
            text=text,
            html=html,
        )
        return Rendered(
            contact_id=recipient.contact_id,
            to=to,
            variant=self._variant,
            subject=subject,
            preheader=preheader,
            html=html.text(),
            text=text.text(),
            message=message,
            sha256=hashlib.sha256(message).hexdigest(),
            fallbacks=tuple(sorted(self._fallen)),
            missing=tuple(sorted(self._holes)),
        )

    def _address(self) -> str:
        try:
            return ascii_address(self._recipient.email)
        except BadInput:
            raise BadInput(
                f"Contact {self._recipient.contact_id} has no valid email address; correct it in "
                "the CRM."
            ) from None

    def _name(self) -> str:
        """Return the person's name for `To`; none where it could be taken for an address."""
        fields = self._recipient.fields
        parts = (fields.get("contact.first_name", ""), fields.get("contact.last_name", ""))
        name = clean(" ".join(part for part in parts if part))
        return "" if "@" in name or len(name) > 80 else name

    def _subject(self) -> str:
        return one_line(self._head.subject.fill(self._values).text())

    def _preheader(self) -> str:
        return one_line(self._head.preheader.fill(self._values).text())

    @property
    def _head(self) -> Head:
        return self._renderer.heads[self._variant]

    def _value(self, number: int) -> str:
        piece = self._renderer.pieces.items[number]
        match piece:
            case Output():
                return self._output(piece)
            case LinkPiece(link="subject"):
                return self._subject()
            case LinkPiece(link="preheader"):
                return self._preheader()
            case LinkPiece(link="click"):
                return self._link("click", self._renderer.targets[number].fill(self._values).text())
            case LinkPiece():
                return self._link(piece.link)
            case Tag():
                raise AssertionError("a tag has no value")
            case never:
                assert_never(never)

    def _output(self, piece: Output) -> str:
        value = piece.value(self._context)
        gone = [name for name in piece.names if name not in self._known]
        if gone and piece.fallback is not None:
            self._fallen.update(dict.fromkeys(gone))
        elif gone and not value.strip():
            self._holes.update(dict.fromkeys(gone))
            if self._renderer.missing == "refuse":
                raise BadInput(
                    f"{piece.place}: contact {self._recipient.contact_id} has no {gone[0]} and "
                    'there is no fallback; add one, as in `| default: "there"`.'
                )
            return f"[{gone[0]}]"
        return value

    def _link(self, link: str, target: str = "") -> str:
        links, email = self._renderer.links, self._recipient.email
        said = (email, self._renderer.campaign, self._renderer.email.topic)
        match link:
            case "unsubscribe":
                return links.unsubscribe(*said)
            case "preferences":
                return links.preferences(*said)
            case "open":
                return links.open(*said)
            case _:
                return links.click(*said, target)
