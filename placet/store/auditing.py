"""Auditing on demand and by the clock: each turn once, its change told, its drafts asked for.

A turn is claimed for a while, so that a worker that dies delays it and loses nothing. Everything
after the claim is keyed by the turn: the audit, the requests and the messages exist once, however
often it is tried.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from gates.draft import State
from gates.people import Person
from gates.policy import Policy
from placet.clock import Clock
from placet.errors import PlacetError
from placet.log import get_logger
from tools.hygiene.audit import Audit, audit, summary
from tools.sql import reading

from . import outbox
from .announce import direct, lane_of
from .audits import Audits, Kept, Schedule, end_turn, next_run
from .desk import Desk
from .drafting import BOT_PLACE
from .outbox import NewPost
from .schema import drafts, requests

__all__ = ["Auditor", "bot_of"]

_log = get_logger(__name__)
_OPEN = (State.PENDING, State.REVISING, State.APPROVED, State.EXECUTING)
_COUNT = re.compile(r"[\d,]+")
_LEASE = timedelta(minutes=30)
"""How long a turn is held without a sign of its worker: longer than any one part of an audit."""


def bot_of(team: str) -> Person:
    """Return who asks for the drafts of a scheduled audit: a bot, which decides nothing."""
    return Person(team=team, user="audit", bot=True)


class _LetGo(Exception):
    """The turn is not ours any more; nothing is wrong."""


class _Held:
    """A turn while it is worked on: held for longer in time, let go where the worker stops."""

    def __init__(
        self, audits: Audits, turn: Schedule, until: datetime, clock: Clock,
        stopping: Callable[[], bool],
    ) -> None:  # fmt: skip
        self._audits, self._turn, self._until = audits, turn, until
        self._clock, self._stopping = clock, stopping

    def check(self) -> None:
        """Go on, or raise `_LetGo`: asked between any two parts of an audit."""
        if self._stopping():
            self._audits.hold(self._turn, since=self._until, until=None)
            raise _LetGo
        now = self._clock.now()
        if self._until - now > _LEASE / 2:
            return
        until = now + _LEASE
        if not self._audits.hold(self._turn, since=self._until, until=until):
            _log.warning("the scheduled audit: another worker took its turn over")
            raise _LetGo
        self._until = until


class Auditor:
    """Audits the CRM and keeps what it finds."""

    def __init__(
        self, *, engine: sa.Engine, crm: sa.Engine, desk: Callable[[], Desk], policy: Policy,
        clock: Clock, timezone: str,
    ) -> None:  # fmt: skip
        """Take Placet's and the CRM's databases, and the desk, which is opened when it is needed.

        `timezone` is whose mornings a schedule means.
        """
        self.audits = Audits(engine)
        self._engine, self._crm, self._desk = engine, crm, desk
        self._policy, self._clock, self._timezone = policy, clock, timezone

    def run(self) -> Kept:
        """Audit the CRM now."""
        return self.audits.keep(self._audit())

    def tell(self) -> str:
        """Audit the CRM now, and say what was found in a few lines: what a request gets back."""
        kept = self.run()
        return summary(kept.audit, kept.trend)

    def run_due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Do the turn that is due, if one is; returns how many were done.

        Args:
            stopping: whether to stop; the turn is let go, and whoever works next takes it.
        """
        until = self._clock.now() + _LEASE
        turn = self.audits.claim(until - _LEASE, until=until)
        if turn is None or turn.next_at is None:
            return 0
        held = _Held(self.audits, turn, until, self._clock, stopping)
        try:
            return self._do(turn, turn.next_at, held)
        except _LetGo:
            return 0
        except PlacetError as error:
            _log.warning("the scheduled audit: %s", error)
            return 0

    def _do(self, turn: Schedule, due: datetime, held: _Held) -> int:
        kept = self.audits.of_turn(due)
        if kept is None:
            found = self._audit(held.check)
            held.check()
            kept = self.audits.keep(found, due=due)
        self._ask(kept, turn)
        now = self._clock.now()
        with self._engine.begin() as connection:
            following = next_run(turn.every, now, self._timezone)
            if not end_turn(connection, turn, next_at=following):
                return 0  # somebody set another schedule meanwhile, or another worker was faster
            outbox.put(connection, self._posts(kept, turn), at=now)
        return 1

    def _audit(self, between: Callable[[], object] = lambda: None) -> Audit:
        return audit(self._crm, as_of=self._clock.now(), between=between)

    def _ask(self, kept: Kept, turn: Schedule) -> None:
        """Ask for the drafts that would help; they wait at the gate like any other.

        What an earlier audit asked for and nobody decided yet is not asked for again.
        """
        bot, waiting = bot_of(turn.person.team), self._waiting(but=kept.id)
        for number, one in enumerate(kept.audit.helps, 1):
            if _COUNT.sub("", one.request) not in waiting:
                event = f"audit:{kept.id}:{number}"
                self._desk().ask_once(event, one.request, person=bot, place=BOT_PLACE)

    def _waiting(self, *, but: str) -> frozenset[str]:
        """Return what is still open of earlier audits, without the numbers in it."""
        at = self.audits.read(but).audit.at
        query = (
            sa.select(requests.c.text)
            .outerjoin(drafts, drafts.c.request_id == requests.c.id)
            .where(requests.c.place == BOT_PLACE, requests.c.at < at)
            .where(
                sa.or_(
                    requests.c.state == "drafting",
                    drafts.c.state.in_([state.value for state in _OPEN]),
                )
            )
        )
        with reading(self._engine).connect() as connection:
            return frozenset(_COUNT.sub("", text) for text in connection.scalars(query))

    def _posts(self, kept: Kept, turn: Schedule) -> Sequence[NewPost]:
        admins = [one.person for one in self._policy.people.values() if one.admin]
        places = [direct(person) for person in (turn.person, *admins)]
        if turn.place is not None:
            places.append(turn.place)
        return [
            NewPost(
                key=f"audit:{kept.id}:{place}",
                lane=lane_of(place),
                kind="audit",
                body={
                    "audit": kept.id,
                    "place": place,
                    "user": turn.person.user,
                    "drafted": True,
                },
            )
            for place in dict.fromkeys(places)
        ]
