"""The steps of a drafting run. Each returns what changes in the state; none touches the world."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from agents.exchange import ATTEMPTS
from agents.port import Question, Turn
from agents.versions import terms_of
from placet.clock import Clock, iso, parse_iso
from placet.errors import ModelError
from prompts.serving import PromptSource
from tools.records.order import Order
from tools.segments.tree import Segment

from .llm import PROMPT, LlmRecords
from .people import Found, Moment, People
from .port import Ask, Asked, Drafter, Narrow, Reading, Wish
from .rules import RulesRecords
from .scoping import changed, order_of
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
        self, *, drafter: Drafter, rules: RulesRecords, people: People, prompts: PromptSource,
        clock: Clock, zone: str,
    ) -> None:  # fmt: skip
        self._drafter, self._rules, self._people = drafter, rules, people
        self._prompts, self._clock, self._zone = prompts, clock, zone

    def begin(self, state: State) -> dict[str, Any]:
        """Fix the moment and clear what belongs to the run before."""
        drafter, picks = self._drafter, state.get("prompts") or {}
        return {
            "as_of": iso(self._clock.now()), "exchange": [], "spent": 0, "attempts": 0,
            "reading": None, "order": None, "words": [], "fallback": "", "second": None,
            "second_said": "", "done": False, "drafter": drafter.name,
            "prompt": picks.get(PROMPT) if isinstance(drafter, LlmRecords) else drafter.prompt,
        }  # fmt: skip

    def read(self, state: State) -> dict[str, Any]:
        """Let the drafter read the request: one call of the model, or the rules."""
        ask = self._ask(state)
        if self._answers_people(state, ask):
            assert ask.asked is not None  # noqa: S101 - just looked at
            return {"reading": _plain(ask.asked.wish)}
        attempts = state.get("attempts", 0) + 1
        kept: dict[str, Any] = {"attempts": attempts, "asked_people": None, "said_people": []}
        if not isinstance(self._drafter, LlmRecords):
            return kept | {"reading": _plain(self._drafter.read(ask))}
        try:
            reading, exchange, spent = self._drafter.attempt(
                ask, state.get("exchange", []), state.get("spent", 0)
            )
        except ModelError as error:
            stepped_in = {"fallback": str(error), "drafter": self._rules.name, "prompt": None}
            return kept | stepped_in | {"reading": _plain(self._rules.read(ask))}
        if reading is None and attempts >= ATTEMPTS:
            reading = self._drafter.give_up(ask)
        found = _plain(reading) if reading is not None else None
        return kept | {"reading": found, "exchange": exchange, "spent": spent}

    def _answers_people(self, state: State, ask: Ask) -> bool:
        """Return whether the text answers the segment drafter's own question."""
        if ask.asked is None or not state.get("asked_people"):
            return False
        return not self._rules.stops(ask.text) and not self._rules.starts_anew(ask.text)

    def scope(self, state: State) -> dict[str, Any]:
        """Turn the words about whose records into a segment, or into the question about them."""
        reading = read_reading(state.get("reading") or {})
        if isinstance(reading, Narrow):
            return self._narrowed(state, reading)
        assert isinstance(reading, Wish)  # noqa: S101 - the edges lead here with nothing else
        if not reading.who:
            return {"order": _plain(order_of(reading, None, state.get("text", "")))}
        answering = state.get("asked_people")
        said = list(state.get("said_people") or []) if answering else []
        words = state.get("text", "") if answering else reading.who
        people = self._people.without_model if state.get("fallback") else self._people
        found = people.find(
            words, self._moment(state), subject=reading.subjects[0], said=said,
            asked=Question.model_validate(answering) if answering else None,
        )  # fmt: skip
        if isinstance(found, Found):
            return self._placed(found) | {
                "order": _plain(order_of(reading, found.segment, self._whole(state))),
                "asked_people": None, "said_people": [],
            }  # fmt: skip
        if isinstance(found, Question):
            asked = Asked(question=found, wish=reading, slot="who")
            return {"reading": _plain(asked), "asked_people": _plain(found),
                    "said_people": [*said, words]}  # fmt: skip
        return {"reading": _plain(found), "asked_people": None, "said_people": []}

    def _narrowed(self, state: State, reading: Narrow) -> dict[str, Any]:
        before = Order.model_validate(state.get("previous"))
        found = changed(before, reading, self._people, self._moment(state), state.get("text", ""))
        if isinstance(found, Order):
            return {"order": _plain(found)}
        return {"reading": _plain(found)}

    def _placed(self, found: Found) -> dict[str, Any]:
        update: dict[str, Any] = {"words": [_plain(one) for one in found.words]}
        if found.fallback:
            update["fallback"] = found.fallback
        return update

    def opinion(self, state: State) -> dict[str, Any]:
        """Let the rules read the same request on their own, where a model read it first."""
        reading = read_reading(state.get("reading") or {})
        first = isinstance(self._drafter, LlmRecords) and not state.get("fallback")
        if not first or not isinstance(reading, Wish) or state.get("asked"):
            return {}
        other = self._rules.read(self._ask(state))
        if not isinstance(other, Wish):
            said = other.question.text if isinstance(other, Asked) else getattr(other, "text", "")
            return {"second_said": said or "reads it as a change to the last draft"}
        segment: Segment | None = None
        if other.who:
            found = self._people.second(other.who, self._moment(state), other.subjects[0])
            if isinstance(found, str):
                return {"second_said": found}
            segment = found
        return {"second": _plain(order_of(other, segment, state.get("text", "")))}

    def finish(self, state: State) -> dict[str, Any]:
        """Write the turn down and keep what a later turn may refer to."""
        reading = read_reading(state.get("reading") or {})
        turns = [
            *state.get("turns", []),
            {"who": "person", "text": state.get("text", "")},
            {"who": "placet", "text": _said(reading)},
        ]
        asked = isinstance(reading, Asked)
        waiting = asked or isinstance(reading, Question)
        dropped = max(0, len(turns) - MOST_TURNS)
        open_from = state.get("open_from", 0) if waiting else len(turns)
        drafts = isinstance(reading, Wish | Narrow) and _drafts(reading)
        return {
            "turns": turns[dropped:], "open_from": max(0, open_from - dropped),
            "asked": _plain(reading) if asked else None,
            "previous": state.get("previous") if waiting else None,
            "last": state.get("order") if drafts else state.get("last"),
            "exchange": [], "done": True,
        } | ({} if asked else {"asked_people": None, "said_people": []})  # fmt: skip

    # --- where to go ------------------------------------------------------------------------

    def after_read(self, state: State) -> str:
        """Say where to go: to the scope, to another attempt, or to the reply."""
        data = state.get("reading")
        if data is None:
            return "read"
        return "scope" if isinstance(read_reading(data), Wish | Narrow) else "finish"

    def after_scope(self, state: State) -> str:
        """Say where to go: on, or to the question."""
        reading = read_reading(state.get("reading") or {})
        return "opinion" if isinstance(reading, Wish | Narrow) else "finish"

    # --- within -----------------------------------------------------------------------------

    def _moment(self, state: State) -> Moment:
        picks = state.get("prompts") or {}
        at = parse_iso(state.get("as_of", ""))
        return Moment(at, self._zone, terms_of(self._prompts, picks), picks)

    def _whole(self, state: State) -> str:
        """Return the request in the person's words, answers to questions included."""
        turns: Sequence[dict[str, str]] = state.get("turns", [])
        earlier = []
        if state.get("asked"):
            earlier = [one["text"] for one in turns[state.get("open_from", 0) :]
                       if one["who"] == "person"]  # fmt: skip
        return " / ".join([*earlier, state.get("text", "")])[:4_000]

    def _ask(self, state: State) -> Ask:
        turns: Sequence[dict[str, str]] = state.get("turns", [])
        asked, previous = state.get("asked"), state.get("previous")
        start = state.get("open_from", 0) if asked else max(0, len(turns) - 6)
        picks = state.get("prompts") or {}
        return Ask(
            text=state.get("text", ""), as_of=parse_iso(state.get("as_of", "")),
            timezone=self._zone,
            history=tuple(Turn.model_validate(turn) for turn in turns[start:]),
            asked=Asked.model_validate(asked) if asked else None,
            previous=Order.model_validate(previous) if previous else None,
            terms=terms_of(self._prompts, picks), prompts=picks,
        )  # fmt: skip


def _drafts(reading: Wish | Narrow) -> bool:
    return isinstance(reading, Narrow) or (reading.work != "audit" and not reading.counting)


def _said(reading: Reading) -> str:
    match reading:
        case Wish():
            return f"(drafted: {reading.work} {reading.field or ', '.join(reading.fields)})"
        case Narrow():
            return "(drafted anew with the change)"
        case Asked(question=question):
            return question.text
        case _:
            return reading.text
