"""One rendered HTML part, read once: text with colours, links, images, headings, what is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import lxml.html
from lxml import etree

from .style import Colour, colour, declarations, over, pixels, rules
from .wordlists import words_of

__all__ = ["Image", "Link", "Page", "Run", "read_page"]


@dataclass(frozen=True, kw_only=True)
class Look:
    """How text looks at one place, inherited."""

    ink: Colour = (0, 0, 0, 1.0)
    paper: Colour = (255, 255, 255, 1.0)
    known_paper: bool = True
    """False over a picture or gradient: the contrast cannot be computed."""
    size: float = 16.0
    bold: bool = False
    hidden: str = ""
    """Why it is not seen, or empty."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """Words that look the same."""

    text: str
    look: Look
    link: str = ""
    """The address of the link it belongs to."""
    tag: str = ""


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link with what a reader sees of it."""

    href: str
    label: str
    hidden: str = ""
    picture: bool = False
    """Whether its label is a picture's alternative text."""


@dataclass(frozen=True, kw_only=True)
class Image:
    """A picture."""

    src: str
    alt: str | None
    width: str
    height: str
    hidden: str = ""
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """An HTML part as a reader gets it."""

    runs: tuple[Run, ...] = ()
    links: tuple[Link, ...] = ()
    images: tuple[Image, ...] = ()
    headings: tuple[tuple[int, str], ...] = ()
    """Level and words, in order."""
    tags: frozenset[str] = frozenset()
    properties: Mapping[str, str] = field(default_factory=dict)
    """CSS properties in use outside media queries, each with one of its values."""
    source: str = ""
    language: str = ""
    """The `lang` of the document."""

    @property
    def text(self) -> str:
        """Return the words that are seen."""
        return _joined(run for run in self.runs if not run.look.hidden)

    @property
    def all_text(self) -> str:
        """Return every word, those that are hidden too."""
        return _joined(self.runs)


_SILENT = frozenset({"script", "style", "head", "title", "meta", "link", "noscript", "template"})
_BLOCKS = frozenset(
    words_of(
        "p div td th tr table h1 h2 h3 h4 h5 h6 li ul ol br hr blockquote section header "
        "footer body "
        "center"
    )
)
_CONDITIONAL_LINK = re.compile(r"href\s*=\s*[\"']([^\"']+)[\"']", re.IGNORECASE)
_BREAK = "\n"


def read_page(html: str) -> Page:
    """Read an HTML part; whatever cannot be parsed is an empty page."""
    try:
        root = lxml.html.document_fromstring(html)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return Page(source=html)
    walk = _Walk(_sheets(root))
    walk.enter(root, Look(), "")
    hidden_links = tuple(
        Link(href=href, label="", hidden="in a conditional comment")
        for comment in root.iter(etree.Comment)
        for href in _CONDITIONAL_LINK.findall(comment.text or "")
    )
    seen = {link.href for link in walk.links}
    return Page(
        runs=tuple(walk.runs),
        links=(*walk.links, *(link for link in hidden_links if link.href not in seen)),
        images=tuple(walk.images),
        headings=tuple(walk.headings),
        tags=frozenset(walk.tags),
        properties=walk.properties,
        source=html,
        language=root.get("lang") or "",
    )


def _joined(runs: Iterator[Run] | tuple[Run, ...]) -> str:
    text = "".join(run.text for run in runs)
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.split(_BREAK))))


Sheet = list[tuple[str, str, str, dict[str, str]]]
"""Tag, class, id (each may be empty) and declarations."""
_SELECTOR = re.compile(r"^([a-z][a-z0-9]*)?(?:\.([\w-]+))?(?:#([\w-]+))?$", re.IGNORECASE)


def _sheets(root: lxml.html.HtmlElement) -> Sheet:
    found: Sheet = []
    for style in root.iter("style"):
        for selector, said in rules(style.text or ""):
            if (match := _SELECTOR.match(selector)) and selector:
                found.append(((match[1] or "").lower(), match[2] or "", match[3] or "", said))
    return found


