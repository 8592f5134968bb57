"""Countries, states and languages: exact names and codes to the stored form, or a question."""

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import pycountry
from babel import Locale
from rapidfuzz.distance import OSA

from tools.crm.values import country as country_named
from tools.crm.values import country_code, country_names, fold
from tools.hygiene.columns import Columns
from tools.hygiene.data.places import COUNTRY_ASK, LANGUAGE_ASK, STATE_ALIASES
from tools.hygiene.rule import Judge, Rule, Sieve, Target, Verdict

from .mail_domains import domain_of
from .phone_numbers import calling_code, regions_of

__all__ = ["COUNTRY", "LANGUAGE", "STATE", "STATE_COUNTRY", "one_slip"]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


@lru_cache(maxsize=4)
def _by_length(known: tuple[str, ...]) -> dict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for name in known:
        found[len(name)].append(name)
    return found


def one_slip(text: str, known: tuple[str, ...]) -> str | None:
    """Return the one known (folded) text a single slip away, or None; nothing under six letters.

    A slip is a letter too many, too few, another, or two that changed places. Where a second text
    is within two slips, neither is returned.
    """
    if len(text) < 6:
        return None
    lengths = _by_length(known)
    near = [
        (distance, name)
        for length in range(len(text) - 2, len(text) + 3)
        for name in lengths.get(length, ())
        if (distance := OSA.distance(text, name, score_cutoff=2)) <= 2
    ]
    return near[0][1] if len(near) == 1 and near[0][0] == 1 else None


@cache
def _us_codes() -> frozenset[str]:
    """Return the state codes of the US and of Canada's provinces, which countries have as well."""
    return frozenset(
        one.code.partition("-")[2]
        for one in pycountry.subdivisions
        if one.country_code in ("US", "CA")
    )


@cache
def _folded_countries() -> tuple[str, ...]:
    return tuple(fold(name) for name in country_names())


def _speaks_for(code: str, phone: Any, email: Any) -> str | None:
    """Return what else in the record says that this is the country, or None."""
    if isinstance(phone, str) and phone.startswith("+"):
        calling = calling_code(re.sub(r"\D", "", phone)[:3])
        if calling is not None and regions_of(calling) == (code,):
            return f"The phone is one of +{calling}."
    ending = domain_of(email).rpartition(".")[2]
    if ending == code.lower() and ending not in ("co", "me", "ai", "io", "tv", "in", "la", "de"):
        return f"The address ends in .{ending}."
    return None


def _open_country(_table: Columns, _target: Target) -> Sieve:
    stored = frozenset(country_names())

    def only(value: Any) -> bool:
        return _is_text(value) and value not in stored

    def judge(value: Any, phone: Any = None, email: Any = None) -> Sequence[Verdict]:
        plain = value.strip().casefold()
        message = f"“{value}” is not how a country is stored."
        name = None if plain in COUNTRY_ASK else country_named(value)
        if name is None:
            return _unknown_country(value, plain)
        code = country_code(value) or ""
        if len(plain) == 2 and plain.upper() in _us_codes():
            spoken = _speaks_for(code, phone, email)
            if spoken is None:
                evidence = f"It is the code of {name} and of a state or province; nothing tells."
                return (Verdict(f"{message} Which one is meant?", evidence, 0.9),)
            evidence = f"It is the ISO 3166 code of {name}. {spoken}"
            return (Verdict(message, evidence, 0.99, name),)
        evidence = f"ISO 3166 and CLDR, exactly: it names {name} and no other country."
        return (Verdict(message, evidence, 0.995, name),)

    return Sieve(judge, only)


def _unknown_country(value: str, plain: str) -> Sequence[Verdict]:
    if plain in COUNTRY_ASK:
        evidence = "The word is used for more than one country, or for none."
        return (Verdict(f"“{value}” names no single country.", evidence, 0.95),)
    slip = one_slip(fold(value), _folded_countries())
    message = f"“{value}” is no country."
    if slip is None:
        return (Verdict(message, "It is on no list of names or codes.", 0.9),)
    name = country_named(slip)
    evidence = f"One slip of the finger from {name}, and no other country within two."
    return (Verdict(message, evidence, 0.95, name),)


