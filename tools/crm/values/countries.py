"""Countries: from what people write to one English name each, exactly or not at all.

Source: CLDR by way of Babel (names in the languages below, ISO 3166-1 codes), and a table of what
exports and people write besides. Never fuzzy: a wrong country is worse than an unknown one.
"""

from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global

from .folding import fold

__all__ = ["country", "country_code", "country_names"]

# Two-letter codes of CLDR that are no countries: groupings, private use, parts of other countries.
_NO_COUNTRY = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())  # noqa: SIM905 - a list of words
_LANGUAGES = (
    "en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb", "fi", "cs", "sk", "hu", "ro",
    "el", "tr", "ru", "uk", "ja", "zh", "ko", "ar", "he", "id", "bg", "hr", "sl", "et", "lv", "lt",
)  # fmt: skip

_ALIASES = {
    "US": "usa|u s a|u s|united states of america|the united states|america|etats unis d amerique|"
          "estados unidos de america|vereinigte staaten von amerika|usa united states",
    "GB": "uk|u k|great britain|britain|england|scotland|wales|northern ireland|"
          "united kingdom of great britain and northern ireland|grossbritannien|grande bretagne|"
          "gran bretana|gran bretagna|gb uk|united kingdom uk",
    "DE": "federal republic of germany|bundesrepublik deutschland|brd|ger",
    "NL": "holland|the netherlands|pays bas",
    "CZ": "czech republic|tschechische republik|republique tcheque|republica checa",
    "TR": "turkey|turkei|turquie|turquia|turchia|turkiye",
    "KR": "south korea|republic of korea|korea republic of|korea south",
    "KP": "north korea|korea democratic people s republic of|korea north",
    "RU": "russian federation|russland",
    "CN": "people s republic of china|pr china|p r china|prc|mainland china",
    "HK": "hong kong|hong kong sar|hongkong",
    "MO": "macao|macau|macao sar",
    "TW": "taiwan province of china|taiwan republic of china|chinese taipei",
    "VN": "viet nam",
    "MM": "burma|myanmar",
    "IR": "iran islamic republic of|islamic republic of iran",
    "SY": "syrian arab republic",
    "LA": "lao people s democratic republic|lao",
    "BO": "bolivia plurinational state of",
    "VE": "venezuela bolivarian republic of",
    "TZ": "tanzania united republic of|united republic of tanzania",
    "MD": "moldova republic of|moldova the republic of|republic of moldova",
    "MK": "macedonia|republic of north macedonia|macedonia the former yugoslav republic of",
    "CD": "congo the democratic republic of the|democratic republic of the congo|drc|dr congo",
    "CG": "congo|republic of the congo",
    "CI": "ivory coast|cote d ivoire",
    "VA": "holy see|holy see vatican city state|vatican",
    "SZ": "swaziland",
    "CV": "cape verde",
    "PS": "palestine|palestine state of|state of palestine",
    "BN": "brunei darussalam",
    "BA": "bosnia|bosnia herzegovina",
    "AE": "uae|u a e|emirates",
    "SA": "ksa|kingdom of saudi arabia",
    "IE": "republic of ireland|eire",
    "AT": "republik osterreich|oesterreich",
    "CH": "swiss confederation|helvetia|confederation suisse",
    "SK": "slovak republic",
    "TT": "trinidad and tobago|trinidad",
    "AG": "antigua and barbuda",
    "KN": "saint kitts and nevis",
    "ST": "sao tome and principe",
    "VC": "saint vincent and the grenadines",
    "LC": "saint lucia",
    "NZ": "aotearoa",
    "BR": "brasil",
    "MX": "mejico",
    "GM": "the gambia",
    "BS": "the bahamas",
    "PH": "the philippines",
    "TL": "east timor",
}  # fmt: skip


# Where CLDR's own English name is not what people write in a CRM. CLDR's is understood as well.
_PLAINER = {
    "TR": "Turkey", "HK": "Hong Kong", "MO": "Macao", "MM": "Myanmar", "CI": "Ivory Coast",
    "PS": "Palestine", "CD": "Democratic Republic of the Congo", "CG": "Republic of the Congo",
    "ST": "Sao Tome and Principe", "CW": "Curacao", "RE": "Reunion", "BL": "Saint Barthelemy",
    "FK": "Falkland Islands",
}  # fmt: skip


def _plain(name: str) -> str:
    """Return the name as it is typed: "and" for "&", "Saint" for "St."."""
    return name.replace(" & ", " and ").replace("St. ", "Saint ").replace("’", "'")


@cache
def _english() -> dict[str, str]:
    names = Locale("en").territories
    return {
        code: _PLAINER.get(code, _plain(str(names[code])))
        for code in map(str, names)
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY
    }


@cache
def country_names() -> tuple[str, ...]:
    """Return every country's English name, sorted: "Germany", "United States", ..."""
    return tuple(sorted(_english().values(), key=fold))


@cache
def _index() -> dict[str, str]:
    english = _english()
    found: dict[str, str] = {fold(name): code for code, name in english.items()}
    found |= {alias: code for code, words in _ALIASES.items() for alias in words.split("|")}
    found |= {
        alias.lower(): codes[0]
        for alias, codes in get_global("territory_aliases").items()
        if len(alias) == 3 and alias.isalpha() and len(codes) == 1 and codes[0] in english
    }
    clash: set[str] = set()
    others: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            key = fold(str(name))
            if code in english and key and others.setdefault(key, code) != code:
                clash.add(key)  # one spelling, two countries in two languages: not exact
    found = {k: c for k, c in others.items() if k not in clash and len(k) > 1} | found
    return found | {code.lower(): code for code in english}


@lru_cache(maxsize=10_000)
def country_code(text: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of what `text` names, or None."""
    key = fold(text)
    return _index().get(key) or _index().get(key.removeprefix("the "))


def country(text: str) -> str | None:
    """Return the English name of the country that `text` names exactly, or None.

    Understood: ISO codes of two and three letters, names in some thirty languages, and common
    aliases: "DE", "DEU", "Deutschland", "Allemagne" and "germany" are all "Germany".
    """
    code = country_code(text)
    return None if code is None else _english()[code]
