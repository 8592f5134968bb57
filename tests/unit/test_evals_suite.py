import json
from pathlib import Path

import pytest
import yaml

from evals.lint import lint
from evals.suite import SUITES, Suite, load_suite, suite_names
from placet.errors import BadInput, NotFound

CASE = {
    "id": "dev-draft-01", "request": "customers in Spain", "expect": "draft",
    "filter": {"op": "property", "field": "country", "is": {"test": "equals", "value": "Spain"}},
    "tags": ["country"], "cluster": "spain", "source": "authored", "harm": 3,
}  # fmt: skip


def _write(root: Path, **parts: list[dict[str, object] | str]) -> Path:
    folder = root / "segments"
    (folder / "cases").mkdir(parents=True, exist_ok=True)
    (folder / "suite.yaml").write_bytes((SUITES / "segments" / "suite.yaml").read_bytes())
    for part, cases in parts.items():
        lines = [case if isinstance(case, str) else json.dumps(case) for case in cases]
        (folder / "cases" / f"{part}.jsonl").write_text("\n".join(lines) + "\n")
    return root


@pytest.fixture(scope="module")
def suite() -> Suite:
    return load_suite("segments")


def test_the_shipped_suite_has_enough_of_each_kind_in_each_part(suite: Suite) -> None:
    for part in ("dev", "test"):
        kinds = [case.expect for _, case in suite.cases(part)]
        assert len(kinds) >= 70
        assert kinds.count("draft") >= 45
        assert kinds.count("question") >= 12
        assert kinds.count("refuse") >= 6
        assert {"count", "answer"} <= set(kinds)


def test_the_shipped_suite_has_nothing_to_lint(suite: Suite) -> None:
    assert lint(suite) == ()


def test_every_question_says_what_it_must_be_about(suite: Suite) -> None:
    for _, case in suite.cases():
        if case.expect == "question":
            assert case.about
            assert any(word.casefold() in case.request.casefold() for word in case.about)


def test_every_name_was_given_by_the_person(suite: Suite) -> None:
    for _, case in suite.cases():
        assert case.name is None or case.name in case.request


def test_the_regions_are_written_out_the_same_in_every_case(suite: Suite) -> None:
    readme = (SUITES / "segments" / "README.md").read_text(encoding="utf-8")
    text = " ".join(readme.split())
    for _, case in suite.cases():
        for country in _countries(case.filter and case.filter.model_dump(mode="json")):
            assert country in text, f"{case.id} uses {country}, which the README does not define"


def _countries(node: object) -> list[str]:
    """Values of long country lists, wherever they stand in the tree."""
    if isinstance(node, dict):
        if node.get("field") == "country" and len(node["is"].get("values", ())) > 2:
            return [str(value) for value in node["is"]["values"]]
        return [found for child in node.values() for found in _countries(child)]
    if isinstance(node, list):
        return [found for child in node for found in _countries(child)]
    return []


def test_a_digest_follows_the_content_and_not_the_line_ends(tmp_path: Path) -> None:
    root = _write(tmp_path, dev=[CASE])
    before = load_suite("segments", root=root).digest
    file = root / "segments" / "cases" / "dev.jsonl"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert load_suite("segments", root=root).digest == before
    _write(tmp_path, dev=[{**CASE, "harm": 4}])
    assert load_suite("segments", root=root).digest != before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"filter": None}, "a filter belongs to draft and count"),
        ({"expect": "question"}, "a filter belongs to draft and count"),
        ({"harm": 6}, "harm"),
        ({"colour": "red"}, "colour"),
        ({"filter": {"op": "property", "field": "country"}}, "is"),
        ({"about": ["hot"]}, "about is for questions"),
    ],
)
def test_a_bad_case_is_named_by_file_and_line(
    tmp_path: Path, change: dict[str, object], words: str
) -> None:
    root = _write(tmp_path, dev=[CASE, {**CASE, "id": "dev-draft-02", **change}])
    with pytest.raises(BadInput, match=r"segments/cases/dev\.jsonl line 2") as caught:
        load_suite("segments", root=root)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_broken_json_and_broken_yaml_are_one_line_each(tmp_path: Path) -> None:
    root = _write(tmp_path, dev=["{"])
    with pytest.raises(BadInput, match=r"dev\.jsonl line 1"):
        load_suite("segments", root=root)
    (root / "segments" / "suite.yaml").write_text("name: [")
    with pytest.raises(BadInput, match=r"suite\.yaml is not valid") as caught:
        load_suite("segments", root=root)
    assert "\n" not in str(caught.value)


def test_thresholds_are_shares(tmp_path: Path) -> None:
    root = _write(tmp_path, dev=[CASE])
    file = root / "segments" / "suite.yaml"
    spec = yaml.safe_load(file.read_text())
    spec["thresholds"]["accuracy"] = 90
    file.write_text(yaml.safe_dump(spec))
    with pytest.raises(BadInput, match=r"thresholds\.accuracy"):
        load_suite("segments", root=root)


def test_an_unknown_suite_names_those_there_are() -> None:
    assert "segments" in suite_names()
    with pytest.raises(NotFound, match=r"there is .*segments"):
        load_suite("../segments")


def test_lint_finds_leaks_repeats_and_rewording(tmp_path: Path) -> None:
    root = _write(
        tmp_path,
        dev=[CASE, {**CASE, "id": "dev-draft-02"}],
        test=[{**CASE, "id": "test-draft-01", "request": "Spain: customers in"},
              {**CASE, "id": "draft-9", "request": "something else altogether", "cluster": "x"}],
    )  # fmt: skip
    found = "\n".join(lint(load_suite("segments", root=root)))
    assert "dev-draft-02: another case has the same request" in found
    assert "cluster spain is in dev and test" in found
    assert "dev-draft-01 and test-draft-01 are one request reworded" in found
    assert "draft-9: the id of a case in test starts with test-" in found


def test_a_suite_for_a_trade_that_is_none_is_refused(tmp_path: Path) -> None:
    root = _write(tmp_path, dev=[CASE])
    file = root / "segments" / "suite.yaml"
    file.write_text(file.read_text().replace("trade: segments", "trade: alchemy"))
    with pytest.raises(BadInput, match=r"suite\.yaml: no trade 'alchemy'; use .*segments"):
        load_suite("segments", root=root)
