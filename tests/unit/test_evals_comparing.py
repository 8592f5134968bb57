"""Comparing runs: several epochs, tags, costs, and what may not be compared."""

from __future__ import annotations

import pytest

from evals import Judgement, Plan, SuiteResult, compare_runs, run
from placet.errors import BadInput
from tests.evaluations import RoteModel, RoteTask, suite_of

SUITE = suite_of(80)


def result_of(wrong: float, epochs: int = 1, **changes: object) -> SuiteResult:
    plan = Plan(epochs=epochs, price_read=1.0, price_written=1.0)
    made = run(SUITE, RoteTask(RoteModel(wrong=wrong)), "dev", plan=plan, model="rote")
    return made.model_copy(update=changes)


def test_with_several_epochs_the_pairs_stay_the_cases() -> None:
    found = compare_runs(result_of(0.6, 4), result_of(0.1, 4))
    assert (found.cases, found.epochs, found.judgement) == (80, (4, 4), Judgement.BETTER)
    assert [one.k for one in found.pass_hat] == [1, 2, 3, 4]
    assert all(one.second > one.first for one in found.pass_hat)
    assert found.pass_hat[0].first > found.pass_hat[3].first
    assert "(" in found.flips[0].first  # how many of the four


def test_one_epoch_against_several_is_fine_and_says_nothing_of_pass_hat() -> None:
    found = compare_runs(result_of(0.3), result_of(0.3, 3))
    assert (found.epochs, found.pass_hat) == ((1, 3), ())


def test_more_epochs_do_not_make_few_cases_look_like_many() -> None:
    one, many = compare_runs(result_of(0.5), result_of(0.3)), compare_runs(
        result_of(0.5, 5), result_of(0.3, 5)
    )  # fmt: skip
    assert one.smallest == many.smallest
    assert many.right.high - many.right.low > 0.4 * (one.right.high - one.right.low)


def test_flips_show_both_readings_beside_the_gold() -> None:
    found = compare_runs(result_of(0.5), result_of(0.0))
    flip = found.flips[0]
    assert (flip.first, flip.second) == ("needless_question", "exact")
    assert (flip.first_reading, flip.second_reading) == ({"right": False}, {"right": True})
    assert flip.gold == {"right": True}


def test_each_tag_has_its_difference_and_what_each_run_costs_is_told() -> None:
    found = compare_runs(result_of(0.8), result_of(0.0))
    assert [one.tag for one in found.tags] == ["even", "odd"]
    assert {one.judgement for one in found.tags} == {Judgement.BETTER}
    assert found.first_spent.read == found.second_spent.read == 100
    assert found.first_spent.cost == pytest.approx(110e-6)


def test_a_tag_with_fewer_cases_than_the_suite_needs_decides_nothing() -> None:
    first, second = (result_of(wrong, minimum_cases=60) for wrong in (0.8, 0.0))
    found = compare_runs(first, second)
    assert found.judgement is Judgement.BETTER
    assert {one.judgement for one in found.tags} == {Judgement.INCONCLUSIVE}


def test_inconclusive_says_how_many_more_cases_it_would_take() -> None:
    found = compare_runs(result_of(0.2), result_of(0.23))
    assert found.judgement is Judgement.INCONCLUSIVE
    assert found.more_cases is not None
    assert f"about {found.more_cases:,} more cases" in found.reason
    few = compare_runs(*(result_of(wrong, minimum_cases=100) for wrong in (0.8, 0.0)))
    assert (few.judgement, few.more_cases) == (Judgement.INCONCLUSIVE, 20)


@pytest.mark.parametrize(("changes", "words"), [
    ({"suite": "other"}, "One run is of the suite rote, the other of other"),
    ({"suite_digest": "x", "suite_version": "2.0.0"}, r"another version .* \(1.0.0 and 2.0.0\)"),
    ({"suite_digest": "x"}, "both 1.0.0, with other cases"),
    ({"part": "all"}, r"another part \(dev and all\)"),
    ({"world": "moon"}, "another world"),
    ({"scorer": "rote@2"}, r"version of the scorer \(rote@1 and rote@2\)"),
])  # fmt: skip
def test_what_differs_beyond_the_drafter_is_refused(changes: dict[str, str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        compare_runs(result_of(0.2), result_of(0.2).model_copy(update=changes))
