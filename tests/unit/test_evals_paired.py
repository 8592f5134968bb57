"""The paired statistics against published examples and scipy, and the judgement against planted
truths."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from scipy import stats

from evals import Judgement, compare_runs
from evals.paired import cases_needed, clustered_difference, mcnemar, pass_hat, smallest_difference
from evals.result import CaseResult, SuiteResult
from evals.score import Outcome, Score
from evals.suite import load_suite
from placet.errors import BadInput

SPEC = load_suite("segments").spec


def test_mcnemar_agrees_with_a_published_example() -> None:
    # Fagerland, Lydersen and Laake (2013), BMC Medical Research Methodology 13:91, table 2 (airway
    # hyper-responsiveness, 1 and 7 discordant pairs): exact conditional p = 0.0703.
    assert mcnemar(1, 7) == pytest.approx(0.0703, abs=5e-5)


@pytest.mark.parametrize("pair", [(0, 0), (0, 5), (3, 9), (20, 31), (6, 6)])
def test_mcnemar_is_the_exact_binomial_test(pair: tuple[int, int]) -> None:
    expected = stats.binomtest(pair[0], sum(pair), 0.5).pvalue if sum(pair) else 1.0
    assert mcnemar(*pair) == pytest.approx(expected)


def test_the_interval_agrees_with_scipys_bootstrap() -> None:
    random = Random(4)
    differences = [random.choice([-1, 0, 0, 0, 1, 1]) for _ in range(120)]
    ours = clustered_difference(differences, range(120))
    theirs = stats.bootstrap(
        (np.array(differences),), np.mean, method="percentile", n_resamples=5_000, rng=1
    ).confidence_interval
    assert ours.low == pytest.approx(theirs.low, abs=0.02)
    assert ours.high == pytest.approx(theirs.high, abs=0.02)


def test_clusters_that_move_together_widen_the_interval() -> None:
    differences = [1.0] * 30 + [0.0] * 30
    apart = clustered_difference(differences, range(60))
    together = clustered_difference(differences, [number // 10 for number in range(60)])
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_pass_hat_is_the_share_of_draws_that_all_pass() -> None:
    assert pass_hat(4, 5, 1) == pytest.approx(0.8)
    assert pass_hat(4, 5, 2) == pytest.approx(6 / 10)
    assert pass_hat(4, 5, 5) == 0
    with pytest.raises(ValueError, match="cannot be told"):
        pass_hat(1, 2, 3)


def test_what_a_suite_can_see_and_what_it_would_take_agree() -> None:
    smallest = smallest_difference(133, discordant=0.2)
    assert smallest == pytest.approx(0.109, abs=0.002)
    assert cases_needed(smallest, discordant=0.2) == pytest.approx(133, abs=1)


def _run(passed: list[bool], silent: list[bool] | None = None, **changes: object) -> SuiteResult:
    silent = silent or [False] * len(passed)
    cases = tuple(
        CaseResult(
            id=f"dev-{n}", part="dev", expect="draft", tags=("x",), cluster=f"c{n // 2}", harm=3,
            must_pass=False, milliseconds=1.0,
            score=Score(value=float(ok), reason="r", version="v", outcome=_outcome(ok, bad)),
        )
        for n, (ok, bad) in enumerate(zip(passed, silent, strict=True))
    )  # fmt: skip
    values = {
        "suite": "segments", "suite_version": "1.0.0", "suite_digest": "d", "part": "dev",
        "drafter": "rules", "prompt": None, "world": "w", "scorer": "v", "seconds": 1.0,
        "started_at": SPEC.as_of, "thresholds": SPEC.thresholds, "minimum_cases": 40,
        "cases": cases,
    }  # fmt: skip
    return SuiteResult.model_validate(values | changes)


def _outcome(passed: bool, silent: bool) -> Outcome:
    if passed:
        return Outcome.EXACT
    return Outcome.SILENTLY_WRONG if silent else Outcome.NEEDLESS_QUESTION


def _judged(first: list[bool], second: list[bool], **silent: list[bool]) -> Judgement:
    return compare_runs(_run(first), _run(second, **silent)).judgement


def test_planted_truths_get_their_judgement() -> None:
    half = [n % 4 in (0, 3) for n in range(200)]
    assert _judged(half, [True] * 200) is Judgement.BETTER
    assert _judged([True] * 200, half) is Judgement.WORSE
    assert _judged(half, half) is Judgement.NOT_WORSE
    other = [n % 4 < 2 for n in range(200)]
    assert _judged(half, other) is Judgement.INCONCLUSIVE
    assert _judged(half[:20], [True] * 20) is Judgement.INCONCLUSIVE


def test_more_that_is_silently_wrong_is_worse_whatever_else_passes() -> None:
    first = [n >= 80 for n in range(200)]
    second = [n >= 40 for n in range(200)]
    silent = [n < 40 for n in range(200)]
    assert _judged(first, second) is Judgement.BETTER
    assert _judged(first, second, silent=silent) is Judgement.WORSE


def test_equal_drafters_are_rarely_called_better() -> None:
    random, called = Random(11), 0
    for _ in range(40):
        first = [random.random() < 0.8 for _ in range(120)]
        second = [random.random() < 0.8 for _ in range(120)]
        called += _judged(first, second) is Judgement.BETTER
    assert called <= 4  # 1 in 40 expected; 5 or more would be a one in 300 draw


def test_flips_are_named_and_unscored_cases_count_for_neither() -> None:
    first, second = _run([True] * 50), _run([True] * 49 + [False])
    broken = second.model_copy(
        update={"cases": (second.cases[0].model_copy(update={"score": None, "error": "x"}),
                          *second.cases[1:])})  # fmt: skip
    found = compare_runs(first, broken)
    assert [flip.id for flip in found.flips] == ["dev-49"]
    assert (found.cases, found.unpaired) == (49, 1)


def test_runs_of_different_things_are_not_compared() -> None:
    first = _run([True] * 50)
    with pytest.raises(BadInput, match="another version of the suite"):
        compare_runs(first, _run([True] * 50, suite_digest="e"))
    with pytest.raises(BadInput, match="share no case"):
        compare_runs(first, _run([]))
