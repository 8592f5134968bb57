"""A whole store around emails: a CRM with people, a real SMTP server, the handlers that send."""

from __future__ import annotations

import email.policy
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from agents.port import Proposed
from gates import Gate, Person, Verb, read_policy, targets_of
from gates.draft import Draft
from placet.clock import Clock
from placet.ids import RequestId, new_id
from placet.store.book import SqlBook
from placet.store.desk import Decided, Desk
from placet.store.drafting import open_draft
from placet.store.durable import DbosExecutor, migrate_dbos
from placet.store.files import SqlFiles
from placet.store.migrate import MIGRATIONS
from placet.store.run import Runner
from placet.store.sweeps import Sweeper
from placet.store.ticketing import Ticketing
from tests.support import ANA, BEN, KEY
from tests.working import Working
from tools.crm.local import schema as crm
from tools.crm.local.crm import LocalCrm
from tools.crm.local.migrate import MIGRATIONS as CRM_MIGRATIONS
from tools.email.action import SendEmail, SendTest
from tools.email.brand import Brand, read_brand
from tools.email.links import Links, mail_key
from tools.email.manifest import line_of, manifest_of
from tools.email.model import Email, Mailbox, Schedule, Text
from tools.email.recipients import SqlRecipients
from tools.email.render import open_renderer
from tools.email.sending import (
    Limits,
    MailServer,
    Office,
    Patience,
    SendEmailHandler,
    SendTestHandler,
    SentEvents,
    Smtp,
)  # fmt: skip
from tools.email.sending.port import Renders
from tools.email.statements import SqlStatements
from tools.email.store import MIGRATIONS as MAIL_MIGRATIONS
from tools.execution import AnyHandler
from tools.segments.engine import SqlSegments
from tools.segments.tree import All, Segment
from tools.segments.use import UsePolicy
from tools.sql import IDLE_SECONDS, create_engine

POLICY = """
default_person = "ana"
[people.ana]
user = "ana"
[people.ben]
user = "ben"
[people.cleo]
user = "cleo"
admin = true
[rules.send_email]
approvers = ["ana", "ben", "cleo"]
need = 1
expires_hours = 480
valid_hours = 240
[rules.send_test]
approvers = ["ana", "ben", "cleo"]
need = 1
expires_hours = 48
valid_hours = 24
"""

BRAND = """
name: Acme
legal_name: Acme Events GmbH
postal_address: |
  Acme Events GmbH
  Hauptstrasse 1, 10115 Berlin
website: https://acme.example
from_domains: [acme.example]
link_domains: [acme.example]
senders:
  - {name: Acme Events, address: events@acme.example}
topics: {marketing: News and offers, events: Events}
"""

HELLO = Email(
    name="Follow-up",
    subject='Grüße, {{ contact.first_name | default: "there" }}',
    sender=Mailbox(name="Acme Events", address="events@acme.example"),
    body=(
        Text(text='Hello {{ contact.first_name | default: "there" }},\n\n. a line, and two\n\n..'),
        Text(text="See [the programme](https://acme.example/programme)."),
    ),
)
FAST = Limits(per_minute=6_000_000, per_domain_per_minute=6_000_000)
HASTY = Patience(connect=5, reply=5, final=5, after_failure=0.2)


def address(n: int) -> str:
    return f"p{n}@d{n % 3}.example"


def contact_id(n: int) -> str:
    return f"c_{n:06}"


