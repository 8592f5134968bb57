"""The doubt that becomes a question."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["Unclear"]


class Unclear(Exception):
    """The request can be read in more than one way, or not at all: ask, then read again.

    `key` names the doubt; the same doubt in the same words always has the same key, so that an
    answer can be given to it when the request is read anew.
    """

    def __init__(
        self,
        key: str,
        text: str,
        options: Sequence[str] = (),
        *,
        about: str = "",
        rewrites: Sequence[str | None] = (),
        takes_words: bool = True,
    ) -> None:
        super().__init__(text)
        self.key = key
        self.text = text
        self.options = tuple(options)
        self.about = about
        self.rewrites = tuple(rewrites)
        """What each option puts in the place of `about`; None where the key itself decides."""
        self.takes_words = takes_words
