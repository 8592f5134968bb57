"""The records suite: its scorer counts every cell, and fears what nobody asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from agents.port import Drafted, Proposed, Question
from evals import lint, load_suite
from evals.records import RecordCase, RecordTask, flawed_records, world_name
from evals.records.applying import After, apply
from evals.records.score import Gold, judge
from evals.score import Outcome
from gates.draft import Check
from gates.files import file_of
from tools.hygiene.change import FieldChange
from tools.hygiene.duplicates import Merge
from tools.records.lines import changes_file, merges_file

SPEC = load_suite("records").spec
STORED = {("contact", "f_1", "phone"): "030 1", ("contact", "f_1", "city"): "Ulm"}
CASE = RecordCase(
    id="dev-x", request="fix phones", expect="draft", certain={"f_1.phone": "+49301"},
    maybe={"f_1.city": "Bonn"}, tags=("phone",), cluster="x", harm=3,
)  # fmt: skip


def _change(field: str, before: str | None, after: str | None, record: str = "f_1") -> FieldChange:
    return FieldChange(
        record=record, subject="contact", field=field, before=before, after=after, rule="x",
        confidence=1.0, why="x", evidence="x",
    )  # fmt: skip


def _merge(survivor: str, *losers: str) -> Merge:
    return Merge(survivor=survivor, losers=losers, subject="contact", fields={}, lost={},
                 confidence=1.0, tier="exact", evidence=("x",))  # fmt: skip


PHONE = _change("phone", "030 1", "+49301")


class OneRecord:
    """A world of one contact."""

    name = "one@1"

    def check(self, tree: Any) -> Sequence[Any]:
        return ()

    def members(self, segment: Any) -> Sequence[str]:
        return ("f_1",)

    def rows(self, subject: str, ids: Sequence[str]) -> Mapping[str, Mapping[str, str | None]]:
        row = {field: value for (_, _, field), value in STORED.items()}
        return {one: row for one in ids if one == "f_1" and subject == "contact"}

    def stored(self, key: Any) -> str | None:
        return STORED.get(key)


class Says:
    """An agent that says what it is given."""

    def __init__(self, drafted: Drafted) -> None:
        self.drafted = drafted

    def run(self, **_: Any) -> Drafted:
        return self.drafted


def _draft(*changes: FieldChange, level: str = "certain", status: Any = "ok") -> Proposed:
    file = changes_file(changes)
    return Proposed(
        kind="fix_records", members=("f_1",), title="x", summary="x", evidence={}, drafter="rules",
        action={"kind": "fix_records", "order": {"level": level},
                "changes": file.ref.model_dump(mode="json")},
        checks=(Check(name="evidence", status=status, message="m"),), files=(file,),
    )  # fmt: skip


def _score(*drafts: Proposed, case: RecordCase = CASE, **more: Any) -> Any:
    drafted = Drafted(reply="Here.", proposed=drafts, **more)
    task = RecordTask(Says(drafted), OneRecord(), drafter="x", prompt=None)  # type: ignore[arg-type]
    return task.score(case, SPEC, task.read(case, SPEC)).score


@pytest.mark.parametrize(
    ("drafts", "outcome", "words"),
    [
        ((_draft(PHONE),), Outcome.EXACT, "1 right"),
        ((_draft(PHONE), _draft(_change("city", "Ulm", "Bonn"), level="others")),
         Outcome.EXACT, "1 right"),
        ((_draft(PHONE, _change("city", "Ulm", "Bonn")),), Outcome.SILENTLY_WRONG, "city"),
        ((_draft(PHONE, _change("state", None, "x")),), Outcome.SILENTLY_WRONG, "state became 'x'"),
        ((_draft(_change("phone", "030 1", "+4930")),), Outcome.SILENTLY_WRONG, "not '+49301'"),
        ((_draft(_change("phone", "stale", "+49301")),), Outcome.SILENTLY_WRONG, "should become"),
        ((_draft(PHONE, status="error"),), Outcome.UNUSABLE, "blocked"),
        ((), Outcome.NEEDLESS_ANSWER, "only talked"),
    ],
)  # fmt: skip
def test_one_cell_too_many_is_silently_wrong(
    drafts: tuple[Proposed, ...], outcome: Outcome, words: str
) -> None:
    score = _score(*drafts)
    assert score.outcome == outcome
    assert words in score.reason


def test_leaving_alone_asking_and_refusing_are_right_where_due() -> None:
    def case(expect: str) -> RecordCase:
        return RecordCase(id="dev-y", request="x", expect=expect, tags=("x",), cluster="y", harm=3)  # type: ignore[arg-type]

    assert _score(case=case("answer")).outcome == Outcome.ANSWERED_WHEN_NEEDED
    assert _score(_draft(PHONE), case=case("answer")).outcome == Outcome.SILENTLY_WRONG
    asked = _score(case=case("question"), clarification=Question(text="Which?"))
    assert asked.outcome == Outcome.QUESTION_WHEN_NEEDED
    assert _score(case=case("refuse"), refused=True).outcome == Outcome.REFUSED_WHEN_NEEDED


def test_carried_out_twice_is_carried_out_once() -> None:
    once = apply(lambda key: STORED.get(key), [PHONE], [_merge("f_1", "f_2")])
    twice = apply(lambda key: STORED.get(key), [PHONE], [_merge("f_1", "f_2")], once)
    assert (twice.cells, twice.merged) == (once.cells, once.merged)
    assert (once.skipped, twice.skipped) == (0, 1)


def test_merges_count_like_cells() -> None:
    gold = Gold(merged=frozenset({frozenset({"f_1", "f_2"})}))
    right = After(merged=frozenset({frozenset({"f_1", "f_2"})}))
    wide = After(merged=frozenset({frozenset({"f_1", "f_2", "f_3"})}))
    assert judge(gold, right, right).lines == ()
    assert any("f_3" in line for line in judge(gold, wide, wide).extra)
    assert judge(gold, wide, wide).missing


def test_a_merge_draft_is_read_from_its_file() -> None:
    file = merges_file([_merge("f_1", "f_2")])
    draft = _draft(PHONE).model_copy(update={
        "kind": "merge_records", "files": (file,),
        "action": {"kind": "merge_records", "order": {"level": "certain"},
                   "plan": file.ref.model_dump(mode="json")},
    })  # fmt: skip
    case = RecordCase(id="dev-z", request="x", expect="draft", merge=(("f_1", "f_2"),),
                      tags=("merge",), cluster="z", harm=5)  # fmt: skip
    assert _score(draft, case=case).outcome == Outcome.EXACT


def test_gold_belongs_to_drafts_and_only_there() -> None:
    for expect, cells in (("draft", {}), ("answer", {"f_1.phone": "x"})):
        with pytest.raises(ValueError, match="belong to draft"):
            RecordCase(id="dev-q", request="x", expect=expect, certain=cells, tags=("x",),  # type: ignore[arg-type]
                       cluster="q", harm=1)  # fmt: skip


def test_lint_says_what_gold_cannot_be() -> None:
    task = RecordTask(Says(Drafted(reply="")), OneRecord(), drafter="x", prompt=None)  # type: ignore[arg-type]
    wrong = CASE.model_copy(update={"certain": {"f_1.phone": "030 1", "f_9.phone": "x"}})
    found = " ".join(task.lint(wrong, SPEC))
    assert "already is" in found
    assert "no contact f_9" in found
    assert not list(task.lint(CASE, SPEC))


def test_the_suite_is_whole() -> None:
    suite = load_suite("records")
    cases = [case for _, case in suite.cases()]
    assert not list(lint(suite))
    assert len(cases) >= 40
    alone = [one for one in cases if one.expect in {"answer", "question"}
             or "leave_alone" in one.tags]  # fmt: skip
    assert len(alone) >= 10
    clusters = {part: {one.cluster for one in mine} for part, mine in suite.parts.items()}
    assert not clusters["dev"] & clusters["test"]


def test_the_flawed_records_are_the_ones_the_world_is_named_after() -> None:
    flawed = flawed_records()
    assert len(flawed["contacts"]) >= 40
    ids = [one["id"] for kind in flawed.values() for one in kind]
    assert len(set(ids)) == len(ids)
    assert world_name("s").startswith("s+flawed-")
    assert file_of(b"", name="x", media_type="y").ref.size == 0
