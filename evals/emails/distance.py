"""How far a draft is from the text that a person approved. Pure: two texts in, a share out."""

from __future__ import annotations

from rapidfuzz.distance import Levenshtein

__all__ = ["edit_distance"]


def edit_distance(drafted: str, approved: str) -> float:
    """Return how much of the text was edited, from 0 (the same) to 1 (nothing is left).

    Levenshtein over words, normalised by the longer text; letter case, white space and marks of
    emphasis do not count, because nobody edits a draft for them.
    """
    return Levenshtein.normalized_distance(_words(drafted), _words(approved))


def _words(text: str) -> list[str]:
    return text.replace("*", "").replace("_", "").casefold().split()