COUNTRY = Rule(
    name="country_name",
    title="Countries not in their stored form",
    dimension="validity",
    severity="warn",
    finds="Codes, names in other languages, abbreviations and slips of the finger for a country.",
    never="Codes that are a US state's or a Canadian province's as well (CA, GA, IN) unless phone "
    "or address speak for the country; words for several countries (América, Korea); regions "
    "(EMEA).",
    source="CLDR names in 32 languages and ISO 3166 codes (tools.crm.values), exact; no fuzzy "
    "search of pycountry.",
    targets=(
        Target("contact", "country", ("phone", "email")),
        Target("company", "country", ("phone",)),
    ),
    open=_open_country,
    repairs=True,
)


@cache
def _languages() -> dict[str, str]:
    """Return every exact name and code of a language, folded, and its ISO 639-1 code."""
    english = Locale("en").languages
    codes = {str(code) for code in english if len(str(code)) == 2}
    claims: defaultdict[str, set[str]] = defaultdict(set)
    for code in codes:
        claims[fold(str(english[code]))].add(code)
        one = pycountry.languages.get(alpha_2=code)
        for kind in ("alpha_3", "bibliographic", "name"):
            if one is not None and (name := getattr(one, kind, None)):
                claims[fold(name)].add(code)
    for spoken in ("de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb", "fi", "cs", "tr",
                   "ru", "ja", "zh", "ko", "ar", "he", "hu", "ro", "el", "uk"):  # fmt: skip
        names = Locale(spoken).languages
        for code in codes & set(map(str, names)):
            claims[fold(str(names[code]))].add(code)
    return {name: next(iter(found)) for name, found in claims.items() if len(found) == 1 and name}


_TAG = re.compile(r"([a-z]{2})[-_](?:[a-z]{2}|[a-z]{4}|\d{3})(?:[-_].*)?", re.IGNORECASE)


@cache
def _language_codes() -> frozenset[str]:
    return frozenset(str(code) for code in Locale("en").languages if len(str(code)) == 2)


def _open_language(_table: Columns, _target: Target) -> Judge:
    codes, names = _language_codes(), _languages()

    def judge(value: Any) -> Sequence[Verdict]:
        if not isinstance(value, str) or value in codes or not value.strip():
            return ()
        plain = value.strip().lower()
        message = f"“{value}” is not how a language is stored."
        tag = _TAG.fullmatch(plain)
        after = plain if plain in codes else tag[1] if tag else names.get(fold(value))
        if plain in LANGUAGE_ASK or after is None or after not in codes:
            evidence = "It is on no list of languages, or is the code of a country."
            return (Verdict(message, evidence, 0.9),)
        evidence = f"ISO 639 and CLDR, exactly: it names “{after}” and no other language."
        return (Verdict(message, evidence, 0.99, after),)

    return judge


LANGUAGE = Rule(
    name="language_code",
    title="Languages not in ISO 639-1",
    dimension="validity",
    severity="warn",
    finds="Names of languages, three-letter codes and codes with a country (de-AT).",
    never="Valid two-letter codes, even odd ones; codes of countries (se, jp, cz): a person says.",
    source="ISO 639 (pycountry) and CLDR names in 24 languages (babel), exact.",
    targets=(Target("contact", "language"),),
    open=_open_language,
    repairs=True,
)


@cache
def _states() -> dict[str, dict[str, str]]:
    """Return per country what its states are called (folded) and their ISO 3166-2 names."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    clash: set[tuple[str, str]] = set()
    for one in pycountry.subdivisions:
        name, country = one.name, one.country_code
        if re.search(r"[\[/(,]", name):
            continue  # "Barcelona [Barcelona]", "Valencia / València": nobody stores these
        for key in {fold(name), fold(one.code), fold(one.code.partition("-")[2])}:
            if key and found[country].setdefault(key, name) != name:
                clash.add((country, key))  # a province and the region it lies in share a name
    for country, key in clash:
        del found[country][key]
    for country, aliases in STATE_ALIASES.items():
        found[country] |= aliases
    return dict(found)


@cache
def _owners() -> dict[str, set[str]]:
    """Return for each name of a state (folded, four letters or more) the countries with it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in pycountry.subdivisions:
        if len(one.name) >= 4:
            found[fold(one.name)].add(one.country_code)
    for country, aliases in STATE_ALIASES.items():
        for alias, name in aliases.items():
            found[alias].add(country)
            found[fold(name)].add(country)
    return dict(found)


