"""Telling Placet what words mean, where people talk to it."""

from collections.abc import Mapping
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver

from agents.port import Drafted, Proposed, Question
from agents.routing import Router


class Trade:
    """A trade that asks first and drafts nothing; remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def run(
        self, *, thread_id: str, run_id: str, text: str, previous: Mapping[str, Any] | None = None
    ) -> Drafted:
        self.told.append(text)
        question = Question(text="What is hot?", about="hot") if "hot leads" in text else None
        return Drafted(reply="Well.", clarification=question)

    def compose(
        self, action: Mapping[str, Any], *, drafter: str, prompt: str | None = None
    ) -> Proposed:
        raise NotImplementedError

    def refresh(self, action: Mapping[str, Any], *, why: str) -> Proposed:
        raise NotImplementedError

    def forget(self, thread_id: str) -> None:
        pass


def test_a_definition_is_noted_and_goes_to_no_trade() -> None:
    trade = Trade()
    router = Router({"segments": trade}, checkpointer=InMemorySaver())
    said = router.run(
        thread_id="t", run_id="1", text="When we say hot leads we mean leads with a score over 80"
    )
    assert "“hot leads” means leads with a score over 80" in said.reply
    assert "approved" in said.reply
    assert said.proposed == ()
    assert trade.told == []
    again = router.run(thread_id="t", run_id="1", text="anything")
    assert again.reply == said.reply  # a run that is started again says the same


def test_a_definition_answers_the_question_that_is_open() -> None:
    trade = Trade()
    router = Router({"segments": trade}, checkpointer=InMemorySaver())
    router.run(thread_id="t", run_id="1", text="hot leads in Spain")
    router.run(thread_id="t", run_id="2", text="by hot we mean a lead score over 80")
    assert trade.told == ["hot leads in Spain", "a lead score over 80"]
