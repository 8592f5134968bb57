"""How the pages look: the brand's name, colours and logo, as one style sheet inside the page."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from urllib.parse import urlsplit

from tools.email.brand import Brand

__all__ = ["Look"]

_NAMES = ("background", "surface", "text", "muted", "primary", "on_primary", "link", "line")


class Look:
    """A brand's look; computed once."""

    def __init__(self, brand: Brand) -> None:
        self.brand = brand
        colours = "".join(
            f"--{name.replace('_', '-')}:{getattr(brand.colours, name)};" for name in _NAMES
        )
        fonts = f"--heading:{brand.fonts.heading};--body:{brand.fonts.body};"
        sheet = resources.files("placet.recipients").joinpath("templates/pages.css")
        self.style = f":root{{{colours}{fonts}}}\n{sheet.read_text(encoding='utf-8')}"

    @property
    def policy(self) -> str:
        """The content security policy: this style sheet, this logo, forms to ourselves."""
        digest = base64.b64encode(hashlib.sha256(self.style.encode()).digest()).decode()
        logo = self.brand.logo
        pictures = f"https://{urlsplit(logo.src).netloc}" if logo else "'none'"
        return (
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src {pictures}; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
