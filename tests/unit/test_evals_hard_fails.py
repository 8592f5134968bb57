"""What blocks a run by itself: somebody who may not be written to, a cell nobody asked about."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from agents.segments.port import Proposal
from evals.emails.case import EmailCase
from evals.emails.score import score_email
from evals.records.case import RecordCase
from evals.records.score import Verdict, score_records
from evals.score import Outcome
from evals.segments import SegmentTask
from evals.segments.case import SegmentCase
from evals.segments.comparison import Comparison, compare
from evals.suite import load_suite
from tools.segments.tree import All, Segment

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SPEC = load_suite("segments").spec
ALL = All(of=())


class Careful:
    """Three contacts, of whom `no` has not consented; the policy leaves `no` out of marketing."""

    name = "careful@1"
    known: Mapping[str, Sequence[str]] = {}

    def population(self) -> int:
        return 3

    def check(self, tree: Any) -> Sequence[Any]:
        return ()

    def members(self, segment: Segment) -> frozenset[str]:
        barred = segment.use == "marketing" and "no_consent" not in segment.include_anyway
        return frozenset({"a", "b"} if barred else {"a", "b", "no"})


def _segment(**changes: Any) -> Segment:
    return Segment.model_validate({"name": "x", "filter": ALL, "as_of": NOW} | changes)


@pytest.mark.parametrize(
    ("drafted", "gold", "barred"),
    [
        ({}, {}, 0),
        ({"use": "internal"}, {}, 1),
        ({"include_anyway": ("no_consent",)}, {}, 1),
        ({"include_anyway": ("no_consent",)}, {"include_anyway": ("no_consent",)}, 0),
        ({"use": "internal"}, {"use": "internal"}, 0),
    ],
)
def test_who_may_not_be_written_to_is_counted(
    drafted: dict[str, Any], gold: dict[str, Any], barred: int
) -> None:
    found = compare(_segment(**drafted), [_segment(**gold)], Careful())
    assert found.barred == barred
    assert found.exact == (barred == 0)


def test_a_member_without_consent_is_a_hard_fail_of_a_segment_and_of_an_email() -> None:
    class Wide:
        name, prompt = "wide", None

        def read(self, ask: Any) -> Proposal:
            return Proposal(segment=_segment(use="internal"))

    case = SegmentCase(id="dev-x", request="everybody", expect="draft", filter=ALL, tags=("x",),
                       cluster="x", harm=3)  # fmt: skip
    task = SegmentTask(Wide(), Careful())
    scored = task.score(case, SPEC, task.read(case, SPEC))
    assert (scored.score.outcome, scored.score.hard) == (Outcome.SILENTLY_WRONG, True)
    assert scored.score.reason.startswith("1 members may not be written to")
    assert scored.measures["without_consent"] == 1
    assert scored.made != scored.gold_print != ""

    letter = EmailCase(id="dev-y", request="mail all", expect="draft", filter=ALL, tags=("x",),
                       cluster="x", harm=3)  # fmt: skip
    score = score_email(letter, (), Comparison(common=2, extra=1, barred=1), ())
    assert score.hard
    assert "1 who may not be written to" in score.reason
    blocked = score_email(letter, ("audience: no",), Comparison(common=2, extra=1, barred=1), ())
    assert (blocked.outcome, blocked.hard) == (Outcome.UNUSABLE, False)


@pytest.mark.parametrize(
    ("verdict", "more", "hard", "words"),
    [
        (Verdict(right=1), {}, False, "1 right"),
        (Verdict(missing=("a",)), {}, False, "a"),
        (Verdict(extra=("contact.f_1.city became 'x'",)), {}, True, "became"),
        (Verdict(right=1), {"repeats": False}, True, "carried out twice"),
        (Verdict(right=1), {"restores": False}, True, "cannot be put back"),
    ],
)
def test_collateral_and_what_cannot_be_undone_are_hard_fails_of_records(
    verdict: Verdict, more: dict[str, bool], hard: bool, words: str
) -> None:
    case = RecordCase(id="dev-z", request="x", expect="draft", certain={"f_1.phone": "+1"},
                      tags=("x",), cluster="x", harm=3)  # fmt: skip
    score = score_records(case, (), verdict, **more)
    assert score.hard is hard
    assert words in score.reason
    assert not score_records(case, ("blocked",), verdict, **more).hard
