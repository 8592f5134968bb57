import json
import xml.etree.ElementTree as Xml
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from agents.port import Answer, Question, Refusal
from agents.segments.port import Ask, Count, Proposal, Reading
from evals import as_html, as_json, as_junit, lint, load_suite, read_json, run, run_suite
from evals.result import SuiteResult, Verdict
from evals.segments import SegmentTask, gold_use
from evals.segments.boundary import people_around
from evals.segments.case import SegmentCase as Case
from evals.segments.truth import truth
from evals.suite import Suite
from placet.clock import FixedClock
from placet.errors import BadInput, ModelUnavailable
from tools.segments.port import Problem
from tools.segments.tree import AnyOf, Filter, Property, Segment

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SUITE = load_suite("segments")
CASES = {case.request: case for _, case in SUITE.cases()}


class RowsWorld:
    """A world of made-up people; knows no use policy, and refuses the field `colour`."""

    name = "rows@1"
    known: Mapping[str, Sequence[str]] = {}

    def __init__(self, trees: Sequence[Filter]) -> None:
        self.people = people_around(trees, (NOW, UTC, {}))

    def population(self) -> int:
        return len(self.people)

    def check(self, tree: Filter) -> Sequence[Problem]:
        if isinstance(tree, Property) and tree.field == "colour":
            return (Problem(path="property", message="there is no field colour"),)
        return ()

    def members(self, segment: Segment) -> frozenset[str]:
        frame = (segment.as_of, UTC, self.known)
        return frozenset(str(number) for number, person in enumerate(self.people)
                         if truth(segment.filter, person, frame))  # fmt: skip


class KeyedDrafter:
    """Reads from the answer key, except for what `other` says."""

    name = "key"
    prompt = "sha256:1234"

    def __init__(self, other: Mapping[str, Reading | Exception] | None = None) -> None:
        self.other = other or {}

    def read(self, ask: Ask) -> Reading:
        case = CASES[ask.text]
        if case.id in self.other:
            found = self.other[case.id]
            if isinstance(found, Exception):
                raise found
            return found
        return _right(case, ask)


def _right(case: Case, ask: Ask) -> Reading:
    match case.expect:
        case "draft":
            return Proposal(segment=case.golds(as_of=ask.as_of, timezone=ask.timezone)[-1])
        case "count":
            gold = case.golds(as_of=ask.as_of, timezone=ask.timezone)[0]
            return Count(segment=gold, label="those")
        case "question":
            return Question(text=f"What is {case.about[0]}?")
        case "answer":
            return Answer(text="I draft lists.")
        case "refuse":
            return Refusal(text="No.")


def _trees(suite: Suite, count: int = 3) -> list[Filter]:
    return [case.filter for _, case in suite.cases("dev") if case.filter is not None][:count]


WORLD = RowsWorld(_trees(SUITE))


def _run(other: Mapping[str, Reading | Exception] | None = None, part: str = "dev") -> SuiteResult:
    return run(SUITE, SegmentTask(KeyedDrafter(other), WORLD), part, clock=FixedClock(NOW))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def perfect() -> SuiteResult:
    return _run()


def test_the_answer_key_passes_whole(perfect: SuiteResult) -> None:
    figures = perfect.summary
    assert figures.right.hits == figures.cases == figures.scored
    assert (figures.silently_wrong.hits, figures.harm) == (0, 0)
    assert (perfect.verdict, perfect.exit_code) == (Verdict.PASS, 0)
    assert figures.measures == {
        "asked_when_needed": 1, "paraphrase_agreement": 1, "precision": 1, "recall": 1,
        "without_consent": 0,
    }  # fmt: skip
    assert (perfect.drafter, perfect.prompt, perfect.world) == ("key", "sha256:1234", "rows@1")
    assert perfect.suite_digest == SUITE.digest


