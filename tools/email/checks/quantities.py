"""Quantities in running text: figures and number words, with their unit, in any usual spelling.

`1,200`, `1.200`, `1 200`, `1.2k` and `twelve hundred` are one quantity; `20 %` and `zwanzig
Prozent` are one; `20 %` and `20 days` are two. Spans that are dates, times, links or telephone
numbers are not seen here: `facts` blanks them out first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from .wordlists import words_of

__all__ = ["Quantity", "quantities"]


class Quantity(BaseModel):
    """One amount as it was written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    values: frozenset[str]
    """What it may mean, as plain decimals: `1.200` is 1200 or 1.2, by the language."""
    unit: str
    """`percent`, a currency code, `times`, a noun's family such as `minute`, or empty."""
    text: str
    at: int
    """Where it begins."""
    noun: str = ""
    """The word after it, casefolded."""

    def agrees(self, other: Quantity) -> bool:
        """Return whether both may be the same amount of the same thing."""
        if not self.values & other.values:
            return False
        if self.unit == other.unit:
            return True
        return not {self.unit, other.unit} & _STRICT and "" in (self.unit, other.unit)


_CURRENCIES = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "$": "USD", "usd": "USD",
    "us$": "USD", "dollar": "USD", "dollars": "USD", "£": "GBP", "gbp": "GBP", "pound": "GBP",
    "pounds": "GBP", "pfund": "GBP", "chf": "CHF", "franken": "CHF", "francs": "CHF",
    "¥": "JPY", "jpy": "JPY", "yen": "JPY", "₹": "INR", "inr": "INR", "pln": "PLN", "zł": "PLN",
    "sek": "SEK", "cent": "cent", "cents": "cent",
}  # fmt: skip
_PERCENT = {
    "%", "percent", "percentage", "prozent", "v.h.", "pct", "procent", "pourcent", "prozentpunkte",
    "процентов", "процента", "por ciento",
}  # fmt: skip
_UNITS = {
    "minute": "minute minutes min mins minuten minütige minütiges minütiger minütigen",
    "hour": "hour hours hrs hr h stunde stunden std stündige stündiger stündiges heures",
    "day": "day days tag tage tagen tägige tägiges jours",
    "week": "week weeks woche wochen wöchige semaines",
    "month": "month months monat monate monaten mois",
    "year": "year years jahr jahre jahren jährige ans",
    "people": "people persons attendees participants guests personen teilnehmer teilnehmende "
    "teilnehmenden teilnehmern gäste menschen leute",
    "customer": "customers clients companies firms teams kunden unternehmen firmen",
    "seat": "seats seat places spots spaces plätze plätzen sitzplätze tickets",
    "times": "times x fold fach mal",
    "word": "word words wörter worte wörtern",
    "speaker": "speakers speaker referenten sprecher experts experten",
    "session": "sessions session talks vorträge workshops",
}
_FAMILY = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_STRICT = frozenset({"percent", "times", "part", "many", *_CURRENCIES.values()})
"""Units that a bare number never stands for."""
_SCALES = {
    "k": 3, "tsd": 3, "tsd.": 3, "thousand": 3, "tausend": 3, "m": 6, "mio": 6, "mio.": 6, "mn": 6,
    "million": 6, "millions": 6, "millionen": 6, "bn": 9, "billion": 9, "mrd": 9, "mrd.": 9,
    "milliarden": 9, "milliarde": 9, "hundred": 2, "hundert": 2,
}  # fmt: skip

_FIGURE = re.compile(
    r"(?<![\w.,])(?P<before>US\$|EUR|USD|GBP|CHF|[€$£¥₹])?[ \u00a0]?(?P<sign>[+−-](?=\d))?"
    r"(?P<n>\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+(?![\d])(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
    r"(?P<scale>[kKM](?![\w])|[ \u00a0](?:thousand|million|millions|billion|bn|mn|tsd\.?|mio\.?|"
    r"mrd\.?|tausend|millionen|milliarden|milliarde|hundred|hundert)(?![\w]))?"
    r"(?P<after>[ \u00a0-]?(?:%|[€$£¥₹]|[^\W\d_]+))?",
    re.IGNORECASE,
)

