"""The segment agent: a request in, a draft or a reply out. It holds readers only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from agents.models import ChatModel
from agents.port import Drafted, Proposed, Question, Refusal
from agents.thread import Thread
from agents.versions import GLOSSARY
from placet.clock import Clock
from placet.errors import BadInput, BadSetting
from placet.settings import Settings
from prompts.serving import PromptSource, ShippedPrompts
from tools.crm.port import CrmReader
from tools.segments.action import BuildSegment
from tools.segments.port import SegmentReader
from tools.segments.tree import Segment

from .card import propose
from .llm import PROMPT, LlmDrafter
from .nodes import Nodes, read_reading
from .port import Count, Drafter, Proposal, Reading
from .rules import RulesDrafter
from .state import State

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

__all__ = ["SegmentAgent", "build_agent"]

_CHANGE = re.compile(
    r"^\W*(?:please |now |and |but |ok(?:ay)?,? |actually,? |can you |could you )*"
    r"(?:only|just|also|drop|remove|without|exclude|except|leave out|include|add|make it|make that|"
    r"change|instead|rename|call it|name it|limit|restrict|narrow|replace|swap|not |"
    r"(?:in )?(?:the )?last \d+|.*\binstead(?: of .*)?$)\b",
    re.IGNORECASE,
)


class SegmentAgent:
    """Drafts segments; a thread is one conversation and remembers what was said and paid for."""

    def __init__(
        self,
        drafter: Drafter,
        second: Drafter | None,
        *,
        segments: SegmentReader,
        crm: CrmReader,
        checkpointer: BaseCheckpointSaver[Any],
        clock: Clock,
        zone: str = "UTC",
        prompts: PromptSource | None = None,
    ) -> None:
        self._segments, self._clock, self._zone, self._crm = segments, clock, zone, crm
        self._second, prompts = second, prompts or ShippedPrompts()
        self.drafter, self.prompt = drafter.name, drafter.prompt
        """Which drafter reads first (`llm` or `rules`), and the hash of its prompt."""
        nodes = Nodes(
            drafter=drafter, second=second, segments=segments, prompts=prompts, clock=clock,
            zone=zone,
        )  # fmt: skip
        from .graph import build_graph  # late: scorers need this room's values, not langgraph

        self._thread = Thread(
            "segments", build_graph(nodes, checkpointer), checkpointer, prompts=prompts,
            names=(PROMPT, GLOSSARY),
        )  # fmt: skip

    def run(
        self,
        *,
        thread_id: str,
        run_id: str,
        text: str,
        previous: Mapping[str, Any] | Segment | None = None,
    ) -> Drafted:
        """Read `text` in its conversation and return a draft, a count, a question or a reply.

        `previous` is the action (or segment) that `text` asks to change. A run that was killed and
        is started again with the same ids goes on where it stopped; a finished one is not repeated.

        Raises:
            BadInput: `previous` is no segment action.
        """
        return self._drafted(self._values(thread_id, run_id, text, previous))

    def read(self, *, thread_id: str, run_id: str, text: str) -> Reading:
        """Return how a run reads `text`, before it becomes a draft or a count: what evals judge."""
        return read_reading(self._values(thread_id, run_id, text, None)["reading"])

    def compose(
        self, action: Mapping[str, Any], *, drafter: str, prompt: str | None = None
    ) -> Proposed:
        """Return a person's own version of the action as a draft: members, checks, evidence.

        Raises:
            BadInput: it is no valid segment action, or does not fit the CRM.
        """
        built = _action(action)
        problems = self._segments.check(built.segment.filter)
        if problems:
            raise BadInput(f"At {problems[0].path or 'the filter'}: {problems[0].message}")
        return propose(
            self._segments, built.segment, drafter=drafter, prompt=prompt, tolerance=built.tolerance
        )

    def refresh(self, action: Mapping[str, Any], *, why: str) -> Proposed:
        """Return the same segment as of now, for a draft whose data moved; `why` is shown.

        Raises:
            BadInput: it is no valid segment action.
        """
        built = _action(action)
        segment = built.segment.model_copy(update={"as_of": self._clock.now()})
        return propose(
            self._segments, segment, drafter="refresh", why=why, tolerance=built.tolerance
        )

    def forget(self, thread_id: str) -> None:
        """Forget a conversation; its drafts and receipts are kept elsewhere."""
        self._thread.forget(thread_id)

    # --- within a run -----------------------------------------------------------------------

    def _values(
        self,
        thread_id: str,
        run_id: str,
        text: str,
        previous: Mapping[str, Any] | Segment | None,
    ) -> Mapping[str, Any]:
        return self._thread.run(
            thread_id, run_id, lambda before: self._entry(run_id, text, previous, before)
        )

    def _entry(
        self,
        run_id: str,
        text: str,
        previous: Mapping[str, Any] | Segment | None,
        values: Mapping[str, Any],
    ) -> State:
        entry: State = {"run_id": run_id, "text": text, "done": False}
        if previous is not None:
            segment = previous if isinstance(previous, Segment) else _action(previous).segment
            entry["previous"] = segment.model_dump(mode="json", by_alias=True)
            entry["question"] = None
        elif values.get("question") is None:
            last = values.get("last_segment")
            entry["previous"] = last if last and _CHANGE.match(text) else None
        return entry

    def _drafted(self, values: Mapping[str, Any]) -> Drafted:
        reading = read_reading(values["reading"])
        match reading:
            case Proposal():
                return self._proposed(reading, values)
            case Count():
                return Drafted(reply=self._counted(reading, values))
            case Question():
                return Drafted(reply=_asked(reading), clarification=reading)
            case Refusal(text=text):
                return Drafted(reply=text, refused=True)
            case _:
                return Drafted(reply=reading.text)

    def _proposed(self, reading: Proposal, values: Mapping[str, Any]) -> Drafted:
        second = values.get("second")
        proposed = propose(
            self._segments,
            reading.segment,
            drafter=values["drafter"],
            prompt=values["prompt"],
            words=reading.words,
            second=read_reading(second) if second else None,
            second_name=self._second.name if self._second else "",
            fallback=values.get("fallback", ""),
        )
        return Drafted(
            reply=f"Here is a draft for your approval. {proposed.summary}", proposed=(proposed,)
        )

    def _counted(self, reading: Count, values: Mapping[str, Any]) -> str:
        number = self._segments.count(reading.segment)
        people = "1 contact" if number == 1 else f"{number:,} contacts"
        who = "everybody who matches, whether or not they may be mailed"
        if reading.segment.use == "marketing":
            who = "those who may be mailed"
        said = f"{people}. Counted: {reading.label} ({who})."
        if values.get("fallback"):
            said += " The model could not be used, so the built-in rules read this."
        second = values.get("second")
        if second and (other := read_reading(second)) and isinstance(other, Proposal | Count):
            there = self._segments.count(
                other.segment.model_copy(update={"use": reading.segment.use})
            )
            if there != number:
                said += (
                    f" The rules drafter reads it differently and counts {there:,}: "
                    f"{self._segments.describe(other.segment.filter)}."
                )
        return said


def _asked(question: Question) -> str:
    lines = [f"{number}. {option}" for number, option in enumerate(question.options, 1)]
    return "\n".join([question.text, *lines])


def _action(action: Mapping[str, Any]) -> BuildSegment:
    try:
        return BuildSegment.model_validate(dict(action))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the action"
        raise BadInput(f"This is no valid segment: {where}: {first['msg']}.") from None


def build_agent(
    *, settings: Settings, crm: CrmReader, segments: SegmentReader,
    checkpointer: BaseCheckpointSaver[Any], clock: Clock, model: ChatModel | None = None,
    prompts: PromptSource | None = None,
) -> SegmentAgent:  # fmt: skip
    """Return the agent: the model first where there is one, the rules beside it.

    Args:
        settings: drafter, token budget, time zone.
        crm: what the CRM knows, read only.
        segments: computes who is in a segment.
        checkpointer: where conversations are remembered.
        clock: what time it is.
        model: the model that drafts (`agents.models.open_model`); None: the rules alone.
        prompts: where prompt texts come from; None: the files that ship.

    Raises:
        BadSetting: PLACET_DRAFTER is `llm`, but there is no model.
    """
    rules, source = RulesDrafter(crm, segments), prompts or ShippedPrompts()
    if model is None and settings.drafter == "llm":
        raise BadSetting("PLACET_DRAFTER is llm, but no model is set; set PLACET_MODEL.")
    drafter: Drafter = rules
    if model is not None:
        budget = settings.model_token_budget
        drafter = LlmDrafter(model, crm, segments, prompts=source, token_budget=budget)
    return SegmentAgent(
        drafter, rules if model is not None else None, segments=segments, crm=crm,
        checkpointer=checkpointer, clock=clock, zone=settings.timezone, prompts=source,
    )  # fmt: skip
