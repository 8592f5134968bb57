"""Sending letters one by one: turn, dialogue, last look, dot; each step in the journal.

The order is what makes it safe. `sending` is committed before the last look, the last look holds
back what people say until the dot has left, and only the server's answer makes it `sent`. A kill
anywhere leaves at most the one letter in doubt whose dot may have left.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gates.digest import canonical
from gates.permit import Permit
from placet.clock import iso
from placet.log import get_logger
from tools.email.model import Schedule
from tools.email.port import Statement
from tools.execution import Later, Outcome, Refused

from . import journal, pace
from .envelope import dated, envelope_sender
from .hours import not_before
from .journal import Mark, Message
from .office import Office
from .replies import Accepted, Deferred, Denied, Doubtful, Halted, Sent, Unreachable

__all__ = ["Dispatch", "Letter", "result_of", "settle"]

_log = get_logger(__name__)
_TAKEN = "another worker is sending it"
_LATE = "the last look took too long"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One message, ready to leave."""

    item: str
    message: Message
    sender: str
    """The sender's own address."""
    data: bytes
    """As rendered: all but its Date."""


class Dispatch:
    """One batch of letters under one permit."""

    def __init__(
        self,
        office: Office,
        permit: Permit,
        schedule: Schedule,
        barred: Callable[[Letter], str | None],
    ) -> None:
        self._office, self._permit, self._schedule = office, permit, schedule
        self._barred = barred
        self._slept = 0.0
        self._closed: str | None = None  # why the server takes nothing more now
        self._unsaved: dict[
            str, tuple[str, datetime]
        ] = {}  # taken by the server, not yet `sent` in the journal

    def run(self, letters: Sequence[Letter]) -> dict[str, Outcome]:
        """Send the letters; who is missing in the answer is in doubt."""
        office, outcomes = self._office, dict[str, Outcome]()
        with office.engine.begin() as connection:
            wanted = [letter.message for letter in letters]
            marks = journal.open_messages(connection, wanted, now=office.clock.now())
        try:
            for letter in letters:
                outcome = self._one(letter, marks[letter.message.key])
                if outcome is not None:
                    outcomes[letter.item] = outcome
        finally:
            self._save()
            sent = [m.key for m in wanted if isinstance(outcomes.get(_item(letters, m)), str)]
            office.events.record(self._permit, sent)
        return outcomes

    # --- one letter ----------------------------------------------------------------------------

    def _one(self, letter: Letter, mark: Mark) -> Outcome | None:
        now = self._office.clock.now()
        if mark.state == "sent":
            return result_of(mark)
        if mark.state == "refused":
            return Refused(why=mark.note)
        if mark.state == "sending":
            return None
        if mark.until is not None and mark.until > now:
            return Later(until=mark.until, why=mark.note)
        if self._closed is not None:
            return Later(until=now + self._office.limits.unreachable, why=self._closed)
        quiet = not_before(self._schedule, now)
        if quiet is not None:
            return Later(until=quiet, why="nothing leaves before then")
        turn = self._turn(letter, now)
        if isinstance(turn, datetime):
            return Later(until=turn, why="it waits for its turn: the pace is limited")
        self._sleep(turn)
        return self._settle(letter, mark, self._send(letter))

    def _turn(self, letter: Letter, now: datetime) -> float | datetime:
        """Take the letter's turn; in the same transaction the last letter's answer is kept."""
        office, message = self._office, letter.message
        gap = min(office.limits.longest_gap, office.limits.longest_sleep - self._slept)
        rates = pace.limits_of(message.domain, message.campaign, self._schedule, office.limits)
        with office.engine.begin() as connection:
            journal.set_sent(connection, self._unsaved)
            turn = pace.take(
                connection, rates, now=now, limits=replace(office.limits, longest_gap=gap)
            )
        self._unsaved.clear()
        return turn

    def _sleep(self, seconds: float) -> None:
        if seconds > 0:
            self._slept += seconds
            self._office.sleep(seconds)

    def _send(self, letter: Letter) -> Sent:
        office = self._office
        sender = envelope_sender(office.bounce_address, letter.sender, letter.message.tag)
        data = dated(letter.data, office.clock.now())
        return office.smtp.send(
            sender, letter.message.address, data, lambda: self._last_look(letter)
        )

    @contextmanager
    def _last_look(self, letter: Letter) -> Iterator[str | None]:
        office, began = self._office, time.monotonic()
        with office.engine.begin() as connection:
            mine = journal.set_sending(connection, letter.message.key, now=office.clock.now())
        if not mine:
            yield _TAKEN
            return
        with office.quiet.hold(letter.message.address.lower()):
            why = self._barred(letter)
            if why is None and time.monotonic() - began > office.limits.lease:
                why = _LATE
            yield why

    # --- what became of it ---------------------------------------------------------------------

    def _settle(self, letter: Letter, mark: Mark, sent: Sent) -> Outcome | None:
        message, now = letter.message, self._office.clock.now()
        match sent:
            case Accepted(reply=reply):
                self._unsaved[message.key] = reply, now
                return _result(message.message_id, now, reply)
            case Deferred():
                why = f"the mail server said not now: {_coded(sent)}"
                return self._later(letter, mark, why, tries=mark.tries + 1)
            case Denied():
                return self._denied(letter, sent)
            case Unreachable(text=text, in_dialogue=broke):
                self._closed = text
                wait = None if broke else self._office.limits.unreachable
                return self._later(letter, mark, text, tries=mark.tries + broke, wait=wait)
            case Halted(why=why):
                return self._halted(letter, mark, why)
            case Doubtful(text=text):
                _log.warning("message %s is in doubt: %s", message.message_id, text)
                return None

    def _halted(self, letter: Letter, mark: Mark, why: str) -> Outcome | None:
        if why == _TAKEN:
            return None
        if why == _LATE:
            return self._later(letter, mark, why, tries=mark.tries, wait=timedelta(seconds=5))
        return self._refused(letter, why)

    def _denied(self, letter: Letter, sent: Denied) -> Refused:
        message = letter.message
        if sent.address_is_dead:
            self._office.quiet.take(
                Statement(
                    email=message.address.lower(),
                    said="bounced",
                    at=self._office.clock.now(),
                    asset=message.asset,
                    detail=_coded(sent),
                    key=f"smtp:{message.key}",
                )
            )
        return self._refused(letter, f"the mail server refused it: {_coded(sent)}")

    def _refused(self, letter: Letter, why: str) -> Refused:
        with self._office.engine.begin() as connection:
            journal.refuse(connection, letter.message.key, why=why, now=self._office.clock.now())
        return Refused(why=why)

    def _later(
        self, letter: Letter, mark: Mark, why: str, *, tries: int, wait: timedelta | None = None
    ) -> Outcome:
        limits, now = self._office.limits, self._office.clock.now()
        if tries >= limits.most_tries or now - mark.first_at >= limits.give_up_after:
            return self._refused(letter, f"given up after {_age(now - mark.first_at)}: {why}")
        until = now + (limits.retry(tries) if wait is None else wait)
        with self._office.engine.begin() as connection:
            journal.defer(
                connection, letter.message.key, until=until, why=why, now=now, tries=tries
            )
        return Later(until=until, why=why)

    def _save(self) -> None:
        if self._unsaved:
            with self._office.engine.begin() as connection:
                journal.set_sent(connection, self._unsaved)
            self._unsaved.clear()


