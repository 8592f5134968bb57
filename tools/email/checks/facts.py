"""What a text states: numbers, dates, times, links, names, quotes and claims, as values.

Pure and cheap: `facts_of(brief)` says what a brief holds, `unsupported(copy, known)` what a copy
states beyond it. The fact guard, the agents and the scorers of the evals use the same two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import BaseModel, ConfigDict

from .claimwords import Claim, claims
from .moments import Clock, Day, Weekday, clocks, days, guess_year, months, weekdays
from .names import Name, names
from .quantities import Quantity, quantities
from .wordlists import words_of

__all__ = [
    "NO_FACTS",
    "Facts",
    "Unsupported",
    "facts_of",
    "normal_link",
    "plain",
    "relative_days",
    "stands_in",
    "unsupported",
]

TOKEN = "\ufffc"  # noqa: S105 - the sign that stands where a Liquid token was


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Facts(_Value):
    """What a text states. Two texts' facts are added with `|`."""

    quantities: tuple[Quantity, ...] = ()
    days: tuple[Day, ...] = ()
    months: tuple[tuple[int, int | None, str], ...] = ()
    weekdays: tuple[Weekday, ...] = ()
    clocks: tuple[Clock, ...] = ()
    zones: tuple[str, ...] = ()
    """Time zones by their short names: `CET`."""
    relative: tuple[str, ...] = ()
    """`tomorrow`, `tonight`, as they were written, casefolded."""
    links: tuple[str, ...] = ()
    """Normal form: no campaign tags, no fragment, host in lower case."""
    addresses: tuple[str, ...] = ()
    """Email addresses, casefolded."""
    phones: tuple[str, ...] = ()
    """Digits alone."""
    names: tuple[Name, ...] = ()
    quotes: tuple[str, ...] = ()
    """What stands in quotation marks, at least four words."""
    claims: tuple[Claim, ...] = ()
    words: frozenset[str] = frozenset()
    """Every word, casefolded; what names are looked up in."""
    text: str = ""
    """The whole, normalised, for quotes."""

    def __or__(self, other: Facts) -> Facts:
        """Return what either states."""
        merged = {
            field: getattr(self, field) + getattr(other, field)
            for field in Facts.model_fields
            if field not in ("words", "text")
        }
        return Facts(
            **merged, words=self.words | other.words, text=f"{self.text}\n{other.text}".strip()
        )


NO_FACTS = Facts()
"""States nothing."""


class Unsupported(_Value):
    """Something a copy states that stands in none of its sources."""

    kind: str
    """`number`, `date`, `time`, `link`, `address`, `phone`, `name`, `quote`, or a kind of claim
    behind `claim:`."""
    text: str
    """As the copy has it."""


