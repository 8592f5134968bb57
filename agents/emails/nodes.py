"""The steps of a drafting run. Each returns what changes in the state; none touches the world."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import TypeAdapter

from agents.exchange import ATTEMPTS
from agents.port import Question, Refusal, Turn
from agents.versions import terms_of
from placet.clock import Clock, iso, parse_iso
from placet.errors import BadInput, ModelError
from placet.ids import new_id
from prompts.serving import PromptSource
from tools.email.brand import Brand
from tools.email.model import Email
from tools.segments.port import SegmentReader
from tools.segments.tree import Segment

from .guard import mend, problems_of
from .llm import WRITING, LlmEmails
from .missing import missing_in, question_of
from .people import People, setting_for
from .port import Ask, Brief, Drafter, Last, Point, Proposal, Reading, Setting
from .press import Press
from .rules import RulesEmails
from .state import MOST_PAST, MOST_TURNS, State

__all__ = ["Nodes", "read_reading"]

_READING: TypeAdapter[Reading] = TypeAdapter(Reading)
REPAIRS = 1
"""How often a model is asked to mend its own email; then code takes out what is not so."""


def read_reading(data: dict[str, Any]) -> Reading:
    """Read a reading back from the state."""
    return _READING.validate_python(data)


def _plain(value: Any) -> dict[str, Any]:
    plain: dict[str, Any] = value.model_dump(mode="json", by_alias=True)
    return plain


class Nodes:
    """The steps, over the drafters and the readers they use."""

    def __init__(
        self, *, drafter: Drafter, rules: RulesEmails, people: People, segments: SegmentReader,
        press: Press, brand: Callable[[], Brand], prompts: PromptSource, clock: Clock, zone: str,
    ) -> None:  # fmt: skip
        self._drafter, self._rules, self._people = drafter, rules, people
        self._segments, self._press, self._brand = segments, press, brand
        self._prompts, self._clock, self._zone = prompts, clock, zone

    def begin(self, state: State) -> dict[str, Any]:
        """Fix the moment and clear what belongs to the run before."""
        drafter, picks = self._drafter, state.get("prompts") or {}
        return {
            "as_of": iso(self._clock.now()), "exchange": [], "spent": 0, "attempts": 0,
            "reading": None, "problems": [], "mended": [], "repairs": 0, "fallback": "",
            "second": None, "email": None, "words": [], "people_fallback": "", "campaign": "",
            "done": False, "drafter": drafter.name,
            "prompt": picks.get(WRITING) if isinstance(drafter, LlmEmails) else drafter.prompt,
        }  # fmt: skip

    def brief(self, state: State) -> dict[str, Any]:
        """Let the drafter read what is wanted: one call of the model, or the rules."""
        ask = self._ask(state)
        attempts = state.get("attempts", 0) + 1
        if not isinstance(self._drafter, LlmEmails):
            return {"reading": _plain(self._drafter.read(ask)), "attempts": attempts}
        try:
            reading, exchange, spent = self._drafter.attempt(
                ask, state.get("exchange", []), state.get("spent", 0)
            )
        except ModelError as error:
            return self._stepped_in(error) | {
                "reading": _plain(self._rules.read(ask)),
                "attempts": attempts,
            }
        if reading is None and attempts >= ATTEMPTS:
            reading = self._drafter.give_up(ask)
        found = _plain(reading) if reading is not None else None
        return {"reading": found, "exchange": exchange, "spent": spent, "attempts": attempts}

    def _stepped_in(self, error: ModelError) -> dict[str, Any]:
        return {"fallback": str(error), "drafter": self._rules.name, "prompt": None}

    def audience(self, state: State) -> dict[str, Any]:
        """Turn the words about people into a segment; ask once for all that is missing."""
        reading = self._proposal(state)
        found = self._people.find(state, reading, self._ask(state))
        if isinstance(found.ending, Refusal):
            return {"reading": _plain(found.ending)} | found.update
        open_points = [*reading.open, *found.points]
        if not any(point.key == "anew" for point in open_points):
            missing = missing_in(
                reading.brief, as_of=parse_iso(state.get("as_of", "")), zone=self._zone
            )
            asked = {point.key for point in open_points}
            open_points += [one for one in missing if one.key not in asked]
        if reading.keep is not None:
            open_points = [one for one in open_points if one.key in _STOPS]
        if open_points:
            points = sorted(open_points, key=lambda one: _ORDER.get(one.key, 9))
            return {
                "reading": _plain(question_of(points)), "points": [_plain(one) for one in points],
                "brief": _plain(reading.brief),
            } | found.update  # fmt: skip
        return {"brief": _plain(reading.brief), "points": []} | found.update

    def draft(self, state: State) -> dict[str, Any]:
        """Let the drafter write the email, or keep the last one with its change."""
        reading = self._proposal(state)
        campaign = state.get("campaign") or new_id("cp")
        if reading.keep is not None:
            return {"email": _plain(reading.keep), "campaign": campaign, **self._kept(state)}
        setting = self._setting(state, reading.brief)
        problems, repairs = state.get("problems", []), state.get("repairs", 0)
        if problems:
            repairs += 1
        update: dict[str, Any] = {"campaign": campaign, "repairs": repairs}
        if isinstance(self._drafter, LlmEmails) and not state.get("fallback"):
            try:
                email, spent = self._drafter.compose(
                    setting, problems, state.get("email"), state.get("spent", 0)
                )
                return update | {"email": email, "spent": spent}
            except ModelError as error:
                update |= self._stepped_in(error)
        return update | {"email": self._rules.write(setting)}

    def _kept(self, state: State) -> dict[str, Any]:
        """Return who drafted the words that stay."""
        last = state.get("previous") or {}
        return {} if not last else {"repairs": REPAIRS}

    def check(self, state: State) -> dict[str, Any]:
        """Hold the email against its brief, and build it once."""
        reading = self._proposal(state)
        if reading.keep is not None:
            return {"problems": []}  # a person's own words; the card's checks judge them
        setting = self._setting(state, reading.brief)
        found = problems_of(state.get("email") or {}, setting, self._brand(), self._build(state))
        return {"problems": found}

    def repair(self, state: State) -> dict[str, Any]:
        """Take out what is not so; where nothing usable is left, the rules write it."""
        reading = self._proposal(state)
        setting = self._setting(state, reading.brief)
        try:
            email, dropped = mend(state.get("email") or {}, setting, self._brand())
            Email.model_validate(email)
            self._build(state)(Email.model_validate(email))
        except (ValueError, BadInput):
            why = "The model's email could not be used: " + "; ".join(state.get("problems", [])[:2])
            update = {"fallback": why, "drafter": self._rules.name, "prompt": None}
            return {"email": self._rules.write(setting), **update}
        return {"email": email, "mended": dropped}

    def opinion(self, state: State) -> dict[str, Any]:
        """Let the second drafter read the audience on its own."""
        return {"second": self._people.opinion(state, self._ask(state))}

    def finish(self, state: State) -> dict[str, Any]:
        """Write the turn down and keep what a later turn may refer to."""
        reading = read_reading(state.get("reading") or {})
        turns = [
            *state.get("turns", []),
            {"who": "person", "text": state.get("text", "")},
            {"who": "placet", "text": _said(reading)},
        ]
        asked = isinstance(reading, Question)
        dropped = max(0, len(turns) - MOST_TURNS)
        open_from = state.get("open_from", 0) if asked else len(turns)
        update: dict[str, Any] = {
            "turns": turns[dropped:],
            "open_from": max(0, open_from - dropped),
            "question": _plain(reading) if asked else None,
            "points": state.get("points", []) if asked else [],
            "previous": state.get("previous") if asked else None,
            "exchange": [], "done": True,
        }  # fmt: skip
        if isinstance(reading, Proposal):
            past = [*state.get("past", []), *([last] if (last := state.get("last")) else [])]
            update["past"] = past[-MOST_PAST:]
            update["last"] = {
                "brief": state.get("brief"), "segment": state.get("segment"),
                "email": state.get("email"), "campaign": state.get("campaign"), "edited": False,
            }  # fmt: skip
        if not asked:
            update |= {"brief": state.get("brief"), "people_said": [], "people_asked": None}
        return update

    # --- where to go ------------------------------------------------------------------------

    def after_brief(self, state: State) -> str:
        """Say where to go: to the audience, to another attempt, or to the reply."""
        data = state.get("reading")
        if data is None:
            return "brief"
        return "audience" if isinstance(read_reading(data), Proposal) else "finish"

    def after_audience(self, state: State) -> str:
        """Say where to go: to the draft, or to the question."""
        return (
            "draft" if isinstance(read_reading(state.get("reading") or {}), Proposal) else "finish"
        )

    def after_check(self, state: State) -> str:
        """Say where to go: on, to another attempt of the model, or to code's own mending."""
        if not state.get("problems"):
            return "opinion"
        written_by_model = isinstance(self._drafter, LlmEmails) and not state.get("fallback")
        if written_by_model and state.get("repairs", 0) < REPAIRS:
            return "draft"
        return "repair" if written_by_model else "opinion"

    # --- within -----------------------------------------------------------------------------

    def _proposal(self, state: State) -> Proposal:
        reading = read_reading(state.get("reading") or {})
        assert isinstance(reading, Proposal)  # noqa: S101 - the edges lead here with nothing else
        return reading

    def _setting(self, state: State, brief: Brief) -> Setting:
        return setting_for(state, brief, self._segments, self._zone)

    def _build(self, state: State) -> Callable[[Email], None]:
        segment = Segment.model_validate(state.get("segment"))
        campaign = state.get("campaign") or "cp_0"

        def build(email: Email) -> None:
            renderer = self._press.renderer(email, campaign)
            for recipient in self._press.sample(segment, 1):
                renderer.render(recipient)

        return build

    def _ask(self, state: State) -> Ask:
        turns: Sequence[dict[str, str]] = state.get("turns", [])
        question, previous, brief = state.get("question"), state.get("previous"), state.get("brief")
        start = state.get("open_from", 0) if question else max(0, len(turns) - 6)
        picks = state.get("prompts") or {}
        return Ask(
            text=state.get("text", ""),
            as_of=parse_iso(state.get("as_of", "")),
            timezone=self._zone,
            history=tuple(Turn.model_validate(turn) for turn in turns[start:]),
            question=Question.model_validate(question) if question else None,
            points=tuple(Point.model_validate(one) for one in state.get("points", [])),
            brief=Brief.model_validate(brief) if question and brief else None,
            previous=Last.model_validate(previous) if previous else None,
            terms=terms_of(self._prompts, picks),
            prompts=picks,
        )


_ORDER = {"audience": 0, "reach": 1, "about": 2, "must_say": 3, "date": 4, "weekday": 4, "link": 5}
_STOPS = frozenset({"reach", "send_day", "anew", "language"})
"""What must be asked even where the words of the email stay as they are."""


def _said(reading: Reading) -> str:
    match reading:
        case Proposal(brief=brief):
            return f"(drafted an email: {brief.about or brief.name or brief.purpose})"
        case _:
            return reading.text
