"""Questions about words that have no place: which word it is, and what may have been meant."""

from __future__ import annotations

from rapidfuzz import process

from .doubts import Unclear
from .numbers import lacks_number
from .reader import Reader
from .text import fold

__all__ = ["Asking"]


class Asking(Reader):
    """Raises the question for a word that nothing takes."""

    def _check_number(self, at: int) -> None:
        """Ask for the number where "a lead score of at least" has none."""
        c = self.c
        for begin in range(at, max(at - 3, -1), -1):
            end = lacks_number(c.tokens, begin)
            if end is None or end <= at or c.has("value", "title", at=end):
                continue  # "at least director level" wants no number
            first = next(
                (n for n in range(begin, max(begin - 4, -1), -1) if c.has("field", at=n)), at
            )
            words = c.words(min(first, begin), end)
            tails = (
                ("10 and 50", "50 and 100") if c.keys[begin] == "between" else ("10", "50", "100")
            )
            options = tuple(f"{words} {tail}" for tail in tails)
            raise Unclear(
                f"number:{fold(words)}",
                f'"{words}" what? Which number should it be?',
                options,
                about=words,
                rewrites=options,
            )

    def _unplaced(self, at: int) -> None:
        """Ask about the word here: nothing takes it."""
        c = self.c
        at = self._culprit(at)
        self._check_number(at)
        lex = c.lex(at)
        words = c.words(at, lex.end if lex is not None else at + 1)
        if lex is not None and lex.has("vague") and not lex.read_as:
            options = lex.meanings["vague"]
            raise Unclear(
                f"vague:{fold(words)}",
                f'What do you mean by "{words}"?',
                options,
                about=words,
                rewrites=tuple(f"\x00{option}" for option in options),
            )
        end = at + 1
        while (
            end < len(c.tokens)
            and end - at < 4
            and c.lex(end) is None
            and (c.tokens[end].kind == "word" and c.date(end) is None)
        ):
            end += 1
        words = c.words(at, end)
        near = self._near(words)
        if c.date(at) is not None:
            hit = c.date(at)
            assert hit is not None  # noqa: S101 - just seen
            words = c.words(at, hit.end)
            raise Unclear(
                f"when:{fold(words)}",
                f'What happened "{words}"?',
                (f"created {words}", f"opened an email {words}", f"clicked an email {words}"),
                about=words,
                rewrites=(
                    f"created {words}",
                    f"who opened an email {words}",
                    f"who clicked an email {words}",
                ),
            )
        text = f'I could not place "{words}": it is no field or value of this CRM.'
        text += " Did you mean one of these?" if near else " What does it mean?"
        raise Unclear(
            f"unknown:{fold(words)}",
            text,
            (*near, "leave it out"),
            about=words,
            rewrites=(*near, ""),
        )

    def _culprit(self, at: int) -> int:
        """Return the word to ask about: the first one without a place, not the "who" before it."""
        c = self.c
        where = at
        for _ in range(8):
            if c.date(where) is not None:
                return where
            lex = c.lex(where)
            if where >= len(c.tokens) or (
                where > at and (c.mark(",", ".", at=where) or c.has("and", "or", at=where))
            ):
                return at
            if lex is None or (lex.has("vague") and not lex.has("value", "field", "event_verb")):
                return where
            if where > at and lex.has("place", "title"):
                return at
            where = lex.end
        return at

    def _near(self, words: str) -> tuple[str, ...]:
        names = [
            " ".join(key)
            for key, entry in self.c.lexicon.entries.items()
            if entry.keys() & {"value", "field", "place", "title"}
        ]
        hits = process.extract(fold(words[:60]), names, limit=3, score_cutoff=72)
        return tuple(name for name, _, _ in hits)
