"""An email's blocks in the brand's clothes: MJML, and from it HTML, with the marks in place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from importlib import resources
from typing import Any, Protocol, assert_never

import jinja2
import mrml
from markupsafe import Markup

from placet.errors import BadInput

from .address import safe_url
from .brand import Brand
from .designed import read_designed
from .inline import as_html, conditional, paragraphs, read_inline
from .marks import MARK
from .model import Block, Bullets, Button, Divider, Email, Heading, Image, Mjml, Quote, Text
from .personal import Pieces

__all__ = ["Href", "address_lines", "html_of", "mjml_of", "why_line", "writing_direction"]


class Href(Protocol):
    """Makes a link's address safe, tagged and recorded."""

    def __call__(self, url: str, place: str) -> str:
        """Return what to write for this address, which stands at that place."""
        ...


_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})
_INNER_WIDTH = 536
"""CSS pixels between the paddings of a section 600 wide."""
_SIZES = {1: (28, 36), 2: (22, 30), 3: (18, 26)}
_FILLER = Markup("&#847;&zwnj;&nbsp;") * 40
"""Nothing to see: keeps inboxes from showing the body's first words after a short preheader."""


def writing_direction(language: str) -> str:
    """Return `rtl` for languages written from right to left, else `ltr`."""
    return "rtl" if language.partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"


def mjml_of(
    email: Email, brand: Brand, pieces: Pieces, href: Href, *, preheader: str, pixel: str
) -> str:
    """Return the whole email as MJML, marks in the place of Liquid.

    Args:
        email: its strings marked already (`render.marked`).
        brand: clothes and footer.
        pieces: what the marks stand for; the footer adds its links.
        href: see `Href`.
        preheader: marked; empty for none.
        pixel: the mark of the opening's picture; empty for none.

    Raises:
        BadInput: a block cannot be built; the message says which and why.
    """
    rtl = writing_direction(email.language) == "rtl"
    return _template().render(
        language=email.language,
        dir="rtl" if rtl else "ltr",
        start="right" if rtl else "left",
        title=pieces.link("subject"),
        preheader=preheader,
        filler=_FILLER,
        colours=brand.colours,
        fonts=brand.fonts,
        logo=brand.logo,
        home=href(brand.website, "the brand's website"),
        parts=list(_parts(email, brand, pieces, href)),
        footer=_footer(email, brand, pieces),
        pixel=pixel,
    )


def html_of(mjml: str, images: Iterable[Image] = ()) -> str:
    """Return MJML as HTML for mail programs.

    `images` get their height as an attribute: mrml writes `auto`, and a mail program that holds
    pictures back would not know how much room to keep.

    Raises:
        BadInput: it is no MJML.
    """
    guard = _guard(mjml)
    ascii_only = _SPECIAL.sub(lambda found: f"{guard}{ord(found[0]):x}z", mjml)
    try:
        built = mrml.to_html(ascii_only, None, mrml.RenderOptions(disable_comments=False)).content
    except OSError as error:
        raise BadInput(f"The email's MJML cannot be read: {error}.") from None
    for image in images:
        width = min(image.width, _INNER_WIDTH)
        height = max(1, round(image.height * width / image.width))
        place = re.compile(f'height="auto" (src="[^"]*" width="{width}")')
        built = place.sub(rf'height="{height}" \1', built, count=1)
    return re.sub(f"{guard}([0-9a-f]+)z", lambda found: chr(int(found[1], 16)), built)


_SPECIAL = re.compile(r"[^\x20-\x5b\x5d-\x7e\n\t]")
"""What mrml must not see: it writes attributes as Rust debugs strings, U+200D as `\\u{200d}`."""


def _guard(text: str) -> str:
    """Return a word that does not occur in the text."""
    number = 0
    while (guard := f"xq{number}x") in text:
        number += 1
    return guard


@cache
def _template() -> jinja2.Template:
    source = resources.files("tools.email").joinpath("templates/layout.mjml")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source.read_text(encoding="utf-8"))