_URL = re.compile(
    r"(?:https?|ftp)://[^\s<>\"'\])}|]+|(?<![\w@.])www\.[^\s<>\"'\])}]+", re.IGNORECASE
)
_BARE_LINK = re.compile(
    r"(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:com|org|net|de|io|eu|co|ai|at|ch|uk|fr|example|info|app|dev)"
    r"(?:/[^\s<>\"'\])}]*)?(?![\w@])",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(
    r"(?<![\w.,])(?:\+|00)\d[\d ()/.-]{6,}\d|(?<![\w.,])0\d{2,5}[ /-]\d[\d -]{4,}\d"
)
_ZONE = re.compile(
    r"(?<!\w)(CES?T|MES?Z|GMT|UTC|BST|[ECMP][SD]T|WES?T|EES?T|IST|JST|SGT|AES?T)(?!\w)"
    r"|(?<!\w)(Berlin|London|Paris|Eastern|Pacific|Central European)(?= time\b)"
)
_RELATIVE = re.compile(
    r"(?<!\w)(?:(?<!guten )(tomorrow|tonight|yesterday|next (?:week|month|year)|this (?:week|"
    r"afternoon|evening)|morgen(?=[ ,.!?]|$)|übermorgen|gestern|nächste woche|nächsten monat|"
    r"diese woche|demain|ce soir|mañana)"
    # Alone, "today" and "heute" mostly mean "nowadays".
    r"|(?:starts?|ends?|until|by|only|later|happening|launch\w*|live|expires?) (today)|"
    r"(today)(?= (?:at|only|we|"
    r"is the))|(?:bis|nur|endet|startet|noch|ab) (heute)|(heute)(?= (?:um|noch|abend|"
    r"nachmittag)))(?!\w)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“„«»”‟]([^\"“”„«»\n]{12,400})[\"”“«»‟]")
_INSTRUCTION = frozenset({"word"})
"""Units of what a brief says about the copy itself, not in it: "120 words"."""
_TAGS = re.compile(r"^(?:utm_|mc_|_hs|gclid|fbclid)", re.IGNORECASE)
_TOKEN_WORD = re.compile(r"[^\W_]+")


def plain(text: str) -> str:
    """Return text as the checks read it: compatibility forms folded, other digits as 0-9."""
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", text.replace(TOKEN, "\ue000")).replace("\ue000", TOKEN)
    digits = (
        str(unicodedata.decimal(c, c)) if c.isdecimal() and not c.isascii() else c for c in folded
    )
    return _INVISIBLE.sub("", "".join(digits))


_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def normal_link(url: str) -> str:
    """Return a link so that two spellings of one are equal: without campaign tags."""
    text = url.strip().rstrip(".,;:!?")
    if "://" not in text:
        text = "https://" + text
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return text
    query = urlencode(
        [
            pair
            for pair in parse_qsl(parts.query, keep_blank_values=True)
            if not _TAGS.match(pair[0])
        ]
    )
    path = parts.path.rstrip("/")
    return f"{host.casefold()}{path}" + (f"?{query}" if query else "")


@lru_cache(maxsize=512)
def facts_of(text: str, language: str = "", *, today: date | None = None) -> Facts:
    """Return what `text` states.

    Args:
        text: a brief, a copy, a line of a brand file.
        language: BCP 47; empty: unknown, numbers are then read in every usual way.
        today: what "tomorrow" and "next Friday" are counted from; None: they stay words.
    """
    whole = plain(text)
    links, rest = _taken(_URL, whole)
    addresses, rest = _taken(_ADDRESS, rest)
    bare, rest = _taken(_BARE_LINK, rest)
    found_days = days(rest)
    found_clocks = clocks(_without(rest, found_days))
    found_weekdays = weekdays(rest)
    found_months = months(_without(rest, found_days))
    phones, calm = _taken(_PHONE, _without(rest, (*found_days, *found_clocks)))
    relative = relative_days(rest)
    amounts = tuple(
        one
        for one in quantities(calm, language)
        if one.unit not in _INSTRUCTION and not _list_marker(calm, one) and not _year(one)
    )
    resolved = _resolved(relative, found_weekdays, found_days, today) if today else ()
    return Facts(
        quantities=amounts + _durations(found_clocks),
        days=found_days + resolved,
        months=found_months + tuple((0, year, str(year)) for year in _years(calm)),
        weekdays=found_weekdays,
        clocks=found_clocks,
        zones=tuple(match.group().casefold() for match in _ZONE.finditer(rest)),
        relative=relative,
        links=tuple(normal_link(one) for one in (*links, *bare)),
        addresses=tuple(one.casefold().rstrip(".") for one in addresses),
        phones=tuple(re.sub(r"\D", "", one) for one in phones),
        names=names(rest, language),
        quotes=tuple(_calm(one) for one in _QUOTED.findall(whole) if len(one.split()) >= 4),
        claims=claims(rest),
        words=frozenset(word.casefold() for word in _TOKEN_WORD.findall(whole)),
        text=_calm(whole),
    )


def relative_days(text: str) -> tuple[str, ...]:
    """Return words such as `tomorrow` that mean another day for another reader, casefolded."""
    return tuple(
        next(filter(None, match.groups())).casefold() for match in _RELATIVE.finditer(text)
    )


def _taken(pattern: re.Pattern[str], text: str) -> tuple[tuple[str, ...], str]:
    """Return what matches, and the text with blanks in its place."""
    found = tuple(match.group() for match in pattern.finditer(text))
    return found, pattern.sub(lambda match: "\x1f" * len(match.group()), text)


def _without(text: str, spans: tuple[Day | Clock, ...]) -> str:
    for span in spans:
        text = text[: span.at] + "\x1f" * (span.end - span.at) + text[span.end :]
    return text


def _list_marker(text: str, amount: Quantity) -> bool:
    """Return whether a figure only numbers a line: `1. Come early`."""
    line = text[: amount.at].rpartition("\n")[2]
    after = text[amount.at + len(amount.text) :][:2]
    return (
        not line.strip()
        and amount.text.isdecimal()
        and after[:1] in {".", ")"}
        and after[1:] in {" ", ""}
    )


_YEAR = re.compile(r"^(?:19|20)\d\d$")


def _year(amount: Quantity) -> bool:
    return amount.unit == "" and _YEAR.match(amount.text) is not None


def _years(text: str) -> Iterator[int]:
    for match in re.finditer(r"(?<![\w.,€$£])((?:19|20)\d\d)(?![\w%]|[.,]\d)", text):
        yield int(match[1])


def _durations(found: tuple[Clock, ...]) -> tuple[Quantity, ...]:
    """Return how long a range of time lasts, so that `14:00-14:45` supports `45 minutes`."""
    return tuple(
        Quantity(values=frozenset({str(one.until - one.minute)}), unit="minute", text="", at=one.at)
        for one in found
        if one.until is not None and one.until > one.minute
    )


def _resolved(
    relative: tuple[str, ...], named: tuple[Weekday, ...], dated: tuple[Day, ...], today: date
) -> tuple[Day, ...]:
    """Return the days that "tomorrow" and, where no date is given, "Friday" may mean."""
    ahead = {"tomorrow": 1, "morgen": 1, "übermorgen": 2, "today": 0, "heute": 0, "tonight": 0}
    found = [today + timedelta(days=ahead[one]) for one in relative if one in ahead]
    if not dated:
        for weekday in named:
            gap = (weekday.number - today.weekday()) % 7
            found += [today + timedelta(days=gap), today + timedelta(days=gap + 7)]
    return tuple(
        Day(year=one.year, month=one.month, day=one.day, text=one.isoformat(), at=0, end=0)
        for one in found
    )


def _calm(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def stands_in(words: str, known: Facts) -> bool:
    """Return whether these words stand in a source one after the other, whatever their marks."""
    return _calm(plain(words)) in known.text


def unsupported(copy: Facts, known: Facts, *, today: date | None = None) -> tuple[Unsupported, ...]:
    """Return what `copy` states and `known` does not.

    Args:
        copy: the facts of the copy.
        known: the facts of the brief, the brand, the CRM, added up.
        today: gives days without a year theirs, so that weekdays can be compared.
    """
    found = [
        *_numbers(copy, known),
        *_dates(copy, known, today),
        *_times(copy, known),
        *_contacts(copy, known),
        *_named(copy, known),
        *_claimed(copy, known),
    ]
    return tuple(dict.fromkeys(found))


_COUNTED = frozenset(
    words_of(
        "things reasons steps points takeaways ways tips topics questions ideas lessons parts "
        "dinge "
        "gründe schritte punkte themen tipps fragen ideen teile bausteine"
    )
)
"""What a list may be announced as: "three reasons" counts lines of the copy itself."""


def _numbers(copy: Facts, known: Facts) -> Iterator[Unsupported]:
    for one in copy.quantities:
        if (
            one.text
            and one.noun not in _COUNTED
            and not any(one.agrees(k) for k in known.quantities)
        ):
            yield Unsupported(kind="number", text=one.text)


def _dates(copy: Facts, known: Facts, today: date | None) -> Iterator[Unsupported]:
    for day in copy.days:
        if day.text and not any(_same(day, one, today) for one in known.days):
            yield Unsupported(kind="date", text=day.text)
    held = {day.month for day in known.days} | {number for number, _, _ in known.months}
    years = _known_years(known, today)
    for number, year, text in copy.months:
        if (number and number not in held) or (year and year not in years):
            yield Unsupported(kind="date", text=text)
    yield from _weekday_names(copy, known, today)
    for word in copy.relative:
        if word not in known.relative and not _supported_relative(word, known, today):
            yield Unsupported(kind="date", text=word)


def _same(said: Day, source: Day, today: date | None) -> bool:
    """Return whether both are one day; a source without a year means the last or the next one."""
    if not said.same(source):
        return False
    if said.year is None or source.year is not None or today is None:
        return True
    coming = [year for year in (today.year, today.year + 1) if _on(year, source, today) >= 0]
    return said.year in {*coming[:1], *(year - 1 for year in coming[:1])}


def _on(year: int, day: Day, today: date) -> int:
    """Return how many days after `today` the day is in that year; 29 February counts as 28."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return (date(year, day.month, last) - today).days if day.exists() else -1


def _known_years(known: Facts, today: date | None) -> set[int]:
    years = {day.year for day in known.days if day.year} | {y for _, y, _ in known.months if y}
    if today:
        years |= {today.year}
        years |= {found.year for day in known.days if (found := guess_year(day, today))}
    return years


def _weekday_names(copy: Facts, known: Facts, today: date | None) -> Iterator[Unsupported]:
    held = {one.number for one in known.weekdays}
    if today:
        dates = (guess_year(day, today) for day in known.days)
        held |= {one.weekday() for one in dates if one}
    for one in copy.weekdays:
        if one.number not in held:
            yield Unsupported(kind="date", text=one.text)


def _supported_relative(word: str, known: Facts, today: date | None) -> bool:
    if today is None:
        return False
    ahead = {"tomorrow": 1, "morgen": 1, "today": 0, "heute": 0, "tonight": 0}.get(word)
    dates = [found for day in known.days if (found := guess_year(day, today))]
    if ahead is not None:
        return today + timedelta(days=ahead) in dates
    week = today + timedelta(days=7 - today.weekday())
    match word:
        case "next week" | "nächste woche":
            return any(week <= one < week + timedelta(days=7) for one in dates)
        case "this week" | "diese woche":
            return any(week - timedelta(days=7) <= one < week for one in dates)
        case "next month" | "nächsten monat":
            return any(
                (one.year * 12 + one.month) == today.year * 12 + today.month + 1 for one in dates
            )
    return False


def _times(copy: Facts, known: Facts) -> Iterator[Unsupported]:
    held = {
        minute for one in known.clocks for minute in (one.minute, one.until) if minute is not None
    }
    lasting = {
        int(v) for q in known.quantities if q.unit == "minute" for v in q.values if v.isdecimal()
    }
    held |= {start.minute + length for start in known.clocks for length in lasting}
    for one in copy.clocks:
        if not {minute for minute in (one.minute, one.until) if minute is not None} <= held:
            yield Unsupported(kind="time", text=one.text)
    for zone in copy.zones:
        if zone not in known.zones and not (set(zone.split()) <= known.words):
            yield Unsupported(kind="time", text=zone.upper() if len(zone) < 5 else zone)


def _contacts(copy: Facts, known: Facts) -> Iterator[Unsupported]:
    for link in copy.links:
        if link not in known.links:
            yield Unsupported(kind="link", text=link)
    for address in copy.addresses:
        if address not in known.addresses:
            yield Unsupported(kind="address", text=address)
    for phone in copy.phones:
        if not any(phone.lstrip("0")[-8:] == one.lstrip("0")[-8:] for one in known.phones):
            yield Unsupported(kind="phone", text=phone)


def _named(copy: Facts, known: Facts) -> Iterator[Unsupported]:
    for name in copy.names:
        parts = [part for word in name.words for part in _TOKEN_WORD.findall(word)]
        if not all(_known_word(part, known.words) for part in parts):
            yield Unsupported(kind="name", text=name.text)
    for quote in copy.quotes:
        if quote not in known.text:
            yield Unsupported(kind="quote", text=quote)


_PLACES = (
    "wien vienna", "münchen munich", "köln cologne", "zürich zurich", "genf geneva", "nürnberg "
    "nuremberg", "hannover hanover", "mailand milan", "rom rome", "prag prague", "warschau warsaw",
    "brüssel brussels", "kopenhagen copenhagen", "lissabon lisbon", "athen athens",
    "deutschland germany", "österreich austria", "schweiz switzerland", "frankreich france",
    "spanien spain", "italien italy", "niederlande netherlands", "polen poland", "europa europe",
)  # fmt: skip
_ELSEWHERE = {
    one: other for pair in _PLACES for one, other in (pair.split(), reversed(pair.split()))
}
"""What a place is called in the other language: an English brief, a German email."""


def _known_word(word: str, words: frozenset[str]) -> bool:
    if word in words or word in {"s", "and", "of", "the"} or _ELSEWHERE.get(word) in words:
        return True
    endings = ("s", "es", "n", "en")
    return any(word + ending in words or word.removesuffix(ending) in words for ending in endings)


def _claimed(copy: Facts, known: Facts) -> Iterator[Unsupported]:
    held = {
        claim.kind for claim in known.claims if not claim.negated and claim.kind not in _OWN_WORDS
    }
    for claim in copy.claims:
        same = _calm(claim.text) in known.text and not _only_negated(claim, known)
        if not claim.negated and claim.kind not in held and not same:
            yield Unsupported(kind=f"claim:{claim.kind}", text=claim.text)


_OWN_WORDS = frozenset({"extra", "legal", "proof", "superlative"})
"""Kinds where one claim does not stand for another: a recording is no lunch."""


def _only_negated(claim: Claim, known: Facts) -> bool:
    said = [one for one in known.claims if _calm(one.text) == _calm(claim.text)]
    return bool(said) and all(one.negated for one in said)
