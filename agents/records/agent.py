"""The records agent: a request in, drafts or a reply out. It holds readers and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
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
from tools.enrichment.port import Enricher, GapReader
from tools.files import Files
from tools.hygiene.port import HygieneReader
from tools.records.action import FixRecords, MergeRecords
from tools.records.lines import read_changes, read_merges
from tools.records.order import Order
from tools.segments.port import SegmentReader

from .filling import Filling
from .finding import Finder, is_finding_only
from .graph import build_graph
from .llm import PROMPT, LlmRecords
from .nodes import Nodes, read_reading
from .people import People
from .port import Asked, Audit, Drafter, Narrow, Wish
from .press import Press, Work
from .replies import counted_reply, drafted_reply, nothing_reply, report_reply
from .rules import RulesRecords
from .rules.narrowing import is_narrowing
from .state import State

__all__ = ["RecordsAgent", "build_records_agent"]

_PROMPTS = (PROMPT, PEOPLE, GLOSSARY)


class RecordsAgent:
    """Drafts work on records; a thread is one conversation and remembers what was said."""

    def __init__(
        self, drafter: Drafter, rules: RulesRecords, *, people: People, press: Press,
        finder: Finder, crm: CrmReader, segments: SegmentReader, files: Files,
        checkpointer: BaseCheckpointSaver[Any], clock: Clock, zone: str,
        audit: Audit | None = None, prompts: PromptSource | None = None,
    ) -> None:  # fmt: skip
        self._press, self._finder, self._files, self._audit = press, finder, files, audit
        self._crm, self._segments, self._clock = crm, segments, clock
        self._rules, prompts = rules, prompts or ShippedPrompts()
        self.drafter, self.prompt = drafter.name, drafter.prompt
        """Which drafter reads first: `llm` or `rules`."""
        nodes = Nodes(
            drafter=drafter, rules=rules, people=people, prompts=prompts, clock=clock,
            zone=zone,
        )  # fmt: skip
        self._thread = Thread(
            "records", build_graph(nodes, checkpointer), checkpointer, prompts=prompts,
            names=_PROMPTS,
        )  # fmt: skip

    def run(
        self, *, thread_id: str, run_id: str, text: str,
        previous: Mapping[str, Any] | None = None,
    ) -> Drafted:  # fmt: skip
        """Read `text` in its conversation and return drafts, figures, a question or a reply.

        `previous` is the action that `text` asks to change. A run that was killed and is started
        again with the same ids goes on where it stopped; a finished one is not repeated.

        Raises:
            BadInput: `previous` is no action on records that can be changed.
        """
        values = self._thread.run(
            thread_id, run_id, lambda before: self._entry(run_id, text, previous, before)
        )
        return self._drafted(values)

    def compose(
        self, action: Mapping[str, Any], *, drafter: str, prompt: str | None = None
    ) -> Proposed:
        """Return a person's own version of a batch: all but the records named in `left_out`.

        Raises:
            BadInput: it is no valid action on records, a record is not in it, or none is left.
        """
        own = _action(action)
        order = _order(own)
        order = order.model_copy(update={"exclude": (*order.exclude, *own.left_out)})
        found = self._finder.stand_by(order)
        gone = frozenset(found.order.exclude)
        work = Work(order=found.order, drafter=drafter, prompt=prompt)
        if isinstance(own, FixRecords):
            changes = read_changes(self._files.read(own.changes.sha256))
            _known(own.left_out, found.order, _order(own), changes)
            kept = [one for record, mine in changes.items() if record not in gone for one in mine]
            return self._press.fixing(
                work, found, kept, level=order.level, left_out=tuple(gone), tolerance=own.tolerance
            )
        merges = read_merges(self._files.read(own.plan.sha256))
        _known(own.left_out, found.order, _order(own), merges)
        left = [one for one in merges.values() if not gone.intersection(one.records)]
        return self._press.merging(
            work, found, left, level=order.level, left_out=tuple(gone), tolerance=own.tolerance
        )

    def refresh(self, action: Mapping[str, Any], *, why: str) -> Proposed:
        """Return the same work as of now, for a draft whose data moved; `why` is shown.

        Raises:
            BadInput: it is no valid action on records, or nothing is left to change.
        """
        own = _action(action)
        if own.order is None:
            raise BadInput("This draft does not say what was asked; ask for the work again.")
        order = own.order
        if order.segment is not None:
            segment = order.segment.model_copy(update={"as_of": self._clock.now()})
            order = order.model_copy(update={"segment": segment})
        drafts, _ = self._press.propose(Work(order=order, drafter="refresh", why=why),
                                        tolerance=own.tolerance)  # fmt: skip
        same = [one for one in drafts if one.kind == own.kind]
        if not same:
            raise BadInput("Nothing is left to change: the records were put right meanwhile.")
        return same[0]

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
            own = _action(previous)
            if own.order is None:
                raise BadInput("This draft does not say what was asked; ask for the work again.")
            exclude = tuple(sorted({*own.order.exclude, *own.left_out}))
            order = own.order.model_copy(update={"exclude": exclude})
            entry["previous"] = order.model_dump(mode="json", by_alias=True)
            entry["asked"] = None
        elif values.get("asked") is None and values.get("previous") is None:
            last = values.get("last")
            entry["previous"] = last if last and is_narrowing(text) else None
        return entry

    def _drafted(self, values: Mapping[str, Any]) -> Drafted:
        reading = read_reading(values["reading"])
        match reading:
            case Wish() | Narrow():
                try:
                    return self._worked(reading, values)
                except BadInput as error:
                    return _asked(Question(text=str(error), about=values.get("text", "")[:200]))
            case Asked(question=question):
                return _asked(question)
            case Question():
                return _asked(reading)
            case Refusal(text=text):
                return Drafted(reply=text, refused=True)
            case _:
                return Drafted(reply=reading.text)

    def _worked(self, reading: Wish | Narrow, values: Mapping[str, Any]) -> Drafted:
        order = Order.model_validate(values["order"])
        if isinstance(reading, Wish):
            if reading.work == "audit":
                return Drafted(reply=self._audited(order))
            if is_finding_only(order) or (reading.counting and order.work == "repair"):
                found = self._finder.report(order)
                return Drafted(reply=report_reply(order, found, self._segments))
            if reading.counting:
                found = self._finder.find(order)
                return Drafted(reply=counted_reply(order, found, self._segments))
        drafts, found = self._press.propose(self._work(order, values))
        if not drafts:
            return Drafted(reply=nothing_reply(order, found, self._segments))
        return Drafted(reply=drafted_reply(drafts), proposed=drafts)

    def _work(self, order: Order, values: Mapping[str, Any]) -> Work:
        second = values.get("second")
        return Work(
            order=order, drafter=values["drafter"], prompt=values["prompt"],
            words=[WordUse.model_validate(one) for one in values.get("words") or []],
            second=Order.model_validate(second) if second else None,
            second_said=values.get("second_said", ""), second_name=self._rules.name,
            fallback=values.get("fallback", ""),
        )  # fmt: skip

    def _audited(self, order: Order) -> str:
        whole = order.segment is None and not order.detectors
        if whole and self._audit is not None:
            return self._audit()
        return report_reply(order, self._finder.report(order), self._segments)


def _known(
    left_out: Sequence[str], resolved: Order, before: Order, there: Mapping[str, object]
) -> None:
    """Refuse to leave out what is not in the batch: a slip must not look like a success."""
    new = set(resolved.exclude) - set(before.exclude)
    strangers = sorted(new - set(there)) if left_out else []
    inside = {one for each in there.values() for one in getattr(each, "records", ())}
    strangers = [one for one in strangers if one not in inside]
    if strangers:
        raise BadInput(f"{strangers[0]} is not in this batch; name records that are.")


def _asked(question: Question) -> Drafted:
    lines = [f"{number}. {option}" for number, option in enumerate(question.options, 1)]
    return Drafted(reply="\n".join([question.text, *lines]), clarification=question)


def _order(own: FixRecords | MergeRecords) -> Order:
    if own.order is not None:
        return own.order
    work = "merge" if isinstance(own, MergeRecords) else "repair"
    return Order(work=work, subjects=(own.subject,))


def _action(action: Mapping[str, Any]) -> FixRecords | MergeRecords:
    kinds: Mapping[str, type[FixRecords | MergeRecords]] = {
        "fix_records": FixRecords, "merge_records": MergeRecords,
    }  # fmt: skip
    kind = kinds.get(str(action.get("kind")))
    if kind is None:
        raise BadInput(f"Work of kind {str(action.get('kind'))[:40]!r} cannot be changed here; "
                       "reject it and ask anew.")  # fmt: skip
    try:
        return kind.model_validate(dict(action))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the action"
        raise BadInput(f"This is no valid batch: {where}: {first['msg']}.") from None


def build_records_agent(
    *, settings: Settings, crm: CrmReader, segments: SegmentReader, hygiene: HygieneReader,
    files: Files, clock: Clock, checkpointer: BaseCheckpointSaver[Any] | None = None,
    gaps: GapReader | None = None, enrichers: Sequence[Enricher] = (), budget: int = 0,
    audit: Audit | None = None, model: ChatModel | None = None,
    prompts: PromptSource | None = None,
) -> RecordsAgent:  # fmt: skip
    """Return the agent: the model first where there is one, the rules beside it.

    Args:
        settings: drafter, token budget, time zone.
        crm: what the CRM knows, read only.
        segments: computes whose records are meant.
        hygiene: reads columns and finds duplicates.
        files: the files behind drafts, for edits.
        clock: what time it is.
        checkpointer: where conversations are remembered; None: while the process lives, as an
            eval needs it.
        gaps: finds empty fields; None: nothing is filled in.
        enrichers: the sources that know what belongs there, the cheapest first.
        budget: how many credits one request may spend.
        audit: says what is wrong with the whole CRM; None: the detectors' figures are told.
        model: the model that drafts (`agents.models.open_model`); None: the rules alone.
        prompts: where prompt texts come from; None: the files that ship.

    Raises:
        BadSetting: PLACET_DRAFTER is `llm`, but there is no model.
    """
    source = prompts or ShippedPrompts()
    people_rules = RulesDrafter(crm, segments)
    rules = RulesRecords(crm)
    if model is None and settings.drafter == "llm":
        raise BadSetting("PLACET_DRAFTER is llm, but no model is set; set PLACET_MODEL.")
    drafter: Drafter = rules
    reader: PeopleDrafter = people_rules
    if model is not None:
        half = settings.model_token_budget // 2
        drafter = LlmRecords(model, crm, segments, prompts=source, token_budget=half)
        reader = LlmDrafter(model, crm, segments, prompts=source, token_budget=half)
    filling = None
    if gaps is not None and enrichers:
        filling = Filling(crm=crm, gaps=gaps, enrichers=enrichers, budget=budget)
    finder = Finder(crm=crm, segments=segments, hygiene=hygiene, clock=clock, filling=filling)
    return RecordsAgent(
        drafter, rules, people=People(reader, people_rules),
        press=Press(finder=finder, crm=crm, segments=segments), finder=finder, crm=crm,
        segments=segments, files=files, clock=clock,
        checkpointer=InMemorySaver() if checkpointer is None else checkpointer,
        zone=settings.timezone, audit=audit, prompts=source,
    )  # fmt: skip
