"""Cases whose question a glossary answers: they compare nothing any more.

"Hot leads in France" must be asked about as long as nobody said what hot means. Once the team says
it, a drafter that asks all the same is the worse one; so such a case is left out on both sides, and
the card names it.
"""

from __future__ import annotations

import re
from collections.abc import Set

from evals.case import Case
from evals.result import SuiteResult
from evals.suite import load_suite
from prompts import GLOSSARY, Term, parse_prompt, read_glossary

__all__ = ["answered", "without"]


def answered(name: str, text: bytes, suite: str) -> frozenset[str]:
    """Return the ids of a suite's cases that only ask what a term of this text says.

    Only the glossary answers questions: for any other prompt there are none. A term answers a case
    where the request says its phrase, and the word that the case is about is part of that phrase.
    """
    if name != GLOSSARY:
        return frozenset()
    terms = read_glossary(parse_prompt(text))
    if not terms:
        return frozenset()
    return frozenset(
        case.id
        for _, case in load_suite(suite).cases("all")
        if case.expect == "question" and any(_answers(term, case) for term in terms)
    )


def without(result: SuiteResult, ids: Set[str]) -> SuiteResult:
    """Return a run without these cases."""
    if not ids:
        return result
    return result.model_copy(
        update={"cases": tuple(one for one in result.cases if one.id not in ids)}
    )


def _answers(term: Term, case: Case) -> bool:
    return _says(case.request, term.phrase) and any(_says(term.phrase, word) for word in case.about)


def _says(text: str, words: str) -> bool:
    wanted = r"\s+".join(map(re.escape, words.casefold().split()))
    return re.search(rf"(?<!\w){wanted}(?!\w)", text.casefold()) is not None
