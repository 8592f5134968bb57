"""The router: one agent over all trades. It reads words, keeps one line per thread, drafts nothing.

A thread's line says which trade had the last word there and whether its question is open, so that
"only Germany" goes to the trade that drafted last, also after a restart. A run that is started
again goes to the trade that it went to before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from agents.catalogue import TRADES, Trade
from agents.port import Agent, Drafted, Proposed, Question
from placet.errors import BadInput
from prompts.teaching import parse_teaching

from .quoted import NOT_READ, own_words
from .words import is_help, reads_as_change, starts_anew, trade_of, unable

__all__ = ["TAUGHT", "Router"]


class _State(TypedDict, total=False):
    run_id: str
    """The run this line belongs to."""
    trade: str
    """Who had the last word; empty: the router itself."""
    open: bool
    """Whether a trade's question waits for an answer."""
    asked: str
    """The request the router itself asked about: "the list, or an email?"."""
    text: str
    """What the run gave the trade."""
    reply: str
    """What the router itself said."""
    refused: bool
    """Whether it said that no trade does this."""
    choices: list[str]


_Graph = CompiledStateGraph[_State, None, _State, _State]
_WHAT = {
    "segments": "a list of these people",
    "emails": "an email to them",
    "records": "a correction of their records",
}


TAUGHT = (
    "Noted: “{phrase}” means {meaning}. It counts once somebody approved the glossary with it; "
    "`placet learn propose glossary` drafts that."
)
"""What is said to whoever tells Placet what words mean; the request itself is the record of it."""


class Router:
    """Sends each request to the trade it is for; asks where two could be meant."""

    def __init__(
        self, agents: Mapping[str, Agent], *, checkpointer: BaseCheckpointSaver[Any],
        trades: Sequence[Trade] = TRADES,
    ) -> None:  # fmt: skip
        self._agents = dict(agents)
        self._trades = tuple(one for one in trades if one.name in self._agents)
        self._kinds = {kind: one.name for one in self._trades for kind in one.kinds}
        self._checkpointer = checkpointer
        self._graph = _graph(checkpointer)

    def run(
        self, *, thread_id: str, run_id: str, text: str,
        previous: Mapping[str, Any] | None = None,
    ) -> Drafted:  # fmt: skip
        """Let the right trade draft what `text` asks for, or say what Placet can do.

        Raises:
            BadInput: `previous` is no action of a trade.
        """
        own = own_words(text)
        if own is not None:
            said = self.run(thread_id=thread_id, run_id=run_id, text=own, previous=previous)
            return said.model_copy(update={"reply": f"{said.reply}\n{NOT_READ}"})
        line = self._line(thread_id)
        if line.get("run_id") != run_id:
            chosen = self._choose(text, previous, line)
            line = self._note(thread_id, {"run_id": run_id, **chosen})
        trade = line.get("trade", "")
        if not trade or line.get("reply"):
            return _own(line)
        drafted = self._agents[trade].run(
            thread_id=thread_id, run_id=run_id, text=line.get("text", ""), previous=previous
        )
        self._note(thread_id, {"open": drafted.clarification is not None})
        return drafted

    def compose(
        self, action: Mapping[str, Any], *, drafter: str, prompt: str | None = None
    ) -> Proposed:
        """Let the action's trade compose a person's own version of it."""
        return self._of(action).compose(action, drafter=drafter, prompt=prompt)

    def refresh(self, action: Mapping[str, Any], *, why: str) -> Proposed:
        """Let the action's trade draft it as of now."""
        return self._of(action).refresh(action, why=why)

    def forget(self, thread_id: str) -> None:
        """Forget a conversation, in every trade."""
        for agent in self._agents.values():
            agent.forget(thread_id)
        self._checkpointer.delete_thread(f"router:{thread_id}")

    # --- choosing ---------------------------------------------------------------------------

    def _choose(self, text: str, previous: Mapping[str, Any] | None, line: _State) -> _State:
        if previous is not None:
            return _to(self._name_of(previous), text)
        if asked := line.get("asked", ""):
            chosen = _picked(text, line.get("choices", []))
            if chosen is not None:
                return _to(chosen, asked)
        last = line.get("trade", "")
        term = parse_teaching(text)
        if term is not None and line.get("open") and last in self._agents:
            return _to(last, term.meaning)  # the definition is the answer
        if term is not None:
            return _say(TAUGHT.format(phrase=term.phrase, meaning=term.meaning))
        if last and last in self._agents:
            if line.get("open") and not starts_anew(text, last):
                return _to(last, text)
            if not line.get("open") and reads_as_change(text, last):
                return _to(last, text)
        return self._by_words(text)

    def _by_words(self, text: str) -> _State:
        if is_help(text):
            return _say(self._help())
        named = trade_of(text)
        able = [one for one in named if one in self._agents]
        if not able and (what := unable(text)) is not None:
            return _say(f"I cannot {what}. {self._help()}", refused=True)
        if named and not able:
            said = f"I do not correct records in the CRM here. {self._help()}"
            return _say(said, refused=True)
        if len(able) > 1:
            return self._ask(text, able)
        if able:
            return _to(able[0], text)
        return _to("segments" if "segments" in self._agents else self._trades[0].name, text)

    def _ask(self, text: str, trades: Sequence[str]) -> _State:
        said = "\n".join(f"{n}. {_WHAT.get(one, one)}" for n, one in enumerate(trades, 1))
        return {
            "trade": "", "open": False, "asked": text, "choices": list(trades), "text": "",
            "refused": False,
            "reply": f"What shall I draft?\n{said}",
        }  # fmt: skip

    def _help(self) -> str:
        lines = [f"- {one.does} For example: “{one.examples[0]}”" for one in self._trades]
        return "This is what I can do; a person approves each draft before it runs:\n" + "\n".join(
            lines
        )

    def _of(self, action: Mapping[str, Any]) -> Agent:
        return self._agents[self._name_of(action)]

    def _name_of(self, action: Mapping[str, Any]) -> str:
        name = self._kinds.get(str(action.get("kind")))
        if name is None:
            kinds = ", ".join(sorted(self._kinds))
            raise BadInput(f"No trade drafts {str(action.get('kind'))[:40]!r}; there are {kinds}.")
        return name

    # --- the thread's line ------------------------------------------------------------------

    def _line(self, thread_id: str) -> _State:
        return cast(_State, dict(self._graph.get_state(_config(thread_id)).values or {}))

    def _note(self, thread_id: str, update: _State) -> _State:
        update_of = _config(thread_id)
        return cast(_State, dict(self._graph.invoke(update, update_of, durability="sync")))


