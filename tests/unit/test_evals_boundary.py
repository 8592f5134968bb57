"""Plants every small error in every gold tree and sees that the boundary rows find it."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest

from evals.segments.boundary import disagreements, people_around
from evals.segments.shares import shares, without_buckets
from evals.segments.truth import truth
from evals.suite import load_suite
from tools.segments.tree import Segment

FULL = bool(os.environ.get("PLACET_TEST_FULL"))
UTC_NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
FRAME = (UTC_NOW, UTC, dict[str, list[str]]())
SUITE = load_suite("segments")
GOLD = [case for _, case in SUITE.cases() if case.filter is not None]

SIBLING = {"email_open": "email_click", "email_click": "email_open", "email_sent": "email_open",
           "webinar_registered": "webinar_attended", "webinar_attended": "webinar_registered",
           "page_view": "form_submit", "form_submit": "page_view"}  # fmt: skip


def _segment(tree: Any) -> Segment:
    made = Segment.model_validate({"name": "x", "filter": tree, "as_of": UTC_NOW})
    return made.model_copy(update={"filter": without_buckets(made.filter)})


def _changes(node: Any) -> Iterator[Any]:
    """Yield copies of a JSON tree, each with one small error."""
    if not isinstance(node, dict):
        return
    if node.get("op") in {"and", "or"} and len(node["of"]) > 1:
        yield {**node, "op": "or" if node["op"] == "and" else "and"}
        everybody = {"op": "and", "of": []}  # what a draw became: to leave it out changes nothing
        for index in (i for i, child in enumerate(node["of"]) if child != everybody):
            yield {**node, "of": [c for i, c in enumerate(node["of"]) if i != index]}
    if node.get("op") == "not":
        yield node["of"]
    if node.get("op") in {"property", "event", "last_event", "company", "deals", "in_list"}:
        yield {"op": "not", "of": node}
    if node.get("op") == "property" and node["is"]["test"] != "is_set" and node["field"] != "email":
        yield {**node, "unknown": "include" if node["unknown"] == "exclude" else "exclude"}
    if node.get("op") in {"event", "company_contacts"}:
        yield {**node, "at_least": node["at_least"] + 1}
        if node["at_least"] > 1:
            yield {**node, "at_least": node["at_least"] - 1}
    if node.get("op") in {"event", "last_event"} and node["types"][0] in SIBLING:
        yield {**node, "types": [SIBLING[node["types"][0]], *node["types"][1:]]}
    if node.get("asset") is not None or node.get("window") is not None:
        yield {**node, "asset": None, "window": node["window"] if node["asset"] else None}
    match node.get("test"):
        case "greater" | "less":
            yield {**node, "or_equal": not node["or_equal"]}
            yield {**node, "value": node["value"] * 10}
            yield {**node, "test": "less" if node["test"] == "greater" else "greater"}
        case "between":
            yield {**node, "low": node["low"] + 1}
            yield {**node, "high": node["high"] - 1}
        case "in":
            yield {**node, "values": node["values"][1:] or ["Nowhere"]}
            yield {**node, "values": [*node["values"], "Atlantis"]}
        case "equals":
            yield {**node, "value": "Atlantis"}
        case "within":
            yield {**node, "amount": node["amount"] + 1}
        case "before" | "after":
            yield {**node, "test": "after" if node["test"] == "before" else "before"}
    for key, child in node.items():
        if isinstance(child, dict):
            yield from ({**node, key: changed} for changed in _changes(child))
        elif isinstance(child, list):
            for index, item in enumerate(child):
                for changed in _changes(item):
                    yield {**node, key: [*child[:index], changed, *child[index + 1 :]]}


@pytest.mark.parametrize("case", GOLD, ids=lambda case: case.id)
def test_gold_agrees_with_itself_and_has_people_on_both_sides(case: Any) -> None:
    gold = _segment(case.filter)
    tried, wrong = disagreements(gold, gold, known={})
    assert (tried > 1, wrong) == (True, ())
    sides = {truth(gold.filter, person, FRAME) for person in people_around((gold.filter,), FRAME)}
    assert sides == {True, False}


def test_every_planted_error_is_found() -> None:
    missed, planted, step = [], 0, 1 if FULL else 6
    for case in GOLD:
        assert case.filter is not None
        gold = _segment(case.filter)
        for changed in islice(_changes(gold.filter.model_dump(mode="json")), 0, None, step):
            planted += 1
            if not disagreements(gold, _segment(changed), known={})[1]:
                missed.append((case.cluster, changed))
    assert planted > 1_000 // step
    # In "APAC without Japan" a missing country is out already: its `unknown` cannot matter.
    assert {cluster for cluster, _ in missed} <= {"apac-not-japan"}
    assert len(missed) <= 1


def test_different_trees_of_one_meaning_agree() -> None:
    country = {
        "op": "property",
        "field": "country",
        "is": {"test": "in", "values": ["Spain", "Italy"]},
    }
    one = {"op": "property", "field": "country", "is": {"test": "equals", "value": "spain"}}
    two = {"op": "property", "field": "country", "is": {"test": "equals", "value": "ITALY"}}
    same = {
        "op": "not",
        "of": {"op": "and", "of": [{"op": "not", "of": one}, {"op": "not", "of": two}]},
    }
    tried, wrong = disagreements(_segment(country), _segment(same), known={})
    assert (tried > 3, wrong) == (True, ())


def test_a_condition_on_the_company_is_told_from_one_on_the_contact() -> None:
    here = {"op": "property", "field": "country", "is": {"test": "equals", "value": "Spain"}}
    there = {"op": "company", "where": here}
    _, wrong = disagreements(_segment(here), _segment(there), known={})
    assert any(row.startswith("country=Spain: belongs in") for row in wrong)


def test_real_values_of_the_world_take_the_place_of_made_up_ones() -> None:
    loose = {
        "op": "event",
        "types": ["page_view"],
        "asset": {"test": "contains", "text": "pricing"},
    }
    exact = {**loose, "asset": {"test": "equals", "value": "/pricing"}}
    known = {"asset": ["/pricing", "/docs"]}
    assert disagreements(_segment(loose), _segment(exact), known=known)[1] == ()
    known["asset"].append("/pricing/enterprise")
    assert disagreements(_segment(loose), _segment(exact), known=known)[1]


def test_another_moment_is_found() -> None:
    tree = {"op": "event", "types": ["email_open"], "window": {"test": "period", "name": "today"}}
    gold = _segment(tree)
    later = gold.model_copy(update={"as_of": datetime(2026, 11, 25, 9, tzinfo=UTC)})
    assert disagreements(gold, later, known={})[1]


def test_a_list_and_a_stored_segment_of_one_name_are_two_things() -> None:
    on_list, in_segment = {"op": "in_list", "list": "A"}, {"op": "in_segment", "segment": "A"}
    assert disagreements(_segment(on_list), _segment(in_segment), known={})[1]
    assert disagreements(_segment(in_segment), _segment(in_segment), known={}) == (2, ())


def test_a_draw_counts_by_its_share_only() -> None:
    def drawn(**bucket: Any) -> Any:
        tree = {"op": "and", "of": [{"op": "bucket", **bucket}, {"op": "in_list", "list": "A"}]}
        return Segment.model_validate({"name": "x", "filter": tree, "as_of": UTC_NOW}).filter

    one, two = drawn(of=10, take=[3]), drawn(of=100, take=list(range(10)), salt="y")
    assert shares(one) == shares(two)
    assert shares(drawn(of=10, take=[3, 4])) != shares(one)
    assert without_buckets(one) == without_buckets(two)
