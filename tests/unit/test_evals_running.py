"""How a suite is run: epochs, threads, budgets, retries, a journal that spares what was done."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from agents.models import Completion
from evals import CaseResult, Plan, SuiteResult, Verdict, as_json, run
from evals.case import Case
from evals.recording import RecordedModel
from evals.spec import SuiteSpec
from evals.trial import conversation, epoch_now, opened, trial_now
from placet.errors import ModelMisbehaved, ModelUnavailable, ReplayMiss
from tests.evaluations import Notebook, RoteModel, RoteTask, suite_of

SUITE = suite_of(20)
AT_ONCE = Plan(pause_seconds=0)


def play(model: Any = None, plan: Plan | None = None, **named: Any) -> SuiteResult:
    task = named.pop("task", None) or RoteTask(model or RoteModel())
    return run(SUITE, task, "dev", plan=plan or Plan(), model="rote", **named)


def endings(result: SuiteResult) -> list[tuple[str, int, bool]]:
    return [(case.id, case.epoch, case.right) for case in result.cases]


def test_each_epoch_runs_each_case_and_intervals_rest_on_the_cases() -> None:
    model = RoteModel()
    result = play(model, Plan(epochs=3))
    figures = result.summary
    assert len(model.asked) == len(set(model.asked)) == figures.cases == 60
    assert (figures.different, figures.right.of) == (20, 60)
    assert [case.epoch for case in result.cases[:4]] == [1, 2, 3, 1]
    once = play(RoteModel()).summary.right
    assert figures.right.high - figures.right.low > 0.8 * (once.high - once.low)
    assert len(figures.pass_hat) == 3
    assert figures.pass_hat[0] == pytest.approx(figures.right.hits / 60)
    assert figures.pass_hat[0] > figures.pass_hat[1] > figures.pass_hat[2]


def test_threads_change_nothing_in_the_result() -> None:
    one, four = play(plan=Plan(epochs=2)), play(plan=Plan(epochs=2, concurrency=4))
    assert endings(one) == endings(four)
    assert one.summary.pass_hat == four.summary.pass_hat


def test_several_threads_work_at_once() -> None:
    class Slow(RoteModel):
        def complete(self, *args: Any, **named: Any) -> Completion:
            self.inside = getattr(self, "inside", 0) + 1
            self.most = max(getattr(self, "most", 0), self.inside)
            time.sleep(0.02)
            self.inside -= 1
            return super().complete(*args, **named)

    model = Slow()
    play(model, Plan(concurrency=4))
    assert model.most > 1


def test_tokens_and_money_reach_the_result() -> None:
    result = play(plan=Plan(price_read=2.0, price_written=10.0))
    case, figures = result.cases[0], result.summary
    assert (case.read, case.written) == (100, 10)
    assert case.cost == pytest.approx(100 * 2e-6 + 10 * 10e-6)
    assert (figures.read, figures.written) == (2_000, 200)
    assert figures.cost == pytest.approx(20 * case.cost)
    assert [call.model for call in case.calls] == ["rote"]
    assert "What is 0?" in case.calls[0].said
    assert "Answer." not in case.calls[0].said  # the standing text is named by its hash
    assert '"right"' in case.calls[0].answered


@pytest.mark.parametrize("threads", [1, 3])
def test_a_budget_of_tokens_ends_the_run_incomplete(threads: int) -> None:
    result = play(plan=Plan(token_budget=500, concurrency=threads))
    assert (result.verdict, result.exit_code) == (Verdict.INCOMPLETE, 3)
    assert "500 tokens is used up" in result.reason
    assert "of 20 done" in result.reason
    assert 5 <= len(result.cases) < 5 + threads  # at most one case per thread beyond it


def test_a_budget_of_money_ends_it_too_and_needs_prices() -> None:
    plan = Plan(price_read=1_000.0, money_budget=0.25)
    result = play(plan=plan)
    assert len(result.cases) == 3
    assert "0.25 is used up" in result.reason
    with pytest.raises(ValidationError, match="price of a token"):
        Plan(money_budget=1.0)


def test_a_budget_that_just_suffices_is_no_reason_to_stop() -> None:
    result = play(plan=Plan(token_budget=20 * 110))
    assert (result.stopped, len(result.cases)) == (None, 20)


def test_what_the_journal_holds_is_not_run_again() -> None:
    notes = Notebook()
    first = play(plan=Plan(token_budget=700), journal=notes)
    model = RoteModel()
    second = play(model, journal=notes)
    assert len(first.cases) == 7
    assert len(model.asked) == 13
    assert endings(second) == endings(play())
    assert second.summary.read == 2_000  # what was spent before counts


def test_a_case_is_written_down_before_the_next_is_asked() -> None:
    notes = Notebook()

    class Watching(RoteModel):
        def complete(self, *args: Any, **named: Any) -> Completion:
            assert len(notes.kept) == len(self.asked)
            return super().complete(*args, **named)

    assert play(Watching(), journal=notes).summary.unscored == 0


class Silent(RoteModel):
    """Gives no answer to every third call, or to those that are asked for."""

    def __init__(self, fails: Any) -> None:
        super().__init__()
        self._fails, self.calls = fails, 0

    def complete(self, *args: Any, **named: Any) -> Completion:
        self.calls += 1
        error = self._fails(self.calls, args[0][-1].text)
        if error is not None:
            raise error
        return super().complete(*args, **named)


def test_a_silent_model_is_asked_again_and_an_odd_answer_is_final() -> None:
    flaky = Silent(lambda n, _: ModelUnavailable("503") if n % 3 == 0 else None)
    assert play(flaky, AT_ONCE.model_copy(update={"retries": 2})).summary.unscored == 0
    assert flaky.calls > 20
    odd = Silent(lambda n, text: ModelMisbehaved("cut off") if text == "What is 4?" else None)
    result = play(odd, AT_ONCE.model_copy(update={"retries": 2}))
    assert odd.calls == 20
    assert {case.id: case.error for case in result.cases if case.error} == {
        "dev-0004": "ModelMisbehaved: cut off"
    }


def test_a_model_that_is_down_ends_the_run_and_its_cases_are_taken_up_again() -> None:
    notes = Notebook()
    down = Silent(lambda n, _: ModelUnavailable("no connection.") if n > 4 else None)
    result = play(down, journal=notes)
    assert (result.verdict, len(result.cases)) == (Verdict.INCOMPLETE, 12)
    assert "no answer 8 times in a row (no connection)" in result.reason
    again = RoteModel()
    assert endings(play(again, journal=notes)) == endings(play())
    assert len(again.asked) == 16


class Falling(RoteTask):
    """An agent that falls back on rules where its model fails, as production's does."""

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        self.conversations: list[str] = []

    def read(self, case: Case, spec: SuiteSpec) -> Mapping[str, Any]:
        self.conversations.append(conversation(case, spec))
        try:
            return super().read(case, spec)
        except (ModelUnavailable, ModelMisbehaved):
            return {"right": True}


