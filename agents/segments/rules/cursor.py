"""The cursor a request is read with: what stands at a word, and what became of each word.

The grammar moves `at` from word to word. Every word it passes is noted with its use; a word that
nothing takes becomes a question, so that none is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tools.segments.tree import Filter

from .crm_names import Vocabulary
from .dates import DateHit, read_date
from .joining import join_tokens
from .lexicon import Lex, Lexicon, Place, lex_at
from .numbers import Quantity, read_quantity
from .places import ABBREVIATIONS, countries
from .text import Token, fold, words_of

__all__ = ["Cursor", "Note", "Use"]


Use = Literal["condition", "name", "filler", "use_policy", "question"]


@dataclass(frozen=True, slots=True)
class Note:
    """What became of the tokens from `start` up to `end`."""

    start: int
    end: int
    use: Use
    became: str = ""


class Cursor:
    """A place in a request's tokens."""

    def __init__(self, text: str, lexicon: Lexicon, vocabulary: Vocabulary, today: date) -> None:
        self.text = text
        self.lexicon = lexicon
        self.vocabulary = vocabulary
        self.today = today
        self.tokens = join_tokens(text)
        self.keys = [token.key for token in self.tokens]
        self.at = 0
        self.notes: list[Note] = []
        self.mended: list[tuple[str, str]] = []
        self.looks_ahead = False
        """Whether a date here may lie in the future: when a deal will close."""
        self.happened: Callable[[Sequence[str], str], bool] = lambda _kinds, _asset: True
        """Whether events of these kinds ever happened on an asset of that name."""
        self.describe: Callable[[Filter], str] = lambda _tree: ""
        """Says a filter in plain words."""
        self._indexes: dict[
            int, tuple[Sequence[str], dict[str, list[tuple[tuple[str, ...], str]]]]
        ] = {}
        self._lex: dict[int, Lex | None] = {}
        self._dates: dict[int, DateHit | None] = {}

    # --- what stands here -----------------------------------------------------------------

    @property
    def done(self) -> bool:
        """Whether every token was passed."""
        return self.at >= len(self.tokens)

    def token(self, ahead: int = 0) -> Token | None:
        """Return a token from here on."""
        where = self.at + ahead
        return self.tokens[where] if 0 <= where < len(self.tokens) else None

    def lex(self, at: int | None = None) -> Lex | None:
        """Return the longest known phrase at a token."""
        where = self.at if at is None else at
        if where >= len(self.tokens):
            return None
        if where not in self._lex:
            lex = self._before_date(lex_at(self.lexicon, self.tokens, self.keys, where))
            if lex is not None and lex.read_as and lex.has("place") and not self._lived_in(lex):
                lex = None  # "Granada" is no typing mistake of a country where nobody here lives
            code = ABBREVIATIONS.get(self.tokens[where].text)
            if code is not None and (lex is None or lex.end == where + 1):
                lex = Lex(where, where + 1, {"place": Place((code,), countries()[code][0])})
            self._lex[where] = lex
        return self._lex[where]

    def _before_date(self, lex: Lex | None) -> Lex | None:
        """Leave the "on" of "clicked on or after 1 June" to the date."""
        if lex is None or lex.end - lex.start < 2 or self.keys[lex.end - 1] not in {"on", "in"}:
            return lex
        if lex.read_as or read_date(self.tokens, lex.end - 1, self.today) is None:
            return lex
        shorter = self.lexicon.match(self.keys[: lex.end - 1], lex.start)
        return Lex(lex.start, shorter[0], shorter[1]) if shorter is not None else lex

    def _lived_in(self, lex: Lex) -> bool:
        place: Place = lex.meanings["place"]
        known = {fold(value) for value in self.vocabulary.values("contact", "country")}
        return any(fold(name) in known for code in place.codes for name in countries()[code])

    def has(self, *kinds: str, at: int | None = None) -> bool:
        """Say whether the phrase at a token can mean one of these."""
        lex = self.lex(at)
        return lex is not None and lex.has(*kinds)

    def date(self, at: int | None = None) -> DateHit | None:
        """Return the date phrase at a token."""
        where = self.at if at is None else at
        if where >= len(self.tokens):
            return None
        if where not in self._dates:
            hit = read_date(self.tokens, where, self.today)
            if hit is not None and hit.ahead and not self.looks_ahead:
                hit = None
            if hit is not None and (
                self._counts_something(where, hit.end) or self._names_asset(where, hit.end)
            ):
                hit = None
            self._dates[where] = hit
        return self._dates[where]

    def _counts_something(self, at: int, end: int) -> bool:
        """Whether "between 1990 and 2000" is a number of something, not years."""
        if self.tokens[at].key not in {"between", "from"}:
            return False
        lex = self.lex(end)
        return (
            lex is not None
            and lex.has("field")
            and any(spec.type == "number" for spec in lex.meanings["field"])
        )

    def _names_asset(self, at: int, end: int) -> bool:
        """Whether "on the November newsletter" names an asset, not a month."""
        if not self.has("object", at=end):
            return False
        assets = self.vocabulary.assets()
        hits = [self.known_name(assets, n) for n in range(at, end)]
        return any(hit is not None and hit[1] > end for hit in hits)

    def quantity(self, at: int | None = None) -> Quantity | None:
        """Return the comparison with a number at a token."""
        where = self.at if at is None else at
        return read_quantity(self.tokens, where)

    def mark(self, *marks: str, at: int | None = None) -> bool:
        """Say whether a punctuation mark stands at a token."""
        where = self.at if at is None else at
        return where < len(self.tokens) and self.tokens[where].text in marks

    # --- moving on ------------------------------------------------------------------------

    def take(self, *kinds: str) -> Lex | None:
        """Pass the phrase here if it can mean one of these."""
        lex = self.lex()
        if lex is None or not lex.has(*kinds):
            return None
        self.pass_lex(lex)
        return lex

    def pass_lex(self, lex: Lex) -> None:
        """Pass this phrase; a mended word is remembered so that it can be shown."""
        if lex.read_as:
            pair = (self.tokens[lex.start].text, lex.read_as)
            if pair not in self.mended:
                self.mended.append(pair)
        self.at = max(self.at, lex.end)

    def skip_filler(self) -> None:
        """Pass known filler; it carries no condition."""
        while (lex := self.lex()) is not None and lex.has("filler") and not lex.read_as:
            if len(lex.meanings) > 1 and not lex.meanings.keys() <= {"filler", "ever", "it"}:
                return
            self.at = lex.end

    def note(self, start: int, use: Use, became: str = "", end: int | None = None) -> None:
        """Say what became of the tokens from `start` up to here."""
        stop = self.at if end is None else end
        if stop > start:
            self.notes.append(Note(start, stop, use, became))

    def words(self, start: int, end: int) -> str:
        """Return the request's own words."""
        if start >= end or start >= len(self.tokens):
            return ""
        return self.text[self.tokens[start].start : self.tokens[end - 1].end]

    def said(self, start: int, end: int) -> str:
        """Return the request's own words, a quoted text without its marks."""
        words = self.words(start, end)
        return words[1:-1] if end == start + 1 and self.tokens[start].kind == "quote" else words

    def body_has(self, start: int, end: int) -> bool:
        """Say whether a word, not only marks, stands between two tokens."""
        return any(token.kind != "mark" or token.text == "+" for token in self.tokens[start:end])

    def known_name(self, names: Sequence[str], at: int | None = None) -> tuple[str, int] | None:
        """Return the longest of `names` that stands here, whole, and where it ends."""
        where = self.at if at is None else at
        best: tuple[str, int] | None = None
        if where >= len(self.tokens):
            return None
        here = self.tokens[where]
        if here.kind == "quote":
            match = next((n for n in names if fold(n) == here.key), None)
            return (match, where + 1) if match else None
        for words, name in self._index(names).get(here.key, ()):
            end = where + len(words)
            if tuple(self.keys[where:end]) == words and (best is None or end > best[1]):
                best = (name, end)
        return best

    def _index(self, names: Sequence[str]) -> dict[str, list[tuple[tuple[str, ...], str]]]:
        """Return the names by their first word; made once for each sequence of names."""
        kept = self._indexes.get(id(names))
        if kept is None or kept[0] is not names:
            index: dict[str, list[tuple[tuple[str, ...], str]]] = {}
            for name in names:
                words = words_of(name)
                if words and fold(name).startswith(words[0][:1]):  # "/product" is no bare word
                    index.setdefault(words[0], []).append((words, name))
            kept = (names, index)
            self._indexes[id(names)] = kept
        return kept[1]
