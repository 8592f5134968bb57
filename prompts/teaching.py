"""Telling Placet what words mean: "when we say hot leads we mean score over 80".

A message that is a definition and nothing else teaches a term, in English or German. It changes
nothing by itself: the glossary with it in it is approved like any other change of a prompt.
"""

from __future__ import annotations

import re

from pydantic import ValidationError

from .glossary import Term

__all__ = ["QUOTES", "parse_teaching", "term_of"]

_SAYING = (
    r"(?P<phrase>\"[^\"\n]{1,60}\"|'[^'\n]{1,60}'|«[^»\n]{1,60}»|„[^“\n]{1,60}“|[^\n,:\"?]{1,60}?)"
)
_MEANING = r"(?P<meaning>[^\n?]{1,300})"
_FORMS = tuple(
    re.compile(form.replace("X", _SAYING).replace("Y", _MEANING), re.IGNORECASE)
    for form in (
        r"^(?:whenever|when|if) (?:we|i|people here|somebody|someone) (?:say|says|write|writes|talk"
        r" about|speak of) X,? (?:then )?(?:we|i|they) (?:really |actually |always )?mean Y$",
        r"^(?:by|with) X,? (?:we|i) (?:always |really )?mean Y$",
        r"^X (?:for us|here|in our team|at our company) (?:means|mean) Y$",
        r"^(?:for us|here|in our team),? X (?:means|mean) Y$",
        r"^(?:remember|note|please note|for the glossary|glossary)(?: that)?:? X (?:means|mean) Y$",
        r"^wenn (?:wir|ich|leute hier) (?:von )?X (?:sagen|sage|schreiben|sprechen|spreche),? "
        r"(?:dann )?(?:meinen wir|meine ich) (?:damit )?Y$",
        r"^(?:mit|unter) X (?:meinen|verstehen) wir Y$",
        r"^(?:mit|unter) X (?:meine|verstehe) ich Y$",
        r"^X (?:heißt|bedeutet|heisst|sind|ist) (?:bei|für) uns Y$",
        r"^(?:bei|für) uns (?:heißt|bedeutet|heisst|sind|ist) X Y$",
        r"^(?:merk dir|bitte merken|glossar):? X (?:heißt|bedeutet|heisst) Y$",
    )
)
QUOTES = "\"'«»„“”‚‘’"
_HELLO = re.compile(r"^(?:hi|hey|hello|hallo|please|bitte|fyi)\b[,!.:]?\s*", re.IGNORECASE)


def parse_teaching(message: str) -> Term | None:
    """Return the term that a message teaches, or None where it teaches none.

    A message with more in it than the definition is a request and is left to the drafters.
    """
    said = _HELLO.sub("", " ".join(message.split())).rstrip(" .!")
    for form in _FORMS:
        found = form.match(said)
        if found:
            return term_of(found["phrase"], found["meaning"])
    return None


def term_of(phrase: str, meaning: str) -> Term | None:
    """Return the term of a phrase and its meaning, or None where they make none."""
    clean = " ".join(phrase.split()).strip(QUOTES + " ").replace(":", "")
    said = " ".join(meaning.split()).strip(QUOTES + " ")
    if not clean or not said or not clean.isprintable() or not said.isprintable():
        return None
    if clean.startswith("#") or clean.casefold() == said.casefold():
        return None
    try:
        return Term(phrase=clean, meaning=said)
    except ValidationError:
        return None
