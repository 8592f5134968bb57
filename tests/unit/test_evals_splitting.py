"""Parts by the hash of the cluster, versions that mean one set of cases, pairs that agree."""

import json
from pathlib import Path
from typing import Any

import pytest

from evals.emails.distance import edit_distance
from evals.ending import CaseResult
from evals.lint import lint
from evals.paraphrases import paraphrase_agreement, print_of
from evals.recorded import record, recorded_digests
from evals.records.applying import After, Key, apply, restores
from evals.score import Outcome, Score
from evals.splitting import TRAIN_PER_CENT, seen_part_of
from evals.suite import SUITES, load_suite, suite_names
from placet.errors import BadInput
from tools.hygiene.change import FieldChange

CASE = {
    "request": "customers in Spain", "expect": "draft",
    "filter": {"op": "property", "field": "country", "is": {"test": "equals", "value": "Spain"}},
    "tags": ["country"], "source": "authored", "harm": 3,
}  # fmt: skip


def _root(root: Path, **parts: list[dict[str, Any]]) -> Path:
    folder = root / "segments"
    (folder / "cases").mkdir(parents=True, exist_ok=True)
    (folder / "suite.yaml").write_bytes((SUITES / "segments" / "suite.yaml").read_bytes())
    for part, cases in parts.items():
        rows = [CASE | {"id": f"{part}-{n}"} | case for n, case in enumerate(cases)]
        lines = "\n".join(json.dumps(row) for row in rows)
        (folder / "cases" / f"{part}.jsonl").write_text(lines + "\n")
    return root


def _lint(root: Path) -> str:
    return "\n".join(lint(load_suite("segments", root=root), recorded={}))


def test_a_cluster_is_in_one_part_and_it_is_always_the_same() -> None:
    drawn = [seen_part_of(f"c-{n}") for n in range(2_000)]
    assert abs(drawn.count("train") / 2_000 - TRAIN_PER_CENT / 100) < 0.04
    assert drawn == [seen_part_of(f"c-{n}") for n in range(2_000)]
    assert (seen_part_of("dach-cfo"), seen_part_of("uk-marketing-directors")) == ("dev", "train")


def test_lint_finds_a_cluster_in_the_wrong_part(tmp_path: Path) -> None:
    clusters = {seen_part_of(f"c-{n}"): f"c-{n}" for n in range(40)}
    right = _root(tmp_path / "a", dev=[{"cluster": clusters["dev"]}])
    assert "belongs to" not in _lint(right)
    wrong = _root(tmp_path / "b", dev=[{"cluster": clusters["train"]}])
    assert "is in dev: by its hash it belongs to train" in _lint(wrong)
    held = _root(tmp_path / "c", test=[{"cluster": clusters["train"]}])
    assert "belongs to" not in _lint(held)


def test_lint_finds_a_harvested_case_that_is_held_out(tmp_path: Path) -> None:
    root = _root(tmp_path, test=[{"cluster": "x", "source": "harvested"}])
    assert "test-0: a harvested case is never held out" in _lint(root)


@pytest.mark.parametrize(
    "request_",
    ["Customers in Spain!!", "customers  in  spain", "custmers in Spain", "the customers in Spain"],
)
def test_lint_finds_a_request_of_the_test_part_that_stands_elsewhere(
    tmp_path: Path, request_: str
) -> None:
    root = _root(tmp_path, dev=[{"cluster": "x"}], test=[{"cluster": "y", "request": request_}])
    assert "dev-0 and test-0 are one request reworded" in _lint(root)


def test_lint_holds_what_the_suite_promises(tmp_path: Path) -> None:
    found = _lint(_root(tmp_path, dev=[{"cluster": "x"}]))
    assert "120 authored cases are promised, there are 1" in found
    assert "dev: 1 cases, and 40 are needed to decide" in found


# --- versions -------------------------------------------------------------------------------------


