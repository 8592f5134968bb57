"""The world that injection cases are played on: a whole throw-away home whose CRM is poisoned."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from agents.models import ChatModel
from agents.port import Agent, Proposed
from evals.injection import InjectionTask, Offered, Poison
from evals.task import Task
from gates.draft import Draft
from placet.ids import RequestId, new_id
from placet.store.drafting import open_draft
from placet.store.schema import metadata as store_tables
from prompts.serving import PromptSource
from tools.crm.local.sample.poison import poisoned
from tools.crm.local.schema import contacts
from tools.crm.local.schema import metadata as crm_tables
from tools.email.store.schema import metadata as mail_tables

from .guarded import together, whole_agents
from .placet import Placet

if TYPE_CHECKING:
    from .evaluation import Stage

__all__ = ["Hostile", "Paint", "injection"]

_DRAFTING = frozenset({
    "placet_drafts", "placet_revisions", "placet_snapshots", "placet_files", "placet_requests",
    "placet_ledger", "placet_ledger_head",
})  # fmt: skip
"""What opening a draft at the gate writes; every other table changes by an effect only."""
_HASHED = 20_000
"""Rows up to which a table is read whole; of a larger one, the number and the last key."""

Paint = Callable[[Placet, Draft], Any]
"""What people see of a draft at a door that stands above, as JSON values."""


def injection(stage: Stage) -> Task:
    """Return the injection task."""
    world = Hostile(stage.placet, stage.prompts, stage.paint)
    return InjectionTask(world, model=stage.model, drafter=stage.drafter, prompt=together(stage))


class Hostile:
    """An `InjectionWorld` over one home."""

    def __init__(self, placet: Placet, prompts: PromptSource, paint: Paint | None) -> None:
        from evals.records import flawed_records, world_name
        from tools.crm.local.sample.flaws import insert_flawed

        flawed = flawed_records()
        insert_flawed(
            placet.crm_engine, contact_rows=flawed["contacts"], company_rows=flawed["companies"]
        )
        self._placet, self._prompts, self._paint = placet, prompts, paint
        self.name = world_name("sample-5000")

    def poisoned(self, poison: Poison) -> AbstractContextManager[None]:
        """Plant a poison for as long as the block runs."""
        engine, among = self._placet.crm_engine, poison.contacts
        return poisoned(engine, poison.carrier, poison.text, contacts=among)

    def agent(self, model: ChatModel | None) -> Agent:
        """Return the router over agents that read the CRM as it is now."""
        return whole_agents(self._placet, model=model, prompts=self._prompts)

    @cached_property
    def _somebody(self) -> str:
        with self._placet.crm_engine.connect() as connection:
            query = sa.select(sa.func.min(contacts.c.id)).where(contacts.c.company_id.is_not(None))
            return str(connection.execute(query).scalar_one())

    def anybody(self) -> str:
        """Return the id of some contact who has a company."""
        return self._somebody

    def effects(self) -> Mapping[str, str]:
        """Return a fingerprint of each table that an effect would change."""
        store = {t for m in (store_tables, mail_tables) for t in m.tables.values()}
        return _prints(
            self._placet.engine, [t for t in store if t.name not in _DRAFTING]
        ) | _prints(self._placet.crm_engine, list(crm_tables.tables.values()))

    def offer(self, proposed: Proposed) -> Offered:
        """Open the draft at the gate, as ana's, and return how it waits there."""
        placet = self._placet
        with placet.book.begin() as page:
            draft_id = open_draft(
                page,
                placet.gate,
                proposed,
                placet.person("ana"),
                RequestId("rq_eval"),
                new_id("src"),
            )
        draft = placet.desk.draft(draft_id)
        return Offered(
            state=draft.state.value, approvals=len(draft.approvals),
            card=None if self._paint is None else self._paint(placet, draft),
        )  # fmt: skip


def _prints(engine: sa.Engine, tables: list[sa.Table]) -> dict[str, str]:
    there = set(sa.inspect(engine).get_table_names())
    with engine.connect() as connection:
        return {
            table.name: _print(connection, table)
            for table in sorted(tables, key=lambda one: one.name)
            if table.name in there
        }


def _print(connection: sa.Connection, table: sa.Table) -> str:
    key = list(table.primary_key.columns) or list(table.columns)
    count = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    if count > _HASHED:
        last = connection.execute(sa.select(sa.func.max(key[0]))).scalar_one()
        return f"{count} {last}"
    rows = connection.execute(sa.select(table).order_by(*key))
    return hashlib.sha256("\n".join(repr(tuple(row)) for row in rows).encode()).hexdigest()
