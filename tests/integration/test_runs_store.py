"""Runs in the database: journals that go on, results that come back the same, looks that count."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from evals import Plan, SuiteResult, Verdict, run
from evals.suite import Suite
from placet.clock import FixedClock
from placet.errors import Conflict, NotAllowed, NotFound
from placet.store.migrate import MIGRATIONS
from placet.store.runs import Planned, SqlRuns
from tests.conftest import NOW
from tests.evaluations import RoteModel, RoteTask, suite_of
from tools.sql import create_engine


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """A migrated database."""
    engine = create_engine(database_url)
    MIGRATIONS.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def runs(engine: sa.Engine) -> SqlRuns:
    """The runs in it."""
    return SqlRuns(engine, Ticking(NOW))


class Ticking(FixedClock):
    """A second passes whenever somebody looks: runs have an order."""

    def now(self) -> datetime:
        self.move(timedelta(seconds=1))
        return super().now()


def planned(suite: Suite, **changes: object) -> Planned:
    values = {
        "suite": suite.spec.name, "version": suite.spec.version, "digest": suite.digest,
        "part": "dev", "drafter": "llm",
    }  # fmt: skip
    return Planned.model_validate(values | changes)


def result_of(suite: Suite, rote: RoteModel | None = None, **changes: object) -> SuiteResult:
    part = next(iter(suite.parts))
    made = run(suite, RoteTask(rote or RoteModel()), part, model="rote", clock=FixedClock(NOW))
    return made.model_copy(update=changes)


def test_a_run_comes_back_as_it_was(runs: SqlRuns) -> None:
    result = result_of(suite_of(12))
    assert runs.load(runs.save(result)) == result


def test_a_run_goes_on_where_it_stopped_and_asks_nothing_twice(runs: SqlRuns) -> None:
    suite, model = suite_of(20), RoteModel()
    run_id = runs.start(planned(suite, epochs=2))
    poor = Plan(epochs=2, token_budget=1_000)
    first = run(suite, RoteTask(model), "dev", plan=poor, journal=runs.journal(run_id))
    runs.finish(run_id, first)
    assert (first.verdict, first.exit_code) == (Verdict.INCOMPLETE, 3)
    assert len(first.cases) == 10  # ten calls of 110 tokens
    assert runs.unfinished(planned(suite, epochs=2)) == run_id
    assert runs.load(run_id).cases == first.cases

    rich = Plan(epochs=2, token_budget=100_000)
    second = run(suite, RoteTask(model), "dev", plan=rich, journal=runs.journal(run_id))
    runs.finish(run_id, second)
    assert len(model.asked) == len(set(model.asked)) == 40
    assert second.stopped is None
    assert runs.unfinished(planned(suite, epochs=2)) is None
    with pytest.raises(Conflict, match="came to its end"):
        runs.journal(run_id)


def test_a_run_of_something_else_does_not_go_on(runs: SqlRuns) -> None:
    suite = suite_of(4)
    run_id = runs.start(planned(suite))
    run(suite, RoteTask(RoteModel()), "dev", journal=runs.journal(run_id))
    with pytest.raises(Conflict, match=r"its suite digest was \w+, and now"):
        run(suite_of(5), RoteTask(RoteModel()), "dev", journal=runs.journal(run_id))
    with pytest.raises(Conflict, match="its epochs was 1, and now it is 3"):
        run(suite, RoteTask(RoteModel()), plan=Plan(epochs=3), part="dev",
            journal=runs.journal(run_id))  # fmt: skip


def test_another_text_of_a_prompt_is_named_by_its_name(runs: SqlRuns) -> None:
    suite, task = suite_of(4), RoteTask(RoteModel())
    run_id = runs.start(planned(suite))
    texts = {"emails/brief": "a" * 64, "glossary": "b" * 64}
    run(suite, task, "dev", journal=runs.journal(run_id), prompts=texts)
    other = texts | {"glossary": "c" * 64}
    with pytest.raises(Conflict, match=f"its prompt glossary was {'b' * 12}, and now it is ccc"):
        run(suite, task, "dev", journal=runs.journal(run_id), prompts=other)
    assert [kept.id for kept in runs.history(prompt="a" * 8)] == [run_id]


def test_several_threads_write_into_one_journal(runs: SqlRuns) -> None:
    suite = suite_of(40)
    run_id = runs.start(planned(suite))
    plan = Plan(concurrency=4)
    found = run(suite, RoteTask(RoteModel()), "dev", plan=plan, journal=runs.journal(run_id))
    assert [one.id for one in found.cases] == [case.id for _, case in suite.cases()]
    assert set(runs.journal(run_id).done()) == {one.key for one in found.cases}


def test_a_run_that_is_still_running_is_named_so(runs: SqlRuns) -> None:
    run_id = runs.start(planned(suite_of(2)))
    with pytest.raises(Conflict, match=f"--resume {run_id}"):
        runs.load(run_id)
    with pytest.raises(NotFound, match="no run ev_nothing"):
        runs.load("ev_nothing")
    assert runs.history()[0].state == "running"


def test_looks_at_the_test_part_are_counted_and_limited(runs: SqlRuns, engine: sa.Engine) -> None:
    suite = suite_of(6, part="test", looks=2)
    asked = planned(suite, part="test")
    runs.save(result_of(suite))
    runs.start(asked, limit=2)
    assert runs.looks("rote", suite.digest) == 2
    with pytest.raises(NotAllowed, match="looked at 2 times"):
        runs.start(asked, limit=2)
    with pytest.raises(NotAllowed, match="--look-anyway"):
        runs.look(asked.model_copy(update={"part": "all"}), limit=2)
    assert runs.looks("rote", suite.digest) == 2
    runs.start(asked, limit=2, beyond="the release needs it")
    with engine.connect() as connection:
        reasons = list(connection.scalars(sa.text("SELECT beyond FROM placet_eval_looks")))
    assert reasons.count("the release needs it") == 1
    dev = suite_of(6)
    runs.start(planned(dev), limit=1)
    runs.look(planned(dev), limit=1)
    assert runs.looks("rote", dev.digest) == 0
    assert runs.looks("rote", suite_of(7, part="test").digest) == 0  # a new version starts anew


def test_two_at_once_share_one_last_look(runs: SqlRuns) -> None:
    asked = planned(suite_of(6, part="test"), part="test")

    def try_it(_: int) -> bool:
        try:
            runs.start(asked, limit=3)
        except NotAllowed:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(try_it, range(12))) == 3


def test_history_is_by_suite_prompt_and_model_the_oldest_first(runs: SqlRuns) -> None:
    one, other = suite_of(4), suite_of(4, name="other")
    first = runs.save(result_of(one))
    second = runs.save(result_of(one, prompt="sha256:beef", model="large"))
    third = runs.save(result_of(other, prompt=None))
    assert [kept.id for kept in runs.history()] == [first, second, third]
    assert [kept.id for kept in runs.history("rote")] == [first, second]
    assert [kept.id for kept in runs.history(prompt="sha256:bee")] == [second]
    assert [kept.id for kept in runs.history(prompt="%")] == []
    assert [kept.id for kept in runs.history(model="large")] == [second]
    assert [kept.id for kept in runs.history(limit=1)] == [third]
    summary = runs.history("rote")[0].summary
    assert summary is not None
    assert summary.right.of == 4


def test_the_newest_runs_of_a_prompt(runs: SqlRuns) -> None:
    suite = suite_of(4)
    older, newer = result_of(suite), result_of(suite, RoteModel(wrong=1.0))
    runs.save(older)
    runs.save(newer)
    runs.save(result_of(suite, prompt=None))
    assert runs.latest("rote", prompt="sha256:abcd") == [newer, older]
    assert runs.latest("rote", prompt="sha256:abcd", limit=1) == [newer]
    assert [one.prompt for one in runs.latest("rote", prompt=None)] == [None]
