"""An email as plain text: not an afterthought, the same words, links and footer as the HTML."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import assert_never

from .brand import Brand
from .designed import read_designed
from .inline import as_text, conditional, paragraphs, read_inline
from .layout import Href, address_lines, why_line
from .model import Block, Bullets, Button, Divider, Email, Heading, Image, Mjml, Quote, Text
from .personal import Pieces

__all__ = ["text_of"]

_RULE, _TITLE = "-" * 40, "=" * 40


def text_of(email: Email, brand: Brand, pieces: Pieces, href: Href) -> str:
    """Return the text part, marks in the place of Liquid; blocks are parted by blank lines.

    Raises:
        BadInput: a block cannot be built; the message says which and why.
    """
    blocks = [
        _block(block, f"body[{number}]", pieces, href) for number, block in enumerate(email.body)
    ]
    said = [one for one in (*blocks, _footer(email, brand, pieces)) if one]
    return "\n\n".join(said) + "\n"


def _block(block: Block, place: str, pieces: Pieces, href: Href) -> str:
    def inline(text: str, at: str) -> str:
        return as_text(read_inline(text, pieces, at), partial(href, place=at))

    def joined(parts: Sequence[tuple[str, str]], gap: str, lead: str = "") -> str:
        """Put parts below each other, each gap inside the condition of what follows it."""
        said = ""
        for text, at in parts:
            opening, words, closing = conditional(text, pieces)
            said += f"{opening}{gap if said else ''}{lead}{inline(words, at)}{closing}"
        return said

    match block:
        case Heading():
            words = " ".join(block.text.split())
            return f"{words}\n{_TITLE}" if block.level == 1 else words
        case Text():
            return joined([(one, f"{place}.text") for one in paragraphs(block.text)], "\n\n")
        case Bullets():
            points = [(one, f"{place}.items[{i}]") for i, one in enumerate(block.items)]
            return joined(points, "\n", "- ")
        case Button():
            return f"{' '.join(block.label.split())}: {href(block.url, f'{place}.url')}"
        case Image():
            said = f"[{block.alt}]" if block.alt else ""
            return f"{said} {href(block.url, f'{place}.url')}".strip() if block.url else said
        case Quote():
            words = inline(block.text, f"{place}.text").replace("\n", "\n> ")
            return f"> {words}\n> -- {' '.join(block.by.split())}"
        case Divider():
            return _RULE
        case Mjml():
            at = f"{place}.source"
            return read_designed(block.source, pieces, at, partial(href, place=at))[1]
        case never:
            assert_never(never)


def _footer(email: Email, brand: Brand, pieces: Pieces) -> str:
    words = brand.footer_in(email.language)
    disclaimers = brand.disclaimers_for(email.topic, email.language)
    parts = [
        "-- ",  # the line after which mail programs take the rest for a signature
        *(f"{one}\n" for one in disclaimers),
        why_line(email, brand),
        f"{words.unsubscribe}: {pieces.link('unsubscribe')}",
        f"{words.preferences}: {pieces.link('preferences')}",
        "",
        *address_lines(email, brand),
    ]
    return "\n".join(parts)
