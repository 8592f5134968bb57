"""Restraint as a task: the router over the whole agents, as production runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from agents.port import Agent, Answer, Drafted, Question, Refusal
from evals.case import Case
from evals.spec import SuiteSpec
from evals.task import Scored
from evals.trial import conversation

from .case import RestraintCase
from .score import VERSION, score_drafts, score_talk

__all__ = ["RestraintTask"]


class RestraintTask:
    """All trades behind their router, judged by what they leave alone."""

    scorer = VERSION

    def __init__(
        self, agent: Agent, *, drafter: str, prompt: str | None, world: str,
        there: Callable[[Sequence[str]], Sequence[str]],
    ) -> None:  # fmt: skip
        """`there` returns those of these record ids that the world has."""
        self._agent, self._there = agent, there
        self.drafter, self.prompt, self.world = drafter, prompt, world

    def read(self, case: Case, spec: SuiteSpec) -> Drafted:
        """Say what was said before, then the request; each case is a thread of its own."""
        thread = conversation(case, spec)
        for number, text in enumerate(_own(case).before):
            self._agent.run(thread_id=thread, run_id=f"{thread}:{number}", text=text)
        return self._agent.run(thread_id=thread, run_id=f"{thread}:now", text=case.request)

    def score(self, case: Case, spec: SuiteSpec, reading: Any) -> Scored:
        """Judge what it drafted, or that it did not."""
        case, drafted = _own(case), reading
        asked = {"asked_when_needed": float(drafted.clarification is not None)}
        measures = asked if case.expect == "question" else {}
        if not drafted.proposed:
            score = score_talk(case, _said(drafted))
            return Scored(score=score, reading={"reply": drafted.reply}, measures=measures)
        blocked = all(any(check.status == "error" for check in one.checks)
                      for one in drafted.proposed)  # fmt: skip
        members = [member for one in drafted.proposed for member in one.members]
        return Scored(
            score=score_drafts(case, blocked, members),
            reading={"drafts": [one.title for one in drafted.proposed], "members": len(members)},
            measures=measures,
        )

    def lint(self, case: Case, spec: SuiteSpec) -> Iterable[str]:
        """Return which records that must be left alone are not there at all."""
        case = _own(case)
        for record in set(case.untouched).difference(self._there(case.untouched)):
            yield f"{case.id}: there is no {record} that could be left alone"


def _said(drafted: Drafted) -> Question | Answer | Refusal:
    if drafted.clarification is not None:
        return drafted.clarification
    return Refusal(text=drafted.reply) if drafted.refused else Answer(text=drafted.reply)


def _own(case: Case) -> RestraintCase:
    assert isinstance(case, RestraintCase)  # noqa: S101 - the suite's trade says so
    return case