def test_one_silently_wrong_draft_blocks() -> None:
    anybody = Proposal(segment=Segment(name="x", as_of=NOW, filter=_trees(SUITE)[1]))
    result = _run({"dev-question-02": anybody})
    assert (result.verdict, result.exit_code) == (Verdict.BLOCKED, 1)
    assert result.summary.silently_wrong.hits == 1
    assert result.summary.harm > 0
    assert "silently wrong" in result.reason


def test_a_must_pass_case_blocks_by_itself() -> None:
    result = _run({"dev-refuse-01": Question(text="Delete whom?")})
    assert result.exit_code == 1
    assert result.summary.silently_wrong.hits == 0
    assert "dev-refuse-01" in result.reason


def test_a_crash_leaves_the_case_unscored_and_the_run_goes_on() -> None:
    result = _run({"dev-draft-01": ModelUnavailable("no answer\nin 30 s"),
                   "dev-draft-03": RuntimeError("boom"),
                   "dev-draft-04": RuntimeError("boom")})  # fmt: skip
    errors = {case.id: case.error for case in result.cases if case.score is None}
    assert errors == {"dev-draft-01": "ModelUnavailable: no answer in 30 s",
                      "dev-draft-03": "RuntimeError: boom",
                      "dev-draft-04": "RuntimeError: boom"}  # fmt: skip
    assert (result.summary.unscored, result.summary.scored) == (3, result.summary.cases - 3)
    assert (result.verdict, result.exit_code) == (Verdict.INCOMPLETE, 3)


def test_many_needless_questions_block_and_some_decide_nothing() -> None:
    asks = [
        case.id for _, case in SUITE.cases("dev") if case.expect == "draft" and not case.must_pass
    ]
    slightly_too_many = (
        sum(1 for _ in SUITE.cases("dev")) // 9
    )  # 89 in 100 right: the interval reaches 90
    some: dict[str, Reading] = dict.fromkeys(asks[:slightly_too_many], Question(text="Sorry?"))
    assert _run(some).exit_code == 4
    many: dict[str, Reading] = dict.fromkeys(asks, Question(text="Sorry?"))
    assert _run(many).exit_code == 1


def _tagged(tag: str) -> int:
    return sum(tag in case.tags for _, case in SUITE.cases("dev"))


def test_too_few_cases_decide_nothing() -> None:
    result = run(SUITE, SegmentTask(KeyedDrafter(), WORLD), "dev", tags=["help"])
    assert (result.summary.cases, result.exit_code) == (_tagged("help"), 4)


def test_a_tree_the_catalogue_refuses_is_unusable_and_not_silent() -> None:
    tree = Property.model_validate({"field": "colour", "is": {"test": "is_set"}})
    bad = Proposal(segment=Segment(name="x", as_of=NOW, filter=tree))
    result = _run({"dev-draft-01": bad, "dev-draft-03": bad})
    assert result.summary.outcomes["unusable"] == 2
    assert result.summary.silently_wrong.hits == 0


def test_an_accepted_alternative_is_exact_and_lifting_unasked_is_not() -> None:
    several = next(case for _, case in SUITE.cases("dev") if case.also)
    gold = several.golds(as_of=NOW, timezone="UTC")
    assert _run({several.id: Proposal(segment=gold[1])}).exit_code == 0
    lifted = gold[0].model_copy(update={"include_anyway": ("bounced",)})
    result = _run({several.id: Proposal(segment=lifted)})
    wrong = next(case for case in result.cases if case.id == several.id)
    assert wrong.silently_wrong
    assert wrong.score is not None
    assert "lifts bounced, not nothing" in wrong.score.reason


def test_a_wider_tree_is_found_even_where_the_seeded_world_is_blind() -> None:
    case = next(case for _, case in SUITE.cases("dev") if case.id == "dev-draft-20")
    blind = RowsWorld([_trees(SUITE)[1]])  # nobody here ever clicked anything
    gold = case.golds(as_of=NOW, timezone="UTC")[0]
    extra = Property.model_validate({"field": "state", "is": {"test": "equals", "value": "Texas"}})
    wide = gold.model_copy(update={"filter": AnyOf(of=(gold.filter, extra))})
    result = run(SUITE, SegmentTask(KeyedDrafter({case.id: Proposal(segment=wide)}), blind), "dev")
    found = next(one for one in result.cases if one.id == case.id)
    assert found.details
    assert (found.details["missing"], found.details["extra"]) == (0, 0)
    assert found.details["rows_wrong"] > 0
    assert found.silently_wrong


