"""Searching for a better text of a prompt, wired: within a budget, and on to the gate.

A search runs the agents that production runs, on train and dev alone. What it finds ends in a draft
at the gate through `evals.learning.promote`, which alone looks at the held-out part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from evals.case import Part
from evals.learning import (
    Allowance,
    BuiltInProposer,
    Card,
    Effect,
    GepaOptimizer,
    Guards,
    Improved,
    Improving,
    Meter,
    PromptOptimizer,
    joined,
)
from evals.learning.answered import answered, without
from evals.learning.asking import Proposer
from evals.learning.evidence import suite_of
from evals.learning.examples import prompt_of
from evals.learning.glossary import with_terms
from evals.learning.measuring import OutOfBudget, Spent
from evals.learning.text import read_text
from evals.plan import Plan
from evals.port import Evaluate
from evals.result import SuiteResult
from evals.suite import Suite, load_suite
from placet.errors import BadInput
from prompts import EVERYWHERE, GLOSSARY, Prompt, ShippedPrompts, parse_prompt

from .learning import HomeLearning
from .promoting import Bar, HomeEvaluate, propose_change, serving_texts
from .quality import judge_of

if TYPE_CHECKING:
    from agents.models import ChatModel
    from agents.port import Proposed
    from gates.draft import Draft
    from gates.people import Person
    from tools.prompts.port import Standing

    from .placet import Placet

__all__ = ["Calls", "HomeSearch", "Search"]

DrafterName = Literal["rules", "llm"]
OptimizerName = Literal["built-in", "gepa"]
_Runs = tuple[DrafterName, "ChatModel | None"]
_LEARNING: tuple[Part, ...] = ("train", "dev")


@dataclass(frozen=True, kw_only=True)
class Calls:
    """Where model calls are recorded or replayed from; nowhere without a file."""

    record: str | None = None
    replay: str | None = None

    def around(self, model: ChatModel | None, what: str) -> ChatModel:
        """Return the model, behind the recordings where there are any.

        Raises:
            BadInput: there is no model.
            NotFound: there is no such recording.
        """
        if model is None:
            raise BadInput(
                f"{what} needs a model; set PLACET_MODEL, or work on the glossary, which the rules "
                "drafter reads too."
            )
        from evals.recording import behind

        return behind(model, record=self.record, replay=self.replay)


@dataclass(frozen=True, kw_only=True)
class Search:
    """How a better text is searched for."""

    optimizer: OptimizerName = "built-in"
    allowance: Allowance = field(default_factory=Allowance)
    drafter: DrafterName | None = None
    """Who drafts in the runs; None: the model where one is set, else the rules."""
    worded: bool = False
    """Whether the proposer's model words the cards; the built-in words are templates."""
    calls: Calls = Calls()
    scope: str = EVERYWHERE


