"""Evals, wired: the agents that production runs, over a company made for one run.

Each run builds the sample company anew on a throw-away home, as of the suite's own moment, so that
the same suite gives the same members on every machine and on every day.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from agents.models import ChatModel, OpenAiModel
from evals.case import Part
from evals.metering import MeteredModel
from evals.plan import Plan
from evals.port import Journal
from evals.result import SuiteResult
from evals.runner import Progress
from evals.runner import run as run_cases
from evals.spec import SuiteSpec
from evals.suite import Suite, load_suite
from evals.task import Task
from evals.trial import trial_now
from placet.clock import FixedClock
from placet.ids import new_id
from placet.settings import Settings, load_settings
from prompts import GLOSSARY, PromptSource, ShippedPrompts, load_prompt, prompt_names

from .guarded import restraint, routing
from .home import initialise
from .hostile import Paint, injection
from .placet import Placet, open_placet

if TYPE_CHECKING:
    from agents.segments.port import Ask, Reading

__all__ = ["TASKS", "Stage", "evaluate", "staged", "task_on"]

DrafterName = Literal["rules", "llm"]
_SIZE = 5_000


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Where a task is played: the throw-away home, and who drafts with what."""

    placet: Placet
    drafter: DrafterName
    model: ChatModel | None
    """The model that drafts; None for `rules`."""
    prompts: PromptSource
    """Where drafters get their prompts."""
    paint: Paint | None = None
    """Shows a draft as a door that stands above does."""


def evaluate(
    settings: Settings,
    suite: str | Suite,
    *,
    drafter: DrafterName = "rules",
    part: Part | Literal["all"] = "dev",
    prompts: PromptSource | None = None,
    model: ChatModel | None = None,
    plan: Plan | None = None,
    journal: Journal | None = None,
    tags: Sequence[str] = (),
    progress: Progress | None = None,
    paint: Paint | None = None,
) -> SuiteResult:
    """Run a suite on a throw-away home and return what was found.

    Args:
        settings: the model and its prices; nothing else of them is used.
        suite: the suite, or its name.
        drafter: who drafts.
        part: which cases.
        prompts: which versions of the prompts; None: the files that ship.
        model: the model, recorded or replayed; None: the one that the settings name.
        plan: epochs, threads, budgets; None: once, in this thread, at the settings' prices.
        journal: where each case is written down, and found again.
        tags: only cases with one of these.
        progress: told after each case.
        paint: shows a draft as people would see it; the injection suite looks at it.

    Raises:
        NotFound: there is no such suite.
        BadInput: the suite is not valid, or no case is chosen.
        ModelUnavailable: `llm` is to draft, and no model is set.
        Conflict: the journal is of another run.
        ReplayMiss: a recording lacks an answer that is asked for.
    """
    chosen = load_suite(suite) if isinstance(suite, str) else suite
    asked = (model or OpenAiModel(settings)) if drafter == "llm" else None
    metered = None if asked is None else MeteredModel(asked)
    prices = {
        "price_read": settings.model_price_read,
        "price_written": settings.model_price_written,
    }
    source = prompts or ShippedPrompts()
    with staged(settings, chosen.spec, drafter, metered, source, paint) as stage:
        return run_cases(
            chosen, task_on(stage, chosen.spec.trade), part, tags=tags,
            plan=plan or Plan.model_validate(prices), journal=journal,
            model=None if metered is None else metered.name, prompts=_texts(source, drafter),
            progress=progress,
        )  # fmt: skip


def _texts(source: PromptSource, drafter: DrafterName) -> dict[str, str]:
    """Return which texts the agents can use: all of the drafters', or what the rules read."""
    of_drafters = (name for name in prompt_names() if load_prompt(name).role == "drafter")
    names = of_drafters if drafter == "llm" else (GLOSSARY,)
    return {name: source.prompt(name).sha256 for name in names}


