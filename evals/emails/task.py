"""Emails as a task: the whole agent drafts, members and bytes decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agents.port import Agent, Answer, Drafted, Refusal
from evals.case import Case
from evals.score import RIGHT, Score, judge_talk
from evals.segments.comparison import Comparison, compare
from evals.segments.world import World
from evals.spec import SuiteSpec
from evals.task import Scored
from evals.trial import conversation
from tools.email.action import SendEmail

from .case import EmailCase
from .distance import edit_distance
from .rules import broken_rules, copy_of, links_of
from .score import VERSION, score_email

__all__ = ["EmailTask"]


class EmailTask:
    """The email agent as production runs it, graph and checks included."""

    scorer = VERSION

    def __init__(self, agent: Agent, world: World, *, drafter: str, prompt: str | None) -> None:
        self._agent, self._world = agent, world
        self.drafter, self.prompt = drafter, prompt

    @property
    def world(self) -> str:
        """Which population, and which version of it."""
        return self._world.name

    def read(self, case: Case, spec: SuiteSpec) -> Drafted:
        """Let the agent draft; each case is a conversation of its own."""
        name = conversation(case, spec)
        return self._agent.run(thread_id=name, run_id=name, text=case.request)

    def score(self, case: Case, spec: SuiteSpec, reading: Any) -> Scored:
        """Judge the draft by whom it reaches, what it says and when it leaves."""
        case, drafted = _own(case), reading
        if not drafted.proposed:
            asked = {"asked_when_needed": float(drafted.clarification is not None)}
            return Scored(
                score=_talk(case, drafted), reading={"reply": drafted.reply},
                measures=asked if case.expect == "question" else {},
            )  # fmt: skip
        proposed = drafted.proposed[0]
        action = SendEmail.model_validate(proposed.action)
        golds = case.golds(as_of=spec.as_of, timezone=spec.timezone)
        audience = compare(action.segment, golds, self._world) if golds else None
        broken = broken_rules(case, action) if golds else ()
        blocked = [f"{one.name}: {one.message}" for one in proposed.checks if one.status == "error"]
        return Scored(
            score=score_email(case, blocked, audience, broken),
            reading=_shown(action),
            gold=case.model_dump(mode="json", exclude={"request", "tags", "cluster", "source"}),
            measures=_measures(audience, broken) | _edited(case, action),
            details={"broken": list(broken), "blocked": blocked}
            | ({"audience": audience.model_dump(mode="json")} if audience else {}),
        )

    def lint(self, case: Case, spec: SuiteSpec) -> Iterable[str]:
        """Return why the world's catalogue refuses a gold audience, or that nobody is in it."""
        for gold in _own(case).golds(as_of=spec.as_of, timezone=spec.timezone):
            problems = self._world.check(gold.filter)
            for problem in problems:
                yield f"{case.id}: gold is refused at {problem.path}: {problem.message}"
            if not problems and not self._world.members(gold):
                yield f"{case.id}: nobody is in the gold audience"


def _talk(case: EmailCase, drafted: Drafted) -> Score:
    ending = drafted.clarification or (
        Refusal(text=drafted.reply) if drafted.refused else Answer(text=drafted.reply)
    )
    outcome, reason = judge_talk(case, ending)
    return Score(value=float(outcome in RIGHT), outcome=outcome, reason=reason, version=VERSION)


def _edited(case: EmailCase, action: SendEmail) -> dict[str, float]:
    if case.approved is None:
        return {}
    text = f"{action.email.subject}\n{copy_of(action.email)}"
    return {"edit_distance": edit_distance(text, case.approved)}


def _measures(audience: Comparison | None, broken: tuple[str, ...]) -> dict[str, float]:
    found: dict[str, float | None] = {"rules_broken": float(len(broken))}
    if audience is not None:
        found |= {"precision": audience.precision, "recall": audience.recall,
                  "without_consent": float(audience.barred)}  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


def _shown(action: SendEmail) -> dict[str, Any]:
    email = action.email
    return {
        "subject": email.subject,
        "variants": [one.subject for one in email.variants],
        "copy": copy_of(email),
        "links": list(links_of(email)),
        "schedule": action.schedule.model_dump(mode="json"),
        "audience": action.segment.model_dump(mode="json")["filter"],
    }


def _own(case: Case) -> EmailCase:
    assert isinstance(case, EmailCase)  # noqa: S101 - the suite's trade says so
    return case
