"""The brand file: the version-controlled quality standard of every email.

The drafter, the build, the checks and the scorers read the same file, so that what is asked for is
what is checked. It holds no secrets.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from placet.errors import BadInput

from .model import Mailbox

__all__ = [
    "Brand", "Colours", "Fonts", "Footer", "Logo", "Notice", "Tone", "load_brand", "read_brand",
    "sample_brand",
]  # fmt: skip

T = TypeVar("T")
_COLOUR = r"^#[0-9a-fA-F]{6}$"
_DOMAIN = r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$"
_KEY = r"^[a-z0-9][a-z0-9_-]{0,39}$"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Logo(_Value):
    """The picture at the top of every email; size in CSS pixels."""

    src: str = Field(pattern=r"^https://[^\s\"<>]+$")
    alt: str = Field(min_length=1)
    width: int = Field(ge=1, le=600)
    height: int = Field(ge=1, le=400)


class Colours(_Value):
    """Colours as `#rrggbb`."""

    background: str = Field(default="#f3f4f6", pattern=_COLOUR)
    """Around the content."""
    surface: str = Field(default="#ffffff", pattern=_COLOUR)
    """Under the content."""
    text: str = Field(default="#1f2933", pattern=_COLOUR)
    muted: str = Field(default="#5b6770", pattern=_COLOUR)
    """The footer's text, on `background`."""
    primary: str = Field(default="#1d4ed8", pattern=_COLOUR)
    """Buttons."""
    on_primary: str = Field(default="#ffffff", pattern=_COLOUR)
    """Text on buttons."""
    link: str = Field(default="#1d4ed8", pattern=_COLOUR)
    line: str = Field(default="#d5dae1", pattern=_COLOUR)


class Fonts(_Value):
    """Font stacks as CSS has them; the last name should be `serif` or `sans-serif`."""

    heading: str = Field(default="Arial, Helvetica, sans-serif", pattern=r"^[A-Za-z0-9 ,'-]+$")
    body: str = Field(default="Arial, Helvetica, sans-serif", pattern=r"^[A-Za-z0-9 ,'-]+$")


class Tone(_Value):
    """How the brand speaks."""

    voice: Literal["formal", "neutral", "friendly"] = Field(default="neutral", alias="register")
    """In the file it is called `register`, a name that pydantic's own base class takes."""
    prefer: Mapping[str, str] = {}
    """Words to avoid, each with what to say in their place: `utilize: use`."""


class Notice(_Value):
    """A sentence that belongs into emails about some topics, in some languages."""

    key: str = Field(pattern=_KEY)
    topics: tuple[str, ...] = ()
    """Empty: every topic."""
    text: Mapping[str, str] = Field(min_length=1)
    """By language; a language that is not here has no such notice."""

    def words(self, topic: str, language: str) -> str | None:
        """Return the sentence for this topic and language, or None where it does not apply."""
        if self.topics and topic not in self.topics:
            return None
        return _by_language(self.text, language)


class Footer(_Value):
    """The words of the footer in one language; `{topic}` and `{name}` are filled in."""

    why: str = "You receive this because you asked {name} for news about {topic}."
    unsubscribe: str = "Unsubscribe"
    preferences: str = "Choose what you receive"
    address: str = ""
    """Said before the postal address, where a language needs it."""


