"""Names in one spelling: Latin letters without accents, umlauts as people type them either way.

Cyrillic and Greek are spelt in Latin letters as passports do (ICAO 9303; for Greek ELOT 743), so
that "Дмитрий Иванов" and "Dmitry Ivanov" come near. Scripts that no table can spell letter by
letter (Chinese, Arabic, Hebrew, ...) stay as they are: two records agree in them or they do not.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tools.crm.values import fold
from tools.hygiene.data.names import SALUTATIONS, TITLES

__all__ = ["from_address", "plain", "skeleton", "split_name"]

_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "з": "z", "и": "i", "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ф": "f", "х": "kh", "ы": "y", "э": "e", "і": "i", "ї": "i", "є": "ie", "ґ": "g",
    "ђ": "d", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz", "ў": "u", "ж": "zh", "ц": "ts",
    "ч": "ch", "ш": "sh", "щ": "shch", "ю": "iu", "я": "ia", "ь": "", "ъ": "", "ё": "e",
}  # fmt: skip
_GREEK = {
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i",
    "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s",
    "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip
_LETTERS = str.maketrans(_CYRILLIC | _GREEK)
_GREEK_PAIRS = re.compile("ου|αυ|ευ|μπ|ντ|γκ")
_PAIRS = {"ου": "ou", "αυ": "av", "ευ": "ev", "μπ": "b", "ντ": "d", "γκ": "g"}
_APOSTROPHES = dict.fromkeys(map(ord, "'’ʼ`´"))
_HYPHEN = re.compile(r"(?<=\w)[-\u2010](?=\w)")
_UMLAUT = re.compile("[aou]e")
_ENDING = re.compile(r"(?<=[^aeiou])(?:yi|ii|iy|ij|yj|y)\b")
_SAME = (("ya", "ia"), ("yu", "iu"), ("yo", "io"), ("ye", "ie"), ("ph", "f"), ("ck", "k"))
_DROPPED = frozenset(fold(word) for word in SALUTATIONS | TITLES) | {"phd", "mba", "jr", "sr", "md"}


@lru_cache(maxsize=200_000)
def plain(text: str) -> str:
    """Return a name folded, in Latin letters where they can be told, umlauts without the e."""
    folded = fold(text.translate(_APOSTROPHES))
    if not folded.isascii():
        folded = _GREEK_PAIRS.sub(lambda pair: _PAIRS[pair[0]], folded).translate(_LETTERS)
    for one, other in _SAME:
        folded = folded.replace(one, other)
    return _ENDING.sub("i", _UMLAUT.sub(lambda pair: pair[0][0], folded))


@lru_cache(maxsize=200_000)
def skeleton(name: str) -> str:
    """Return the first letter and the consonants after it: what slips of the hand leave alone."""
    letters = name.replace(" ", "")
    rest = "".join(c for c in letters[1:] if c not in "aeiouyhw")
    return letters[:1] + re.sub(r"(.)\1+", r"\1", rest)


def split_name(first: str | None, last: str | None) -> tuple[str, str]:
    """Return given name and family name, plain; empty for what is not known.

    Salutations and titles go; "Maria Schmidt" in the one field with nothing in the other is both;
    "Schmidt, Maria" is turned round; of several given names the first counts.
    """
    given, family = (first or "").strip(), (last or "").strip()
    if not (given and family):
        given, family = _parted(given or family, is_family=bool(family))
    # Hans-Peter is one name and not Hans; of Anna Maria the first is what she is called.
    whole = _HYPHEN.sub("", given)
    words = [word for word in plain(whole).split() if word not in _DROPPED]
    ends = [word for word in plain(family).split() if word not in _DROPPED]
    if not words and len(ends) > 1:
        words, ends = ends[:1], ends[1:]
    return (words[0] if words else ""), " ".join(ends)


def from_address(local: str, given: str, family: str) -> tuple[str, str]:
    """Return both names, the missing one read out of an address that holds the other.

    "anna.schmidt@" of a record that knows only Schmidt says Anna. Nothing is read out of an
    address that holds neither name.
    """
    if bool(given) == bool(family):
        return given, family
    known = (given or family).replace(" ", "")
    words = [plain(word) for word in re.findall(r"[^\W\d_]+", local)]
    joined = "".join(words)
    if len(known) < 3 or known not in joined:
        return given, family
    rest = joined.removesuffix(known) if joined.endswith(known) else joined.removeprefix(known)
    if rest == joined or not rest:
        return given, family
    return (rest, family) if family else (given, rest if len(rest) > 1 else "")


def _parted(text: str, *, is_family: bool) -> tuple[str, str]:
    family, comma, given = text.partition(",")
    if comma and given.strip():
        return given.strip(), family.strip()
    words = [word for word in text.split() if fold(word) not in _DROPPED]
    if len(words) > 1:
        return " ".join(words[:-1]), words[-1]
    return ("", text) if is_family else (text, "")
