"""Frozen cases: they are what was frozen, and what is compared is the same cases."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from evals.quality.sentinel import FILE, frozen_hash, load_sentinel, replay_of, sentinel_suites
from evals.result import CaseResult, SuiteResult
from evals.score import Outcome, Score
from placet.errors import BadInput


@pytest.mark.parametrize("name", sentinel_suites())
def test_the_frozen_cases_that_ship_are_what_was_frozen(name: str) -> None:
    suite = load_sentinel(name)
    cases = [case for _, case in suite.cases()]
    assert 20 <= len(cases) <= 30, (
        "enough for McNemar to tell six lost from none, few enough to pay"
    )
    assert {part for part, _ in suite.cases()} == {"dev"}
    assert len({case.cluster for case in cases}) == len(cases), "no two say the same"
    assert suite.digest == frozen_hash(tuple(cases))
    assert {"draft", "question", "refuse"} <= {case.expect for case in cases}


def frozen(tmp_path: Path, **changes: object) -> Path:
    held = yaml.safe_load(FILE.read_text())
    held["segments"] |= changes
    file = tmp_path / "sentinels.yaml"
    file.write_text(yaml.safe_dump(held))
    return file


def test_a_case_that_was_changed_or_lost_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="frozen cases of segments were changed; put them back"):
        load_sentinel("segments", file=frozen(tmp_path, sha256="0" * 64))
    with pytest.raises(BadInput, match="no dev case dev-gone"):
        load_sentinel("segments", file=frozen(tmp_path, cases=["dev-gone"]))
    with pytest.raises(BadInput, match="has no frozen cases"):
        load_sentinel("injection")


@pytest.mark.parametrize("text", ["- a list", "segments: {cases: 3}", "segments: ["])
def test_a_file_that_is_not_valid_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "sentinels.yaml"
    file.write_text(text)
    with pytest.raises(BadInput, match=r"sentinels\.yaml is not valid"):
        sentinel_suites(file)


def test_only_scored_cases_are_compared() -> None:
    spec = load_sentinel("segments").spec

    def case(n: int, **rest: object) -> CaseResult:
        return CaseResult.model_validate(
            {
                "id": f"dev-{n}", "part": "dev", "expect": "draft", "tags": ["x"], "harm": 1,
                "cluster": f"c{n}", "must_pass": False, "milliseconds": 1.0,
            }
            | rest
        )  # fmt: skip

    def score(outcome: Outcome) -> Score:
        return Score(value=1, outcome=outcome, reason="r", version="v")

    result = SuiteResult.model_validate({
        "suite": "segments", "suite_version": "1.0.0", "suite_digest": "s", "part": "dev",
        "drafter": "llm", "prompt": "p", "model": "m1", "world": "w", "scorer": "v", "seconds": 1,
        "started_at": spec.as_of, "thresholds": spec.thresholds, "minimum_cases": 1,
        "cases": [
            case(1, score=score(Outcome.EXACT)), case(2, score=score(Outcome.SILENTLY_WRONG)),
            case(3, error="no answer"),
        ],
    })  # fmt: skip
    found = replay_of(result)
    assert found.passed == {"dev-1": True, "dev-2": False}
    assert (found.sentinel, found.prompt, found.model) == ("s", "p", "m1")
