"""Proposing a version of a prompt, wired: measured on throw-away homes, then put at the gate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Literal

from agents.port import Proposed
from evals.case import Part
from evals.learning.evidence import GUARDED
from evals.plan import Plan
from evals.result import SuiteResult
from placet.errors import BadInput
from placet.store.prompt_drafts import open_change
from placet.store.prompts import KIND
from placet.store.runs import Planned
from prompts import EVERYWHERE, GLOSSARY, Prompt, ShippedPrompts, parse_prompt, prompt_names
from tools.prompts.drafting import change_of

from .quality import judge_of

if TYPE_CHECKING:
    from agents.models import ChatModel
    from evals.runner import Progress
    from evals.suite import Suite
    from gates.draft import Draft
    from gates.people import Person
    from tools.prompts.port import Standing

    from .placet import Placet

__all__ = ["HomeEvaluate", "Propose", "measured", "propose_change", "serving_texts"]

DrafterName = Literal["rules", "llm"]
Bar = Callable[[str], AbstractContextManager["Progress"]]
"""Shows how far a run is, for as long as a block runs."""

Propose = Callable[["Standing", Prompt, Prompt], Proposed]
"""Makes a draft of what serves, its approved text and the text that is to serve; or refuses."""


def serving_texts(placet: Placet, scope: str = EVERYWHERE) -> Sequence[Prompt]:
    """Return the approved text of each prompt, as it serves now."""
    return [placet.prompts.serving(name, scope) for name in prompt_names()]


class HomeEvaluate:
    """Implements `evals.port.Evaluate` with the prompts that serve in this home.

    They are read once, so that both sides of a comparison see the same texts of everything else.
    Each run is kept in the home, and looks at held-out cases are counted.
    """

    def __init__(
        self,
        placet: Placet,
        *,
        drafter: DrafterName,
        model: ChatModel | None = None,
        plan: Plan | None = None,
        scope: str = EVERYWHERE,
        beyond: str = "",
        progress: Bar | None = None,
    ) -> None:
        """Take the home and how to run; `beyond` is why one look too many is made."""
        self._placet, self._serving = placet, serving_texts(placet, scope)
        self._drafter: DrafterName = drafter
        self._model, self._plan, self._beyond = model, plan or _plan(placet), beyond
        self._bar: Bar = progress or (lambda _words: nullcontext(lambda _done, _total: None))

    def __call__(self, suite: str, text: bytes | None, part: Part | Literal["all"]) -> SuiteResult:
        """Return the result of the agents that production runs; `text` None is what serves now.

        Raises:
            NotAllowed: the suite's held-out part was looked at too often.
        """
        from evals.suite import load_suite

        from .evaluation import evaluate  # late: loads every agent

        loaded, runs = load_suite(suite), self._placet.runs
        # Restraint and injection decide on every change, so their looks are counted alone.
        limit = None if suite in GUARDED else loaded.spec.looks
        run_id = runs.start(self._planned(loaded, part), limit=limit, beyond=self._beyond)
        other = (parse_prompt(text),) if text is not None else ()
        with self._bar(f"{suite}, {part}, {'new' if text else 'now'}") as progress:
            result = evaluate(
                self._placet.settings,
                loaded,
                drafter=self._drafter,
                part=part,
                prompts=ShippedPrompts(*self._serving, *other),
                model=self._model,
                plan=self._plan,
                journal=runs.journal(run_id),
                progress=progress,
            )
        runs.finish(run_id, result)
        return result

    def _planned(self, suite: Suite, part: Part | Literal["all"]) -> Planned:
        return Planned(
            suite=suite.spec.name, version=suite.spec.version, digest=suite.digest, part=part,
            epochs=self._plan.epochs, drafter=self._drafter,
        )  # fmt: skip


def _plan(placet: Placet) -> Plan:
    """Return the plain plan: each case once, at the settings' prices."""
    settings = placet.settings
    return Plan(price_read=settings.model_price_read, price_written=settings.model_price_written)


def measured(
    placet: Placet,
    name: str,
    *,
    share: float,
    why: str,
    drafter: DrafterName | None = None,
    record: str | None = None,
    replay: str | None = None,
    beyond: str = "",
    plan: Plan | None = None,
    progress: Bar | None = None,
) -> Propose:
    """Return what measures a text of a prompt and words its draft (`evals.learning.promote`).

    What it returns raises `BadInput` where there is no model and the rules drafter does not use
    this prompt, `NotFound` where there is no such recording, and `NotAllowed` where the text is
    refused.

    Args:
        placet: the home.
        name: which prompt.
        share: of the requests that are to get the text.
        why: one line for its history.
        drafter: who drafts in the runs; None: the model where one is set, else the rules.
        record: a file that keeps the model's answers.
        replay: a file that answers in the model's place.
        beyond: why one look too many at held-out cases is made; kept with the look.
        plan: epochs, threads and budgets of each run.
        progress: shows how far it is.
    """
    chosen: DrafterName = drafter or ("llm" if placet.settings.model else "rules")

    def propose(standing: Standing, _before: Prompt, after: Prompt) -> Proposed:
        from evals.learning.promote import promote  # late: loads the statistics

        _check_used(chosen, name)
        evaluate = HomeEvaluate(
            placet,
            drafter=chosen,
            model=None if chosen == "rules" else _model(placet, record, replay),
            plan=plan,
            scope=standing.scope,
            beyond=beyond,
            progress=progress,
        )
        return promote(
            placet.prompts,
            name,
            after.data,
            share=share,
            why=why,
            evaluate=evaluate,
            scope=standing.scope,
            ask=judge_of(placet, name),
        )

    return propose


def _check_used(drafter: DrafterName, name: str) -> None:
    if drafter == "rules" and name != GLOSSARY:
        raise BadInput(
            f"The rules drafter does not use {name}, so nothing of it can be measured; set "
            "PLACET_MODEL, and give --replay FILE to measure on recordings."
        )


def _model(placet: Placet, record: str | None, replay: str | None) -> ChatModel:
    from agents.models import OpenAiModel
    from evals.recording import behind

    return behind(OpenAiModel(placet.settings), record=record, replay=replay)


def propose_change(
    placet: Placet,
    after: Prompt,
    *,
    name: str,
    scope: str,
    person: Person,
    propose: Propose,
    share: float = 0.1,
) -> Draft:
    """Have a text drafted against what serves, and open the draft at the gate.

    Args:
        placet: the home.
        after: the text that is to serve.
        name: which prompt.
        scope: everywhere, or a workspace.
        person: who proposes it; they cannot approve it.
        propose: measures it and words the draft, or refuses.
        share: of the requests, as `propose` drafts it: too few approvers are found out before
            anything is measured, since a run of the model costs money.

    Raises:
        BadInput: the text does not fit, or serves already.
        Conflict: it is refused, or waits already; the message says why.
        NotAllowed: the policy could never let it through.
    """
    standing = placet.prompts.standing(name, scope)
    before = placet.prompts.text(standing.stable)
    flags = change_of(standing, before, after, share=share, why="").flags()
    placet.policy.check_satisfiable(KIND, requester=person, flags=flags)
    proposed = propose(standing, before, after)
    return open_change(placet.book, placet.gate, proposed, person=person)