class HomeSearch:
    """Searches with what a home learned, and puts what it finds before a person."""

    def __init__(
        self, placet: Placet, *, progress: Bar | None = None, evaluate: Evaluate | None = None
    ) -> None:
        """Take the home, what shows how far a run is, and what runs suites in its agents' place."""
        self._placet, self._bar, self._evaluate = placet, progress, evaluate
        self._home = HomeLearning(placet)

    def search(self, name: str, how: Search) -> tuple[Improved, Sequence[Card]]:
        """Search for a better text of a prompt on train and dev; returns it and the cards tried.

        Raises:
            BadInput: nothing measures this prompt, or there is no model that it is measured with.
            BadSetting: the optimizer is not installed.
        """
        suite_name = suite_of(name)
        if suite_name is None:
            raise BadInput(f"No suite measures {name}; nothing can be learned about it.")
        suite, _ = joined(load_suite(suite_name), self._home.store.accepted(suite_name))
        before = self._home.serving(name, how.scope).data
        if name == GLOSSARY:
            return self._glossary(before, suite, how), ()
        meter = self._meter(name, suite, how)
        # Cards and examples are about drafting; a trade's other prompts change their free text.
        drafts = name == prompt_of(suite_name)
        cards = self._cards(suite_name, how, meter) if drafts else ()
        examples = tuple(self._home.examples(suite_name)) if drafts else ()
        task = Improving(
            before=before, meter=meter, guards=self._home.guards(), cards=cards,
            today=self._placet.clock.now().date(), examples=examples,
        )  # fmt: skip
        found = self._optimizer(how).improve(task)
        for step in found.steps:  # a card's measured effect is kept, whatever becomes of it
            for card in cards:
                if step.what == f"card {card.name}" and step.train is not None:
                    self._home.store.note_effect(card, step.train)
        return found, cards

    def _meter(
        self, name: str, suite: Suite, how: Search, *, left_out: frozenset[str] = frozenset()
    ) -> Meter:
        settings = self._placet.settings
        evaluate, own = self._evaluate, None
        if evaluate is None:
            runs = self._drafter(name, how)
            evaluate = own = _LearningEvaluate(
                self._placet, suite, runs=runs, scope=how.scope, bar=self._bar
            )
        if left_out:
            evaluate = _Without(evaluate, left_out)
        meter = Meter(
            evaluate, suite.spec.name, how.allowance,
            sizes={part: len(cases) for part, cases in suite.parts.items()},
            price_read=settings.model_price_read, price_written=settings.model_price_written,
        )  # fmt: skip
        if own is not None:
            own.left = meter.left
        return meter

    def _drafter(self, name: str, how: Search) -> _Runs:
        """Return who drafts in the runs.

        Raises:
            BadInput: nothing of this prompt would be measured, or there is no model.
        """
        from agents.models import open_model  # late: only a search needs it

        settings = self._placet.settings
        drafter: DrafterName = how.drafter or ("llm" if settings.model else "rules")
        if drafter == "llm":
            return drafter, how.calls.around(open_model(settings), name)
        if name != GLOSSARY:
            raise BadInput(
                f"The rules drafter does not use {name}, so nothing of it can be measured; set "
                "PLACET_MODEL, or propose the glossary."
            )
        return drafter, None

    def _proposer(self, how: Search) -> Proposer:
        from agents.models import open_model

        model = open_model(self._placet.settings, "proposer")
        return Proposer(how.calls.around(model, "The proposer"), self._placet.prompts)

    def _optimizer(self, how: Search) -> PromptOptimizer:
        return BuiltInProposer() if how.optimizer == "built-in" else GepaOptimizer(
            self._proposer(how)
        )  # fmt: skip

    def _cards(self, trade: str, how: Search, meter: Meter) -> tuple[Card, ...]:
        cards = self._home.draft_cards(trade).cards
        if not how.worded:
            return cards
        proposer = self._proposer(how)
        said = {past.draft_id: [one.reason for one in past.decisions if one.reason]
                for past in self._home.pasts}  # fmt: skip
        return tuple(
            proposer.word(
                card, [r for id_ in card.evidence for r in said.get(id_.partition(":")[0], ())],
                meter,
            )
            for card in cards
        )  # fmt: skip

    def _glossary(self, before: bytes, suite: Suite, how: Search) -> Improved:
        """Return the glossary with the terms that were learned, if nothing gets worse by them."""
        terms = self._home.terms().terms
        if not terms:
            return _ended("no term was learned that the glossary lacks", Spent())
        said = ", ".join(one.phrase for one in terms)
        new = with_terms(read_text(before), [one.term() for one in terms])
        after = new.saying(f"Learned: {said}.").data()
        # A meaning may be in the words of whoever said it, but in no held-out case's.
        held_out = self._home.held_out
        broken = Guards(cases=held_out, test=held_out).broken(before, after)
        if broken:
            return _ended("; ".join(one.why for one in broken), Spent())
        left_out = answered(GLOSSARY, after, suite.spec.name)
        meter = self._meter(GLOSSARY, suite, how, left_out=left_out)
        try:
            train, dev = (meter.effect(before, after, part) for part in _LEARNING)
        except OutOfBudget as over:
            return _ended(f"it could not be measured: {over}", meter.spent)
        for effect in (train, dev):
            if effect.right.value < 0 or effect.silently_wrong.value > 0:
                why = f"it makes {effect.part} worse: {effect.words()}"
                return _ended(why, meter.spent, train=train, dev=dev)
        words = f"{len(terms)} {'term' if len(terms) == 1 else 'terms'}: {said}"
        return _ended(words, meter.spent, after=after, train=train, dev=dev)

    def propose(
        self, name: str, found: Improved, cards: Sequence[Card], how: Search, *, person: Person,
        share: float, beyond: str = "",
    ) -> Draft:  # fmt: skip
        """Measure what was found on the held-out part and open it as a draft at the gate.

        Raises:
            NotAllowed: it is refused before a person sees it; the message says why.
        """
        if found.after is None:
            raise BadInput(f"There is nothing to propose for {name}: {found.reason}.")
        evaluate: Evaluate = self._evaluate or self._deciding(name, how, beyond)

        def measured(_standing: Standing, _before: Prompt, after: Prompt) -> Proposed:
            from evals.learning.promote import promote  # late: loads the statistics

            return promote(
                self._placet.prompts, name, after.data, share=share, why=after.changed,
                evaluate=evaluate, scope=how.scope, drafter=found.optimizer,
                notes=_notes(found, cards), ask=judge_of(self._placet, name),
            )  # fmt: skip

        return propose_change(
            self._placet, parse_prompt(found.after), name=name, scope=how.scope, person=person,
            propose=measured, share=share,
        )  # fmt: skip

    def _deciding(self, name: str, how: Search, beyond: str) -> HomeEvaluate:
        """Return what runs the suites that decide: those that are kept, and looks counted."""
        drafter, model = self._drafter(name, how)
        return HomeEvaluate(
            self._placet, drafter=drafter, model=model, scope=how.scope, beyond=beyond,
            progress=self._bar,
        )  # fmt: skip


