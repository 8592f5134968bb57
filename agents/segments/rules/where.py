"""Places: "in the UK or Ireland", "in Berlin", "in DACH" and what has two meanings."""

from __future__ import annotations

from rapidfuzz import process

from tools.segments.tree import Equals, Filter, Subject

from .cursor import Cursor
from .doubts import Unclear
from .lexicon import Place
from .logic import all_of, any_of, place_filter, prop_of
from .places import US_STATES, countries
from .text import fold, words_of

__all__ = ["place_at", "read_places"]


def _article(c: Cursor, at: int) -> int:
    while (
        at < len(c.tokens)
        and not c.has("place", at=at)
        and (  # "the States"
            c.keys[at] in {"the", "either", "both", "all", "of", "der", "den"}
            or (c.keys[at] in {"state", "city", "country"} and c.keys[at + 1 : at + 2] == ["of"])
        )
    ):
        at += 1
    return at


def _stored(c: Cursor, at: int, subject: Subject) -> list[tuple[str, str, int]]:
    """Return (field, stored value, end) of cities and states that stand here."""
    found = []
    for name in ("city", "state"):
        if (subject, name) not in c.lexicon.fields or subject == "deal":
            continue
        hit = c.known_name(c.vocabulary.values(subject, name), at)
        if hit is not None:
            end = hit[1] + (hit[1] < len(c.keys) and c.keys[hit[1]] == name)
            found.append((name, hit[0], end))
    return found


def place_at(c: Cursor, at: int, subject: Subject = "contact") -> int | None:
    """Return where the place name at `at` ends, or None where none stands here."""
    at = _article(c, at)
    if at >= len(c.tokens):
        return None
    lex = c.lex(at)
    if lex is not None and lex.has("place", "state"):
        return lex.end
    if lex is not None and not lex.has("vague", "filler", "value") and len(lex.meanings) > 0:
        return None
    stored = _stored(c, at, subject)
    return max((end for _, _, end in stored), default=None)


def _one(c: Cursor, subject: Subject) -> Filter | None:
    """Read one place and pass it."""
    at = _article(c, c.at)
    if at >= len(c.tokens):
        return None
    start, _token, lex = at, c.tokens[at], c.lex(at)
    stored = _stored(c, at, subject)
    longest = max((end for _, _, end in stored), default=at)
    if lex is not None and lex.has("place") and lex.end >= longest:
        place: Place = lex.meanings["place"]
        if place.state:
            return _two_meanings(c, place, lex.end, subject)
        c.pass_lex(lex)
        return place_filter(c.lexicon, (place,), subject)
    fields = {name for name, _, end in stored if end == longest}
    if stored and len(fields) == 1:
        name, value, end = next(one for one in stored if one[2] == longest)
        c.at = end
        return prop_of(name, Equals(value=value))
    if stored:
        value = next(v for name, v, end in stored if end == longest and name == "city")
        if fold(value) not in {fold(state) for state in US_STATES}:
            # A city-state or a capital of its region: people mean the town.
            c.at = longest
            return prop_of("city", Equals(value=value))
        return _city_or_state(c, start, longest, value)
    if lex is not None and lex.has("state"):
        c.pass_lex(lex)
        return prop_of("state", Equals(value=lex.meanings["state"]))
    return None


def _two_meanings(c: Cursor, place: Place, end: int, subject: Subject) -> Filter:
    """A name that is a country and a state is asked about, unless the words settle it."""
    words = c.words(_article(c, c.at), end)
    said = set(c.keys[max(0, c.at - 1) : end])
    before = "state" if "state" in said else ""
    if "country" in said:
        c.at = end
        return place_filter(c.lexicon, (place,), subject)
    after = c.keys[end : end + 2]
    if (
        after[:1] == ["state"]
        or before == "state"
        or (len(after) == 2 and after[0] == "," and fold(after[1]) in {"us", "usa"})
    ):
        c.at = end + (1 if after[:1] == ["state"] else 2 if after[:1] == [","] else 0)
        return prop_of("state", Equals(value=place.state))
    if after[:1] == ["country"]:
        c.at = end + 1
        return place_filter(c.lexicon, (place,), subject)
    raise Unclear(
        f"place:{fold(words)}",
        f'"{words}" is a country and a US state. Which one do you mean?',
        (f"the country {place.name}", f"the US state {place.state}"),
        about=words,
        rewrites=(f"{place.name} country", f"{place.state} state"),
    )


def _city_or_state(c: Cursor, start: int, end: int, value: str) -> Filter:
    words = c.words(start, end)
    raise Unclear(
        f"place:{fold(words)}",
        f'"{words}" is a city and a state in this CRM. Which one do you mean?',
        (f"the city {value}", f"the state {value}"),
        about=words,
        rewrites=(f"{value} city", f"{value} state"),
    )


def _joint(c: Cursor, at: int, subject: Subject) -> int | None:
    """Return where the next place of a coordination starts, or None."""
    where = at
    if c.mark(",", "/", at=where):
        where += 1
    if where < len(c.tokens) and c.has("or", "and", at=where):
        lex = c.lex(where)
        assert lex is not None  # noqa: S101 - `has` has just seen it
        where = lex.end
    if where == at:
        return None
    return where if place_at(c, where, subject) is not None else None


def read_places(c: Cursor, subject: Subject) -> Filter | None:
    """Read "the UK, Ireland or Berlin" as one condition and pass it; None where no place stands."""
    if place_at(c, c.at, subject) is None:
        return None
    start = c.at
    first = _one(c, subject)
    if first is None:
        c.at = start
        return None
    parts = [first]
    commas = 0
    while (following := _joint(c, c.at, subject)) is not None:
        before, comma_only = c.at, following == c.at + 1 and c.mark(",")
        c.at = following
        part = _one(c, subject)
        if part is None:
            c.at = before
            break
        commas += comma_only
        parts.append(part)
    if len(parts) == 2 and commas == 1 and _city_in(parts):
        return all_of(parts)
    return any_of(parts)


def _city_in(parts: list[Filter]) -> bool:
    """Whether it is "Berlin, Germany": a town and, after a comma only, its country."""
    names = [getattr(part, "field", "") for part in parts]
    return names in (["city", "country"], ["city", "state"], ["state", "country"])


def nearest_places(c: Cursor, word: str) -> tuple[str, ...]:
    """Return stored towns and countries that look like `word`, for a question's options."""
    names = [n for names in countries().values() for n in names[:1]]
    names += list(c.vocabulary.values("contact", "city"))
    hits = process.extract(
        " ".join(words_of(word)), names, limit=3, score_cutoff=60, processor=fold
    )
    return tuple(name for name, _, _ in hits)