def test_what_the_rules_read_in_a_models_place_is_not_scored_as_the_models() -> None:
    fails = {"What is 2?": ModelUnavailable("429"), "What is 3?": ModelMisbehaved("no JSON")}
    task = Falling(Silent(lambda _, text: fails.get(text)))
    result = play(task=task, plan=AT_ONCE.model_copy(update={"retries": 1}))
    errors = {case.id: case.error for case in result.cases if case.error}
    assert errors == {"dev-0002": "ModelUnavailable: 429", "dev-0003": "ModelMisbehaved: no JSON"}
    # A conversation that ended is not repeated, so the second attempt is another one.
    assert len(set(task.conversations)) == len(task.conversations) == 21


def test_a_replay_that_lacks_an_answer_ends_with_an_error() -> None:
    class Nothing:
        def find(self, key: str) -> None:
            return None

        def __len__(self) -> int:
            return 0

    replayed = RecordedModel(None, Nothing(), name="rote")  # type: ignore[arg-type]
    for threads in (1, 3):
        with pytest.raises(ReplayMiss):
            play(replayed, Plan(concurrency=threads))


@pytest.mark.parametrize("threads", [1, 3])
def test_a_journal_that_cannot_write_ends_the_run(threads: int) -> None:
    class Full(Notebook):
        def keep(self, result: CaseResult) -> None:
            raise OSError("no space left")

    model = RoteModel()
    with pytest.raises(OSError, match="no space left"):
        play(model, Plan(concurrency=threads), journal=Full())
    assert len(model.asked) <= threads


def test_held_out_calls_have_figures_and_no_words() -> None:
    suite = suite_of(4, part="test")
    result = run(suite, RoteTask(RoteModel()), "test")
    assert "What is" not in as_json(result)
    assert result.cases[0].calls[0].read == 100
    assert result.cases[0].calls[0].said == ""


def test_a_trial_is_seen_inside_and_nowhere_else() -> None:
    assert (trial_now(), epoch_now()) == (None, 1)
    with opened("dev-1", 3) as trial:
        assert trial_now() is trial
        assert epoch_now() == 3
    assert trial_now() is None


def test_a_plan_says_what_it_does_not_take() -> None:
    for wrong in ({"epochs": 0}, {"concurrency": 1_000}, {"retries": -1}, {"token_budget": 0}):
        with pytest.raises(ValidationError):
            Plan.model_validate(wrong)