class _LearningEvaluate:
    """Implements `evals.port.Evaluate` and `EvaluateSome` over a suite with accepted cases.

    Runs of a search are many and its meter keeps them: they are not written to the database.
    """

    def __init__(
        self, placet: Placet, suite: Suite, *, runs: _Runs, scope: str, bar: Bar | None
    ) -> None:
        """Take the home, the suite, who drafts, and whose prompts serve."""
        self._placet, self._suite, self._runs = placet, suite, runs
        self._serving = serving_texts(placet, scope)
        self._bar: Bar = bar or (lambda _words: nullcontext(lambda _done, _total: None))
        self.left: Callable[[], tuple[int, float | None]] | None = None
        """How much may still be spent: a run begins no case beyond it."""

    def __call__(self, suite: str, text: bytes | None, part: Part | Literal["all"]) -> SuiteResult:
        """Return the result of a part."""
        return self._run(self._suite, text, part)

    def some(self, suite: str, text: bytes | None, part: Part, ids: Sequence[str]) -> SuiteResult:
        """Return the result of these cases of a part."""
        wanted = set(ids)
        few = tuple(one for one in self._suite.parts[part] if one.id in wanted)
        return self._run(self._suite.model_copy(update={"parts": {part: few}}), text, part)

    def _run(self, suite: Suite, text: bytes | None, part: Part | Literal["all"]) -> SuiteResult:
        from .evaluation import evaluate  # late: loads every agent

        settings, (drafter, model) = self._placet.settings, self._runs
        other = (parse_prompt(text),) if text is not None else ()
        with self._bar(f"{suite.spec.name}, {part}, {'new' if text else 'now'}") as progress:
            return evaluate(
                settings, suite, drafter=drafter, part=part,
                prompts=ShippedPrompts(*self._serving, *other), model=model,
                plan=self._plan(), progress=progress,
            )  # fmt: skip

    def _plan(self) -> Plan:
        settings = self._placet.settings
        prices = (settings.model_price_read, settings.model_price_written)
        tokens, money = self.left() if self.left is not None else (None, None)
        return Plan(
            price_read=prices[0], price_written=prices[1],
            token_budget=None if tokens is None else max(1, tokens),
            money_budget=money if money and any(prices) else None,
        )  # fmt: skip


class _Without:
    """An `evals.port.Evaluate` without some cases."""

    def __init__(self, evaluate: Evaluate, ids: frozenset[str]) -> None:
        """Take what runs suites, and the cases that a new glossary answers."""
        self._evaluate, self._ids = evaluate, ids

    def __call__(self, suite: str, text: bytes | None, part: Part | Literal["all"]) -> SuiteResult:
        """Return the result of a part without them."""
        return without(self._evaluate(suite, text, part), self._ids)


def _ended(
    reason: str, spent: Spent, *, after: bytes | None = None, train: Effect | None = None,
    dev: Effect | None = None,
) -> Improved:  # fmt: skip
    return Improved(optimizer="built-in", after=after, reason=reason, train=train, dev=dev,
                    spent=spent)  # fmt: skip


def _notes(found: Improved, cards: Sequence[Card]) -> list[tuple[str, str]]:
    """Return what the card says about where a text comes from."""
    notes = [("Proposed by", f"{found.optimizer}: {found.reason}; {found.spent.words()}")]
    notes += [(f"On {one.part}", one.words()) for one in (found.train, found.dev) if one]
    made = {step.what for step in found.steps if step.outcome == "kept"}
    notes += [
        (f"Card {one.name}", f"{len(one.evidence)} decisions by {len(one.people)} people; counts "
         f"until {one.until}")
        for one in cards if f"card {one.name}" in made
    ]  # fmt: skip
    return notes
