"""What an edit changes, as dotted paths: the input to "material or cosmetic"."""

from __future__ import annotations

from typing import Any

__all__ = ["differences"]


def differences(before: Any, after: Any, path: str = "") -> set[str]:
    """Return the dotted paths that differ; lists are compared whole."""
    if isinstance(before, dict) and isinstance(after, dict):
        found: set[str] = set()
        for key in before.keys() | after.keys():
            inner = f"{path}.{key}" if path else str(key)
            found |= differences(before.get(key), after.get(key), inner)
        return found
    return set() if before == after and type(before) is type(after) else {path}
