"""Word lists, written as running text so that they stay short to read and to change."""

from __future__ import annotations

__all__ = ["words_of"]


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a list that is written as text, blanks between them."""
    return tuple(text.split())
