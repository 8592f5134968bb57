"""Files beside a draft: bytes named by their hash, so that a digest over the name covers them.

A member list of 100,000 rendered messages or record changes does not fit into an action; its sha256
does. The store keeps the bytes once per hash and checks them whenever they are read.
"""

from __future__ import annotations

import hashlib

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Attachment", "FileRef", "file_of"]


class FileRef(BaseModel):
    """Which bytes are meant: what an action or a section holds in their place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    name: str
    """As a person sees it: `recipients.ndjson`."""
    media_type: str
    size: int = Field(ge=0)
    """In bytes."""


class Attachment(BaseModel):
    """A file with its bytes, on its way into the store."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ref: FileRef
    data: bytes


def file_of(data: bytes, *, name: str, media_type: str) -> Attachment:
    """Return the bytes as a file, its hash computed here."""
    sha256 = hashlib.sha256(data).hexdigest()
    ref = FileRef(sha256=sha256, name=name, media_type=media_type, size=len(data))
    return Attachment(ref=ref, data=data)
