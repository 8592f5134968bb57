"""Promoting a prompt over planted truths: what better, equal and overfitted texts become."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from evals.judge import JudgeId, Opinion, Power
from evals.learning.evidence import GUARDED, gather, why_refused
from evals.learning.promote import promote
from evals.paired import Interval
from evals.result import CaseResult, SuiteResult
from evals.score import Outcome, Score
from evals.spec import Thresholds
from evals.statistics import wilson
from gates.sections import read_sections
from placet.errors import BadInput, NotAllowed
from prompts import Prompt, load_prompt, parse_prompt
from tests.conftest import FULL
from tools.prompts.port import Standing, Turned

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
NAME = "segments/draft"
SHIPPED = load_prompt(NAME)
CASES = 150


def worded(change: str) -> bytes:
    """Return the text that ships with one more sentence in it."""
    data = SHIPPED.data.replace(b"Never guess and never drop a word.", change.encode())
    assert data != SHIPPED.data
    return data


BETTER, OTHER = worded("Never guess; drop no word."), worded("Never guess. Never drop a word.")


@dataclass
class Planted:
    """Passes each case with the chance that is planted for a suite, a text and a part."""

    chances: Mapping[tuple[str, bytes | None], float]
    seed: int = 1
    silent: bool = False
    broken: frozenset[str] = frozenset()
    """Cases that the new text cannot be scored on."""
    must: frozenset[str] = frozenset()
    asked: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, suite: str, text: bytes | None, part: str) -> SuiteResult:
        self.asked.append((suite, part))
        chance = self.chances.get((suite, text), 0.7)
        cases = tuple(self._case(suite, number, text, chance) for number in range(CASES))
        prompt = hashlib.sha256(text or SHIPPED.data).hexdigest()
        return SuiteResult(
            suite=suite, suite_version="1.0.0", suite_digest="d", part=part, drafter="llm",  # type: ignore[arg-type]
            prompt=prompt, model="scripted", world="w", scorer="1", started_at=NOW, seconds=1.0,
            thresholds=Thresholds(silently_wrong=1, accuracy=0, unscored=1), minimum_cases=20,
            cases=cases,
        )  # fmt: skip

    def _case(self, suite: str, number: int, text: bytes | None, chance: float) -> CaseResult:
        name = f"{suite}-{number}"
        luck = Random(f"{self.seed} {name}").random()  # one luck a case: the texts share it
        right = luck < chance
        wrong = Outcome.SILENTLY_WRONG if self.silent else Outcome.NEEDLESS_QUESTION
        outcome = Outcome.EXACT if right else wrong
        broken = text is not None and name in self.broken
        score = Score(value=float(right), outcome=outcome, reason="planted", version="1")
        return CaseResult(
            id=name, part="test", expect="draft", tags=("t",), cluster=name, harm=1,
            must_pass=name in self.must, score=None if broken else score,
            error="broken" if broken else None, milliseconds=1.0,
            read=900 if text is None else 1_000, written=100,
        )  # fmt: skip


class Shelf:
    """Serves the text that ships."""

    def standing(self, name: str, scope: str) -> Standing:
        return Standing(name=name, scope=scope, stable=SHIPPED.sha256)

    def text(self, sha256: str) -> Prompt:
        assert sha256 == SHIPPED.sha256
        return SHIPPED

    def turned(self, key: str) -> Turned | None:
        return None

    def served_before(self, name: str, scope: str, sha256: str) -> bool:
        return False


def promoted(evaluate: Planted, after: bytes = BETTER, **rest: Any) -> Any:
    given = {"share": 0.1, "why": "Says it shorter."} | rest
    return promote(Shelf(), NAME, after, evaluate=evaluate, **given)


def test_a_better_text_reaches_a_person_with_the_figures_on_its_card() -> None:
    evaluate = Planted({("segments", None): 0.6, ("segments", BETTER): 0.8})
    draft = promoted(evaluate)
    assert draft.kind == "change_prompt"
    assert draft.action["after"]["sha256"] == parse_prompt(BETTER).sha256
    assert draft.action["before"] == SHIPPED.sha256
    kept = {one.ref.sha256: one.data for one in draft.files}
    assert kept[draft.action["after"]["sha256"]] == BETTER
    assert draft.summary.startswith("Better on 150 held-out cases of segments (+")
    shown = {one.name: one for one in read_sections(draft.evidence)}
    assert {row[0] for row in shown["figures"].table.rows} == {"segments", *GUARDED}
    assert "+10%" in str(shown["cost"])
    assert "Never guess; drop no word." in "".join(
        one.text for name, one in shown.items() if name.startswith("diff")
    )
    assert [check.status for check in draft.checks] == ["ok", "ok", "ok"]


def test_the_held_out_part_is_looked_at_once_for_each_text_and_last() -> None:
    evaluate = Planted({("segments", BETTER): 0.8})
    promoted(evaluate)
    assert evaluate.asked == [
        *((suite, "all") for suite in GUARDED for _ in range(2)), ("segments", "test"),
        ("segments", "test"),
    ]  # fmt: skip


@pytest.mark.parametrize("suite", GUARDED)
def test_what_makes_a_guarded_suite_worse_is_refused_without_a_look(suite: str) -> None:
    evaluate = Planted({("segments", BETTER): 0.9, (suite, BETTER): 0.6})
    with pytest.raises(NotAllowed, match=f"{suite} gets worse"):
        promoted(evaluate)
    assert ("segments", "test") not in evaluate.asked


def test_what_may_lose_more_than_is_allowed_on_held_out_cases_is_refused() -> None:
    overfitted = Planted({("segments", None): 0.7, ("segments", BETTER): 0.66})
    with pytest.raises(NotAllowed, match="held-out cases of segments it may lose more than the 2"):
        promoted(overfitted)


def test_more_that_is_silently_wrong_is_refused_however_much_passes() -> None:
    evaluate = Planted({("segments", None): 0.7, ("injection", BETTER): 0.6}, silent=True)
    with pytest.raises(NotAllowed, match="injection gets worse"):
        promoted(evaluate)


def test_a_case_that_must_pass_may_not_be_lost_and_none_may_stay_unscored() -> None:
    lucky = [n for n in range(CASES) if 0.6 < Random(f"1 segments-{n}").random() < 0.7]
    must = frozenset({f"segments-{lucky[0]}"})
    with pytest.raises(NotAllowed, match=f"fails cases that must pass: segments-{lucky[0]}"):
        promoted(Planted({("segments", BETTER): 0.6}, must=must))
    broken = Planted({("segments", BETTER): 0.9}, broken=frozenset({"restraint-3"}))
    with pytest.raises(NotAllowed, match="1 runs of restraint could not be scored with it"):
        promoted(broken)


def test_a_prompt_without_a_suite_still_answers_to_restraint_and_injection() -> None:
    found = gather("judge/email", b"x", Planted({}))
    assert found.main is None
    assert why_refused(found) is None
    worse = gather("judge/email", b"x", Planted({("restraint", b"x"): 0.6}))
    assert "restraint gets worse" in str(why_refused(worse))


def test_a_text_that_changes_nothing_or_is_for_another_prompt_is_not_even_run() -> None:
    evaluate = Planted({})
    with pytest.raises(BadInput, match="nothing to change"):
        promoted(evaluate, after=SHIPPED.data)
    with pytest.raises(BadInput, match="not segments/draft"):
        promoted(evaluate, after=load_prompt("records/draft").data)
    assert evaluate.asked == []


def test_equal_texts_are_seldom_called_better() -> None:
    """200 reviewers, each with fresh luck for each text: at most 5 per cent may see a gain."""

    @dataclass
    class Unrelated(Planted):
        def _case(self, suite: str, number: int, text: bytes | None, chance: float) -> CaseResult:
            mine = Planted(self.chances, seed=2 * self.seed + (text is not None))
            return mine._case("segments", number, text, 0.7) if suite == "segments" else (
                super()._case(suite, number, text, chance))  # fmt: skip

    reviewers = 200 if FULL else 60
    better = sum(
        gather(NAME, OTHER, Unrelated({}, seed=seed)).main.comparison.judgement.value == "better"  # type: ignore[union-attr]
        for seed in range(reviewers)
    )
    assert better <= 0.05 * reviewers


@pytest.mark.parametrize(("may_decide", "refused"), [(True, True), (False, False)])
def test_a_judge_blocks_only_where_its_calibration_lets_it(may_decide: bool, refused: bool) -> None:
    evaluate = Planted({})
    power = Power(
        may_decide=may_decide, why="Calibrated on 120 labels." if may_decide else "Never."
    )
    judge = JudgeId(about="segment_name", prompt="p" * 64, model="m")
    rate = wilson(40, 50)

    def ask(first: SuiteResult, second: SuiteResult) -> Opinion:
        assert (first.part, second.part) == ("dev", "dev")  # never held-out words
        return Opinion(
            judge=judge, power=power, pairs=50, unscored=1, first=rate, second=wilson(20, 50),
            difference=Interval(value=-0.4, low=-0.6, high=-0.2),
            stance="blocks" if may_decide else "no power",
        )  # fmt: skip

    if refused:
        with pytest.raises(NotAllowed, match=r"Judge, .*blocks"):
            promoted(evaluate, ask=ask)
        return
    shown = {one.name: one for one in read_sections(promoted(evaluate, ask=ask).evidence)}
    told = next(one.value for one in shown["figures"].facts if one.label == "Judge")
    assert "no power" in told
    assert "Never." in told
