"""Which language a page speaks: `?lang=`, else what the browser asks for, else English."""

from __future__ import annotations

from starlette.requests import Request

from .words import WORDS, Words

__all__ = ["LANGUAGES", "language_of", "words_in"]

LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "Français"}
_DEFAULT = "en"
_MOST = 20


def language_of(request: Request) -> str:
    """Return the language for this reader."""
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    wanted = sorted(_wanted(request.headers.get("accept-language", "")), reverse=True)
    return next((name for _, _, name in wanted if name in LANGUAGES), _DEFAULT)


def words_in(language: str) -> Words:
    """Return what the pages say in this language."""
    return WORDS[language]


def _wanted(header: str) -> list[tuple[float, int, str]]:
    """Return the languages of an Accept-Language header: weight, place from the end, name."""
    found = []
    for place, one in enumerate(header.split(",")[:_MOST]):
        name, _, weight = one.strip().partition(";")
        try:
            value = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if value > 0:
            found.append((value, -place, name.partition("-")[0].lower()))
    return found
