"""The audience of an email, by the segment agent's own drafters: its words become a segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from agents.port import Answer, Question, Refusal, Turn
from agents.segments.nodes import read_reading as read_people
from agents.segments.port import Ask as PeopleAsk
from agents.segments.port import Count, Drafter
from agents.segments.port import Proposal as Found
from agents.segments.port import Reading as PeopleReading
from placet.clock import parse_iso
from placet.errors import ModelError
from tools.segments.port import SegmentReader
from tools.segments.tree import All, Contains, Equals, Event, Filter, Property, Segment

from .port import Ask, Brief, Point, Proposal, Setting
from .rules.words import is_german
from .rules.writer import LANGUAGES
from .state import State

__all__ = ["People", "Sought", "attended_by_all", "language_of", "setting_for"]


@dataclass(slots=True)
class Sought:
    """What came of looking for the audience."""

    update: dict[str, Any] = field(default_factory=dict)
    """What changes in the state."""
    points: list[Point] = field(default_factory=list)
    ending: Refusal | None = None


class People:
    """Reads audiences: the first drafter, the rules where its model is down, a second opinion."""

    def __init__(self, reader: Drafter, second: Drafter | None) -> None:
        self._reader, self._second = reader, second

    @property
    def second_name(self) -> str:
        """Who gives the second opinion; empty: nobody."""
        return self._second.name if self._second else ""

    def find(self, state: State, reading: Proposal, ask: Ask) -> Sought:
        """Return the segment, or the point that must be asked about it."""
        previous = ask.previous.segment if ask.previous else None
        asked = state.get("people_asked")
        said = list(state.get("people_said") or [])
        if not reading.reach:
            return self._unchanged(state, reading, ask, previous, asked)
        said = said if asked else []
        return self._read(ask, reading.reach, said, asked, previous, self._of(state))

    def _unchanged(
        self, state: State, reading: Proposal, ask: Ask, previous: Segment | None, asked: Any
    ) -> Sought:
        if previous is not None:
            current = previous.model_copy(update={"as_of": ask.as_of})
            return Sought(update={"segment": _plain(current), "words": []})
        kept = state.get("segment")
        if ask.question is not None and kept and not asked and _same_people(ask, reading):
            return Sought(update={"segment": kept})
        if not reading.brief.audience:
            return Sought(update={"segment": None})
        return self._read(ask, reading.brief.audience, [], None, None, self._of(state))

    def _of(self, state: State) -> Drafter:
        """Return who reads now: a model that failed in this run is not asked again."""
        return self._second if self._second is not None and state.get("fallback") else self._reader

    def _read(
        self, ask: Ask, text: str, said: list[str], asked: Any, previous: Segment | None,
        reader: Drafter,
    ) -> Sought:  # fmt: skip
        people_ask = _people_ask(ask, text, said, asked, previous)
        update: dict[str, Any] = {"people_said": [*said, text], "people_asked": None}
        try:
            found = reader.read(people_ask)
        except ModelError as error:
            if self._second is None:
                raise
            update["people_fallback"] = str(error)
            found = self._second.read(people_ask)
        match found:
            case Found() | Count():
                segment = found.segment.model_copy(update={"use": "marketing"})
                words = [one.model_dump(mode="json") for one in found.words]
                return Sought(update=update | {"segment": _plain(segment), "words": words})
            case Refusal():
                return Sought(update=update, ending=found)
            case Question():
                point = Point(key="reach", text=found.text, options=found.options)
                return Sought(update=update | {"people_asked": _plain(found)}, points=[point])
            case Answer():
                text = "Who is it for? For example: customers in Germany."
                return Sought(update=update, points=[Point(key="audience", text=text)])

    def opinion(self, state: State, ask: Ask) -> dict[str, Any] | None:
        """Return how the second drafter reads the audience, where it was read in this run."""
        said = state.get("people_said") or []
        if (
            self._second is None
            or state.get("people_fallback")
            or not said
            or not state.get("words")
        ):
            return None
        previous = ask.previous.segment if ask.previous and len(said) == 1 else None
        reading = self._second.read(_people_ask(ask, said[-1], said[:-1], None, previous))
        return _plain(reading)


def _people_ask(
    ask: Ask, text: str, said: Sequence[str], asked: Any, previous: Segment | None
) -> PeopleAsk:
    return PeopleAsk(
        text=text, as_of=ask.as_of, timezone=ask.timezone,
        history=tuple(Turn(who="person", text=one) for one in said),
        question=Question.model_validate(asked) if asked else None,
        previous=previous, terms=ask.terms, prompts=ask.prompts,
    )  # fmt: skip


def _same_people(ask: Ask, reading: Proposal) -> bool:
    return ask.brief is not None and ask.brief.audience == reading.brief.audience


def read_second(data: dict[str, Any] | None) -> PeopleReading | None:
    """Read the second opinion back from the state."""
    return read_people(data) if data else None


def _plain(value: Any) -> dict[str, Any]:
    plain: dict[str, Any] = value.model_dump(mode="json", by_alias=True)
    return plain


def _clauses(tree: Filter) -> Sequence[Filter]:
    return tree.of if isinstance(tree, All) else (tree,)


def attended_by_all(tree: Filter) -> str:
    """Return the one webinar that every member attended, or nothing."""
    names = [
        clause.asset.text if isinstance(clause.asset, Contains) else str(clause.asset.value)
        for clause in _clauses(tree)
        if isinstance(clause, Event) and clause.types == ("webinar_attended",)
        and clause.at_least >= 1 and isinstance(clause.asset, Contains | Equals)
    ]  # fmt: skip
    return names[0] if len(names) == 1 and "webinar" in names[0].lower() else ""


def language_of(brief: Brief, tree: Filter | None) -> str:
    """Return the email's language: as asked, else the audience's own, else the request's."""
    if brief.language:
        return brief.language
    for clause in _clauses(tree) if tree is not None else ():
        test = clause.is_ if isinstance(clause, Property) and clause.field == "language" else None
        if isinstance(test, Equals) and str(test.value)[:2] in LANGUAGES:
            return str(test.value)
    return "de" if is_german(brief.said) else "en"


def setting_for(state: State, brief: Brief, segments: SegmentReader, zone: str) -> Setting:
    """Return what the email is written from."""
    segment = Segment.model_validate(state.get("segment"))
    last = state.get("previous")
    return Setting(
        brief=brief,
        language=language_of(brief, segment.filter),
        audience=segments.describe(segment.filter),
        attended=attended_by_all(segment.filter),
        as_of=parse_iso(state.get("as_of", "")),
        timezone=zone,
        previous=last["email"] if last else None,
        change=state.get("text", "") if last else "",
        prompts=state.get("prompts") or {},
    )