def _parts(email: Email, brand: Brand, pieces: Pieces, href: Href) -> Iterator[dict[str, Any]]:
    """Yield runs of blocks, each a section of its own, and designed sections between them."""
    run: list[dict[str, Any]] = []
    for number, block in enumerate(email.body):
        place = f"body[{number}]"
        if isinstance(block, Mjml):
            if run:
                yield {"designed": False, "blocks": run}
                run = []
            source = f"{place}.source"
            mjml, _ = read_designed(block.source, pieces, source, partial(href, place=source))
            yield {"designed": True, "mjml": _written(mjml)}
        else:
            run.append(_block(block, place, brand, pieces, href))
    if run:
        yield {"designed": False, "blocks": run}


def _block(block: Block, place: str, brand: Brand, pieces: Pieces, href: Href) -> dict[str, Any]:
    style = f"color:{brand.colours.link};text-decoration:underline;"

    def inline(text: str, at: str) -> Markup:
        spans = read_inline(text, pieces, at)
        return _written(as_html(spans, partial(href, place=at), style))

    def whole(text: str, at: str, before: str, after: str) -> Markup:
        opening, words, closing = conditional(text, pieces)
        # Joined, not added: Markup escapes what is added to it.
        return _written("".join((opening, before, inline(words, at), after, closing)))

    match block:
        case Heading():
            size, leading = _SIZES[block.level]
            words = _whole(block.text, pieces, f"{place}.text")
            return {"type": "heading", "level": block.level, "words": words, "size": size,
                    "leading": leading}  # fmt: skip
        case Text():
            said = paragraphs(block.text)
            gaps = [16] * (len(said) - 1) + [0]
            return {"type": "text", "paragraphs": [
                whole(one, f"{place}.text", f'<p style="margin:0 0 {gap}px 0;">', "</p>")
                for one, gap in zip(said, gaps, strict=False)
            ]}  # fmt: skip
        case Bullets():
            item = '<li style="margin:0 0 8px 0;">'
            return {"type": "bullets", "points": [
                whole(one, f"{place}.items[{i}]", item, "</li>")
                for i, one in enumerate(block.items)
            ]}  # fmt: skip
        case Button():
            label = _whole(block.label, pieces, f"{place}.label")
            return {"type": "button", "label": label, "href": href(block.url, f"{place}.url")}
        case Image():
            link = href(block.url, f"{place}.url") if block.url else ""
            return {"type": "image", "src": picture(block.src, f"{place}.src"), "alt": block.alt,
                    "width": min(block.width, _INNER_WIDTH), "href": link}  # fmt: skip
        case Quote():
            return {"type": "quote", "html": inline(block.text, f"{place}.text"),
                    "by": _whole(block.by, pieces, f"{place}.by")}  # fmt: skip
        case Divider():
            return {"type": "divider"}
        case Mjml():
            raise AssertionError("designed sections are built apart")
        case never:
            assert_never(never)


def _written(code: str) -> Markup:
    """Return MJML or HTML that was escaped where it was written."""
    return Markup(code)  # noqa: S704 - see above


def picture(src: str, place: str) -> str:
    """Return the address of a picture, made safe.

    Raises:
        BadInput: its scheme is not one that mail may load, or a value stands in it.
    """
    if MARK.search(src):
        raise BadInput(f"{place}: a picture's address cannot hold Liquid.")
    return safe_url(src, place)


def _whole(marked: str, pieces: Pieces, place: str) -> str:
    """Return a line without marks of its own, on one line."""
    read_inline(marked, pieces, place)
    return " ".join(marked.split())


def _footer(email: Email, brand: Brand, pieces: Pieces) -> dict[str, Any]:
    words = brand.footer_in(email.language)
    return {
        "words": words,
        "why": why_line(email, brand),
        "unsubscribe": pieces.link("unsubscribe"),
        "preferences": pieces.link("preferences"),
        "disclaimers": brand.disclaimers_for(email.topic, email.language),
        "address": address_lines(email, brand),
    }


def why_line(email: Email, brand: Brand) -> str:
    """Return why somebody gets this, in the email's language."""
    words = brand.footer_in(email.language)
    topic = brand.topic_label(email.topic)
    return words.why.replace("{topic}", topic).replace("{name}", brand.name)


def address_lines(email: Email, brand: Brand) -> Sequence[str]:
    """Return the postal address, the legal name first unless it says so itself."""
    lines = [line.strip() for line in brand.postal_address.splitlines() if line.strip()]
    if brand.legal_name.casefold() not in brand.postal_address.casefold():
        lines.insert(0, brand.legal_name)
    lead = brand.footer_in(email.language).address
    return [lead, *lines] if lead else lines
