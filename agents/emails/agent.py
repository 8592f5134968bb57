"""The email agent: a request in, a draft or a reply out. It holds readers and sends nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from langgraph.checkpoint.base import BaseCheckpointSaver
from pydantic import ValidationError

from agents.models import ChatModel
from agents.port import Drafted, Proposed, Question, Refusal
from agents.segments import LlmDrafter, RulesDrafter
from agents.segments.llm import PROMPT as PEOPLE
from agents.segments.port import Drafter as PeopleDrafter
from agents.segments.port import WordUse
from agents.thread import Thread
from agents.versions import GLOSSARY
from placet.clock import Clock
from placet.errors import BadInput, BadSetting
from placet.settings import Settings
from prompts.serving import PromptSource, ShippedPrompts
from tools.crm.port import CrmReader
from tools.email.action import SendEmail
from tools.email.brand import Brand
from tools.email.checks import spamd_at
from tools.email.links import Links
from tools.email.model import Email
from tools.email.port import RecipientReader
from tools.segments.port import SegmentReader
from tools.segments.tree import Segment

from .card import Rates
from .graph import build_graph
from .guard import brief_text, length_of
from .llm import READING, WRITING, LlmEmails
from .missing import question_of
from .nodes import Nodes, read_reading
from .people import People, read_second, setting_for
from .port import Brief, Drafter, Point, Proposal
from .press import Press, Work
from .recent import Pictures, Recent
from .rules import RulesEmails, is_change
from .rules.reader import read_brief
from .state import State
from .trial import trial_of

__all__ = ["EmailAgent", "build_email_agent"]

_PROMPTS = (READING, WRITING, PEOPLE, GLOSSARY)


class EmailAgent:
    """Drafts emails; a thread is one conversation and remembers what was said and paid for."""

    def __init__(
        self, drafter: Drafter, rules: RulesEmails, *, people: People, segments: SegmentReader,
        press: Press, brand: Callable[[], Brand], checkpointer: BaseCheckpointSaver[Any],
        clock: Clock, zone: str, prompts: PromptSource | None = None,
    ) -> None:  # fmt: skip
        self._rules, self._people, self._segments, self._press = rules, people, segments, press
        self._clock, self._zone, prompts = clock, zone, prompts or ShippedPrompts()
        self.drafter, self.prompt = drafter.name, drafter.prompt
        """Which drafter reads and writes first: `llm` or `rules`."""
        nodes = Nodes(
            drafter=drafter, rules=rules, people=people, segments=segments, press=press,
            brand=brand, prompts=prompts, clock=clock, zone=zone,
        )  # fmt: skip
        self._thread = Thread(
            "emails", build_graph(nodes, checkpointer), checkpointer, prompts=prompts,
            names=_PROMPTS,
        )  # fmt: skip

    def run(
        self, *, thread_id: str, run_id: str, text: str,
        previous: Mapping[str, Any] | None = None,
    ) -> Drafted:  # fmt: skip
        """Read `text` in its conversation and return a draft, a question or a reply.

        `previous` is the action that `text` asks to change. A run that was killed and is started
        again with the same ids goes on where it stopped; a finished one is not repeated.

        Raises:
            BadInput: `previous` is no email action.
        """
        values = self._thread.run(
            thread_id, run_id, lambda before: self._entry(run_id, text, previous, before)
        )
        return self._drafted(values)

    def compose(
        self, action: Mapping[str, Any], *, drafter: str, prompt: str | None = None
    ) -> Proposed:
        """Return a person's own version of an email as a draft: rendered, checked, hashed anew.

        Raises:
            BadInput: it is no valid email action, does not fit the CRM, or cannot be built.
        """
        return self._press.propose(self._work(_action(action), drafter=drafter, prompt=prompt))

    def refresh(self, action: Mapping[str, Any], *, why: str) -> Proposed:
        """Return the same email as of now, for a draft whose data moved; `why` is shown.

        Raises:
            BadInput: it is no valid email action.
        """
        sent = _action(action)
        segment = sent.segment.model_copy(update={"as_of": self._clock.now()})
        current = sent.model_copy(update={"segment": segment})
        return self._press.propose(self._work(current, drafter="refresh", why=why))

    def test_of(self, action: Mapping[str, Any], *, draft_id: str, to: str) -> Proposed:
        """Return the draft that sends one message of this email to the person who asks for it.

        Raises:
            BadInput: it is no valid email action, or nobody would get it.
        """
        sent = _action(action)
        return trial_of(self._press, sent, draft_id=draft_id, to=to)

    def forget(self, thread_id: str) -> None:
        """Forget a conversation; its drafts and receipts are kept elsewhere."""
        self._thread.forget(thread_id)

    # --- within a run -----------------------------------------------------------------------

    def _entry(
        self, run_id: str, text: str, previous: Mapping[str, Any] | None,
        values: Mapping[str, Any],
    ) -> State:  # fmt: skip
        entry: State = {"run_id": run_id, "text": text, "done": False}
        if previous is not None:
            known = [*values.get("past", []), *filter(None, [values.get("last")])]
            entry["previous"] = self._last(_action(previous), known)
            entry["question"] = None
        elif values.get("question") is None:
            last = values.get("last")
            entry["previous"] = last if last and is_change(text) else None
        return entry

    def _last(self, action: SendEmail, past: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Return an action as the last email: its brief from the thread, or read again."""
        email = action.email.model_dump(mode="json")
        kept = next((one for one in past if one.get("campaign") == action.campaign), None)
        brief = kept["brief"] if kept else self._reread(action).model_dump(mode="json")
        known = {"schedule": action.schedule.model_dump(mode="json"), "name": action.email.name}
        return {
            "brief": {**brief, **known},
            "segment": action.segment.model_dump(mode="json", by_alias=True),
            "email": email, "campaign": action.campaign,
            "edited": not (kept and kept["email"] == email),
        }  # fmt: skip

    def _reread(self, action: SendEmail) -> Brief:
        read = read_brief(
            action.brief, as_of=self._clock.now(), zone=self._zone, reads=lambda words: True
        )
        return read.brief

    def _work(
        self, action: SendEmail, *, drafter: str, prompt: str | None = None, why: str = ""
    ) -> Work:
        problems = self._segments.check(action.segment.filter)
        if problems:
            raise BadInput(f"At {problems[0].path or 'the filter'}: {problems[0].message}")
        return Work(
            segment=action.segment, email=action.email, schedule=action.schedule,
            brief=action.brief, campaign=action.campaign, tolerance=action.tolerance,
            drafter=drafter, prompt=prompt, why=why,
        )  # fmt: skip

    def _drafted(self, values: Mapping[str, Any]) -> Drafted:
        reading = read_reading(values["reading"])
        match reading:
            case Proposal():
                return self._proposed(reading, values)
            case Question():
                points = tuple(Point.model_validate(one) for one in values.get("points", []))
                shown = question_of(points) if points else reading
                return Drafted(reply=_asked(shown), clarification=shown)
            case Refusal(text=text):
                return Drafted(reply=text, refused=True)
            case _:
                return Drafted(reply=reading.text)

    def _proposed(self, reading: Proposal, values: Mapping[str, Any]) -> Drafted:
        state = cast(State, dict(values))  # what the graph returns is its state
        brief = reading.brief
        work = Work(
            segment=Segment.model_validate(values["segment"]),
            email=Email.model_validate(values["email"]),
            schedule=brief.schedule,
            brief=brief_text(setting_for(state, brief, self._segments, self._zone)),
            campaign=values["campaign"],
            drafter=values["drafter"],
            prompt=values["prompt"],
            words=[WordUse.model_validate(one) for one in values.get("words") or []],
            second=read_second(values.get("second")),
            second_name=self._people.second_name,
            fallback=values.get("fallback", "") or values.get("people_fallback", ""),
            notes=_notes(values, brief),
        )
        proposed = self._press.propose(work)
        return Drafted(
            reply=f"Here is a draft for your approval. {proposed.summary}", proposed=(proposed,)
        )


