"""Figures, reasons, distances and habits: what is counted, over how many, and what is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.quality.distance import distance, text_of
from evals.quality.figures import Prices, by_source, figures, weekly
from evals.quality.habits import habits, reading_seconds
from evals.quality.outcome import Ending, Outcome, Source
from evals.quality.reasons import group_of

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
LLM = Source(trade="emails", drafter="llm", prompt="a" * 64, model="m1")


def outcome(n: int, ending: Ending = Ending.UNCHANGED, **rest: Any) -> Outcome:
    values: dict[str, Any] = {
        "draft_id": f"dr_{n:04}", "source": LLM, "ending": ending, "decided_by": "local/ben",
        "decided_at": MONDAY + timedelta(hours=n), "seconds": 100.0, "words": 80,
        "distance": 0.0 if ending is Ending.UNCHANGED else None,
    }  # fmt: skip
    return Outcome(**values | rest)


def test_each_figure_says_how_many_cases_it_rests_on() -> None:
    some = [
        outcome(0, seconds=10), outcome(1, seconds=20, judged=True),
        outcome(2, Ending.CHANGED, distance=0.5, seconds=30, judged=False),
        outcome(3, Ending.REJECTED, group="tone or wording", seconds=40),
        outcome(4, Ending.REJECTED, group="tone or wording", seconds=50),
        outcome(5, Ending.REJECTED, group="timing", seconds=60),
    ]  # fmt: skip
    found = figures(some)
    assert (found.approved.hits, found.approved.of) == (3, 6)
    assert (found.unchanged.hits, found.unchanged.of) == (2, 6)
    assert found.distance.value == pytest.approx(0.5 / 3)
    assert found.distance.of == 3
    assert (found.seconds.value, found.seconds.of) == (35, 6)
    assert (found.judged.hits, found.judged.of) == (1, 2)
    assert list(found.reasons.items()) == [("tone or wording", 2), ("timing", 1)]


def test_the_cost_of_an_approved_draft_counts_the_rejected_ones() -> None:
    prices = Prices(read=1.0, written=10.0)
    some = [
        outcome(0, read=1_000_000, written=0),
        outcome(1, Ending.REJECTED, read=1_000_000, written=100_000),
        outcome(2, Ending.REJECTED),  # its tokens were not kept: it is in no cost
    ]
    found = figures(some, prices)
    assert (found.cost.value, found.cost.of) == (3.0, 2)
    assert found.tokens.value == 2_100_000
    assert figures(some).cost.value is None, "no price, no cost"
    assert figures(some[1:], prices).cost.value is None, "nothing approved"


def test_nothing_decided_is_nothing_said() -> None:
    found = figures([])
    assert (found.approved.value, found.approved.low, found.approved.high) == (None, 0, 1)
    assert (found.seconds.value, found.distance.value, found.cost.value) == (None, None, None)
    assert weekly([]) == []
    assert by_source([]) == []


def test_weeks_begin_on_monday_and_none_is_left_out() -> None:
    some = [outcome(0), outcome(167), outcome(168), outcome(24 * 7 * 3)]
    found = weekly(some)
    assert [one.start for one in found] == [MONDAY + timedelta(weeks=n) for n in range(4)]
    assert [one.figures.decided for one in found] == [2, 1, 0, 1]


def test_prompts_and_models_are_told_apart() -> None:
    other = LLM.model_copy(update={"model": "m2"})
    found = by_source([outcome(0), outcome(1, source=other), outcome(2)])
    assert [(one.source.model, one.figures.decided) for one in found] == [("m1", 2), ("m2", 1)]


# --- reasons -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "group"),
    [
        ("", "no reason given"), ("  ", "no reason given"),
        ("Wrong audience, these are customers", "wrong people"),
        ("too many people", "wrong people"), ("The tone is too pushy", "tone or wording"),
        ("the date is made up", "wrong facts"), ("not on a weekend please", "timing"),
        ("We do not need it any more", "not needed any more"),
        ("no consent from these", "consent or compliance"), ("This merge is odd", "wrong values"),
        ("Bitte nicht mehr", "not needed any more"), ("because", "other"),
    ],
)  # fmt: skip
def test_reasons_fall_into_groups(reason: str, group: str) -> None:
    assert group_of(reason) == group


# --- distance ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("a b c d", "a b c d", 0), ("a b c d", "a b x d", 0.25), ("a b c d", "", 1),
        ("", "", 0), ("a b", "b a", 1), ("a b c", "a b c d", 0.25), ("x", "y", 1),
        ("a  b\nc", "a b c", 0),
    ],
)  # fmt: skip
def test_distances_of_known_pairs(one: str, two: str, expected: float) -> None:
    assert distance(one, two) == pytest.approx(expected)


WORDS = st.lists(st.sampled_from("abc"), max_size=7).map(" ".join)


@given(WORDS, WORDS)
def test_a_distance_is_symmetric_and_a_share(one: str, two: str) -> None:
    found = distance(one, two)
    assert 0 <= found <= 1
    assert found == distance(two, one)
    assert (found == 0) == (one.split() == two.split())


def test_what_code_derives_is_no_edit() -> None:
    one = {"email": {"subject": "A", "body": [{"type": "text", "text": "hello"}]},
           "targets": {"count": 3, "sha256": "x"}, "manifest": {"sha256": "1"}}  # fmt: skip
    two = one | {"targets": {"count": 4, "sha256": "y"}, "manifest": {"sha256": "2"}}
    assert text_of(one) == text_of(two) == "subject A\ntype text\ntext hello"


# --- habits --------------------------------------------------------------------------------------


def test_who_approves_faster_than_anybody_reads_is_shown() -> None:
    fast = [outcome(n, decided_by="local/ben", seconds=9, words=400) for n in range(10)]
    slow = [outcome(n, decided_by="local/cleo", seconds=90, words=400) for n in range(10, 20)]
    short = [outcome(n, decided_by="local/dora", seconds=9, words=10) for n in range(20, 30)]
    found = {one.person: one for one in habits([*fast, *slow, *short])}
    assert {who for who, one in found.items() if one.fast} == {"local/ben"}
    assert found["local/ben"].needed == reading_seconds(400)


def test_few_decisions_show_no_habit() -> None:
    assert not habits([outcome(n, seconds=0) for n in range(7)])[0].fast
    assert not habits([outcome(n) for n in range(29)])[0].uniform


def test_nothing_but_yes_is_uniform_and_one_no_is_enough() -> None:
    yes = [outcome(n) for n in range(40)]
    assert habits(yes)[0].uniform
    assert not habits([*yes[:-1], outcome(40, Ending.REJECTED)])[0].uniform
    assert not habits([*yes[:-1], outcome(40, Ending.CHANGED, distance=0.1)])[0].uniform
