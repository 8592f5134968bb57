"""An email, a brand, people and links to test the build with."""

from __future__ import annotations

from typing import Any

from tools.email.brand import Brand, sample_brand
from tools.email.fields import sample_recipient
from tools.email.links import Links, mail_key
from tools.email.model import Block, Button, Email, Heading, Mailbox, Text
from tools.email.port import Recipient, Rendered
from tools.email.render import Renderer, open_renderer

__all__ = ["BRAND", "CAMPAIGN", "LINKS", "an_email", "opened", "person", "rendered"]

BRAND: Brand = sample_brand()
LINKS = Links("https://mail.halden.example", mail_key(b"a ledger key for tests"))
CAMPAIGN = "cp_test"


def an_email(*body: Block, **changes: Any) -> Email:
    """Return a small good email, changed as told."""
    blocks = body or (
        Heading(text="Hello"),
        Text(text='Dear {{ contact.first_name | default: "reader" }}, see our **news**.'),
        Button(label="Read", url="https://www.halden.example/news"),
    )
    values: dict[str, Any] = {
        "name": "Test", "subject": "News for you", "body": blocks, "topic": "product",
        "sender": Mailbox(name="Halden", address="hello@news.halden.example"),
    }  # fmt: skip
    return Email(**values | changes)


def person(**fields: str) -> Recipient:
    """Return somebody with these contact fields and no others: `first_name="Ana"`."""
    email = fields.pop("email", "ana@kundin.example")
    named = {f"contact.{name}": value for name, value in fields.items()}
    return Recipient(contact_id="c1", email=email, fields=named | {"contact.email": email})


def opened(email: Email | None = None, **options: Any) -> Renderer:
    """Return the renderer of an email in the sample brand."""
    values = {"campaign": CAMPAIGN, "links": LINKS} | options
    return open_renderer(email or an_email(), values.pop("brand", BRAND), **values)


def rendered(email: Email | None = None, who: Recipient | None = None, **options: Any) -> Rendered:
    """Return one message."""
    return opened(email, **options).render(who or sample_recipient())
