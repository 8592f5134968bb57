"""Targets: exactly which records an action touches, as a count and a hash.

The ids themselves are kept beside the draft, compressed and content-addressed; the digest covers
the hash.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Targets", "pack", "targets_of", "unpack"]


class Targets(BaseModel):
    """How many records, and the sha256 over their sorted ids, one a line."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


def _body(ids: Iterable[str]) -> tuple[int, bytes]:
    unique = sorted(set(ids))
    if any("\n" in one for one in unique):
        raise ValueError("a record id cannot hold a line break")
    return len(unique), "\n".join(unique).encode()


def targets_of(ids: Iterable[str]) -> Targets:
    """Return the targets of these ids; order and repetition do not matter."""
    count, body = _body(ids)
    return Targets(count=count, sha256=hashlib.sha256(body).hexdigest())


def pack(ids: Iterable[str]) -> bytes:
    """Return the ids as bytes to keep: sorted, one a line, deflated."""
    return zlib.compress(_body(ids)[1], level=6)


def unpack(packed: bytes) -> Sequence[str]:
    """Return what `pack` kept."""
    body = zlib.decompress(packed).decode()
    return body.split("\n") if body else []
