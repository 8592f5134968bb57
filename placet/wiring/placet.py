"""The whole application over one home, wired.

`open_placet` turns settings into one `Placet`, with every part made when it is first needed:
deciding on a draft loads no model and no graph.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from agents.port import Proposed
from gates.draft import Draft
from gates.gate import Gate
from gates.people import Person
from gates.policy import Policy, load_policy
from placet.clock import Clock, SystemClock
from placet.errors import BadInput, PlacetError
from placet.ids import new_id
from placet.settings import Settings
from placet.store.announce import ChatAnnouncer
from placet.store.book import SqlBook, SqlPage
from placet.store.desk import Desk
from placet.store.drafting import Drafting, open_draft, packed
from placet.store.files import Beside, SqlFiles
from placet.store.migrate import MIGRATIONS
from placet.store.port import VERSION
from placet.store.prompts import SqlPrompts
from placet.store.run import Runner
from placet.store.runs import SqlRuns
from placet.store.schema import drafts
from placet.store.slots import Slots, open_slots
from placet.store.sweeps import Sweeper
from placet.store.ticketing import Ticketing
from tools.catalogue import ACTIONS
from tools.crm.local.crm import LocalCrm
from tools.crm.local.migrate import MIGRATIONS as CRM_MIGRATIONS
from tools.crm.local.reader import LocalReader
from tools.email.store.migrate import MIGRATIONS as MAIL_MIGRATIONS
from tools.execution import AnyHandler
from tools.prompts.execute import ChangePromptHandler
from tools.segments.engine import SqlSegments
from tools.segments.execute import ArchiveListHandler, BuildSegmentHandler
from tools.sql import IDLE_SECONDS, create_engine

from .agents import Agents
from .audits import auditor_of
from .late import LateJobs
from .mail import Mail
from .records import Records

if TYPE_CHECKING:
    from placet.store.auditing import Auditor
    from placet.store.durable import DbosExecutor
    from placet.store.quality import Watch

__all__ = ["Placet", "open_placet"]


class Placet:
    """The whole application over one home."""

    def __init__(self, settings: Settings, policy: Policy, clock: Clock) -> None:
        self.settings, self.policy, self.clock = settings, policy, clock
        self.key = settings.ledger_secret()
        self.engine = create_engine(settings.database_url, pool_size=10, idle_seconds=IDLE_SECONDS)
        self.crm_engine = create_engine(settings.crm_url)
        self.gate = Gate(policy=policy, kinds=ACTIONS, clock=clock)
        self.mail = Mail(
            settings, clock, engine=self.engine, crm_engine=self.crm_engine, key=self.key
        )
        self.records = Records(clock, crm_engine=self.crm_engine)

    # --- tools ---------------------------------------------------------------------------------

    @cached_property
    def crm(self) -> LocalCrm:
        """The CRM: the embedded one; for handlers, which hold permits when they write."""
        return LocalCrm(self.crm_engine, self.clock)

    @cached_property
    def reader(self) -> LocalReader:
        """The same CRM without a way to write: what agents are handed."""
        return LocalReader(self.crm_engine)

    @cached_property
    def segments(self) -> SqlSegments:
        """The segment engine, where the CRM's data is."""
        return SqlSegments(self.crm_engine, self.reader)

    @cached_property
    def handlers(self) -> Mapping[str, AnyHandler]:
        """Which tool carries out which kind of action."""
        return {
            "build_segment": BuildSegmentHandler(self.segments, self.crm),
            "archive_list": ArchiveListHandler(self.reader, self.crm),
            **self.mail.handlers(self.segments, self.files),
            **self.records.handlers(self.files),
            "change_prompt": ChangePromptHandler(self.prompts, self.files),
        }

    @cached_property
    def prompts(self) -> SqlPrompts:
        """Which prompt serves whom, and what is changed about it."""
        return SqlPrompts(self.engine, self.clock, key=self.key, policy=self.policy)

    # --- store ---------------------------------------------------------------------------------

    @cached_property
    def executor(self) -> DbosExecutor:
        """Durable execution."""
        from placet.store.durable import DbosExecutor  # late: loads dbos

        return DbosExecutor(self.engine)

    @cached_property
    def book(self) -> SqlBook:
        """The book of drafts."""
        return SqlBook(
            self.engine,
            clock=self.clock,
            key=self.key,
            jobs=LateJobs(lambda: self.executor),
            ticket_for=Ticketing(gate=self.gate, handlers=self.handlers).ticket_for,
            announcer=ChatAnnouncer(policy=self.policy, clock=self.clock),
        )

    @cached_property
    def files(self) -> SqlFiles:
        """The bytes that actions and evidence name by hash; what handlers read them from."""
        return SqlFiles(self.engine)

    @cached_property
    def desk(self) -> Desk:
        """What every door calls."""
        return Desk(
            book=self.book,
            gate=self.gate,
            jobs=LateJobs(lambda: self.executor),
            composers=self.agents.by_kind(),
            testers=self.agents.testers(),
            handlers=self.handlers,
            clock=self.clock,
            key=self.key,
        )

    @cached_property
    def runs(self) -> SqlRuns:
        """Runs of eval suites, and the looks at their held-out parts."""
        return SqlRuns(self.engine, self.clock)

    # --- agents --------------------------------------------------------------------------------

    @cached_property
    def checkpointer(self) -> Any:
        """Where conversations are remembered."""
        from placet.store import threads  # late: loads langgraph, which only drafting needs

        return threads.open_threads(self.engine)

    @cached_property
    def agents(self) -> Agents:
        """What drafts."""
        return Agents(
            self.settings,
            self.clock,
            engine=self.engine,
            crm=self.reader,
            segments=self.segments,
            mail=self.mail,
            records=self.records,
            files=self.files,
            audit=lambda: self.auditor.tell(),
            checkpointer=lambda: self.checkpointer,
            prompts=self.prompts,
        )

    @cached_property
    def auditor(self) -> Auditor:
        """Scores the CRM, on demand and when it is due."""
        return auditor_of(self)

    @cached_property
    def quality(self) -> Watch:
        """Watches what people do with drafts, and the frozen cases."""
        from .quality import quality_of  # late: loads the statistics

        return quality_of(self)

    # --- work ----------------------------------------------------------------------------------

    @cached_property
    def runner(self) -> Runner:
        """Carries out what was approved."""
        return Runner(
            book=self.book,
            gate=self.gate,
            handlers=self.handlers,
            reoffer=self._reoffer,
            clock=self.clock,
            per_second=self.settings.items_per_second,
            token=new_id("tn"),
            key=self.key,
        )

    @cached_property
    def sweeper(self) -> Sweeper:
        """What must happen although nobody clicks."""
        return Sweeper(
            book=self.book,
            gate=self.gate,
            runner=self.runner,
            executor=self.executor,
            clock=self.clock,
            forget_thread=self.agents.late.forget,
            audit_due=lambda stopping: self.auditor.run_due(stopping),
            quality_due=lambda: self.quality.run_due(),
        )

    def bodies(self) -> Mapping[str, Callable[..., str]]:
        """What does each stage of each kind of job."""
        drafting = Drafting(book=self.book, gate=self.gate, agent=self.agents.late)
        return {**drafting.bodies(), **self.runner.bodies()}

    def slots(self) -> Slots:
        """Where workers take their names."""
        return open_slots(self.engine, home=self.settings.home, version=VERSION)

    def person(self, name: str | None) -> Person:
        """Return who acts: the named person, or the policy's default one.

        Raises:
            BadInput: nobody was named and the policy has no default.
            NotAllowed: the policy does not know the name.
        """
        chosen = name or self.policy.default_person
        if chosen is None:
            raise BadInput("Say who acts with --as PERSON, or set default_person in policy.toml.")
        return self.policy.person(chosen)

    def close(self) -> None:
        """Let go of every connection."""
        if "checkpointer" in self.__dict__:
            from placet.store import threads

            threads.close_threads(self.checkpointer)
        self.mail.close()
        self.engine.dispose()
        self.crm_engine.dispose()

    def _reoffer(self, draft: Draft, why: str) -> Callable[[SqlPage], None] | None:
        """Prepare a fresh draft in place of a stale one, as of now."""
        agent = self.agents.by_kind().get(draft.revision.kind)
        if agent is None:
            return None
        try:
            proposed = agent.refresh(draft.revision.action, why=why)
            kept = packed(proposed)
        except PlacetError:
            return None
        return lambda page: self._open_again(page, draft, proposed, kept)

    def _open_again(self, page: SqlPage, draft: Draft, proposed: Proposed, kept: Beside) -> None:
        old = draft.revision
        source = f"again:{old.draft_id}:{old.revision}"
        fresh = open_draft(
            page, self.gate, proposed, old.requester, old.request_id, source, kept=kept
        )
        page.connection.execute(
            drafts.update().where(drafts.c.id == old.draft_id).values(replaced_by=fresh)
        )


def open_placet(settings: Settings, *, clock: Clock | None = None) -> Placet:
    """Open the home that `settings` names.

    Raises:
        NotInitialised: there is none, or an older one.
        BadSetting: its policy is wrong.
    """
    placet = Placet(settings, load_policy(settings.policy_file), clock or SystemClock())
    MIGRATIONS.check(placet.engine)
    MAIL_MIGRATIONS.check(placet.engine)
    CRM_MIGRATIONS.check(placet.crm_engine)
    return placet