_EN_ONES = words_of(
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_EN_TENS = words_of("twenty thirty forty fifty sixty seventy eighty ninety")
_DE_ONES = words_of(
    "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
    "siebzehn achtzehn neunzehn"
)
_DE_TENS = words_of("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig")


def _number_words() -> dict[str, int]:
    words = {word: n for n, word in enumerate(_EN_ONES, start=2)}
    words |= {word: n for n, word in enumerate(_DE_ONES, start=2)}
    for tens, (english, german) in enumerate(zip(_EN_TENS, _DE_TENS, strict=True), start=2):
        words |= {english: tens * 10, german: tens * 10, german.replace("ß", "ss"): tens * 10}
        for one in range(1, 10):
            small = "one" if one == 1 else _EN_ONES[one - 2]
            words[f"{english}-{small}"] = words[f"{english} {small}"] = tens * 10 + one
            words[("ein" if one == 1 else _DE_ONES[one - 2]) + "und" + german] = tens * 10 + one
    words |= {"a hundred": 100, "one hundred": 100, "hundert": 100, "einhundert": 100}
    words |= {"a thousand": 1000, "one thousand": 1000, "tausend": 1000, "eintausend": 1000}
    words |= {"a million": 10**6, "one million": 10**6, "eine million": 10**6, "a dozen": 12}
    words |= {"ein dutzend": 12, "zwo": 2, "fuenf": 5, "zwoelf": 12, "deux": 2, "trois": 3}
    return words


_WORDS = _number_words()
_SPELT = re.compile(
    r"(?<![\w-])(?P<n>" + "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True)) + r")"
    r"(?P<scale>[ -](?:hundred|thousand|million|billion|hundert|tausend|millionen))?"
    r"(?P<after>(?:[ \u00a0-](?:%|[^\W\d_]+))|%)?(?![\w])",
    re.IGNORECASE,
)
_PARTS: tuple[tuple[str, str, str], ...] = (
    (r"(?:every second|every other|one in two|jede[rs]? zweite[nr]?)", "0.5", "part"),
    (r"(?:every third|one in three|jede[rs]? dritte[nr]?)", "1/3", "part"),
    (r"(?:every fourth|one in four|jede[rs]? vierte[nr]?)", "0.25", "part"),
    (r"half (?:of|the|our|your|their|price|as)|(?:in|by) half|halv(?:e|es|ed|ing)|halbier\w+|"
     r"(?:die|der|zur) hälfte|halbe[nr]? preis", "0.5", "part"),
    (r"(?:half an hour|half-hour|halbe stunde|halbstündig\w*)", "30", "minute"),
    (r"(?:one|a) third (?:of|less|more)|ein drittel", "1/3", "part"),
    (r"two[- ]thirds|zwei drittel", "2/3", "part"),
    (r"(?:one|a) quarter of|ein viertel", "0.25", "part"),
    (r"three[- ]quarters|drei viertel", "0.75", "part"),
    (r"twice (?:as|the)|two-?fold|doubl(?:ed|es|ing)|double (?!opt|check|click|room|-)|"
     r"verdoppel\w+|doppelt so", "2", "times"),
    (r"tripl(?:e|ed|es|ing)|three-?fold|threefold|verdreifach\w+|dreifach\w*", "3", "times"),
    (r"ten-?fold|verzehnfach\w+|zehnfach\w*", "10", "times"),
    (r"dozens of|dutzende", "dozens", "many"),
    (r"hundreds of|hunderte[nr]?", "hundreds", "many"),
    (r"thousands of|tausende[nr]?", "thousands", "many"),
    (r"millions of|millionen von", "millions", "many"),
)  # fmt: skip
_PART = tuple((re.compile(rf"(?<!\w)(?:{p})(?!\w)", re.IGNORECASE), v, u) for p, v, u in _PARTS)
_GROUPS = re.compile(r"['’\u00a0\u202f ]")


