"""Whose records: the segment agent's own drafters read the words, code narrows them."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import NamedTuple

from pydantic import AwareDatetime

from agents.port import Answer, Question, Refusal, Turn
from agents.segments.port import Ask, Count, Drafter, Proposal, WordUse
from agents.versions import Picks
from placet.errors import ModelError
from prompts.glossary import Term
from tools.crm.port import RecordSubject
from tools.segments.tree import All, Not, Segment

from .rules.words import people_text

__all__ = ["Found", "Moment", "People", "without"]


class Moment(NamedTuple):
    """When a request is read, where, and with which words and prompts."""

    as_of: AwareDatetime
    timezone: str
    terms: tuple[Term, ...] = ()
    prompts: Picks = MappingProxyType({})


class Found(NamedTuple):
    """Whose records words mean; no segment: everybody's."""

    segment: Segment | None
    words: tuple[WordUse, ...] = ()
    fallback: str = ""


class People:
    """Reads whose records are meant: the first drafter, the rules where its model is down."""

    def __init__(self, reader: Drafter, rules: Drafter) -> None:
        self._reader, self._rules = reader, rules

    def find(
        self, who: str, moment: Moment, *, subject: RecordSubject = "contact",
        said: Sequence[str] = (), asked: Question | None = None, previous: Segment | None = None,
    ) -> Found | Question | Refusal:  # fmt: skip
        """Return whose records words mean, or what must be asked about them.

        `said` and `asked` are the earlier words and the question that these answer; `previous` is
        the scope that they change.
        """
        text = who if asked or previous is not None else people_text(who, subject)
        ask = Ask(
            text=text, as_of=moment.as_of, timezone=moment.timezone, previous=previous,
            question=asked, history=tuple(Turn(who="person", text=one) for one in said),
            terms=moment.terms, prompts=dict(moment.prompts),
        )  # fmt: skip
        fallback = ""
        try:
            reading = self._reader.read(ask)
        except ModelError as error:
            fallback, reading = str(error), self._rules.read(ask)
        match reading:
            case Proposal() | Count():
                return Found(_of_everybody(reading.segment), reading.words, fallback)
            case Answer():
                return Question(text="Whose records do you mean? For example: customers in "
                                "Germany.", about=who[:200])  # fmt: skip
            case _:
                return reading

    @property
    def without_model(self) -> People:
        """The rules alone: a model that failed in this run is not asked again."""
        return People(self._rules, self._rules)

    def second(self, who: str, moment: Moment, subject: RecordSubject) -> Segment | str | None:
        """Return how the rules read the same words: a segment, everybody, or what they say."""
        found = self.without_model.find(who, moment, subject=subject)
        return found.segment if isinstance(found, Found) else found.text


def _of_everybody(segment: Segment) -> Segment | None:
    """Return the segment as people whose records are corrected: whether mailed or not."""
    if isinstance(segment.filter, All) and not segment.filter.of:
        return None
    return segment.model_copy(update={"use": "internal", "include_anyway": ()})


def without(scope: Segment | None, out: Segment) -> Segment:
    """Return the scope without the people of another one."""
    gone = Not(of=out.filter)
    tree = All(of=(gone,)) if scope is None else All(of=(scope.filter, gone))
    return out.model_copy(update={"filter": tree, "name": f"without {out.name}"[:80]})