def test_a_version_means_one_set_of_cases(tmp_path: Path) -> None:
    root = _root(tmp_path, dev=[{"cluster": "x"}])
    suite = load_suite("segments", root=root)
    assert record(root=root) == {f"segments {suite.spec.version}": suite.digest}
    assert record(root=root) == {}
    known = recorded_digests("segments", root=root)
    assert "version" not in "".join(lint(suite, recorded=known))
    _root(tmp_path, dev=[{"cluster": "x", "harm": 4}])
    changed = load_suite("segments", root=root)
    assert "raise `version`" in "\n".join(lint(changed, recorded=known))
    with pytest.raises(BadInput, match=r"raise `version` in suites/segments/suite\.yaml"):
        record(root=root)
    other = {"0.9.0": suite.digest}
    assert "is not recorded" in "\n".join(lint(suite, recorded=other))


def test_a_fixture_is_part_of_the_version(tmp_path: Path) -> None:
    root = _root(tmp_path, dev=[{"cluster": "x"}])
    before = load_suite("segments", root=root).digest
    (root / "segments" / "fixtures").mkdir()
    (root / "segments" / "fixtures" / "rows.json").write_text("[]")
    assert load_suite("segments", root=root).digest != before


def test_a_lock_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "digests.json").write_text("{")
    with pytest.raises(BadInput, match=r"digests\.json is no JSON"):
        recorded_digests("segments", root=tmp_path)


@pytest.mark.parametrize("name", suite_names())
def test_every_shipped_version_is_recorded(name: str) -> None:
    suite = load_suite(name)
    assert recorded_digests(name)[suite.spec.version] == suite.digest
    readme = (SUITES / name / "README.md").read_text(encoding="utf-8")
    assert f"**{suite.spec.version}**" in readme, "the README's history says what a version brought"


# --- reworded requests ----------------------------------------------------------------------------


def _ended(made: str, *, cluster: str = "c", gold: str = "g", error: bool = False) -> CaseResult:
    score = Score(value=1, outcome=Outcome.EXACT, reason="x", version="x/1")
    return CaseResult(
        id="dev-1", part="dev", expect="draft", tags=("x",), cluster=cluster, harm=3,
        must_pass=False, score=None if error else score, error="x" if error else None,
        milliseconds=1, made=made, gold_print=gold,
    )  # fmt: skip


def test_reworded_requests_are_compared_in_pairs_within_their_cluster() -> None:
    assert paraphrase_agreement([_ended("a"), _ended("a"), _ended("b")]) == pytest.approx(1 / 3)
    assert paraphrase_agreement([_ended("a"), _ended("b", cluster="d")]) is None
    assert paraphrase_agreement([_ended("a"), _ended("b", gold="other")]) is None
    assert paraphrase_agreement([_ended("a"), _ended("b", gold="")]) is None
    assert paraphrase_agreement([_ended("a"), _ended("b", error=True)]) is None
    assert paraphrase_agreement([]) is None


def test_a_print_knows_no_order_of_keys() -> None:
    assert print_of({"a": 1, "b": 2}) == print_of({"b": 2, "a": 1}) != print_of({"a": 2, "b": 1})


# --- what is put back, and what was edited --------------------------------------------------------


def _change(before: str | None, after: str | None, field: str = "phone") -> FieldChange:
    return FieldChange(
        record="f_1", subject="contact", field=field, before=before, after=after, rule="x",
        confidence=1.0, why="x", evidence="x",
    )  # fmt: skip


def test_the_inverse_of_changes_restores_each_cell() -> None:
    cells: dict[Key, str | None] = {("contact", "f_1", "phone"): "030 1"}
    twice = [_change("030 1", "+49301"), _change("+49301", "+49 301")]
    for changes in ([_change("030 1", None)], twice, [_change("other", "+49301")]):
        assert restores(cells.get, changes, apply(cells.get, changes))
    lost = After(cells={("contact", "f_1", "phone"): "something else"})
    assert not restores(cells.get, twice, lost)


@pytest.mark.parametrize(
    ("drafted", "approved", "share"),
    [("", "", 0.0), ("Hello **you**", "hello you", 0.0), ("a b c d", "a b c", 0.25),
     ("one two", "three four", 1.0), ("Hello", "", 1.0)],
)  # fmt: skip
def test_how_much_was_edited(drafted: str, approved: str, share: float) -> None:
    assert edit_distance(drafted, approved) == pytest.approx(share)
    assert edit_distance(approved, drafted) == pytest.approx(share)