def _notes(values: Mapping[str, Any], brief: Brief) -> tuple[str, ...]:
    """Return what the approver should know about how the email was written."""
    notes = [f"Taken out, because it stands nowhere in the request: “{one}”"
             for one in values.get("mended") or []]  # fmt: skip
    email = values.get("email")
    if email and brief.words and values["drafter"] == "rules":
        count = length_of(Email.model_validate(email))
        if count < 0.75 * brief.words:
            notes.append(f"It has {count} of about {brief.words} words: there is no more to say "
                         "without inventing it. Name further facts to make it longer.")  # fmt: skip
    return tuple(notes)


def _asked(question: Question) -> str:
    lines = [f"{number}. {option}" for number, option in enumerate(question.options, 1)]
    return "\n".join([question.text, *lines])


def _action(action: Mapping[str, Any]) -> SendEmail:
    try:
        return SendEmail.model_validate(dict(action))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the action"
        raise BadInput(f"This is no valid email: {where}: {first['msg']}.") from None


def build_email_agent(
    *, settings: Settings, crm: CrmReader, segments: SegmentReader, recipients: RecipientReader,
    brand: Callable[[], Brand], links: Links, checkpointer: BaseCheckpointSaver[Any],
    clock: Clock, recent: Recent, pictures: Pictures | None = None,
    model: ChatModel | None = None, prompts: PromptSource | None = None,
) -> EmailAgent:  # fmt: skip
    """Return the agent: the model first where there is one, the rules beside it.

    Args:
        settings: drafter, token budget, time zone, rates, tracking.
        crm: what the CRM knows, read only.
        segments: computes audiences.
        recipients: who the members are and who may be written to.
        brand: reads the brand file, each time anew, so that a change to it counts at once.
        links: makes unsubscribe and preference links.
        checkpointer: where conversations are remembered.
        clock: what time it is.
        recent: what was sent not long ago.
        pictures: takes pictures of the email; None: the card shows none.
        model: the model that drafts (`agents.models.open_model`); None: the rules alone.
        prompts: where prompt texts come from; None: the files that ship.

    Raises:
        BadSetting: PLACET_DRAFTER is `llm`, but there is no model.
    """
    source = prompts or ShippedPrompts()
    people_rules = RulesDrafter(crm, segments)
    rules = RulesEmails(people_rules, brand)
    if model is None and settings.drafter == "llm":
        raise BadSetting("PLACET_DRAFTER is llm, but no model is set; set PLACET_MODEL.")
    drafter: Drafter = rules
    reader: PeopleDrafter = people_rules
    if model is not None:
        half = settings.model_token_budget // 2
        drafter = LlmEmails(model, rules, segments, brand, prompts=source, token_budget=half)
        reader = LlmDrafter(model, crm, segments, prompts=source, token_budget=half)
    press = Press(
        segments=segments, recipients=recipients, brand=brand, links=links, clock=clock,
        recent=recent, tracking=settings.mail_tracking, pictures=pictures,
        bounce_address=settings.mail_bounce_address,
        spamd=spamd_at(settings.spamd) if settings.spamd else None,
        rates=Rates(
            per_minute=settings.mail_per_minute,
            per_domain_per_minute=settings.mail_per_domain_per_minute,
            timezone=settings.timezone,
        ),
    )  # fmt: skip
    return EmailAgent(
        drafter, rules,
        people=People(reader, people_rules if model is not None else None),
        segments=segments, press=press, brand=brand, checkpointer=checkpointer, clock=clock,
        zone=settings.timezone, prompts=source,
    )  # fmt: skip
