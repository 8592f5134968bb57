"""Taking in what came back: only what proves that it answers a message of ours changes anything.

Proof is something that only we can have made and only who got the message can have seen: the tag of
its envelope sender, or the sealed token of its unsubscribe link. A Message-ID can be guessed; a
report with nothing better is told of and changes nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from placet.clock import Clock
from placet.errors import BadInput
from placet.log import get_logger
from tools.email.links import Links
from tools.email.port import Statement, Statements
from tools.email.sending import journal
from tools.email.sending.journal import Mark
from tools.email.sending.times import micros
from tools.email.store.schema import bounces
from tools.portable import insert_or_skip

from .report import Kind, Report, read_report

__all__ = ["SOFT_DAYS", "SOFT_LIMIT", "Intake", "Taken"]

SOFT_LIMIT, SOFT_DAYS = 3, 30
"""So many messages that bounced softly within so many days count as one that bounced hard."""
_LARGEST = 30 * 1024 * 1024
_log = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of one message that came in."""

    kind: Kind
    words: str
    """What it was and what was done, in one line."""
    address: str = ""
    """Whom we had written to; empty where nothing proves that we had."""
    campaign: str = ""
    changed: bool = False
    """Whether it changed who may be written to."""


class Intake:
    """Takes in bounces and complaints."""

    def __init__(
        self, engine: sa.Engine, statements: Statements, links: Links, clock: Clock
    ) -> None:
        """Take the journal's database, where statements go, and what reads our tokens."""
        self._engine, self._statements = engine, statements
        self._links, self._clock = links, clock

    def take(self, data: bytes) -> Taken:
        """Take in one message, headers included.

        Raises:
            BadInput: it is larger than any mail server passes on.
        """
        if len(data) > _LARGEST:
            raise BadInput("The message is larger than 30 MB; no bounce or complaint is.")
        report = read_report(data)
        if report.kind in _NOTHING:
            return Taken(kind=report.kind, words=_NOTHING[report.kind])
        mark = self._proven(report)
        if mark is None:
            return self._unproven(report)
        if report.kind == "complaint":
            return self._say(report, mark, "complained", "complained about it")
        return self._bounced(report, mark)

    # --- proof ---------------------------------------------------------------------------------

    def _proven(self, report: Report) -> Mark | None:
        """Return the message of ours that the report answers, if something proves that it does."""
        with self._engine.connect() as connection, connection.begin():
            for tag in report.tags:
                mark = journal.message_by(connection, tag=tag)
                if mark is not None:
                    return mark
            for token in report.tokens:
                try:
                    said = self._links.read(token)
                except BadInput:
                    continue
                mark = journal.message_to(connection, said.campaign, said.email)
                if mark is not None:
                    return mark
        return None

    def _unproven(self, report: Report) -> Taken:
        with self._engine.connect() as connection, connection.begin():
            found = [journal.message_by(connection, message_id=one) for one in report.message_ids]
        about = next((mark.message.message_id for mark in found if mark), "")
        why = (
            f"it names our message {about} and proves nothing"
            if about
            else "it answers no message of ours"
        )
        _log.warning("a %s was not believed: %s", report.kind, why)
        return Taken(
            kind=report.kind, words=f"A {report.kind} that is not believed: {why}. Nothing changed."
        )

    # --- what follows --------------------------------------------------------------------------

    def _bounced(self, report: Report, mark: Mark) -> Taken:
        if report.weight == "blocked":
            return self._told(
                report, mark, "was blocked by the recipient's server, which says nothing about the "
                "address; look at your domain's reputation",
            )  # fmt: skip
        hard = report.weight == "hard"
        soft = self._count(report, mark, hard=hard)
        if hard:
            return self._say(report, mark, "bounced", "bounced: there is no such mailbox")
        if soft >= SOFT_LIMIT:
            return self._say(
                report, mark, "bounced",
                f"bounced softly, the {soft}th message within {SOFT_DAYS} days",
            )  # fmt: skip
        return self._told(
            report, mark, f"bounced softly ({soft} of {SOFT_LIMIT} within {SOFT_DAYS} days)"
        )

    def _count(self, report: Report, mark: Mark, *, hard: bool) -> int:
        """Note the bounce; return how many messages to the address bounced softly of late."""
        message, now = mark.message, self._clock.now()
        address = message.address.lower()
        key = hashlib.sha256(f"{message.key}\n{'hard' if hard else 'soft'}".encode()).hexdigest()
        row = {
            "key": key,
            "address": address,
            "message": message.key,
            "hard": hard,
            "status": report.status[:12],
            "detail": report.detail,
            "at": micros(now),
        }
        recent = (
            sa.select(sa.func.count())
            .select_from(bounces)
            .where(
                bounces.c.address == address,
                sa.not_(bounces.c.hard),
                bounces.c.at > micros(now - timedelta(days=SOFT_DAYS)),
            )
        )
        with self._engine.begin() as connection:
            connection.execute(insert_or_skip(connection, bounces), row)
            return int(connection.scalar(recent) or 0)

    def _say(self, report: Report, mark: Mark, said: str, words: str) -> Taken:
        """Take it in as a statement: once for each message, however often it is reported."""
        message = mark.message
        statement = Statement.model_validate(
            {
                "email": message.address.lower(),
                "said": said,
                "at": self._clock.now(),
                "asset": message.asset,
                "detail": f"{report.status} {report.detail}".strip(),
                "key": f"{said}:{message.key}",
            }
        )
        changed = self._statements.take(statement)
        done = "the address is not written to any more" if changed else "that was known already"
        return self._told(report, mark, words, done=done, changed=changed)

    def _told(
        self, report: Report, mark: Mark, words: str, *, done: str = "", changed: bool = False
    ) -> Taken:
        message = mark.message
        name = f" ({message.asset})" if message.asset else ""
        who = "Who got" if report.kind == "complaint" else "The message"
        line = f"{who} {message.message_id}{name} {words}"
        return Taken(
            kind=report.kind,
            words=f"{line}; {done}." if done else f"{line}.",
            address=message.address,
            campaign=message.campaign,
            changed=changed,
        )


_NOTHING: dict[Kind, str] = {
    "delayed": "A warning that a message is late; its server goes on trying. Nothing to do.",
    "delivered": "A confirmation of delivery. Nothing to do.",
    "auto_reply": "An automatic reply, no bounce. Nothing to do.",
    "other": "Neither a bounce nor a complaint. Nothing to do.",
}