class Brand(_Value):
    """Who writes, how it looks, and what may and must be said."""

    name: str = Field(min_length=1, max_length=80)
    legal_name: str = Field(min_length=1, max_length=200)
    postal_address: str = Field(min_length=8, max_length=300)
    """One line per line; by law part of every commercial email."""
    website: str = Field(pattern=r"^https://[^\s\"<>]+$")
    logo: Logo | None = None
    colours: Colours = Colours()
    fonts: Fonts = Fonts()
    tone: Tone = Tone()
    banned_words: tuple[str, ...] = ()
    """Words and phrases that no email says, whatever their case."""
    required: tuple[Notice, ...] = ()
    """Claims that the author must make in the body; a check looks for them."""
    disclaimers: tuple[Notice, ...] = ()
    """Sentences that the build puts into the footer by itself."""
    facts: tuple[str, ...] = ()
    """Statements that any email may make although no brief says them."""
    from_domains: tuple[str, ...] = Field(min_length=1)
    """Whose addresses may be senders and reply-to; subdomains are named apart."""
    link_domains: tuple[str, ...] = ()
    """Where links may lead, subdomains included; they get the campaign's tags."""
    other_link_domains: tuple[str, ...] = ()
    """Where links may lead too (partners, social networks), but untagged."""
    senders: tuple[Mailbox, ...] = Field(min_length=1)
    """The first is the default."""
    reply_to: Mailbox | None = None
    """The default; None: replies go to the sender."""
    unsubscribe_mailbox: str = ""
    """Where `List-Unsubscribe: <mailto:...>` goes; empty: https alone."""
    topics: Mapping[str, str] = Field(min_length=1)
    """What people can unsubscribe from, by key, with the label they see."""
    languages: tuple[str, ...] = ("en",)
    """BCP 47; the first is the default."""
    footer: Mapping[str, Footer] = {"en": Footer()}
    """By language."""
    sha256: str = ""
    """Over the file's bytes; computed when it is read."""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        domains = (*self.from_domains, *self.link_domains, *self.other_link_domains)
        for domain in domains:
            if not _matches(_DOMAIN, domain):
                raise ValueError(f"{domain!r} is no domain in lower case such as news.acme.example")
        for mailbox in (*self.senders, *([self.reply_to] if self.reply_to else [])):
            if not self.may_send(mailbox.address):
                raise ValueError(f"{mailbox.address} is at none of from_domains")
        for key in self.topics:
            if not _matches(_KEY, key):
                raise ValueError(f"topic {key!r}: use lower-case letters, digits, - and _")
        for language in self.languages:
            if _by_language(self.footer, language) is None:
                raise ValueError(f"footer has no words for the language {language}")
        for notice in (*self.required, *self.disclaimers):
            if unknown := [one for one in notice.topics if one not in self.topics]:
                raise ValueError(f"notice {notice.key} names an unknown topic {unknown[0]!r}")
        return self

    def may_send(self, address: str) -> bool:
        """Return whether this address may be a sender or a reply-to."""
        return address.rpartition("@")[2].lower() in self.from_domains

    def owns(self, host: str) -> bool:
        """Return whether a link to this host is one to the brand's own domains."""
        return _under(host, self.link_domains)

    def may_link(self, host: str) -> bool:
        """Return whether a link may lead to this host."""
        return self.owns(host) or _under(host, self.other_link_domains)

    def topic_label(self, topic: str) -> str:
        """Return a topic as recipients read it; its key where the brand has no label."""
        return self.topics.get(topic, topic.replace("_", " "))

    def footer_in(self, language: str) -> Footer:
        """Return the footer's words in this language, or in the first language there is."""
        found = _by_language(self.footer, language) or _by_language(self.footer, self.languages[0])
        return found or Footer()

    def disclaimers_for(self, topic: str, language: str) -> tuple[str, ...]:
        """Return what the footer must say about this topic in this language."""
        said = (notice.words(topic, language) for notice in self.disclaimers)
        return tuple(words for words in said if words)

    def required_for(self, topic: str, language: str) -> tuple[str, ...]:
        """Return what the body must say about this topic in this language."""
        said = (notice.words(topic, language) for notice in self.required)
        return tuple(words for words in said if words)


def load_brand(path: Path) -> Brand:
    """Read a brand file.

    Raises:
        BadInput: it is not there, no YAML, or not a brand; the message says where.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"The brand file {path} cannot be read: {error.strerror}.") from None
    return read_brand(data, where=str(path))


def read_brand(text: str | bytes, *, where: str = "the brand file") -> Brand:
    """Read a brand from the text of its file; `where` names it in errors.

    Raises:
        BadInput: it is no YAML, or not a brand; the message says where.
    """
    data = text.encode() if isinstance(text, str) else text
    try:
        loaded: Any = yaml.safe_load(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadInput(f"{where} is not UTF-8; save it as UTF-8.") from None
    except yaml.YAMLError as error:
        raise BadInput(f"{where} is no YAML: {' '.join(str(error).split())}.") from None
    if not isinstance(loaded, dict):
        raise BadInput(f"{where} must hold names and values, as in `name: Acme`.")
    loaded.pop("sha256", None)
    try:
        brand = Brand.model_validate(loaded)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        raise BadInput(f"{where}: {place + ': ' if place else ''}{said}.") from None
    return brand.model_copy(update={"sha256": hashlib.sha256(data).hexdigest()})


def sample_brand() -> Brand:
    """Return the made-up brand that ships with Placet: for demos, tests and a first look."""
    return read_brand(resources.files("placet").joinpath("brand.yaml").read_bytes())


def _matches(pattern: str, text: str) -> bool:
    return re.match(pattern, text) is not None


def _by_language(texts: Mapping[str, T], language: str) -> T | None:
    """Return what there is in this language: `de-AT`, else `de`."""
    return texts.get(language) or texts.get(language.partition("-")[0])


def _under(host: str, domains: tuple[str, ...]) -> bool:
    host = host.lower().rstrip(".")
    return any(host == domain or host.endswith("." + domain) for domain in domains)
