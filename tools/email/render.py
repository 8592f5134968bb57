"""The build: an email and a brand make a renderer, a renderer and a recipient make a message.

Everything that does not depend on the recipient is done once by `open_renderer`. `render` is
deterministic: the same input gives the same bytes, so a message can be rendered again when it is
sent and compared with the hash that was approved. A renderer may be used from several threads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, assert_never

from liquid import RenderContext

from placet.errors import BadInput
from tools.sql import bucket_of

from .address import ascii_address, safe_url, tagged
from .brand import Brand
from .fields import clean
from .headers import one_line
from .layout import html_of, mjml_of
from .links import Links
from .marking import marked
from .message import Envelope
from .model import Email, Image, Mailbox, Variant
from .personal import LinkPiece, Output, Pieces, Tag, Token, context_of
from .port import Recipient, Rendered
from .surface import HTML, PLAIN, Surface, Values, surface
from .text import text_of

__all__ = ["Missing", "Renderer", "open_renderer", "variant_of"]

Missing = Literal["refuse", "show"]
"""What a missing value without a fallback does: refuse to render (what sending wants), or show
`[contact.first_name]` (for a preview that says what is wrong)."""

_BUCKETS = 10_000


def open_renderer(
    email: Email,
    brand: Brand,
    *,
    campaign: str,
    links: Links,
    tracking: bool = False,
    bounce_address: str | None = None,
    missing: Missing = "refuse",
) -> Renderer:
    """Build all of an email that is the same for everybody.

    Args:
        email: what to say.
        brand: who says it.
        campaign: `cp_...`; Message-IDs and links derive from it.
        links: makes the recipient's links.
        tracking: whether opens and clicks are recorded, through links of ours.
        bounce_address: where bounces will go, where that is not the sender's own address. It is no
            part of a message, but held to be an address before anybody approves.
        missing: see `Missing`.

    Raises:
        BadInput: the email cannot be built; the message says where and why.
    """
    if bounce_address is not None:
        ascii_address(bounce_address)
    return _Builder(email, brand, campaign, links, tracking=tracking).renderer(
        Envelope.of(email, brand, campaign), missing
    )


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


class _Builder:
    """Turns an email's strings into surfaces."""

    def __init__(
        self, email: Email, brand: Brand, campaign: str, links: Links, *, tracking: bool
    ) -> None:
        self.pieces = Pieces()
        self.email, self.brand = marked(email, self.pieces), brand
        self.original, self.campaign, self.links, self.tracking = email, campaign, links, tracking

    def renderer(self, envelope: Envelope, missing: Missing) -> Renderer:
        pixel = self.pieces.link("open") if self.tracking else ""
        mjml = mjml_of(
            self.email, self.brand, self.pieces, self.href,
            preheader=self._preheader_mark(), pixel=pixel,
        )  # fmt: skip
        images = [one for one in self.email.body if isinstance(one, Image)]
        page = surface(html_of(mjml, images).rstrip() + "\n", self.pieces, HTML)
        plain = surface(text_of(self.email, self.brand, self.pieces, self.href), self.pieces, PLAIN)
        targets = {
            number: surface(piece.target, self.pieces, PLAIN)
            for number, piece in enumerate(self.pieces.items)
            if isinstance(piece, LinkPiece) and piece.link == "click"
        }
        return Renderer(
            email=self.original, campaign=self.campaign, links=self.links, pieces=self.pieces,
            envelope=envelope, heads=self._heads(), html=page, text=plain, targets=targets,
            missing=missing,
        )  # fmt: skip

    def href(self, url: str, place: str) -> str:
        """Make an address safe, put the campaign's tags on it, and record its clicks."""
        address = tagged(safe_url(url, place), self.email.utm, self.brand)
        if self.tracking and address.lower().startswith(("https://", "http://")):
            return self.pieces.link("click", address)
        return address

    def _preheader_mark(self) -> str:
        said = [self.email.preheader, *(one.preheader for one in self.email.variants)]
        return self.pieces.link("preheader") if any(said) else ""

    def _heads(self) -> dict[str, _Head]:
        subjects: list[tuple[str, str, str | None]] = [("", self.email.subject, None)]
        subjects += [(one.key, one.subject, one.preheader) for one in self.email.variants]
        return {
            key: _Head(
                subject=surface(subject, self.pieces, PLAIN),
                preheader=surface(self.email.preheader if own is None else own, self.pieces, PLAIN),
            )
            for key, subject, own in subjects
        }


@dataclass(frozen=True, kw_only=True)
class _Head:
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
    heads: Mapping[str, _Head]
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
    def _head(self) -> _Head:
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
