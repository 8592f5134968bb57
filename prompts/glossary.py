"""What this team's own words mean: "hot leads" is "lead score over 80".

The glossary is a prompt text like any other (`texts/glossary.md`): versions of it are served,
promoted and rolled back the same way. Both drafters read it.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from placet.errors import BadInput

from .library import Prompt

__all__ = ["GLOSSARY", "Term", "read_glossary"]

GLOSSARY = "glossary"
"""The name of the prompt text that holds it."""


class Term(BaseModel):
    """One phrase and what it stands for."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    phrase: str = Field(min_length=1, max_length=60, pattern=r"^[^:\n]+$")
    """The words that people use, without regard to case."""
    meaning: str = Field(min_length=1, max_length=300)
    """The words that a drafter reads in their place."""


def read_glossary(prompt: Prompt) -> tuple[Term, ...]:
    """Return the terms of a glossary text, in the order of its lines.

    A line that starts with `#` is a remark.

    Raises:
        BadInput: a line is no `phrase: meaning`, or a phrase is there twice.
    """
    found: dict[str, Term] = {}
    for number, line in enumerate(prompt.body.split("\n"), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        phrase, _, meaning = line.partition(":")
        try:
            term = Term(phrase=phrase, meaning=meaning)
        except ValidationError:
            raise BadInput(
                f"Line {number} of the glossary is no `phrase: meaning` of at most 60 and 300 "
                "characters."
            ) from None
        if term.phrase.casefold() in found:
            raise BadInput(f"The glossary explains {term.phrase!r} twice; keep one of the lines.")
        found[term.phrase.casefold()] = term
    return tuple(found.values())
