"""Text as the rules drafter reads it: cleaned, cut into words with their place, compared folded.

Every step is one pass over the text, so that a 10 kB request costs no more than its length.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

__all__ = ["Token", "clean", "fold", "singular", "tokenise", "words_of"]

_HIDDEN = {"Cf", "Cc", "Cs", "Co", "Cn"}
"""Control, format (bidi, zero-width), surrogate and unassigned characters: never shown."""
_SAME = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u02bc": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2011": "-",
        "\u2212": "-",
        "\u2264": "<",
        "\u2265": ">",
    }
)
_TOKEN = re.compile(
    r"""
      (?P<quote>"[^"\n]{1,200}"|(?<![\w'])'[^'\n]{2,200}'(?!\w))
    | (?P<domain>@?[A-Za-z0-9._%+-]*@[A-Za-z0-9.-]+\.[A-Za-z]{2,}|@[A-Za-z0-9.-]+\.[A-Za-z]{2,})
    | (?P<site>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*
      \.(?:com|org|net|io|de|fr|eu|ai|edu|gov|uk|co|es|it|nl|ch|at)\b)
    | (?P<date>\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4})
    | (?P<number>[$\u20ac\u00a3]?\d+(?:,\d{3})*(?:\.\d+)?(?:(?:k|m|mio|mn|bn)\b)?(?:%|\+)?)
    | (?P<word>[^\W\d_]+\.(?:[^\W\d_]\.)+|[^\W_]+(?:['&][^\W_]+)*)
    | (?P<mark>>=|<=|!=|==|[^\s\w])
    | (?P<under>_)
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number, quoted text or mark, and where it stands in the cleaned text."""

    text: str
    key: str
    """Folded: what it is compared by."""
    kind: str
    start: int
    end: int


def clean(text: str) -> str:
    """Return the text without hidden characters, with plain quotes, dashes and single spaces."""
    text = unicodedata.normalize("NFKC", text.replace("\u2265", ">=").replace("\u2264", "<="))
    kept = "".join(" " if c in "\n\r\t" else c for c in text if c in "\n\r\t" or _visible(c))
    return " ".join(kept.translate(_SAME).split())


def _visible(char: str) -> bool:
    return unicodedata.category(char) not in _HIDDEN


def fold(text: str) -> str:
    """Return the text without case and accents: "Österreich" and "osterreich" are one word."""
    lowered = text.casefold().replace("\u00f8", "o").replace("\u0131", "i")
    if lowered.isascii():
        return lowered
    parts = unicodedata.normalize("NFD", lowered)
    return "".join(c for c in parts if unicodedata.category(c) != "Mn")


def tokenise(text: str) -> tuple[Token, ...]:
    """Cut a cleaned text into tokens."""
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "mark"
        body = match.group()
        kind = "domain" if kind == "site" else kind
        key = fold(body[1:-1] if kind == "quote" else body)
        if kind == "word" and key.endswith("'s") and len(key) > 3:
            key = key[:-2]
        found.append(Token(body, key, kind, match.start(), match.end()))
    return tuple(found)


def words_of(phrase: str) -> tuple[str, ...]:
    """Return the folded words of a phrase, the form in which lexicon entries are kept."""
    return tuple(t.key for t in tokenise(clean(phrase)) if t.key not in {"-", "/", ".", ","})


_IRREGULAR = {"people": "person", "companies": "company", "countries": "country", "men": "man"}


def singular(word: str) -> str:
    """Return an English noun's singular by the common endings; other words stay as they are."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
