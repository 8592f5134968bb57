"""The model drafter: fills a small form; code holds it to the request's own words and this CRM.

Whose records stays in the person's words, and a value must stand in the request: a model cannot
bring in people, records or values of its own. What is wrong goes back to it at most twice; then
the person is asked.
"""

from __future__ import annotations

from typing import Any, cast
from zoneinfo import ZoneInfo

from agents.exchange import ATTEMPTS, BadForm, Exchange, Talk, opened, until_read
from agents.models import ChatModel
from agents.port import Answer, Question, Refusal
from agents.segments.rules.text import clean, tokenise
from agents.versions import picked, rendered, settings_of, shown
from prompts.library import Prompt
from prompts.serving import PromptSource, ShippedPrompts
from tools.crm.port import CrmReader, RecordSubject
from tools.hygiene.catalogue import DETECTORS, detector_named
from tools.records.order import Order, OrderLevel
from tools.segments.port import SegmentReader

from .model_form import SCHEMA, flag, strings, text_of
from .port import Ask, Asked, Narrow, Reading, Wish
from .rules import RulesRecords, safety
from .rules.direct import settle
from .rules.fields import Named, spec_of
from .rules.repairs import FILLABLE
from .rules.safety import CONSENT
from .rules.values import Value, labelled, resolve
from .rules.words import everybody
from .words import order_in_words, scope_in_words

__all__ = ["PROMPT", "LlmRecords"]

PROMPT = "records/draft"
"""The prompt that it is told to work by."""
MOST_OPTIONS = 6
_MOST_OWNERS = 60


