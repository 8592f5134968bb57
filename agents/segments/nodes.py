"""The steps of a drafting run. Each returns what changes in the state; none touches the world."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from agents.exchange import ATTEMPTS
from agents.port import Question, Turn
from agents.versions import terms_of
from placet.clock import Clock, iso, parse_iso
from placet.errors import ModelError
from prompts.serving import PromptSource
from tools.segments.port import SegmentReader
from tools.segments.tree import Segment

from .llm import PROMPT, LlmDrafter
from .port import Ask, Count, Drafter, Proposal, Reading
from .state import MOST_TURNS, State

__all__ = ["Nodes", "read_reading"]

_READING: TypeAdapter[Reading] = TypeAdapter(Reading)


def read_reading(data: dict[str, Any]) -> Reading:
    """Read a reading back from the state."""
    return _READING.validate_python(data)


def _plain(value: Any) -> dict[str, Any]:
    plain: dict[str, Any] = value.model_dump(mode="json", by_alias=True)
    return plain


class Nodes:
    """The steps, over the drafters and the readers they use."""

    def __init__(
        self,
        *,
        drafter: Drafter,
        second: Drafter | None,
        segments: SegmentReader,
        prompts: PromptSource,
        clock: Clock,
        zone: str,
    ) -> None:
        self._drafter, self._second, self._prompts = drafter, second, prompts
        self._segments, self._clock, self._zone = segments, clock, zone

    def begin(self, state: State) -> dict[str, Any]:
        """Fix the moment and clear what belongs to the run before."""
        drafter, picks = self._drafter, state.get("prompts") or {}
        return {
            "as_of": iso(self._clock.now()),
            "exchange": [],
            "spent": 0,
            "attempts": 0,
            "reading": None,
            "problems": [],
            "fallback": "",
            "second": None,
            "done": False,
            "drafter": drafter.name,
            "prompt": picks.get(PROMPT) if isinstance(drafter, LlmDrafter) else drafter.prompt,
        }

    def draft(self, state: State) -> dict[str, Any]:
        """Let the drafter read the request: one call of the model, or the rules."""
        if state.get("fallback"):
            return {}
        ask = self._ask(state)
        attempts = state.get("attempts", 0) + 1
        try:
            if not isinstance(self._drafter, LlmDrafter):
                return {"reading": _plain(self._drafter.read(ask)), "attempts": attempts}
            reading, exchange, spent = self._drafter.attempt(
                ask, state.get("exchange", []), state.get("spent", 0)
            )
        except ModelError as error:
            return self._fall_back(ask, str(error), attempts)
        found = _plain(reading) if reading is not None else None
        return {"reading": found, "exchange": exchange, "spent": spent, "attempts": attempts}

    def _fall_back(self, ask: Ask, why: str, attempts: int) -> dict[str, Any]:
        if self._second is None:
            question = Question(text=f"I could not read that: {why}")
            return {"reading": _plain(question), "fallback": why, "attempts": attempts}
        reading = self._second.read(ask)
        return {
            "reading": _plain(reading),
            "fallback": why,
            "drafter": self._second.name,
            "prompt": self._second.prompt,
            "attempts": attempts,
        }

    def check(self, state: State) -> dict[str, Any]:
        """Hold a proposal against the catalogue: fields, values, types."""
        data = state.get("reading")
        if data is None:
            return {"problems": []}
        reading = read_reading(data)
        if not isinstance(reading, Proposal | Count):
            return {"problems": []}
        found = self._segments.check(reading.segment.filter)
        return {"problems": [f"{one.path}: {one.message}" for one in found]}

    def repair(self, state: State) -> dict[str, Any]:
        """Turn what could not be mended into a question; before that `draft` is tried again."""
        problems = state.get("problems", [])
        if problems:
            text = "That does not fit this CRM: " + problems[0]
            return {"reading": _plain(Question(text=text, about=state.get("text", "")[:200]))}
        if isinstance(self._drafter, LlmDrafter):
            return {"reading": _plain(self._drafter.give_up(self._ask(state)))}
        return {}

    def opinion(self, state: State) -> dict[str, Any]:
        """Let the second drafter read the same request on its own."""
        data = state.get("reading")
        if self._second is None or state.get("fallback") or data is None:
            return {"second": None}
        if not isinstance(read_reading(data), Proposal | Count):
            return {"second": None}
        return {"second": _plain(self._second.read(self._ask(state)))}

    def finish(self, state: State) -> dict[str, Any]:
        """Write the turn down and keep what a later turn may refer to."""
        data = state.get("reading")
        assert data is not None  # noqa: S101 - every path to here sets it
        reading = read_reading(data)
        turns = [
            *state.get("turns", []),
            {"who": "person", "text": state.get("text", "")},
            {"who": "placet", "text": _said(reading)},
        ]
        asked = isinstance(reading, Question)
        dropped = max(0, len(turns) - MOST_TURNS)
        open_from = state.get("open_from", 0) if asked else len(turns)
        segment = _plain(reading.segment) if isinstance(reading, Proposal) else None
        return {
            "turns": turns[dropped:],
            "open_from": max(0, open_from - dropped),
            "question": _plain(reading) if asked else None,
            "previous": state.get("previous") if asked else None,
            "last_segment": segment or state.get("last_segment"),
            "exchange": [],
            "done": True,
        }

    def after_check(self, state: State) -> str:
        """Say where to go: on, to another attempt, or to the question."""
        fine = state.get("reading") is not None and not state.get("problems")
        if fine:
            return "opinion"
        again = state.get("reading") is None and state.get("attempts", 0) < ATTEMPTS
        return "draft" if again else "repair"

    def _ask(self, state: State) -> Ask:
        turns: Sequence[dict[str, str]] = state.get("turns", [])
        question, previous = state.get("question"), state.get("previous")
        start = state.get("open_from", 0) if question else max(0, len(turns) - 6)
        picks = state.get("prompts") or {}
        return Ask(
            text=state.get("text", ""),
            as_of=_moment(state),
            timezone=self._zone,
            history=tuple(Turn.model_validate(turn) for turn in turns[start:]),
            question=Question.model_validate(question) if question else None,
            previous=Segment.model_validate(previous) if previous else None,
            terms=terms_of(self._prompts, picks),
            prompts=picks,
        )


def _moment(state: State) -> datetime:
    return parse_iso(state.get("as_of", ""))


def _said(reading: Reading) -> str:
    match reading:
        case Proposal(segment=segment):
            return f"(drafted: {segment.name})"
        case Count(label=label):
            return f"(counted: {label})"
        case _:
            return reading.text