class MailWorld(Working):
    """Everything wired, over one Placet database and one CRM database."""

    def __init__(
        self,
        url: str,
        crm_url: str,
        home: Path,
        clock: Clock,
        server: MailServer,
        *,
        people: int = 0,
        migrate: bool = True,
        limits: Limits = FAST,
        patience: Patience = HASTY,
        delivered: Any = None,
        bounce_address: str | None = None,
        sleep: Any = time.sleep,
    ) -> None:
        self.url, self.crm_url, self.home, self.clock = url, crm_url, home, clock
        self.engine = create_engine(url, pool_size=20, idle_seconds=IDLE_SECONDS)
        self.crm = create_engine(crm_url)
        if migrate:
            MIGRATIONS.upgrade(self.engine)
            MAIL_MIGRATIONS.upgrade(self.engine)
            migrate_dbos(self.engine)
            CRM_MIGRATIONS.upgrade(self.crm)
            self.add_people(people)
        self.brand: Brand = read_brand(BRAND)
        self.links = Links("https://mail.acme.example", mail_key(KEY))
        self.recipients = SqlRecipients(self.crm, clock, UsePolicy(cap=50))
        self.statements = SqlStatements(self.crm, clock)
        self.segments = SqlSegments(self.crm, LocalCrm(self.crm, clock))
        self.smtp = Smtp(server, patience)
        self.office = Office(
            engine=self.engine,
            smtp=self.smtp,
            quiet=self.statements,
            events=SentEvents(self.engine, self.crm),
            clock=clock,
            key=mail_key(KEY),
            limits=limits,
            delivered=delivered,
            bounce_address=bounce_address,
            sleep=sleep,
        )
        self.files = SqlFiles(self.engine)
        self.handler = SendEmailHandler(
            self.office,
            segments=self.segments,
            recipients=self.recipients,
            files=self.files,
            brand=lambda: self.brand,
            open_renderer=self.open_renderer,
        )
        self.tester = SendTestHandler(self.office, files=self.files)
        handlers: dict[str, AnyHandler] = {"send_email": self.handler, "send_test": self.tester}
        kinds = {"send_email": SendEmail, "send_test": SendTest}
        self.gate = Gate(policy=read_policy(POLICY), kinds=kinds, clock=clock)
        self.executor = DbosExecutor(self.engine)
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
            composers={},
            handlers=handlers,
            clock=clock,
            key=KEY,
        )
        self.runner = self._runner(handlers)
        self.stepwise = self._runner(handlers, step_seconds=0.0)  # one batch to a step
        self.sweeper = Sweeper(
            book=self.book,
            gate=self.gate,
            runner=self.runner,
            executor=self.executor,
            clock=clock,
            forget_thread=lambda thread: None,
        )

    def _runner(self, handlers: Mapping[str, AnyHandler], **rest: float) -> Runner:
        return Runner(
            book=self.book,
            gate=self.gate,
            handlers=handlers,
            reoffer=lambda draft, why: None,
            clock=self.clock,
            per_second=1e9,
            token=new_id("tn"),
            key=KEY,
            **rest,
        )

    # --- people ----------------------------------------------------------------------------------

    def add_people(self, count: int) -> None:
        rows = [
            {
                "id": contact_id(n), "email": address(n), "first_name": f"Zoë {n}",
                "consent": "granted", "created_at": 1, "updated_at": 1,
            }
            for n in range(count)
        ]  # fmt: skip
        if rows:
            with self.crm.begin() as connection:
                connection.execute(crm.contacts.insert(), rows)

    def change(self, n: int, **values: Any) -> None:
        with self.crm.begin() as connection:
            change = crm.contacts.update().where(crm.contacts.c.id == contact_id(n))
            connection.execute(change.values(**values))

    def open_renderer(self, action: SendEmail, brand: Brand) -> Renders:
        return open_renderer(
            action.email, brand, campaign=action.campaign, links=self.links,
            tracking=action.tracking,
        )  # fmt: skip

    # --- drafts ----------------------------------------------------------------------------------

    def action(
        self,
        ids: Sequence[str] | None = None,
        *,
        email: Email = HELLO,
        schedule: Schedule | None = None,
        tolerance: float = 0.5,
    ) -> tuple[SendEmail, Any]:
        segment = Segment(name="everybody", filter=All(of=()), as_of=self.clock.now())
        ids = list(self.segments.members(segment)) if ids is None else ids
        campaign = new_id("cp")
        renderer = open_renderer(email, self.brand, campaign=campaign, links=self.links)
        manifest = manifest_of(
            line_of(renderer.render(one)) for one in self.recipients.recipients(ids)
        )
        action = SendEmail(
            segment=segment,
            tolerance=tolerance,
            email=email,
            schedule=schedule or Schedule(),
            brand=self.brand.sha256,
            campaign=campaign,
            manifest=manifest.ref,
            targets=targets_of(ids),
        )
        return action, manifest

    def open(self, ids: Sequence[str] | None = None, by: Person = ANA, **rest: Any) -> str:
        action, manifest = self.action(ids, **rest)
        members = tuple(ids if ids is not None else self.segments.members(action.segment))
        proposed = Proposed(
            kind=action.kind,
            action=action.arguments(),
            members=members,
            title="Send the follow-up",
            summary=f"{len(members)} messages",
            checks=(),
            evidence={},
            files=(manifest,),
            drafter="rules",
        )
        with self.book.begin() as page:
            source = new_id("src")
            return open_draft(page, self.gate, proposed, by, RequestId("rq_0"), source)

    def send(self, ids: Sequence[str] | None = None, **rest: Any) -> str:
        """Draft, approve; returns the draft's id."""
        draft_id = self.open(ids, **rest)
        self.press(draft_id, Verb.APPROVE)
        return draft_id

    def press(self, draft_id: str, verb: Verb, by: Person = BEN, **rest: Any) -> Decided:
        return self.desk.decide(draft_id, verb, person=by, **rest)

    def draft(self, draft_id: str) -> Draft:
        return self.desk.draft(draft_id)

    # --- work ------------------------------------------------------------------------------------

    def run_by_hand(self, draft_id: str, *, chunks: int | None = None) -> str:
        """Run an approved draft's steps without durable execution; stops at `waiting` and so on."""
        revision = self.draft(draft_id).revision.revision
        said = self.runner.begin(draft_id, revision, "test")
        done = 0
        while said == "go" and (chunks is None or done < chunks):
            said = self.stepwise.chunk(draft_id, revision, "test", done)
            done += 1
        return self.runner.finish(draft_id, revision, "test") if said == "last" else said

    def events(self, kind: str = "email_sent") -> Counter[str]:
        """Return how many events of a kind each contact has."""
        query = sa.select(crm.events.c.contact_id).where(crm.events.c.type == kind)
        with self.crm.connect() as connection:
            return Counter(connection.scalars(query))

    def items(self, draft_id: str) -> dict[str, tuple[str, str | None]]:
        """Return each item's state and error."""
        query = sa.text(
            "SELECT i.item, i.state, i.error FROM placet_items i JOIN placet_permits p"
            " ON p.id = i.permit_id WHERE p.draft_id = :id"
        )
        with self.engine.connect() as connection:
            rows = connection.execute(query, {"id": draft_id})
            return {row.item: (row.state, row.error) for row in rows}

    def close(self) -> None:
        self.stop_working()
        self.smtp.close()
        self.engine.dispose()
        self.crm.dispose()


