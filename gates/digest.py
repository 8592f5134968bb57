"""The digest: sha256 over the canonical JSON of a revision.

Canonical means: UTF-8, keys sorted by code point, no spaces, no NaN or infinity, integers as they
are and floats by Python's shortest round-trip form. What the person saw is what is hashed and what
runs.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

__all__ = ["canonical", "digest_of", "short"]


def canonical(value: Any) -> str:
    """Return `value` (JSON values only) in its one canonical form.

    Raises:
        ValueError: it holds NaN or infinity.
        TypeError: it holds something that is no JSON value.

    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def digest_of(value: Any) -> str:
    """Return the sha256 of the canonical form, as 64 hex digits."""
    return hashlib.sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()


def short(digest: str) -> str:
    """Return the digest as people compare it: its first twelve digits."""
    return digest[:12]
