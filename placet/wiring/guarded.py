"""The suites over every trade, wired: routing, restraint and injection."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agents.models import ChatModel
from agents.port import Agent
from evals.task import Task
from prompts.serving import PromptSource

from .placet import Placet

if TYPE_CHECKING:
    from .evaluation import Stage

__all__ = ["restraint", "routing", "together", "whole_agents"]

_PROMPTS = ("segments/draft", "emails/brief", "emails/draft", "records/draft")


def routing(stage: Stage) -> Task:
    """Return the routing task: the router alone, which reads words and asks no model."""
    from evals.routing import RoutingTask

    return RoutingTask(lambda trades: _router(trades, stage.placet))


def restraint(stage: Stage) -> Task:
    """Return the restraint task: every agent behind the router, over the flawed records."""
    from evals.records import flawed_records, world_name
    from evals.restraint import RestraintTask
    from tools.crm.local.records import LocalRecords
    from tools.crm.local.sample.flaws import insert_flawed

    placet, flawed = stage.placet, flawed_records()
    insert_flawed(
        placet.crm_engine, contact_rows=flawed["contacts"], company_rows=flawed["companies"]
    )
    records = LocalRecords(placet.crm_engine, placet.clock)

    def there(ids: Sequence[str]) -> Sequence[str]:
        return [*records.rows("contact", ids), *records.rows("company", ids)]

    agent = whole_agents(placet, model=stage.model, prompts=stage.prompts)
    return RestraintTask(
        agent, drafter=stage.drafter, prompt=together(stage), world=world_name("sample-5000"),
        there=there,
    )  # fmt: skip


def together(stage: Stage) -> str | None:
    """Return one hash for all the prompts that such a suite reads with; None for the rules."""
    if stage.model is None:
        return None
    each = "".join(stage.prompts.prompt(name).sha256 for name in _PROMPTS)
    return hashlib.sha256(each.encode()).hexdigest()


def whole_agents(placet: Placet, *, model: ChatModel | None, prompts: PromptSource) -> Agent:
    """Return the router over all agents, as production runs them.

    They read the CRM anew: what an agent keeps of names and lists is as old as the agent.
    """
    from agents.emails import build_email_agent
    from agents.records import build_records_agent
    from agents.segments import build_agent
    from tools.crm.local.reader import LocalReader
    from tools.enrichment.accounts import AccountEnricher, AccountGaps
    from tools.hygiene.local import SqlHygiene
    from tools.segments.engine import SqlSegments

    engine = placet.crm_engine
    reader = LocalReader(engine)
    common: dict[str, Any] = {
        "settings": placet.settings, "crm": reader, "segments": SqlSegments(engine, reader),
        "checkpointer": placet.checkpointer, "clock": placet.clock, "model": model,
        "prompts": prompts,
    }  # fmt: skip
    segments = build_agent(**common)
    mail = placet.mail
    emails = build_email_agent(
        **common, recipients=mail.recipients, brand=mail.brand, links=mail.links,
        recent=lambda: (), pictures=None,
    )  # fmt: skip
    records = build_records_agent(
        **common, hygiene=SqlHygiene(engine), files=placet.files,
        gaps=AccountGaps(engine), enrichers=(AccountEnricher(engine),),
    )  # fmt: skip
    trades: dict[str, Agent] = {"segments": segments, "emails": emails, "records": records}
    return _router(trades, placet)


def _router(trades: Mapping[str, Agent], placet: Placet) -> Agent:
    from agents.routing import Router  # late: loads langgraph

    return Router(trades, checkpointer=placet.checkpointer)
