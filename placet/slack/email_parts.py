"""The parts of an email's body that a form can edit: each text, label and link, with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tools.email.model import Bullets, Button, Email, Heading, Image, Mjml, Quote, Text

__all__ = ["Part", "parts_of", "put_parts"]

_LONGEST = 3_000  # what a field of Slack's takes
_EMPTY = "Leave it empty to take this part out."
_MARKS = "Blank line: new paragraph. **bold**, *italic*, [label](https://…). "
_LEADING = {
    "heading": "text",
    "text": "text",
    "bullets": "items",
    "quote": "text",
    "mjml": "source",
}
"""The field without which a block is taken out."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One field of the form."""

    block: int
    """Which block of the body."""
    name: str
    """Which of its fields."""
    label: str
    value: str
    multiline: bool = False
    optional: bool = False
    hint: str = ""

    @property
    def block_id(self) -> str:
        """The form's name for it."""
        return f"body:{self.block}:{self.name}"

    @property
    def too_long(self) -> bool:
        """Whether no field of Slack's can hold it."""
        return len(self.value) > _LONGEST


def parts_of(email: Email) -> tuple[Part, ...]:
    """Return the fields of an email's body, in reading order."""
    return tuple(part for number, block in enumerate(email.body) for part in _parts(number, block))


def _parts(number: int, block: Any) -> Iterator[Part]:
    def part(name: str, label: str, value: str, **more: Any) -> Part:
        return Part(block=number, name=name, label=f"{number + 1}. {label}", value=value, **more)

    match block:
        case Heading():
            yield part("text", "Heading", block.text, optional=True, hint=_EMPTY)
        case Text():
            yield part(
                "text", "Text", block.text, multiline=True, optional=True, hint=_MARKS + _EMPTY
            )
        case Bullets():
            points = "\n".join(block.items)
            hint = f"One a line. {_EMPTY}"
            yield part("items", "Points", points, multiline=True, optional=True, hint=hint)
        case Button():
            yield part("label", "Button", block.label)
            yield part("url", "The button leads to", block.url)
        case Image():
            yield part("alt", "Picture, as words", block.alt, hint="For those who do not see it.")
            yield part("url", "The picture leads to", block.url, optional=True)
        case Quote():
            yield part("text", "Quotation", block.text, multiline=True, optional=True, hint=_EMPTY)
            yield part("by", "Said by", block.by)
        case Mjml():
            yield part("source", "Design (MJML)", block.source, multiline=True, optional=True)
        case _:
            return


def put_parts(
    body: Sequence[Mapping[str, Any]], written: Mapping[str, str], errors: dict[str, str]
) -> list[dict[str, Any]]:
    """Return the body, as JSON values, with what was written in it; what is wrong goes to `errors`.

    A block whose words were emptied is left out.
    """
    kept: list[dict[str, Any]] = []
    for number, old in enumerate(body):
        block = dict(old)
        for key, text in written.items():
            _, at, name = key.split(":")
            if int(at) == number:
                block[name] = _value(name, text)
                wrong = _wrong(str(old["type"]), name, text)
                if wrong:
                    errors[key] = wrong
        leading = _LEADING.get(str(old["type"]))
        if leading is None or block[leading]:
            kept.append(block)
    return kept


def _value(name: str, text: str) -> Any:
    if name == "items":
        return [line.strip(" \t-•*") for line in text.splitlines() if line.strip(" \t-•*")]
    return text


def _wrong(kind: str, name: str, text: str) -> str:
    if name == "url":
        return _wrong_link(text) if text or kind == "button" else ""
    if not text and name in ("label", "alt", "by"):
        return "Write something here."
    return ""


def _wrong_link(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        return "This is no link; write it whole, as in https://example.com/page."
    if parts.scheme != "https" or not parts.hostname or any(char.isspace() for char in text):
        return "Write the link whole, beginning with https://."
    return ""
