"""The words of an email before it is rendered, piece by piece, with where each stands.

A Liquid token becomes one sign (U+FFFC), and what stands in quotes inside Liquid becomes pieces
of its own: words hidden in a `default`, an `assign` or a branch are read like all others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import lxml.html
from lxml import etree

from tools.email.model import Block, Bullets, Button, Email, Heading, Image, Mjml, Quote, Text

from .facts import TOKEN

__all__ = ["Piece", "links_in", "pieces_of", "sources_of", "without_liquid"]


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Some words of the copy."""

    where: str
    """`subject`, `block 2 (text)`, `block 3 (mjml), inside Liquid`."""
    text: str
    kind: str
    """`subject`, `preheader`, `heading`, `text`, `button`, `alt`, `quote`, `mjml`, `liquid`."""


_LIQUID = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_LITERAL = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_MARK = re.compile(r"\[([^\]\n]*)\]\(((?:[^\s()]|\([^\s()]*\))*)\)")
_STARS = re.compile(r"\*{1,2}(?=\S)(.+?)(?<=\S)\*{1,2}")
_CONDITION = re.compile(r"^\{%-?\s*(?:if|elsif|unless|case|when|for|tablerow|include|render)\b")
_BLOCK_TAG = re.compile(r"</?(?:mj-|p\b|div\b|br\b|li\b|h[1-6]\b|td\b|tr\b)", re.IGNORECASE)


def sources_of(email: Email) -> tuple[tuple[str, str, str], ...]:
    """Return every string that recipients may see: where it stands, its kind, and its source."""
    return tuple(_sources(email))


def pieces_of(email: Email) -> tuple[Piece, ...]:
    """Return the words of an email, Liquid taken out, its quoted words apart."""
    return tuple(
        piece for where, kind, text in _sources(email) for piece in _pieces(where, kind, text)
    )


def without_liquid(text: str) -> str:
    """Return text with one sign in the place of each token, and none for tags."""
    return _LIQUID.sub(_stand_in, text)


def _stand_in(match: re.Match[str]) -> str:
    if match.group().startswith("{{"):
        return TOKEN
    # Two branches are two texts; an `if` around an ending splits no word.
    return "\n" if re.match(r"\{%-?\s*(?:else|elsif)\b", match.group()) else ""


def links_in(email: Email) -> tuple[tuple[str, str, str], ...]:
    """Return the links of an email as it was written: where, label, address."""
    return tuple(_links(email))


def _sources(email: Email) -> Iterator[tuple[str, str, str]]:
    yield "subject", "subject", email.subject
    if email.preheader:
        yield "preheader", "preheader", email.preheader
    for variant in email.variants:
        yield f"variant {variant.key} subject", "subject", variant.subject
        if variant.preheader:
            yield f"variant {variant.key} preheader", "preheader", variant.preheader
    for number, block in enumerate(email.body, start=1):
        where = f"block {number} ({block.type})"
        for kind, text in _block(block):
            yield where, kind, text


def _block(block: Block) -> Iterator[tuple[str, str]]:
    match block:
        case Heading(text=text):
            yield "heading", text
        case Text(text=text):
            yield "text", text
        case Bullets(items=items):
            yield from (("text", item) for item in items)
        case Button(label=label):
            yield "button", label
        case Image(alt=alt):
            yield "alt", alt
        case Quote(text=text, by=by):
            yield "quote", text
            yield "quote", by
        case Mjml(source=source):
            yield "mjml", source
        case _:
            return


def _pieces(where: str, kind: str, text: str) -> Iterator[Piece]:
    for match in _LIQUID.finditer(text):
        if _CONDITION.match(match.group()):
            continue  # what is compared is not shown
        for literal in _LITERAL.finditer(match.group()):
            said = literal[1] or literal[2] or ""
            if re.search(r"\w", said) and not re.match(r"^\s*%", said):
                yield Piece(where=f"{where}, inside Liquid", text=said, kind="liquid")
    shown = without_liquid(text)
    if kind == "mjml":
        shown = _mjml_words(shown)
    elif kind in {"text", "quote"}:
        shown = _STARS.sub(r"\1", _MARK.sub(r"\1", shown))
    yield Piece(where=where, text=shown, kind=kind)


def _mjml_words(source: str) -> str:
    """Return the words of MJML: elements on lines of their own, alternative texts too."""
    tree = _tree(_BLOCK_TAG.sub(lambda m: "\n" + m.group(), source))
    if tree is None:
        return source
    alts = [str(one) for one in tree.xpath("//@alt | //@title | //@aria-label")]
    return "\n".join([str(tree.text_content()), *alts])


def _tree(source: str) -> lxml.html.HtmlElement | None:
    try:
        return lxml.html.fromstring(f"<div>{source}</div>")
    except (etree.ParserError, ValueError):
        return None


def _links(email: Email) -> Iterator[tuple[str, str, str]]:
    for number, block in enumerate(email.body, start=1):
        where = f"block {number} ({block.type})"
        match block:
            case Button(label=label, url=url):
                yield where, label, url
            case Image(alt=alt, url=url) if url:
                yield where, alt, url
            case Mjml(source=source):
                tree = _tree(source)
                for link in tree.xpath("//*[@href]") if tree is not None else ():
                    yield where, str(link.text_content()), str(link.get("href"))
            case Text(text=text):
                yield from ((where, match[1], match[2]) for match in _MARK.finditer(text))
            case Bullets(items=items):
                for item in items:
                    yield from ((where, match[1], match[2]) for match in _MARK.finditer(item))
            case _:
                continue
