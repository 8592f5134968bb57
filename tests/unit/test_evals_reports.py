"""Reports: the page with its differences and traces, JUnit, older files, Inspect's log."""

from __future__ import annotations

import importlib.util
import json
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from evals import Plan, SuiteResult, as_html, as_json, as_junit, read_json, run
from evals.differing import side_by_side
from evals.inspect_log import as_inspect_log
from placet.errors import BadInput
from tests.evaluations import RoteModel, RoteTask, suite_of


@pytest.fixture(scope="module")
def result() -> SuiteResult:
    """A run of five cases in two epochs, some of them wrong."""
    return run(suite_of(5), RoteTask(RoteModel(wrong=0.5)), "dev", plan=Plan(epochs=2),
               model="rote")  # fmt: skip


def test_the_page_shows_differences_and_traces(result: SuiteResult) -> None:
    page = as_html(result)
    assert '<tr class=off><td> "right": true</td><td> "right": false</td></tr>' in page.replace(
        "&quot;", '"'
    )
    assert "trace: 1 model call" in page
    assert "pass^2" in page
    assert "llm with rote" in page
    assert page.count("data-tags=") == 10


def test_what_a_model_said_is_escaped_in_the_trace(result: SuiteResult) -> None:
    bad = "<img src=x onerror=alert(1)>"
    call = result.cases[0].calls[0].model_copy(update={"answered": bad, "said": bad, "error": bad})
    case = result.cases[0].model_copy(update={"calls": (call,)})
    page = as_html(result.model_copy(update={"cases": (case,)}))
    assert "<img" not in page
    assert page.count("&lt;img") == 3


def test_a_part_of_the_reading_stands_against_the_gold_of_its_form() -> None:
    gold = {"op": "property", "field": "country", "value": "Spain"}
    reading = {"type": "proposal", "segment": {"name": "x", "filter": {**gold, "value": "Peru"}}}
    lines = side_by_side(gold, reading)
    assert [(line.gold, line.reading) for line in lines if not line.same] == [
        (' "value": "Spain"', ' "value": "Peru"')
    ]
    assert all(line.same for line in side_by_side(gold, {"deep": [{"er": gold}]}))


def test_what_has_no_common_form_stands_side_by_side() -> None:
    lines = side_by_side({"expect": "question"}, {"reply": "No."})
    assert any("question" in (line.gold or "") for line in lines)
    assert any("No." in (line.reading or "") for line in lines)
    assert [line.reading for line in side_by_side(None, {"a": 1})] == ["{", ' "a": 1', "}"]


def test_each_epoch_is_a_test_of_its_own_in_junit(result: SuiteResult) -> None:
    suite = Xml.fromstring(as_junit(result))[0]  # noqa: S314 - written a line above
    names = [node.get("name") for node in suite.findall("testcase")]
    assert names[:3] == ["dev-0000", "dev-0000 epoch 2", "dev-0001"]
    assert len(set(names)) == 10


def test_a_file_of_another_format_is_refused_in_words(result: SuiteResult) -> None:
    stored = json.loads(as_json(result))
    for other, words in ((2, "an older version"), (4, "a newer version")):
        with pytest.raises(BadInput, match=words):
            read_json(json.dumps(stored | {"format": other}))
    with pytest.raises(BadInput, match="no eval result"):
        read_json(json.dumps({**stored, "format": "three"}))


def test_inspects_log_has_every_run_of_a_case(result: SuiteResult) -> None:
    text, checked = as_inspect_log(result, "x.json")
    log: dict[str, Any] = json.loads(text)
    assert checked == (importlib.util.find_spec("inspect_ai") is not None)
    assert (log["version"], log["status"], log["eval"]["model"]) == (2, "success", "rote")
    assert [(one["id"], one["epoch"]) for one in log["samples"][:2]] == [
        ("dev-0000", 1), ("dev-0000", 2),
    ]  # fmt: skip
    values = [one["scores"]["placet"]["value"] for one in log["samples"]]
    assert values.count("C") == result.summary.right.hits
    metrics = log["results"]["scores"][0]["metrics"]
    assert metrics["right"]["value"] == result.summary.right.value


def test_a_case_that_could_not_be_scored_is_an_error_in_inspects_log(result: SuiteResult) -> None:
    broken = result.cases[0].model_copy(update={"score": None, "error": "RuntimeError: boom"})
    text, _ = as_inspect_log(result.model_copy(update={"cases": (broken,)}))
    sample = json.loads(text)["samples"][0]
    assert sample["error"]["message"] == "RuntimeError: boom"
    assert "scores" not in sample