class LlmRecords:
    """Drafts with a language model; raises `ModelError` only."""

    def __init__(
        self, model: ChatModel, crm: CrmReader, segments: SegmentReader, *,
        prompts: PromptSource | None = None, token_budget: int = 30_000,
    ) -> None:  # fmt: skip
        self._talk, self._crm, self._segments = Talk(model, token_budget), crm, segments
        self._rules = RulesRecords(crm)
        self._prompts = prompts or ShippedPrompts()

    @property
    def name(self) -> str:
        """`llm`."""
        return "llm"

    @property
    def prompt(self) -> str | None:
        """The hash of the prompt text that serves now."""
        return self._prompts.prompt(PROMPT).sha256

    def read(self, ask: Ask) -> Reading:
        """Return what the request means, after at most two repairs."""
        return until_read(lambda said, spent: self.attempt(ask, said, spent)) or self.give_up(ask)

    def attempt(
        self, ask: Ask, exchange: Exchange, spent: int
    ) -> tuple[Reading | None, Exchange, int]:
        """Ask the model once: the reading, or None with what is wrong added to the exchange.

        `exchange` and `spent` are what the attempt before returned; both are plain JSON, so that a
        run that was killed goes on with the next attempt and pays for none twice.
        """
        if (reason := safety.refusal(ask.text)) is not None:
            return Refusal(text=reason), exchange, spent  # what is never done needs no model
        if not exchange and ask.asked is not None and not self._rules.starts_anew(ask.text):
            return self._rules.read(ask), exchange, spent  # an answer is settled by code
        prompt = picked(self._prompts, PROMPT, ask.prompts)
        said = exchange or self._opening(ask, prompt)
        return self._talk.attempt(
            said, SCHEMA, spent, lambda data: self._reading(ask, data), settings_of(prompt)
        )

    def give_up(self, ask: Ask) -> Question:
        """Return the question for a request the model could not put into a usable form."""
        return Question(
            text="I could not turn that into work on records. Could you say again what should "
            "change, and for whom?",
            about=clean(ask.text)[:200],
        )

    # --- what the model is told -------------------------------------------------------------

    def _opening(self, ask: Ask, prompt: Prompt) -> Exchange:
        local = ask.as_of.astimezone(ZoneInfo(ask.timezone))
        rendering = rendered(
            prompt, today=local.date(), weekday=f"{local:%A}", timezone=ask.timezone,
            most_options=MOST_OPTIONS, attempts=ATTEMPTS, fields=self._fields(),
            detectors="\n".join(
                f"{one.name}{'*' if one.repairs else ''}: {one.title}" for one in DETECTORS
            ),
            owners="\n".join(map(_short, list(self._crm.values("contact", "owner"))[:_MOST_OWNERS]))
            or "(none)",
            terms=shown(ask.terms), conversation=self._conversation(ask), request=clean(ask.text),
        )  # fmt: skip
        return opened(rendering)

    def _fields(self) -> str:
        lines = []
        for spec in self._crm.catalogue().fields:
            if spec.subject != "deal":
                values = ", ".join(spec.values) if len(spec.values) <= 40 else ""
                lines.append(f"{spec.subject}.{spec.name} ({spec.type}): {values or spec.label}")
        return "\n".join(lines)

    def _conversation(self, ask: Ask) -> str:
        lines = [f"{turn.who}: {clean(turn.text)[:1_000]}" for turn in ask.history[-10:]]
        if ask.previous is not None:
            lines.append(f"(the last draft: {self._draft(ask.previous)})")
        return "\n".join(lines) or "(nothing yet)"

    def _draft(self, order: Order) -> str:
        what = order_in_words(order, self._crm.catalogue(), order.level)
        return f"{what}; {scope_in_words(order, self._segments, order.subjects[0])}"

    # --- what the model said ----------------------------------------------------------------

    def _reading(self, ask: Ask, data: dict[str, Any]) -> Reading:
        match data.get("type"):
            case "question":
                options = tuple(one[:200] for one in strings(data, "options"))[:MOST_OPTIONS]
                return Question(text=_said(data), options=options,
                                about=text_of(data, "about")[:200])  # fmt: skip
            case "answer":
                return Answer(text=_said(data))
            case "refusal":
                return Refusal(text=_said(data))
            case "work":
                return self._wish(ask, data)
            case "narrow":
                return self._narrow(ask, data)
            case other:
                raise BadForm(f"There is no type {other!r}.")

    def _wish(self, ask: Ask, data: dict[str, Any]) -> Wish | Asked | Refusal:
        work = data.get("work")
        subjects = cast(tuple[RecordSubject, ...], strings(data, "subjects")) or ("contact",)
        who = text_of(data, "who")
        _hold("who", who, ask)
        wish = Wish(
            work="set" if work == "clear" else _one_of(work), who="" if everybody(who) else who,
            subjects=subjects, level=_level(data), counting=flag(data, "counting"),
        )  # fmt: skip
        match work:
            case "set" | "clear":
                return self._set(
                    ask, wish.model_copy(update={"who": who}), data, clears=work == "clear"
                )
            case "repair" | "audit":
                return wish.model_copy(update={
                    "detectors": _detectors(data), "fields": self._named(data, "fields"),
                })  # fmt: skip
            case "fill":
                fields = self._named(data, "fields")
                strange = [one for one in fields if one not in FILLABLE]
                if strange:
                    raise BadForm(f"No source knows {', '.join(strange)}; a fill is of "
                                  f"{', '.join(FILLABLE)}. Refuse the rest.")  # fmt: skip
                return wish.model_copy(update={"fields": fields, "subjects": ("company",)})
            case _:
                return wish.model_copy(update={"subjects": subjects[:1]})

    def _set(
        self, ask: Ask, wish: Wish, data: dict[str, Any], *, clears: bool
    ) -> Wish | Asked | Refusal:
        name, subject = text_of(data, "field"), wish.subjects[0]
        spec = spec_of(self._crm.catalogue(), Named(None, name), subject)
        if spec is None:
            raise BadForm(f"A {subject} has no field {name!r}; use a name of the list, or ask.")
        wish = wish.model_copy(update={"field": spec.name, "subjects": (subject,)})
        holds = text_of(data, "holds")
        if holds:
            _hold("holds", holds, ask)
            found = resolve(self._crm, spec, holds)
            stored = found.stored if isinstance(found, Value) else holds
            wish = wish.model_copy(update={"holds": stored})
        value = text_of(data, "value")
        if not clears:
            if not value:
                raise BadForm("`value` is missing; `clear` empties a field.")
            if not _stands(value, ask):
                found = resolve(self._crm, spec, value)
                label = labelled(spec, found.stored) if isinstance(found, Value) else value
                if not _stands(label, ask):
                    raise BadForm(f"The value {value!r} stands nowhere in the request; copy the "
                                  "person's own words, or ask.")  # fmt: skip
        return settle(wish, spec, None if clears else value, self._crm)

    def _narrow(self, ask: Ask, data: dict[str, Any]) -> Narrow | Question | Refusal:
        if ask.previous is None:
            raise BadForm("There is no last draft to narrow; return work, or ask.")
        for key in ("who", "without"):
            _hold(key, text_of(data, key), ask)
        for one in strings(data, "records"):
            _hold("records", one, ask)
        narrow = Narrow(
            level=_level(data) if data.get("level") != "all" else None,
            only_fields=self._named(data, "only_fields"), records=strings(data, "records"),
            not_fields=self._named(data, "not_fields"), who=text_of(data, "who"),
            without=text_of(data, "without"),
        )  # fmt: skip
        if value := text_of(data, "value"):
            return self._revalued(ask, ask.previous, narrow, value)
        if narrow == Narrow():
            raise BadForm("A narrow says what changes; if nothing does, ask.")
        return narrow

    def _revalued(
        self, ask: Ask, order: Order, narrow: Narrow, value: str
    ) -> Narrow | Question | Refusal:
        spec = self._crm.catalogue().field(order.subjects[0], order.field)
        if order.work != "set" or spec is None:
            raise BadForm("Only a draft that sets a field has a value.")
        _hold("value", value, ask)
        found = resolve(self._crm, spec, value)
        if isinstance(found, Question):
            return Refusal(text=CONSENT) if "own to give" in found.text else found
        if spec.name == "consent" and found.stored is None:
            return Refusal(text=CONSENT)
        return narrow.model_copy(update={"value": found.stored, "clears": found.stored is None})

    def _named(self, data: dict[str, Any], key: str) -> tuple[str, ...]:
        catalogue = self._crm.catalogue()
        names = tuple(one.rpartition(".")[2] for one in strings(data, key))
        for name in names:
            if not any(catalogue.field(subject, name) for subject in ("contact", "company")):
                raise BadForm(f"There is no field {name!r} in `{key}`; use names of the list.")
        return names


