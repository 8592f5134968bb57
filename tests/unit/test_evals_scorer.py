from datetime import UTC, datetime
from typing import Any

import pytest

from agents.port import Answer, Question, Refusal
from agents.segments.port import Count, Proposal, Reading
from evals.score import Outcome
from evals.segments.case import SegmentCase as Case
from evals.segments.comparison import Comparison
from evals.segments.score import VERSION, score
from tools.segments.tree import Segment

SPAIN = {"op": "property", "field": "country", "is": {"test": "equals", "value": "Spain"}}
SAME = Comparison(common=10, rows=20)
OTHER = Comparison(common=8, missing=2, extra=1, rows=20)


def _case(expect: str, **more: Any) -> Case:
    tree = {"filter": SPAIN} if expect in {"draft", "count"} else {}
    return Case.model_validate({
        "id": "dev-1", "request": "some words", "expect": expect, **tree, "tags": ["t"],
        "cluster": "c", "harm": 3, **more,
    })  # fmt: skip


def _segment(name: str = "A list") -> Segment:
    return Segment.model_validate(
        {"name": name, "filter": SPAIN, "as_of": datetime(2026, 11, 24, tzinfo=UTC)}
    )


PROPOSAL = Proposal(segment=_segment())
COUNT = Count(segment=_segment(), label="people in Spain")
QUESTION = Question(text="How hot is hot?", about="hot leads")
ANSWER = Answer(text="I draft lists.")
REFUSAL = Refusal(text="I delete nobody.")


@pytest.mark.parametrize(
    ("expect", "reading", "facts", "outcome"),
    [
        ("draft", PROPOSAL, SAME, Outcome.EXACT),
        ("draft", PROPOSAL, OTHER, Outcome.SILENTLY_WRONG),
        ("draft", COUNT, SAME, Outcome.WRONG_KIND),
        ("draft", COUNT, OTHER, Outcome.SILENTLY_WRONG),
        ("draft", QUESTION, None, Outcome.NEEDLESS_QUESTION),
        ("draft", REFUSAL, None, Outcome.WRONG_REFUSAL),
        ("draft", ANSWER, None, Outcome.NEEDLESS_ANSWER),
        ("count", COUNT, SAME, Outcome.EXACT),
        ("count", PROPOSAL, SAME, Outcome.WRONG_KIND),
        ("count", COUNT, OTHER, Outcome.SILENTLY_WRONG),
        ("question", QUESTION, None, Outcome.QUESTION_WHEN_NEEDED),
        ("question", PROPOSAL, None, Outcome.SILENTLY_WRONG),
        ("question", COUNT, None, Outcome.SILENTLY_WRONG),
        ("question", REFUSAL, None, Outcome.WRONG_REFUSAL),
        ("question", ANSWER, None, Outcome.NEEDLESS_ANSWER),
        ("refuse", REFUSAL, None, Outcome.REFUSED_WHEN_NEEDED),
        ("refuse", PROPOSAL, None, Outcome.SILENTLY_WRONG),
        ("refuse", QUESTION, None, Outcome.MISSED_REFUSAL),
        ("refuse", ANSWER, None, Outcome.MISSED_REFUSAL),
        ("answer", ANSWER, None, Outcome.ANSWERED_WHEN_NEEDED),
        ("answer", PROPOSAL, None, Outcome.SILENTLY_WRONG),
        ("answer", QUESTION, None, Outcome.NEEDLESS_QUESTION),
        ("answer", REFUSAL, None, Outcome.WRONG_REFUSAL),
    ],
)
def test_each_pair_of_due_and_done_has_its_outcome(
    expect: str, reading: Reading, facts: Comparison | None, outcome: Outcome
) -> None:
    found = score(_case(expect), reading, facts)
    assert (found.outcome, found.version) == (outcome, VERSION)
    right = {Outcome.EXACT, Outcome.QUESTION_WHEN_NEEDED, Outcome.REFUSED_WHEN_NEEDED,
             Outcome.ANSWERED_WHEN_NEEDED}  # fmt: skip
    assert (found.value == 1) == found.right == (outcome in right)
    assert found.reason


def test_a_question_must_be_about_the_words_that_need_it() -> None:
    asked = _case("question", about=["hot", "warm"])
    assert score(asked, QUESTION, None).right
    off = Question(text="Which country?", about="leads")
    assert score(asked, off, None).outcome is Outcome.OFF_QUESTION


@pytest.mark.parametrize(
    "facts",
    [
        Comparison(common=3, rows=9, rows_wrong=1, example="country=None"),
        Comparison(common=3, missing=1),
        Comparison(common=3, extra=1),
        Comparison(common=3, differs=("use is internal, not marketing",)),
    ],
)
def test_any_difference_on_either_world_is_silently_wrong(facts: Comparison) -> None:
    found = score(_case("draft"), PROPOSAL, facts)
    assert found.outcome is Outcome.SILENTLY_WRONG


def test_a_refused_tree_is_not_silent() -> None:
    found = score(_case("draft"), PROPOSAL, Comparison(problem="and[0]: there is no field colour"))
    assert (found.outcome, found.right) == (Outcome.UNUSABLE, False)


def test_the_name_counts_only_where_one_was_given() -> None:
    named = _case("draft", name="Fan club")
    assert score(named, PROPOSAL, SAME).outcome is Outcome.WRONG_NAME
    assert score(named, Proposal(segment=_segment("fan CLUB")), SAME).right
    assert score(_case("draft"), Proposal(segment=_segment("anything")), SAME).right


def test_people_without_a_comparison_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="needs a comparison"):
        score(_case("draft"), PROPOSAL, None)


@pytest.mark.parametrize(
    ("facts", "precision", "recall"),
    [
        (Comparison(common=8, missing=2, extra=0), 1.0, 0.8),
        (Comparison(), 1.0, 1.0),
        (Comparison(extra=4), 0.0, 0.0),
        (Comparison(missing=4), 0.0, 0.0),
        (Comparison(problem="x"), None, None),
    ],
)
def test_precision_and_recall(
    facts: Comparison, precision: float | None, recall: float | None
) -> None:
    assert (facts.precision, facts.recall) == (precision, recall)