def settle(office: Office, keys: Mapping[str, str]) -> dict[str, str | None]:
    """Return what became of messages in doubt, by item; who is missing cannot be known.

    `sent` has its result, a message that no dot was sent of is None, and one that stands at
    `sending` is asked about where the destination can tell. It is never sent again on a guess.
    """
    with office.engine.connect() as connection, connection.begin():
        marks = journal.states(connection, list(keys.values()))
    answers: dict[str, str | None] = {}
    for item, key in keys.items():
        mark = marks.get(key)
        if mark is None or mark.state in ("waiting", "refused"):
            answers[item] = None
        elif mark.state == "sent":
            answers[item] = result_of(mark)
        else:
            answers.update(_asked(office, item, mark))
    office.events.catch_up([key for item, key in keys.items() if answers.get(item)])
    return answers


def _asked(office: Office, item: str, mark: Mark) -> Mapping[str, str | None]:
    """Ask the destination about a message whose dot may have left."""
    key, message_id = mark.message.key, mark.message.message_id
    if office.delivered is None:
        _log.warning("message %s is in doubt, and the mail server cannot be asked", message_id)
        return {}
    age = office.clock.now() - mark.at
    if age < office.limits.settle_after:
        office.sleep((office.limits.settle_after - age).total_seconds())
    seen = office.delivered.seen(message_id)
    if seen is None:
        return {}
    reply, now = "found at the destination", office.clock.now()
    with office.engine.begin() as connection:
        if seen:
            journal.set_sent(connection, {key: (reply, mark.at)})
        else:
            journal.release(connection, key, now=now)
    return {item: _result(message_id, mark.at, reply) if seen else None}


def result_of(mark: Mark) -> str:
    """Return the result of a message that was sent."""
    return _result(mark.message.message_id, mark.at, mark.note)


def _result(message_id: str, at: datetime, reply: str) -> str:
    return canonical({"message_id": message_id, "at": iso(at), "reply": reply})


def _item(letters: Sequence[Letter], message: Message) -> str:
    return next(letter.item for letter in letters if letter.message is message)


def _coded(sent: Deferred | Denied) -> str:
    return f"{sent.code} {sent.text}" if sent.code else sent.text


def _age(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours:.0f} hours" if hours >= 1 else f"{age.total_seconds() / 60:.0f} minutes"
