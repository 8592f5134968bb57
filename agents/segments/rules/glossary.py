"""This team's own words read as what they mean: "hot leads" as "leads with a score over 80".

A term counts where the whole phrase stands in a request and the CRM knows nothing by that name:
field names, stored values, countries, lists, companies and assets are never read otherwise, nor is
a quoted text, a list's name or anything else that frames a request. A meaning is not read again for
terms, so that terms that hold each other, or themselves, come to an end. A meaning of several
conditions must stay together in what was read: "not hot leads" is not "no leads, score over 80".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agents.port import Question
from agents.segments.port import Count, Proposal, Reading, WordUse
from prompts.glossary import Term
from tools.segments.tree import All, Bucket, Equals, Filter, In, Property

from .crm_names import Vocabulary
from .frame import read_frame
from .lexicon import Lexicon
from .text import Token, clean, fold, singular, tokenise, words_of

__all__ = ["Glossary", "intact", "told"]

_LISTS = frozenset({"list", "lists", "segment", "segments", "liste", "listen"})


@dataclass(frozen=True, slots=True)
class _Known:
    """A term by its folded words, the last one in the singular."""

    term: Term
    words: tuple[str, ...]


class Glossary:
    """The terms that may be read in this CRM."""

    def __init__(self, terms: Sequence[Term], lexicon: Lexicon, vocabulary: Vocabulary) -> None:
        known = [_Known(one, _key(words_of(one.phrase))) for one in terms]
        self._terms: dict[str, list[_Known]] = {}
        # The longest phrase at a place wins: "hot leads in Spain" before "hot leads".
        for one in sorted(known, key=lambda one: -len(one.words)):
            if one.words and not _is_real(one.term.phrase, lexicon, vocabulary):
                self._terms.setdefault(one.words[0], []).append(one)

    def read(self, text: str) -> tuple[str, tuple[Term, ...]]:
        """Return a cleaned request in plain words, and the terms that were read in it."""
        if not self._terms:
            return text, ()
        pieces, used, at = [], list[Term](), 0
        for term, start, end in self._found(text):
            pieces += [text[at:start], clean(term.meaning)]
            at = end
            if term not in used:
                used.append(term)
        return "".join([*pieces, text[at:]]), tuple(used)

    def _found(self, text: str) -> Iterator[tuple[Term, int, int]]:
        tokens = tuple(one for one in tokenise(text) if one.key not in {"-", "/"})
        framed = [(start, end) for start, end, *_ in read_frame(text).taken]
        at = 0
        while at < len(tokens):
            one = self._at(tokens, at)
            end = at + len(one.words) if one is not None else at + 1
            first, last = tokens[at].start, tokens[end - 1].end
            free = all(last <= start or first >= stop for start, stop in framed)
            if one is not None and free and not _names_list(tokens, at, end):
                yield one.term, first, last
                at = end
            else:
                at += 1

    def _at(self, tokens: Sequence[Token], at: int) -> _Known | None:
        # The first word of a phrase of one word is its last one, and stands in the singular.
        for first in dict.fromkeys((tokens[at].key, singular(tokens[at].key))):
            for one in self._terms.get(first, ()):
                here = tokens[at : at + len(one.words)]
                words = tuple(token.key for token in here if token.kind != "quote")
                if _key(words) == one.words:
                    return one
        return None


def told(reading: Reading, used: Sequence[Term]) -> Reading:
    """Return the reading with the terms behind it, so that the card or the question shows them."""
    if not used:
        return reading
    match reading:
        case Proposal() | Count():
            uses = (
                WordUse(words=one.phrase, use="condition", became=f"{one.meaning} (glossary)")
                for one in used
            )
            return reading.model_copy(update={"words": (*uses, *reading.words)})
        case Question():
            new = [one for one in used if one.meaning not in reading.text]
            read = "; ".join(f"“{one.phrase}” as “{one.meaning}”" for one in new)
            more = f" (The glossary reads {read}.)" if new else ""
            return reading.model_copy(update={"text": f"{reading.text}{more}"})
        case _:
            return reading


def intact(tree: Filter, meaning: Filter) -> bool:
    """Return whether all conditions of a meaning stand side by side somewhere in what was read."""
    parts = meaning.of if isinstance(meaning, All) else (meaning,)
    if len(parts) == 1:
        return any(_covers(one, parts[0]) for group in _groups(tree) for one in group)
    return any(all(part in group for part in parts) for group in _groups(tree))


def _groups(tree: Filter) -> Iterator[tuple[Filter, ...]]:
    """Return the conditions that must all hold, group by group, at every depth."""
    below = getattr(tree, "of", None)
    if isinstance(tree, Bucket) or below is None:
        below = ()
    inside: tuple[Filter, ...] = below if isinstance(below, tuple) else (below,)
    yield inside if isinstance(tree, All) else (tree,)
    for one in inside:
        yield from _groups(one)


def _covers(found: Filter, part: Filter) -> bool:
    """Return whether a condition is there as it is, or as one of several values of its field."""
    if found == part:
        return True
    if not (isinstance(found, Property) and isinstance(part, Property)):
        return False
    return found.field == part.field and _values(part) <= _values(found) and bool(_values(part))


def _values(leaf: Property) -> set[object]:
    match leaf.is_:
        case Equals(value=value):
            return {value}
        case In(values=values):
            return set(values)
        case _:
            return set()


def _key(words: tuple[str, ...]) -> tuple[str, ...]:
    return (*words[:-1], singular(words[-1])) if words else ()


def _names_list(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether "the hot leads list" or "the list hot leads" stands here: that is a name."""
    before = tokens[start - 1].key if start else ""
    after = tokens[end].key if end < len(tokens) else ""
    return before in _LISTS or after in _LISTS


def _is_real(phrase: str, lexicon: Lexicon, vocabulary: Vocabulary) -> bool:
    words = words_of(phrase)
    entry = lexicon.entries.get(words)
    if entry is not None and entry.keys() - {"vague"}:
        return True
    if any(words in values for values in lexicon.field_values.values()):
        return True
    said = fold(phrase)
    names = (
        vocabulary.lists(), vocabulary.assets(), vocabulary.values("company", "name"),
    )  # fmt: skip
    return any(fold(name) == said for each in names for name in each)
