"""A whole store around the painters: real SQL, real DBOS, a street, an agent with a brush."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from agents.port import Drafted, Proposed, Question
from gates import Gate, Person, Verb, targets_of
from gates.draft import Draft
from gates.files import Attachment
from gates.policy import Policy
from placet.clock import Clock
from placet.errors import ModelUnavailable
from placet.ids import RequestId, new_id
from placet.store.book import SqlBook
from placet.store.desk import Decided, Desk
from placet.store.drafting import Drafting, open_draft
from placet.store.durable import DbosExecutor, migrate_dbos
from placet.store.migrate import MIGRATIONS
from placet.store.run import Runner
from placet.store.sweeps import Sweeper
from placet.store.ticketing import Ticketing
from tests.support import (
    ANA,
    BEN,
    FENCES,
    KEY,
    KINDS,
    Paint,
    PaintHandler,
    SampleHandler,
    Street,
    paint,
    policy,
    sample,
)
from tests.working import Working
from tools.execution import AnyHandler
from tools.sql import IDLE_SECONDS, create_engine


def proposed(
    action: Paint | None = None, fences: tuple[str, ...] = FENCES, **changes: Any
) -> Proposed:
    action = action or paint(fences)
    return Proposed(
        **{
            "kind": action.kind,
            "action": action.arguments(),
            "members": fences,
            "title": "Paint the fences",
            "summary": f"{len(fences)} fences in {action.colour}",
            "checks": (),
            "evidence": {},
            "drafter": "rules",
        }
        | changes
    )


class PaintAgent:
    """Paints what it is told: `green`, `red`, `why?`, `broken`; counts how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.files: tuple[Attachment, ...] = ()
        self.sends_to: str | None = None  # where its samples go, where it is not to be trusted

    def run(
        self, *, thread_id: str, run_id: str, text: str, previous: Mapping[str, Any] | None = None
    ) -> Drafted:
        self.asked.append(run_id)
        if text == "broken":
            raise ModelUnavailable("The model did not answer; try again later.")
        if text.endswith("?"):
            return Drafted(reply="Which colour?", clarification=Question(text="Which colour?"))
        return Drafted(reply="Here it is.", proposed=(proposed(paint(colour=text)),))

    def compose(self, action, *, drafter: str, prompt: str | None = None) -> Proposed:
        edited = Paint.model_validate(action)
        return proposed(edited, files=self.files)

    def refresh(self, action, *, why: str) -> Proposed:
        return proposed(Paint.model_validate(action))

    def forget(self, thread_id: str) -> None:
        pass

    def test_of(self, action, *, draft_id: str, to: str) -> Proposed:
        tried = sample(self.sends_to or to, action["colour"])
        return proposed(tried, (tried.to,), title=f"A sample of {draft_id}")  # type: ignore[arg-type]


class PaintWorld(Working):
    """Everything wired, over one database."""

    def __init__(
        self,
        url: str,
        home: Path,
        clock: Clock,
        *,
        street: Street | None = None,
        rules: Policy | None = None,
        migrate: bool = True,
        per_second: float = 1e9,
    ) -> None:
        self.url, self.home, self.clock = url, home, clock
        self.engine = create_engine(url, pool_size=20, idle_seconds=IDLE_SECONDS)
        if migrate:
            MIGRATIONS.upgrade(self.engine)
            migrate_dbos(self.engine)
        self.street = street or Street()
        self.handler = PaintHandler(self.street)
        handlers: dict[str, AnyHandler] = {
            "paint": self.handler,
            "sample": SampleHandler(self.street),
        }
        self.gate = Gate(policy=rules or policy(), kinds=KINDS, clock=clock)
        self.executor = DbosExecutor(self.engine)
        self.agent = PaintAgent()
        self.forgotten: list[str] = []
        self.book = SqlBook(
            self.engine,
            clock=clock,
            key=KEY,
            jobs=self.executor,
            ticket_for=Ticketing(gate=self.gate, handlers=handlers).ticket_for,
        )
        self.desk = Desk(
            book=self.book,
            gate=self.gate,
            jobs=self.executor,
            composers={"paint": self.agent},
            testers={"paint": self.agent},
            handlers=handlers,
            clock=clock,
            key=KEY,
        )
        self.runner = Runner(
            book=self.book,
            gate=self.gate,
            handlers=handlers,
            reoffer=lambda draft, why: None,
            clock=clock,
            per_second=per_second,
            token=new_id("tn"),
            key=KEY,
        )
        self.sweeper = Sweeper(
            book=self.book,
            gate=self.gate,
            runner=self.runner,
            executor=self.executor,
            clock=clock,
            forget_thread=self.forgotten.append,
        )

    def bodies(self) -> Mapping[str, Callable[..., str]]:
        drafting = Drafting(book=self.book, gate=self.gate, agent=self.agent)
        return {**drafting.bodies(), **super().bodies()}

    def close(self) -> None:
        self.stop_working()
        self.engine.dispose()

    # --- shortcuts -----------------------------------------------------------------------------

    def open(
        self,
        action: Paint | None = None,
        by: Person = ANA,
        fences: tuple[str, ...] = FENCES,
        **changes: Any,
    ) -> str:
        action = action or paint(fences)
        assert action.targets == targets_of(fences)
        draft = proposed(action, fences, **changes)
        with self.book.begin() as page:
            return open_draft(page, self.gate, draft, by, RequestId("rq_0"), new_id("src"))

    def press(self, draft_id: str, verb: Verb, by: Person = BEN, **rest: Any) -> Decided:
        return self.desk.decide(draft_id, verb, person=by, **rest)

    def draft(self, draft_id: str) -> Draft:
        return self.desk.draft(draft_id)
