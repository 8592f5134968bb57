"""Cases that a new glossary settles: they ask what a word means, and now it is said.

A suite rightly expects a question for "hot leads", since the word has no measure. For a team whose
glossary says what it means the question is needless. Such a case says nothing about the change, so
it is left out of both sides of the comparison, and the card tells how many were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from evals.case import Case, Part
from evals.port import Evaluate
from evals.result import SuiteResult
from evals.suite import Suite, load_suite
from prompts import GLOSSARY, Prompt, read_glossary
from prompts.glossary import Term

from .normal import words_of

__all__ = ["Settled", "new_terms", "settled_note", "settles"]


class Settled:
    """An `Evaluate` without the results of cases that these terms settle."""

    def __init__(
        self, evaluate: Evaluate, terms: Iterable[Term],
        *, load: Callable[[str], Suite] = load_suite,
    ) -> None:  # fmt: skip
        """Take what runs suites, and the terms that the new glossary has and the other has not."""
        self._evaluate, self._terms, self._load = evaluate, tuple(terms), load

    def __call__(self, suite: str, text: bytes | None, part: Part | Literal["all"]) -> SuiteResult:
        """Return the result without them; see `Evaluate`."""
        settled = {case.id for _, case in self._load(suite).cases() if settles(case, self._terms)}
        found = self._evaluate(suite, text, part)
        kept = tuple(one for one in found.cases if one.id not in settled)
        return found.model_copy(update={"cases": kept, "planned": None})


def settled_note(terms: Sequence[Term], suites: Iterable[Suite]) -> Sequence[tuple[str, str]]:
    """Return what a card says of the cases that were left out; empty where there are none."""
    left = {
        (suite.spec.name, case.id)
        for suite in suites
        for _, case in suite.cases()
        if settles(case, terms)
    }
    if not left:
        return ()
    phrases, where = ", ".join(one.phrase for one in terms), sorted({suite for suite, _ in left})
    words = (
        f"{len(left)} cases of {', '.join(where)} ask what {phrases} means; with this glossary the "
        "question is needless, so they count for neither text"
    )
    return (("Settled by the glossary", words),)


def settles(case: Case, terms: Iterable[Term]) -> bool:
    """Return whether a case expects a question about words that one of the terms explains."""
    if case.expect != "question" or not case.about:
        return False
    before = [one for one in getattr(case, "before", ()) if isinstance(one, str)]
    said = f" {' '.join(words_of(' '.join([*before, case.request])))} "
    about = {word for one in case.about for word in words_of(one)}
    for term in terms:
        phrase = words_of(term.phrase)
        if f" {' '.join(phrase)} " in said and about & set(phrase):
            return True
    return False


def new_terms(name: str, before: Prompt, after: Prompt) -> tuple[Term, ...]:
    """Return the terms that the new text of a glossary explains otherwise; of others, none."""
    if name != GLOSSARY:
        return ()
    known = {(one.phrase.casefold(), one.meaning) for one in read_glossary(before)}
    return tuple(
        one for one in read_glossary(after) if (one.phrase.casefold(), one.meaning) not in known
    )