def test_held_out_content_stays_out_of_every_report() -> None:
    result = _run({"test-draft-05": RuntimeError("quotes the request"),
                   "test-draft-06": Question(text="What?")}, part="test")  # fmt: skip
    written = as_json(result) + as_junit(result) + as_html(result)
    for _, case in SUITE.cases("test"):
        assert case.request not in written
    assert "quotes the request" not in written
    assert "equals" not in written
    assert result.summary.unscored == 1
    shown = run(
        SUITE, SegmentTask(KeyedDrafter(), WORLD), "test", tags=["help"], reveal_held_out=True
    )
    assert all(case.request for case in shown.cases)


def test_json_comes_back_the_same_and_figures_are_computed_anew(perfect: SuiteResult) -> None:
    text = as_json(perfect)
    assert read_json(text) == perfect
    stored = json.loads(text)
    assert stored["summary"]["right"]["hits"] == stored["summary"]["cases"]
    assert stored["verdict"] == "pass"
    stored["summary"]["silently_wrong"]["hits"] = 7
    assert read_json(json.dumps(stored)).summary.silently_wrong.hits == 0
    for broken in ("{", "[]", "{}"):
        with pytest.raises(BadInput, match="no eval result"):
            read_json(broken)


def test_junit_counts_failures_and_errors() -> None:
    result = _run({"dev-draft-01": RuntimeError("bo\x00om"), "dev-draft-03": Question(text="?")})
    root = Xml.fromstring(as_junit(result))  # noqa: S314 - written a line above
    suite = root[0]
    assert (suite.get("failures"), suite.get("errors")) == ("1", "1")
    assert len(suite.findall("testcase")) == result.summary.cases
    assert "\x00" not in as_junit(result)


class _Strict(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for key, value in attrs if key in {"src", "href"}]


def test_html_is_one_page_that_loads_nothing_and_escapes_everything() -> None:
    poison = Question(text="<script>alert(1)</script>", about="</pre><img src=x onerror=alert(1)>")
    page = _Strict()
    page.feed(as_html(_run({"dev-draft-01": poison})))
    assert page.links == []
    assert page.tags.count("script") == 1
    assert "img" not in page.tags


def test_progress_is_told_after_each_case() -> None:
    seen: list[tuple[int, int]] = []
    run(
        SUITE,
        SegmentTask(KeyedDrafter(), WORLD),
        "dev",
        tags=["bypass"],
        progress=lambda *at: seen.append(at),
    )
    assert seen == [(done + 1, _tagged("bypass")) for done in range(_tagged("bypass"))]


def test_wrong_usage_is_told() -> None:
    with pytest.raises(BadInput, match="no part"):
        run_suite("segments", SegmentTask(KeyedDrafter(), WORLD), "exam")  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="the tags in dev are"):
        run_suite("segments", SegmentTask(KeyedDrafter(), WORLD), "dev", tags=["nothing"])


def test_gold_is_checked_against_a_world() -> None:
    use = gold_use(SUITE, WORLD)
    total = use.informative + len(use.empty) + len(use.everybody)
    assert total == sum(case.filter is not None for _, case in SUITE.cases())
    assert 0 < use.share < 1  # made from three trees, it knows little of the others

    class Picky(RowsWorld):
        def check(self, tree: Filter) -> Sequence[Problem]:
            return (Problem(path="and[0]", message="there is no such value"),)

    found = lint(SUITE, SegmentTask(KeyedDrafter(), Picky(_trees(SUITE, 1))))
    assert "dev-draft-01: gold is refused at and[0]: there is no such value" in found