class MovingClock:
    """A clock that goes on when somebody sleeps, and only then."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def sleep(self, seconds: float) -> None:
        self._at += timedelta(seconds=seconds)

    def move(self, by: timedelta) -> None:
        self._at += by


def said_so(world: MailWorld, n: int, said: str, at: datetime | None = None, **rest: Any) -> bool:
    """Somebody says something about an address."""
    from tools.email.port import Statement

    return world.statements.take(
        Statement.model_validate(
            {
                "email": address(n), "said": said, "at": at or world.clock.now(),
                "key": new_id("st"),
            }
            | rest
        )
    )  # fmt: skip


# --- a real SMTP server in a process of its own --------------------------------------------------


class SinkReader:
    """What a sink counted, read from its database."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def _all(self, query: str, *values: Any) -> list[Any]:
        with closing(sqlite3.connect(self.path, timeout=30)) as connection:
            return connection.execute(query, values).fetchall()

    def messages(self) -> list[bytes]:
        return [row[0] for row in self._all("SELECT raw FROM mail ORDER BY id")]

    def count(self) -> int:
        return int(self._all("SELECT count(*) FROM mail")[0][0])

    def parsed(self) -> list[EmailMessage]:
        strict = email.policy.SMTP.clone(raise_on_defect=True)
        return [message_from_bytes(raw, policy=strict) for raw in self.messages()]  # type: ignore[arg-type,misc]

    def per_recipient(self) -> Counter[str]:
        return Counter(row[0] for row in self._all("SELECT recipient FROM mail"))

    def senders(self) -> list[str]:
        return [row[0] for row in self._all("SELECT sender FROM mail ORDER BY id")]

    def times(self) -> list[float]:
        return [row[0] for row in self._all("SELECT at FROM mail ORDER BY id")]

    def connections(self) -> int:
        return int(self._all("SELECT count(*) FROM connections")[0][0])

    def seen(self, message_id: str) -> bool | None:
        """Answer as a mailbox does."""
        found = self._all("SELECT 1 FROM mail WHERE message_id = ?", message_id.strip("<>"))
        return bool(found)


class Sink(SinkReader):
    """An SMTP server in its own process that counts; `say` programs its next answers."""

    def __init__(self, folder: Path, *options: str) -> None:
        super().__init__(folder / "sink.db")
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.mail_sink", str(self.path), *options],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    @property
    def server(self) -> MailServer:
        return MailServer(host="127.0.0.1", port=self.port, security="none")

    def say(self, stage: str, answer: str, *, to: str = "", times: int = 1) -> None:
        """Program: at `rcpt`, `data`, `dot`, ..., `answer` is a reply, `drop` or `slow SECONDS`."""
        with closing(sqlite3.connect(self.path, timeout=30)) as connection, connection:
            connection.execute(
                "INSERT INTO program (stage, recipient, answer, times) VALUES (?, ?, ?, ?)",
                (stage, to, answer, times),
            )

    def reset(self) -> None:
        """Forget everything."""
        with closing(sqlite3.connect(self.path, timeout=30)) as connection, connection:
            for table in ("mail", "program", "connections"):
                connection.execute(f"DELETE FROM {table}")

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
