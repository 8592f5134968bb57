"""Routing as a task: the router that production runs, over trades that only note what they got."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, get_args

from agents.port import Agent, Answer, Drafted, Proposed, Question, Refusal
from evals.case import Case
from evals.spec import SuiteSpec
from evals.task import Scored
from evals.trial import conversation

from .case import RoutingCase, TradeName
from .score import VERSION, score_route

__all__ = ["RoutingTask"]

_TRADES: Sequence[TradeName] = get_args(TradeName)
Went = TradeName | Question | Answer | Refusal
"""A trade, or what the router itself said."""


class RoutingTask:
    """The router, judged by whom it hands a request to. No trade reads it, nothing is drafted."""

    scorer = VERSION
    world = "no world"
    drafter = "rules"
    prompt = None

    def __init__(self, build: Callable[[Mapping[str, Agent]], Agent]) -> None:
        self._build = build

    def read(self, case: Case, spec: SuiteSpec) -> Went:
        """Say everything that was said before, then the request; return where it went."""
        case, thread = _own(case), conversation(case, spec)
        taken: dict[TradeName, _Noting] = {name: _Noting() for name in _TRADES}
        trades: dict[str, Agent] = {**taken}  # type: ignore[dict-item]  # a trade's name is a str
        router = self._build(trades)
        for number, turn in enumerate(case.before):
            for one in taken.values():
                one.asks = turn.ended == "question"
            router.run(thread_id=thread, run_id=f"{thread}:{number}", text=turn.text)
        for one in taken.values():
            one.got = None
        said = router.run(thread_id=thread, run_id=f"{thread}:now", text=case.request)
        went: Went = _own_word(said)
        for name, one in taken.items():
            went = went if one.got is None else name
        router.forget(thread)
        return went

    def score(self, case: Case, spec: SuiteSpec, reading: Any) -> Scored:
        """Judge where it went."""
        went: Went = reading
        shown = went if isinstance(went, str) else went.text
        case = _own(case)
        return Scored(
            score=score_route(case, went), reading={"went": shown},
            gold={"trade": case.trade, "also": list(case.also)} if case.trade else None,
        )  # fmt: skip

    def lint(self, case: Case, spec: SuiteSpec) -> Iterable[str]:
        """Return which accepted trade is the gold itself."""
        case = _own(case)
        if case.trade in case.also:
            yield f"{case.id}: {case.trade} is the gold; it need not stand in also"


class _Noting:
    """A trade that notes what it was given and answers as it is told."""

    def __init__(self) -> None:
        self.got: str | None = None
        self.asks = False

    def run(
        self, *, thread_id: str, run_id: str, text: str, previous: Mapping[str, Any] | None = None
    ) -> Drafted:
        self.got = text
        question = Question(text="Which ones?") if self.asks else None
        return Drafted(reply="Noted.", clarification=question)

    def compose(
        self, action: Mapping[str, Any], *, drafter: str, prompt: str | None = None
    ) -> Proposed:
        raise NotImplementedError("nothing is drafted while routes are judged")

    def refresh(self, action: Mapping[str, Any], *, why: str) -> Proposed:
        raise NotImplementedError("nothing is drafted while routes are judged")

    def forget(self, thread_id: str) -> None:
        self.got = None


def _own_word(said: Drafted) -> Question | Answer | Refusal:
    if said.clarification is not None:
        return said.clarification
    return Refusal(text=said.reply) if said.refused else Answer(text=said.reply)


def _own(case: Case) -> RoutingCase:
    assert isinstance(case, RoutingCase)  # noqa: S101 - the suite's trade says so
    return case
