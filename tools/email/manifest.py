"""The manifest: one line per member, which message they get, by hash. The digest covers its bytes.

What leaves must match its line; a message that renders differently is not the one approved.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gates.digest import canonical
from gates.files import Attachment, file_of
from placet.errors import BadInput

from .port import Rendered

__all__ = ["ManifestLine", "line_of", "manifest_of", "read_manifest"]

_NAME, _TYPE = "recipients.ndjson", "application/x-ndjson"


class ManifestLine(BaseModel):
    """One member's message."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contact: str
    to: str
    variant: str = ""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Over the message as rendered: all but its Date header."""


def line_of(rendered: Rendered) -> ManifestLine:
    """Return a rendered message as its line."""
    return ManifestLine(
        contact=rendered.contact_id,
        to=rendered.to,
        variant=rendered.variant,
        sha256=rendered.sha256,
    )


def manifest_of(lines: Iterable[ManifestLine]) -> Attachment:
    """Return the lines as a file, sorted by contact id: the same members give the same bytes.

    Raises:
        BadInput: two lines name one contact.
    """
    by_contact: dict[str, ManifestLine] = {}
    for line in lines:
        if by_contact.setdefault(line.contact, line) is not line:
            raise BadInput(f"Contact {line.contact} is in the manifest twice; render it once.")
    text = "".join(canonical(by_contact[one].model_dump()) + "\n" for one in sorted(by_contact))
    return file_of(text.encode(), name=_NAME, media_type=_TYPE)


def read_manifest(data: bytes) -> Mapping[str, ManifestLine]:
    """Return the lines by contact id, in the file's order.

    Raises:
        BadInput: a line is not one of a manifest.
    """
    found: dict[str, ManifestLine] = {}
    for number, text in enumerate(_lines(data), start=1):
        try:
            line = ManifestLine.model_validate(json.loads(text))
        except (ValueError, ValidationError):
            raise BadInput(f"Line {number} of the manifest cannot be read.") from None
        found[line.contact] = line
    return found


def _lines(data: bytes) -> list[str]:
    # Not splitlines: an address or id may hold U+2028, which that would take for a line's end.
    return [line for line in data.decode("utf-8", "replace").split("\n") if line]