class _StatesHere:
    """Which of several names of a state this CRM uses most: "Bavaria" or "Bayern"."""

    def __init__(self, table: Columns, target: Target) -> None:
        column = table.column(target.subject, "state")
        self._used: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        for value, many in zip(column.values, column.counts(), strict=True):
            if isinstance(value, str) and len(value) > 3 and not _one_case(value):
                self._used[fold(value)].append((many, value))
        self._usual: dict[tuple[str, str], tuple[int, str]] = {}

    def usual(self, code: str, name: str) -> tuple[int, str]:
        """Return the most used name of the state with this ISO name, and how often it is used."""
        if (code, name) not in self._usual:
            keys = (key for key, one in _states()[code].items() if one == name)
            used = [one for key in keys for one in self._used.get(key, ())]
            self._usual[code, name] = max(used, default=(0, name))
        return self._usual[code, name]


def _one_case(value: str) -> bool:
    return value in (value.upper(), value.lower())


def _open_state(table: Columns, target: Target) -> Sieve:
    here = _StatesHere(table, target)

    def judge(value: Any, country: Any) -> Sequence[Verdict]:
        key = fold(value)
        code = country_code(country) if isinstance(country, str) else None
        if code is None:
            return _state_alone(value, key)
        name = _states().get(code, {}).get(key)
        if name is None:
            return ()
        many, usual = here.usual(code, name)
        variant = len(key) > 3 and "-" not in value[:3] and not _one_case(value)
        if usual == value or (variant and many < 3):
            return ()
        message = f"“{value}” is not how this state is stored."
        evidence = f"ISO 3166-2: in {country} it is {name}; {many:,} records here write “{usual}”."
        return (Verdict(message, evidence, 0.9 if variant else 0.99, usual),)

    return Sieve(judge, _is_text)


def _state_alone(value: str, key: str) -> Sequence[Verdict]:
    """Judge a code without a country: it may be a state of several."""
    if not (value.strip().isascii() and 1 < len(value.strip()) <= 3 and value.strip().isalpha()):
        return ()
    owners = sorted(country for country, names in _states().items() if key in names)
    if not owners:
        return ()
    several = f"{len(owners)} countries have such a code" if len(owners) > 1 else owners[0]
    message = f"“{value}” is the code of a state, and no country is stored."
    return (Verdict(message, f"ISO 3166-2: {several}.", 0.85),)


STATE = Rule(
    name="state_name",
    title="States and regions not by their name",
    dimension="validity",
    severity="info",
    finds="Codes (CA, DE-BY), traditional abbreviations and other spellings of a state of the "
    "record's country.",
    never="Anything without a country (CA is a state, a province and a country); English names of "
    "foreign states where this CRM prefers them (the form it uses most is the one it gets).",
    source="ISO 3166-2 (pycountry), exact; USPS Publication 28 for abbreviations.",
    targets=(Target("contact", "state", ("country",)), Target("company", "state", ("country",))),
    open=_open_state,
    repairs=True,
)


def _open_state_country(_table: Columns, _target: Target) -> Sieve:
    owners = _owners()

    def judge(state: Any, country: Any) -> Sequence[Verdict]:
        if not isinstance(country, str):
            return ()
        code, found = country_code(country), owners.get(fold(state))
        if code is None or not found or code in found or fold(state) in _states().get(code, {}):
            return ()
        evidence = f"ISO 3166-2: {state} is in {', '.join(sorted(found))}, not in {country}."
        return (Verdict("State and country contradict each other.", evidence, 0.85),)

    return Sieve(judge, _is_text)


STATE_COUNTRY = Rule(
    name="state_country",
    title="State and country contradict each other",
    dimension="consistency",
    severity="warn",
    finds="States that lie in other countries than the record's.",
    never="Either value; names that ISO does not know; codes.",
    source="ISO 3166-2 (pycountry).",
    targets=(Target("contact", "state", ("country",)), Target("company", "state", ("country",))),
    open=_open_state_country,
)