def quantities(text: str, language: str = "") -> tuple[Quantity, ...]:
    """Return the amounts in `text`, in order; `language` decides what `1.200` means."""
    found = [*_figures(text, language), *_spelt(text), *_parts(text)]
    return tuple(sorted(found, key=lambda one: one.at))


def _figures(text: str, language: str) -> Iterator[Quantity]:
    for match in _FIGURE.finditer(text):
        values = _values(match["n"], language)
        scale = _SCALES.get((match["scale"] or "").strip().casefold(), 0)
        unit, noun = _unit(match["before"], match["after"])
        yield _quantity(values, scale, unit, noun, match)


def _spelt(text: str) -> Iterator[Quantity]:
    for match in _SPELT.finditer(text):
        values = {Decimal(_WORDS[match["n"].casefold()])}
        scale = _SCALES.get((match["scale"] or "").strip(" -").casefold(), 0)
        unit, noun = _unit(None, match["after"])
        yield _quantity(values, scale, unit, noun, match)


def _parts(text: str) -> Iterator[Quantity]:
    for pattern, value, unit in _PART:
        for match in pattern.finditer(text):
            yield Quantity(
                values=frozenset({value}), unit=unit, text=match.group().strip(), at=match.start()
            )


def _quantity(
    values: set[Decimal], scale: int, unit: str, noun: str, match: re.Match[str]
) -> Quantity:
    factor = Decimal(60) if unit == "hour" else Decimal(1)
    unit = "minute" if unit == "hour" else unit
    plain = frozenset(_plain(value.scaleb(scale) * factor) for value in values)
    said = (
        match.group()
        if noun in _FAMILY or noun in _PERCENT or noun in _CURRENCIES
        else match.group().removesuffix(match["after"] or "")
    )
    said = said.strip(" \u00a0-")
    return Quantity(values=plain, unit=unit, text=said, at=match.start(), noun=noun)


def _unit(before: str | None, after: str | None) -> tuple[str, str]:
    word = (after or "").strip(" \u00a0-").casefold()
    if before:
        return _CURRENCIES[before.casefold()], word
    if word in _PERCENT:
        return "percent", word
    return _CURRENCIES.get(word) or _FAMILY.get(word, ""), word


def _values(written: str, language: str) -> set[Decimal]:
    """Return what a figure may mean: the separator before three digits depends on the language."""
    figure = _GROUPS.sub("", written)
    comma, dot = _read(figure, decimal=","), _read(figure, decimal=".")
    match language.partition("-")[0]:
        case "en":
            chosen = {dot}
        case "de" | "fr" | "es" | "it" | "nl" | "pt" | "pl" | "ru":
            # `2.5` is written by everybody; only before three digits does the dot group.
            chosen = {comma if comma is not None else dot}
        case _:
            # Nobody asked writes three decimals; `0.125` alone cannot be grouped.
            grouped = {one for one in (comma, dot) if one is not None and one >= 100}
            chosen = set(grouped) if grouped and comma != dot else {comma, dot}
    return {value for value in chosen if value is not None} or {comma or dot or Decimal(0)}


def _read(figure: str, *, decimal: str) -> Decimal | None:
    group = "." if decimal == "," else ","
    head, _, tail = figure.partition(decimal)
    parts = head.split(group)
    if len(parts) > 1 and any(len(part) != 3 for part in parts[1:]):
        return None
    if decimal in tail or group in tail:
        return None
    return Decimal("".join(parts) + (f".{tail}" if tail else ""))


def _plain(value: Decimal) -> str:
    text = format(value.normalize(), "f")
    return "0" if text == "-0" else text