class _Walk:
    """Goes through the document once, carrying the look along."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self.runs: list[Run] = []
        self.links: list[Link] = []
        self.images: list[Image] = []
        self.headings: list[tuple[int, str]] = []
        self.tags: set[str] = set()
        self.properties: dict[str, str] = {}

    def enter(self, node: lxml.html.HtmlElement, look: Look, link: str) -> None:
        tag = node.tag if isinstance(node.tag, str) else ""
        if not tag:
            return
        self.tags.add(tag)
        if tag in _SILENT and tag != "head":
            return
        said = self._said(node, tag)
        look = _look(look, node, tag, said)
        link = node.get("href", "") if tag == "a" else link
        if tag == "img":
            self._image(node, look, link)
        first = len(self.runs)
        self._text(node.text, look, link, tag, block=tag in _BLOCKS)
        for child in node:
            self.enter(child, look, link)
            self._text(child.tail, look, link, tag)
        if tag in _BLOCKS:
            self.runs.append(Run(text=_BREAK, look=look, link=link, tag=tag))
        self._note(node, tag, first, look)

    def _text(
        self, text: str | None, look: Look, link: str, tag: str, *, block: bool = False
    ) -> None:
        if block:
            self.runs.append(Run(text=_BREAK, look=look, link=link, tag=tag))
        if text:
            flat = re.sub(r"\s+", " ", text)
            if look.size < 2 and not look.hidden and text.strip():
                # Not inherited: MJML's wrappers have font size 0, their content its own.
                look = replace(look, hidden=f"font size {look.size:g} px")
            self.runs.append(Run(text=flat, look=look, link=link, tag=tag))

    def _said(self, node: lxml.html.HtmlElement, tag: str) -> dict[str, str]:
        classes, name = (node.get("class") or "").split(), node.get("id") or ""
        said: dict[str, str] = {}
        for want_tag, want_class, want_id, given in self._sheet:
            by_class = not want_class or want_class in classes
            if want_tag in ("", tag) and by_class and want_id in ("", name):
                said |= given
        said |= declarations(node.get("style") or "")
        for key, value in said.items():
            self.properties.setdefault(key, value)
            if key == "display" and value in {"flex", "grid", "inline-flex", "inline-grid"}:
                self.properties[key] = value
        return said

    def _image(self, node: lxml.html.HtmlElement, look: Look, link: str) -> None:
        said = declarations(node.get("style") or "")
        width = node.get("width") or said.get("width", "")
        height = node.get("height") or said.get("height", "")
        self.images.append(
            Image(
                src=(node.get("src") or "").strip(),
                alt=node.get("alt"),
                width=width,
                height=height,
                hidden=look.hidden,
                link=link,
            )
        )

    def _note(self, node: lxml.html.HtmlElement, tag: str, first: int, look: Look) -> None:
        words = " ".join("".join(run.text for run in self.runs[first:]).split())
        if tag == "a" and node.get("href") is not None:
            alts = [image.get("alt") or "" for image in node.iter("img")]
            hidden = look.hidden or _all_hidden(self.runs[first:])
            self.links.append(
                Link(
                    href=(node.get("href") or "").strip(),
                    label=words or " ".join(alts),
                    hidden=hidden if words else look.hidden,
                    picture=not words and bool(alts),
                )
            )
        elif tag == "area" and node.get("href"):
            self.links.append(Link(href=node.get("href") or "", label=node.get("alt") or ""))
        elif len(tag) == 2 and tag[0] == "h" and tag[1].isdigit() and not look.hidden:
            self.headings.append((int(tag[1]), words))


def _all_hidden(runs: list[Run]) -> str:
    spoken = [run for run in runs if run.text.strip()]
    return spoken[0].look.hidden if spoken and all(run.look.hidden for run in spoken) else ""


def _look(look: Look, node: lxml.html.HtmlElement, tag: str, said: dict[str, str]) -> Look:
    look = _papered(look, node, said)
    ink = said.get("color") or (node.get("color") if tag == "font" else None)
    if ink and (read := colour(ink)):
        look = replace(look, ink=read)
    elif tag == "a" and not ink:
        look = replace(look, ink=(0, 0, 238, 1.0))
    if "font-size" in said and (size := pixels(said["font-size"], look.size)) is not None:
        look = replace(look, size=size)
    elif tag in _HEADING_SIZES and "font-size" not in said:
        look = replace(look, size=_HEADING_SIZES[tag])
    weight = said.get("font-weight", "")
    if weight in {"bold", "bolder"} or tag in {"b", "strong", "th", *_HEADING_SIZES}:
        look = replace(look, bold=True)
    if weight.isdecimal():
        look = replace(look, bold=int(weight) >= 700)
    if not look.hidden and (why := _hidden(node, said)):
        look = replace(look, hidden=why)
    return look


_HEADING_SIZES = {"h1": 32.0, "h2": 24.0, "h3": 18.72}


def _papered(look: Look, node: lxml.html.HtmlElement, said: dict[str, str]) -> Look:
    given = said.get("background-color") or node.get("bgcolor") or ""
    short = said.get("background", "")
    picture = "url(" in short or "gradient(" in short or "background-image" in said
    if picture or node.get("background"):
        look = replace(look, known_paper=False)
    if not given and short:
        given = next((part for part in short.split() if colour(part)), "") or (
            short if short.startswith("rgb") else ""
        )
    if given and (paper := colour(given)):
        known = look.known_paper if picture else (paper[3] > 0 or look.known_paper)
        return replace(look, paper=over(paper, look.paper), known_paper=known)
    return look


def _hidden(node: lxml.html.HtmlElement, said: dict[str, str]) -> str:
    if said.get("display") == "none" or node.get("hidden") is not None:
        return "display: none"
    if said.get("visibility") in {"hidden", "collapse"}:
        return "visibility: hidden"
    if (opacity := said.get("opacity")) and opacity.strip().rstrip("%") in {"0", "0.0", ".0"}:
        return "opacity: 0"
    if said.get("mso-hide") == "all":
        return "mso-hide"
    return _off_page(said)


def _off_page(said: dict[str, str]) -> str:
    clipped = said.get("overflow") == "hidden"
    for side in ("max-height", "height", "max-width", "width"):
        if clipped and pixels(said.get(side, "none"), 16) in {0.0, 1.0}:
            return f"{side}: {said[side]}"
    for side in ("text-indent", "left", "top", "margin-left"):
        if (pixels(said.get(side, "none"), 16) or 0.0) <= -500:
            return f"{side}: {said[side]}"
    if re.match(r"rect\(0", said.get("clip", "")):
        return "clip"
    return ""
