"""The emails suite: its rules see what an email says, and its scorer fears the right thing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from agents.port import Drafted, Proposed, Question
from evals import lint, load_suite
from evals.emails import EmailCase, EmailTask
from evals.emails.rules import broken_rules, copy_of, links_of
from evals.score import Outcome
from gates.draft import Check
from gates.files import FileRef
from gates.targets import targets_of
from tools.email.action import SendEmail
from tools.email.model import Bullets, Button, Email, Heading, Mailbox, Schedule, Text, Variant
from tools.segments.port import Problem
from tools.segments.tree import All, Filter, Segment

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SPEC = load_suite("emails").spec
BODY = (
    Heading(text="Closing the books faster"),
    Text(text='Hello {{ contact.first_name | default: "there" }}, see **the agenda** on\n'
              "[our site](https://www.halden.example/agenda?utm_source=x)."),
    Bullets(items=("10 December 2026", "15:00 CET")),
    Button(label="Register", url="https://www.halden.example/webinar"),
)  # fmt: skip
EVERYBODY = All(of=())
TWO = tuple(Variant(key=key, subject=f"Join us {key}", share=0.5) for key in "AB")
CASE = EmailCase(
    id="dev-draft-01", request="Invite everybody", expect="draft", filter=EVERYBODY,
    facts=("december 10|10 december", "the agenda"), absent=("vienna",), tags=("invite",),
    links=("https://www.halden.example/agenda", "https://www.halden.example/webinar"),
    words=(10, 40), cluster="x", harm=3,
)  # fmt: skip


def _email(**changes: Any) -> Email:
    values = {"name": "x", "subject": "Join us", "body": BODY,
              "sender": Mailbox(address="hello@news.halden.example")}  # fmt: skip
    return Email.model_validate(values | changes)


def _action(
    tree: Filter = EVERYBODY, schedule: Schedule | None = None, **changes: Any
) -> SendEmail:
    return SendEmail(
        targets=targets_of(["ct_1"]), email=_email(**changes), schedule=schedule or Schedule(),
        segment=Segment(name="x", filter=tree, as_of=NOW), brand="0" * 64, campaign="cp_1",
        manifest=FileRef(sha256="0" * 64, name="m", media_type="application/x-ndjson", size=0),
    )  # fmt: skip


class OnePerson:
    """A world of one person, who is in every segment but the named one."""

    name = "one@1"
    known: Mapping[str, Any] = {}

    def population(self) -> int:
        return 1

    def check(self, tree: Filter) -> tuple[Problem, ...]:
        return ()

    def members(self, segment: Segment) -> frozenset[str]:
        return frozenset() if segment.use == "internal" else frozenset({"ct_1"})


class Says:
    """An agent that says what it is given."""

    def __init__(self, drafted: Drafted) -> None:
        self.drafted = drafted

    def run(self, **_: Any) -> Drafted:
        return self.drafted


def _scored(drafted: Drafted, case: EmailCase = CASE) -> Any:
    task = EmailTask(Says(drafted), OnePerson(), drafter="x", prompt=None)  # type: ignore[arg-type]
    return task.score(case, SPEC, task.read(case, SPEC))


def _drafted(action: SendEmail, *checks: Check) -> Drafted:
    proposed = Proposed(
        kind="send_email", action=action.arguments(), members=("ct_1",), title="x", summary="x",
        checks=checks, evidence={}, drafter="rules",
    )  # fmt: skip
    return Drafted(reply="Here.", proposed=(proposed,))


def test_copy_and_links_are_what_people_read_and_follow() -> None:
    email = _email()
    assert "{{" not in copy_of(email)
    assert "see **the agenda** on\nour site." in copy_of(email)
    assert links_of(email) == CASE.links


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"body": BODY[:2]}, "does not say 'december 10|10 december'"),
        ({"subject": "Join us in  Vienna"}, "says 'vienna'"),
        ({"body": BODY[:3]}, "links are"),
        ({"body": (*BODY, Text(text="see https://evil.example/x."))}, "https://evil.example/x,"),
        ({"body": (*BODY, Text(text="and more " * 20))}, "words, not 10 to 40"),
        ({"subject": "The recording is"}, "'The recording is' ends in the middle"),
        ({"body": (*BODY, Text(text="Book a demo, . Now"))}, "stray punctuation"),
        ({"language": "de-AT"}, "language is de-AT"),
        ({"schedule": Schedule(send_at=NOW)}, "leaves 2026-11-24T09:00:00"),
        ({"variants": TWO}, "2 subject variants, not 0"),
    ],
)
def test_each_broken_rule_is_said(changes: dict[str, Any], words: str) -> None:
    assert broken_rules(CASE, _action()) == ()
    found = broken_rules(CASE, _action(**changes))
    assert len(found) >= 1
    assert words in "; ".join(found)


def test_a_good_draft_is_exact_and_a_wrong_one_silently_wrong() -> None:
    assert _scored(_drafted(_action())).score.outcome is Outcome.EXACT
    wrong = _scored(_drafted(_action(subject="In Vienna")))
    assert wrong.score.outcome is Outcome.SILENTLY_WRONG
    assert wrong.measures["rules_broken"] == 1


def test_what_its_own_checks_block_is_not_silent() -> None:
    check = Check(name="facts", status="error", message="says Vienna")
    scored = _scored(_drafted(_action(subject="In Vienna"), check))
    assert scored.score.outcome is Outcome.UNUSABLE


def test_a_draft_where_a_question_was_due_is_silently_wrong() -> None:
    asks = EmailCase(
        id="dev-question-01", request="Mail them", expect="question", about=("who",),
        tags=("x",), cluster="q", harm=3,
    )  # fmt: skip
    assert _scored(_drafted(_action()), asks).score.outcome is Outcome.SILENTLY_WRONG
    question = Question(text="Who is it for?")
    asked = Drafted(reply="Who is it for?", clarification=question)
    assert _scored(asked, asks).score.right
    assert not _scored(Drafted(reply="No.", refused=True), asks).score.right


def test_the_suite_is_whole_and_its_dates_carry_their_weekday() -> None:
    suite = load_suite("emails")
    assert lint(suite) == ()
    cases = [case for _, case in suite.cases()]
    assert len(cases) >= 40
    assert sum(case.expect == "draft" for case in cases) >= 30
    assert {"draft", "question", "refuse", "answer"} == {case.expect for case in cases}


def test_a_draft_without_gold_is_no_case() -> None:
    with pytest.raises(ValueError, match="belongs to draft"):
        EmailCase.model_validate(CASE.model_dump() | {"filter": None})
