"""A whole store around the embedded CRM's records: real SQL, real DBOS, fixes, merges, undo."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from agents.port import Proposed
from gates import Gate, Verb
from gates.draft import Draft
from gates.policy import read_policy
from placet.clock import Clock
from placet.ids import RequestId, new_id
from placet.store import items
from placet.store.book import SqlBook, read_permit
from placet.store.desk import Desk
from placet.store.drafting import open_draft, packed
from placet.store.durable import DbosExecutor, migrate_dbos
from placet.store.files import SqlFiles
from placet.store.migrate import MIGRATIONS
from placet.store.run import Runner
from placet.store.sweeps import Sweeper
from placet.store.ticketing import Ticketing
from placet.store.views import read_receipts
from tests.records import change, contact, fill
from tests.support import ANA, BEN, CLEO, KEY
from tests.working import Working
from tools.catalogue import ACTIONS
from tools.crm.local.catalogue import build_catalogue
from tools.crm.local.migrate import MIGRATIONS as CRM_MIGRATIONS
from tools.crm.local.records import LocalRecords
from tools.crm.local.schema import contacts
from tools.records.drafting import Batch, fix
from tools.records.handlers import record_handlers
from tools.sql import IDLE_SECONDS, create_engine

_RULE = 'approvers = ["ana", "ben", "cleo"]\nneed = 1\nneed_flagged = 2\nexpires_hours = 480\n'
POLICY = (
    'default_person = "ana"\n[people.ana]\nuser = "ana"\n[people.ben]\nuser = "ben"\n'
    '[people.cleo]\nuser = "cleo"\nadmin = true\n'
) + "".join(
    f"[rules.{kind}]\n{_RULE}"
    for kind in ("fix_records", "merge_records", "restore_records", "unmerge_records")
)


class RecordWorld(Working):
    """Everything wired, over one Placet database and one CRM database, which may be the same."""

    def __init__(
        self, url: str, crm_url: str, home: Path, clock: Clock, *, people: int = 0,
        migrate: bool = True,
    ) -> None:  # fmt: skip
        self.url, self.crm_url, self.home, self.clock = url, crm_url, home, clock
        self.engine = create_engine(url, pool_size=20, idle_seconds=IDLE_SECONDS)
        self.crm = create_engine(crm_url)
        if migrate:
            MIGRATIONS.upgrade(self.engine)
            migrate_dbos(self.engine)
            CRM_MIGRATIONS.upgrade(self.crm)
            for start in range(0, people, 5_000):
                last = min(start + 5_000, people)
                fill(self.crm, contacts, *(contact(n) for n in range(start, last)))
        self.files = SqlFiles(self.engine)
        self.records = LocalRecords(self.crm, clock)
        self.handlers = record_handlers(self.records, self.files)
        kinds = {kind: ACTIONS[kind] for kind in self.handlers}
        self.gate = Gate(policy=read_policy(POLICY), kinds=kinds, clock=clock)
        self.executor = DbosExecutor(self.engine)
        self.book = SqlBook(
            self.engine, clock=clock, key=KEY, jobs=self.executor,
            ticket_for=Ticketing(gate=self.gate, handlers=self.handlers).ticket_for,
        )  # fmt: skip
        self.desk = Desk(
            book=self.book, gate=self.gate, jobs=self.executor, composers={},
            handlers=self.handlers, clock=clock, key=KEY,
        )  # fmt: skip
        self.runner = Runner(
            book=self.book, gate=self.gate, handlers=self.handlers,
            reoffer=lambda draft, why: None, clock=clock, per_second=1e9, token=new_id("tn"),
            key=KEY,
        )  # fmt: skip
        self.sweeper = Sweeper(
            book=self.book, gate=self.gate, runner=self.runner, executor=self.executor,
            clock=clock, forget_thread=lambda thread: None,
        )  # fmt: skip

    def close(self) -> None:
        self.stop_working()
        self.engine.dispose()
        self.crm.dispose()

    # --- drafts ----------------------------------------------------------------------------------

    def fixes(self, people: int) -> Batch[Any]:
        """Return a batch that gives every contact a phone number in E.164."""
        return fix(
            (change(f"c_{n:06}", "phone", f"030 {n}", f"+4930{n}") for n in range(people)),
            build_catalogue(),
        )

    def open(self, batch: Batch[Any]) -> str:
        proposed = Proposed(
            kind=batch.action.kind, action=batch.action.arguments(),
            members=tuple(batch.members), title="Fix", summary="", checks=(), evidence={},
            files=(batch.file,), drafter="rules",
        )  # fmt: skip
        kept = packed(proposed)
        with self.book.begin() as page:
            source = new_id("src")
            return open_draft(page, self.gate, proposed, ANA, RequestId("rq_0"), source, kept=kept)

    def approve(self, draft_id: str) -> None:
        need = 2 if self.draft(draft_id).revision.flags else 1
        for person in (BEN, CLEO)[:need]:
            self.desk.decide(draft_id, Verb.APPROVE, person=person)

    def draft(self, draft_id: str) -> Draft:
        return self.desk.draft(draft_id)

    def undo(self, draft_id: str) -> str:
        """Open the undo of an executed draft's receipt; returns the draft's id."""
        with self.engine.connect() as connection:
            receipts = read_receipts(connection)
        receipt = next(one for one in receipts if one["draft_id"] == draft_id)
        return self.desk.undo(receipt["id"], person=ANA).revision.draft_id

    def results(self, draft_id: str) -> dict[str, Any]:
        with self.engine.connect() as connection:
            permit = read_permit(connection, draft_id, 1)
            assert permit is not None
            found = items.read_results(connection, permit.id)
        return {item: json.loads(result) for item, result in found.items()}

    def reasons(self, draft_id: str) -> dict[str, int]:
        with self.engine.connect() as connection:
            permit = read_permit(connection, draft_id, 1)
            assert permit is not None
            return items.reasons(connection, permit.id)


def count_writes(crm: sa.Engine) -> None:
    """Let the database itself count how often each contact is written, whoever writes."""
    with crm.begin() as connection:
        connection.execute(sa.text("CREATE TABLE writes (id TEXT)"))
        if crm.dialect.name == "sqlite":
            connection.execute(sa.text(
                "CREATE TRIGGER counted AFTER UPDATE ON crm_contacts "
                "BEGIN INSERT INTO writes VALUES (new.id); END"
            ))  # fmt: skip
            return
        connection.execute(sa.text(
            "CREATE FUNCTION count_write() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN INSERT INTO writes VALUES (new.id); RETURN new; END $$"
        ))  # fmt: skip
        connection.execute(sa.text(
            "CREATE TRIGGER counted AFTER UPDATE ON crm_contacts "
            "FOR EACH ROW EXECUTE FUNCTION count_write()"
        ))  # fmt: skip


def writes(crm: sa.Engine) -> Sequence[tuple[str, int]]:
    """Return how often each contact was written, by id."""
    query = sa.text("SELECT id, count(*) FROM writes GROUP BY id ORDER BY id")
    with crm.connect() as connection:
        return [(row[0], row[1]) for row in connection.execute(query)]
