"""The lexicon: every known phrase and all it can mean, longest match first.

A phrase may have several meanings ("open" is an event and a kind of deal); the grammar takes the
one that fits where it stands. Typing mistakes are mended only towards these closed vocabularies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein

from tools.crm.port import Catalogue, FieldSpec

from .phrases import COMPANIONS, EVENTS, LANGUAGES, OBJECTS, STRUCTURE, VAGUE
from .places import US_STATES, countries, demonyms, regions
from .text import Token, words_of
from .vocabulary import FIELDS, ONLY_NAMED, STANDALONE, TITLES, VALUES

__all__ = ["Lex", "Lexicon", "Place", "Value", "build", "plural"]

_REAL_WORDS = frozenset(
    files("agents.segments.rules").joinpath("real_words.txt").read_text(encoding="utf-8").split()
)
"""English words near our vocabulary: never taken for a typing mistake."""


@dataclass(frozen=True, slots=True)
class Value:
    """One picklist value of one field."""

    spec: FieldSpec
    value: str


@dataclass(frozen=True, slots=True)
class Place:
    """Countries by a name, a region or an adjective; `state` where the name is one too."""

    codes: tuple[str, ...]
    name: str
    adjective: bool = False
    state: str = ""


@dataclass(frozen=True, slots=True)
class Lex:
    """The longest known phrase at a token: where it ends and everything it can mean."""

    start: int
    end: int
    meanings: Mapping[str, Any]
    read_as: str = ""
    """What a mistyped word was read as; empty where it was typed right."""

    def has(self, *kinds: str) -> bool:
        """Say whether the phrase can mean one of these."""
        return any(kind in self.meanings for kind in kinds)


Entry = dict[str, Any]


@dataclass(slots=True)
class Lexicon:
    """Phrases by their folded words."""

    entries: dict[tuple[str, ...], Entry] = field(default_factory=dict)
    longest: dict[str, int] = field(default_factory=dict)
    vocabulary: dict[str, str] = field(default_factory=dict)
    """Single words that a typing mistake may be mended to -> how to show them."""
    fields: dict[tuple[str, str], FieldSpec] = field(default_factory=dict)
    field_values: dict[tuple[str, str], dict[tuple[str, ...], str]] = field(default_factory=dict)

    def add(self, phrase: str, kind: str, data: Any, *, mend: bool = False) -> None:
        """Let `phrase` mean (also) this."""
        words = words_of(phrase) or tuple(phrase.split())
        if not words:
            return
        entry = self.entries.setdefault(words, {})
        if kind in {"value", "field"}:
            known = entry.setdefault(kind, [])
            if data not in known:
                known.append(data)
        else:
            entry.setdefault(kind, data)
        self.longest[words[0]] = max(self.longest.get(words[0], 0), len(words))
        if mend:
            for word in words:
                if len(word) >= 5:
                    self.vocabulary.setdefault(word, phrase if len(words) == 1 else word)

    def match(self, keys: Sequence[str], at: int) -> tuple[int, Entry] | None:
        """Return where the longest phrase at `at` ends and what it means."""
        most = self.longest.get(keys[at], 0)
        for size in range(min(most, len(keys) - at), 0, -1):
            entry = self.entries.get(tuple(keys[at : at + size]))
            if entry is not None:
                return at + size, entry
        return None

    def mend(self, word: str) -> str | None:
        """Return the one known word that `word` is a typing mistake of, or None."""
        if len(word) < 5 or word in _REAL_WORDS or not word.isalpha() or len(word) > 30:
            return None
        allowed = 1 if len(word) < 10 else 2
        near: list[tuple[int, str]] = []
        for known in self.vocabulary:
            if abs(len(known) - len(word)) > allowed or known[0] != word[0]:
                continue
            distance = DamerauLevenshtein.distance(word, known, score_cutoff=allowed)
            if distance <= allowed:
                near.append((distance, known))
        if not near:
            return None
        near.sort()
        best = [known for distance, known in near if distance == near[0][0]]
        if len({known.rstrip("s") for known in best}) == 1:
            return best[0]
        # "Swedn" may be "Sweden" or "Swede": one country either way, and its name is meant.
        places = [self.entries.get((known,), {}).get("place") for known in best]
        codes = {place.codes if place is not None else () for place in places}
        named = [k for k, p in zip(best, places, strict=True) if p is not None and not p.adjective]
        return named[0] if len(codes) == 1 and () not in codes and named else None


def plural(phrase: str) -> str:
    """Return the phrase with its last word in the plural, by the common endings."""
    if phrase.endswith(("s", "x", "ch", "sh")):
        return phrase + "es"
    if phrase.endswith("y") and phrase[-2:-1] not in {"a", "e", "o", "u"}:
        return phrase[:-1] + "ies"
    return phrase + "s"


def build(catalogue: Catalogue) -> Lexicon:
    """Return the lexicon of this catalogue."""
    lexicon = Lexicon(fields={(f.subject, f.name): f for f in catalogue.fields})
    _add_structure(lexicon)
    _add_fields(lexicon, catalogue)
    _add_values(lexicon, catalogue)
    _add_titles(lexicon)
    _add_events(lexicon)
    _add_places(lexicon)
    return lexicon


def _add_structure(lexicon: Lexicon) -> None:
    for kind, names in STRUCTURE.items():
        for name in names.split("|"):
            lexicon.add(name, kind, name)
    for name in COMPANIONS.split("|"):
        lexicon.add(name, "filler", name)
    for names, options in VAGUE.items():
        for name in names.split("|"):
            lexicon.add(name, "vague", options)
    for name, code in LANGUAGES.items():
        lexicon.add(name, "language", code)


def _add_fields(lexicon: Lexicon, catalogue: Catalogue) -> None:
    for spec in catalogue.fields:
        names = {spec.name.replace("_", " ")}
        if spec.label.lower() not in {"name", "owner", "state or region"}:
            names.add(spec.label)
        names |= set(filter(None, FIELDS.get((spec.subject, spec.name), "").split("|")))
        generic = {"name", "owner", "created at", "updated at"}
        for name in sorted(names - (generic if spec.subject != "contact" else set())):
            if spec.subject == "deal" and name.lower() == "create date":
                continue
            lexicon.add(name, "field", spec, mend=True)
            lexicon.add(plural(name), "field", spec)


def _add_values(lexicon: Lexicon, catalogue: Catalogue) -> None:
    for spec in catalogue.fields:
        if spec.type != "picklist" or spec.name == "country":
            continue
        known = lexicon.field_values.setdefault((spec.subject, spec.name), {})
        labels = spec.value_labels or spec.values
        for value, label in zip(spec.values, labels, strict=True):
            names = {label, value.replace("_", " ")}
            extra = VALUES.get((spec.subject, spec.name, value), "")
            names |= set(filter(None, extra.split("|")))
            for name in sorted(names):
                known.setdefault(words_of(name), value)
                known.setdefault(words_of(plural(name)), value)
                alone = (spec.subject, spec.name) in STANDALONE and value not in ONLY_NAMED
                typed_alone = (spec.subject, spec.name, value) in {
                    ("contact", "lead_status", "unqualified"),
                    ("contact", "lead_status", "bad_timing"),
                    ("contact", "lead_status", "attempted_to_contact"),
                }
                if spec.name == "company_type" and value == "customer":
                    alone = False
                if alone or typed_alone:
                    lexicon.add(name, "value", Value(spec, value), mend=True)
                    lexicon.add(plural(name), "value", Value(spec, value), mend=True)
                elif spec.name == "stage":
                    lexicon.add(name, "stage", value)


def _add_titles(lexicon: Lexicon) -> None:
    seniority = lexicon.fields.get(("contact", "seniority"))
    function = lexicon.fields.get(("contact", "job_function"))
    if seniority is None or function is None:
        return
    for name, (level, job) in TITLES.items():
        if level in seniority.values and job in function.values:
            for form in (name, plural(name)):
                lexicon.add(form, "title", (Value(seniority, level), Value(function, job)))


def _add_events(lexicon: Lexicon) -> None:
    for type_, form, names in EVENTS:
        for name in names.split("|"):
            words = words_of(name)
            kinds = lexicon.entries.setdefault(words, {}).setdefault(f"event_{form}", [])
            if type_ not in kinds:
                kinds.append(type_)
            lexicon.longest[words[0]] = max(lexicon.longest.get(words[0], 0), len(words))
            for word in words if len(name) > 5 else ():
                if len(word) >= 5:
                    lexicon.vocabulary.setdefault(word, word)
    for name, types in OBJECTS.items():
        for form in (name, plural(name)):
            lexicon.add(form, "object", tuple(types.split()), mend=True)


def _add_places(lexicon: Lexicon) -> None:
    states = {words_of(state): state for state in US_STATES}
    for code, names in countries().items():
        for name in names:
            state = states.get(words_of(name), "")
            place = Place((code,), names[0], state=state)
            lexicon.add(name, "place", place, mend=name == names[0])
    for code, names in demonyms().items():
        for name in names:
            place = Place((code,), countries()[code][0], adjective=True)
            lexicon.add(name, "place", place, mend=True)
    for words, codes in regions().items():
        lexicon.add(" ".join(words), "place", Place(codes, " ".join(words)), mend=True)
    for words, state in states.items():
        lexicon.add(" ".join(words), "state", state, mend=True)


def lex_at(lexicon: Lexicon, tokens: Sequence[Token], keys: Sequence[str], at: int) -> Lex | None:
    """Return the longest known phrase at `at`; a mistyped word is mended only where none is."""
    found = lexicon.match(keys, at)
    if found is not None:
        return Lex(at, found[0], found[1])
    if tokens[at].kind != "word" or (mended := lexicon.mend(keys[at])) is None:
        return None
    again = [*keys[:at], mended, *keys[at + 1 : at + 6]]
    found = lexicon.match(again, at)
    if found is None:
        return None
    return Lex(at, found[0], found[1], read_as=lexicon.vocabulary.get(mended, mended))
