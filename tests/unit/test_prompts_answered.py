"""A glossary that answers a question is not held against cases that must ask it; no other is."""

import pytest

from evals.learning.answered import answered
from prompts import load_prompt

GLOSSARY = load_prompt("glossary").data


def told(term: str, name: str = "glossary") -> frozenset[str]:
    return answered(name, GLOSSARY + f"{term}\n".encode(), "restraint")


def test_a_term_answers_the_case_that_asks_for_it() -> None:
    assert "dev-hot" in told("hot leads: leads with a lead score of at least 80")


@pytest.mark.parametrize(
    "term", ["leads: people in the stage lead", "hot: x", "hotel leads: guests", "France: FR"]
)
def test_a_term_that_says_something_else_answers_no_other_question(term: str) -> None:
    found = told(term)
    assert ("dev-hot" in found) == term.startswith("hot:")
    assert len(found) < 4


def test_only_the_glossary_answers_and_an_empty_one_answers_nothing() -> None:
    assert told("# nothing") == frozenset()
    assert answered("segments/draft", b"hot leads: x", "restraint") == frozenset()