@contextmanager
def staged(
    settings: Settings,
    spec: SuiteSpec,
    drafter: DrafterName,
    model: ChatModel | None,
    prompts: PromptSource,
    paint: Paint | None = None,
) -> Iterator[Stage]:
    """Open a throw-away home that stands at the suite's moment, with the sample company in it.

    Of the settings only those of the model reach it: no run can post to Slack or send an email.
    """
    from tools.crm.local.sample import fill  # late: only this needs it

    kept = {name: value for name, value in settings if name.startswith("model")}
    with tempfile.TemporaryDirectory(prefix="placet-eval-") as folder:
        there = load_settings({}, home=Path(folder)).model_copy(
            update=kept | {"timezone": spec.timezone, "drafter": drafter}
        )
        initialise(there)
        placet = open_placet(there, clock=FixedClock(spec.as_of))
        try:
            fill(placet.crm_engine, size=_SIZE, now=spec.as_of)
            yield Stage(placet=placet, drafter=drafter, model=model, prompts=prompts, paint=paint)
        finally:
            placet.close()


def task_on(stage: Stage, trade: str) -> Task:
    """Return a trade's task, played on this stage."""
    return TASKS[trade](stage)


def _segments(stage: Stage) -> Task:
    from evals.segments import ReaderWorld, SegmentTask, known_values

    placet = stage.placet
    world = ReaderWorld(placet.segments, name=f"sample-{_SIZE}", known=known_values(placet.crm))
    return SegmentTask(_SegmentReader(stage), world)


class _SegmentReader:
    """The segment agent, graph and repairs included, as a drafter that says what it read."""

    def __init__(self, stage: Stage) -> None:
        from agents.segments import build_agent

        placet = stage.placet
        self._agent = build_agent(
            settings=placet.settings, crm=placet.reader, segments=placet.segments,
            checkpointer=placet.checkpointer, clock=placet.clock, model=stage.model,
            prompts=stage.prompts,
        )  # fmt: skip
        self.name = self._agent.drafter
        self.prompt = self._agent.prompt

    def read(self, ask: Ask) -> Reading:
        """Return what the request means, at the moment at which the stage stands."""
        trial = trial_now()
        thread = f"eval:{trial.name}" if trial is not None else new_id("th")
        return self._agent.read(thread_id=thread, run_id=thread, text=ask.text)


def _emails(stage: Stage) -> Task:
    from evals.emails import EmailTask
    from evals.segments import ReaderWorld, known_values

    placet = stage.placet
    world = ReaderWorld(placet.segments, name=f"sample-{_SIZE}", known=known_values(placet.crm))
    agent = placet.agents.build_emails(pictures=None, model=stage.model, prompts=stage.prompts)
    return EmailTask(agent, world, drafter=agent.drafter, prompt=agent.prompt)


def _records(stage: Stage) -> Task:
    """Return the records task: the sample company with the suite's flawed records in it."""
    from agents.records import build_records_agent
    from evals.records import ReaderRecords, RecordTask, flawed_records, world_name
    from tools.crm.local.records import LocalRecords
    from tools.crm.local.sample.flaws import insert_flawed
    from tools.enrichment.accounts import AccountEnricher, AccountGaps
    from tools.hygiene.local import SqlHygiene

    placet = stage.placet
    engine, flawed = placet.crm_engine, flawed_records()
    insert_flawed(engine, contact_rows=flawed["contacts"], company_rows=flawed["companies"])
    agent = build_records_agent(
        settings=placet.settings, crm=placet.crm, segments=placet.segments,
        hygiene=SqlHygiene(engine), files=placet.files, clock=placet.clock,
        gaps=AccountGaps(engine), enrichers=(AccountEnricher(engine),), model=stage.model,
        prompts=stage.prompts,
    )  # fmt: skip
    world = ReaderRecords(
        name=world_name(f"sample-{_SIZE}"), segments=placet.segments,
        records=LocalRecords(engine, placet.clock),
    )  # fmt: skip
    return RecordTask(agent, world, drafter=agent.drafter, prompt=agent.prompt)


TASKS: Mapping[str, Callable[[Stage], Task]] = {
    "emails": _emails,
    "injection": injection,
    "records": _records,
    "restraint": restraint,
    "routing": routing,
    "segments": _segments,
}
"""How each trade's task is made; a new trade is one line."""