def _said(data: dict[str, Any]) -> str:
    text = clean(text_of(data, "text"))
    if not text:
        raise BadForm("`text` is missing: say what the person should read.")
    return text


def _one_of(work: object) -> Any:
    if work not in {"repair", "set", "merge", "fill", "audit"}:
        raise BadForm("`work` must be repair, set, clear, merge, fill or audit.")
    return work


def _level(data: dict[str, Any]) -> OrderLevel:
    level = data.get("level") or "all"
    if level not in {"all", "certain", "others"}:
        raise BadForm("`level` must be all, certain or others.")
    return cast(OrderLevel, level)


def _detectors(data: dict[str, Any]) -> tuple[str, ...]:
    names = strings(data, "detectors")
    for name in names:
        if detector_named(name) is None:
            raise BadForm(f"There is no detector {name!r}; use names of the list.")
    return tuple(one.name for one in DETECTORS if one.name in names)


def _words(ask: Ask) -> set[str]:
    said = [ask.text, *(turn.text for turn in ask.history if turn.who == "person")]
    return {token.key for one in said for token in tokenise(clean(one))}


def _stands(value: str, ask: Ask) -> bool:
    there = _words(ask)
    wanted = [token.key for token in tokenise(clean(value)) if token.kind != "mark"]
    return bool(wanted) and all(
        word in there or f"{word}s" in there or word.removesuffix("s") in there for word in wanted
    )


def _hold(key: str, value: str, ask: Ask) -> None:
    """Refuse words that the person did not say."""
    if value and not _stands(value, ask):
        raise BadForm(f"`{key}` must be copied word for word from the request; {value!r} is not.")


def _short(name: str) -> str:
    return clean(name)[:120]