def _graph(checkpointer: BaseCheckpointSaver[Any]) -> _Graph:
    graph: StateGraph[_State, None, _State, _State] = StateGraph(_State)
    graph.add_node("note", lambda state: {})
    graph.add_edge(START, "note")
    graph.add_edge("note", END)
    return graph.compile(checkpointer=checkpointer, name="router")


def _config(thread_id: str) -> RunnableConfig:
    return {"configurable": {"thread_id": f"router:{thread_id}"}}


def _to(trade: str, text: str) -> _State:
    return {
        "trade": trade, "open": False, "asked": "", "choices": [], "text": text, "reply": "",
        "refused": False,
    }  # fmt: skip


def _say(reply: str, *, refused: bool = False) -> _State:
    """Return the router's own word; the thread goes on with whoever had it before."""
    return {"asked": "", "choices": [], "reply": reply, "refused": refused}


def _own(line: _State) -> Drafted:
    reply, choices = line.get("reply", ""), line.get("choices", [])
    if not choices:
        return Drafted(reply=reply, refused=line.get("refused", False))
    options = tuple(_WHAT.get(one, one) for one in choices)
    return Drafted(reply=reply, clarification=Question(text="What shall I draft?", options=options))


def _picked(text: str, choices: Sequence[str]) -> str | None:
    """Return the trade that a reply picks: by number or by its words."""
    said = text.strip().lower().strip(" .!)(")
    number = re.fullmatch(r"(?:option |the )?(\d)(?:st|nd|rd)?(?: one)?", said)
    if number and 1 <= int(number[1]) <= len(choices):
        return choices[int(number[1]) - 1]
    ranks = {"first": 0, "the first": 0, "the first one": 0, "second": 1, "the second": 1,
             "the second one": 1}  # fmt: skip
    if said in ranks and ranks[said] < len(choices):
        return choices[ranks[said]]
    hints = {
        "segments": r"\b(?:list|segment|audience|people|liste)\b",
        "emails": r"\b(?:e-?mail|mail|newsletter|message|invitation)\b",
        "records": r"\b(?:record|records|correction|fix|data|crm)\b",
    }
    hits = [one for one in choices if re.search(hints.get(one, one), said)]
    return hits[0] if len(hits) == 1 and len(said.split()) <= 6 else None
