"""Sections: how a draft's evidence is shown, the same in Slack, in the console and in a terminal.

A trade returns typed values; the doors turn them into blocks, HTML or lines. `evidence["sections"]`
holds them as JSON values. Nothing in a section is carried out, and everything in it is text from
outside: the doors make it inert.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from .files import FileRef

__all__ = ["Fact", "Picture", "Section", "Table", "as_evidence", "files_in", "read_sections"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fact(_Value):
    """One line: what it is and what it says."""

    label: str
    value: str
    loud: bool = False


class Table(_Value):
    """Rows under a heading; a door may show the first of them and link the rest."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    """How many rows there are in all, also those not here."""


class Picture(_Value):
    """A picture that belongs to a section."""

    file: FileRef
    alt: str
    width: int
    height: int


class Section(_Value):
    """One part of a card, in this order: text, facts, table, pictures, files."""

    name: str
    """Stable, for tests and links: `audience`, `content`, `schedule`."""
    title: str
    text: str = ""
    facts: tuple[Fact, ...] = ()
    table: Table | None = None
    pictures: tuple[Picture, ...] = ()
    files: tuple[FileRef, ...] = ()
    """What may be opened or downloaded whole."""
    loud: bool = False
    """Whether an approver must not miss it."""


def as_evidence(sections: Iterable[Section]) -> list[dict[str, Any]]:
    """Return sections as the JSON values that `evidence["sections"]` holds."""
    return [section.model_dump(mode="json") for section in sections]


def read_sections(evidence: Mapping[str, Any]) -> tuple[Section, ...]:
    """Return the sections that a draft's evidence holds; none where it has none.

    One that cannot be read is not left out: in its place stands a loud one that says so.
    """
    held = evidence.get("sections")
    return tuple(_read(one) for one in held) if isinstance(held, list) else ()


def _read(value: Any) -> Section:
    try:
        return Section.model_validate(value)
    except ValidationError:
        name = str(value.get("name") if isinstance(value, Mapping) else "") or "unknown"
        words = "This version of Placet cannot read this part; ask for the work again."
        return Section(name=name, title=name, text=words, loud=True)


def files_in(*values: Any) -> tuple[FileRef, ...]:
    """Return every file that JSON values refer to, in order, each hash once."""
    found: dict[str, FileRef] = {}
    for value in values:
        for ref in _files(value):
            found.setdefault(ref.sha256, ref)
    return tuple(found.values())


def _files(value: Any) -> Iterable[FileRef]:
    if isinstance(value, Mapping):
        if set(value) == set(FileRef.model_fields):
            try:
                yield FileRef.model_validate(value)
            except ValidationError:
                return
            return
        for inner in value.values():
            yield from _files(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            yield from _files(inner)
