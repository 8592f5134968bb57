"""The build: an email and a brand make a renderer, a renderer and a recipient make a message.

Everything that does not depend on the recipient is done once by `open_renderer`. `render` is
deterministic: the same input gives the same bytes, so a message can be rendered again when it is
sent and compared with the hash that was approved. A renderer may be used from several threads.
"""

from __future__ import annotations

import re

from placet.errors import BadInput

from .address import ascii_address, safe_url, tagged
from .brand import Brand
from .layout import html_of, mjml_of
from .links import Links
from .marking import marked
from .marks import LinkPiece
from .message import Envelope
from .model import Email, Image
from .personal import Pieces
from .renderer import Head, Missing, Renderer, variant_of
from .surface import HTML, PLAIN, surface
from .text import text_of

__all__ = ["Missing", "Renderer", "open_renderer", "variant_of"]


_CAMPAIGN = re.compile(r"cp_[a-z0-9]+\Z")


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
    if not _CAMPAIGN.match(campaign):
        raise BadInput(f"A campaign is named like cp_4f2a, not {campaign!r}.")
    if email.topic not in brand.topics:
        raise BadInput(
            f"topic: there is no topic {email.topic!r}; the brand has {', '.join(brand.topics)}."
        )
    if bounce_address is not None:
        ascii_address(bounce_address)
    return _Builder(email, brand, campaign, links, tracking=tracking).renderer(
        Envelope.of(email, brand, campaign), missing
    )


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

    def _heads(self) -> dict[str, Head]:
        subjects: list[tuple[str, str, str | None]] = [("", self.email.subject, None)]
        subjects += [(one.key, one.subject, one.preheader) for one in self.email.variants]
        return {
            key: Head(
                subject=surface(subject, self.pieces, PLAIN),
                preheader=surface(self.email.preheader if own is None else own, self.pieces, PLAIN),
            )
            for key, subject, own in subjects
        }
