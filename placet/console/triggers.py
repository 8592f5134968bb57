"""Trigger ids and response addresses: short-lived rights that a click hands to the app.

A trigger lives three seconds and opens one view. A response address takes five answers within
thirty minutes. Both end with the process, as they would by themselves a moment later.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from placet.clock import Clock

__all__ = ["Answer", "Triggers"]

_TRIGGER_LIVES = timedelta(seconds=3)
_ANSWER_LIVES = timedelta(minutes=30)
_ANSWERS = 5


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a response address leads to: where the click was, and by whom."""

    user: str
    channel: str
    message_ts: str | None
    """The message that was clicked; None for a command."""
    thread_ts: str | None


@dataclass
class _Trigger:
    user: str
    ends: datetime
    used: bool = False


@dataclass
class _Address:
    answer: Answer
    ends: datetime
    left: int = _ANSWERS


class Triggers:
    """Gives both out and takes them back."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._triggers: dict[str, _Trigger] = {}
        self._addresses: dict[str, _Address] = {}

    def trigger(self, user: str) -> str:
        """Return a fresh trigger id for a person."""
        key = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        with self._lock:
            self._forget()
            ends = self._clock.now() + _TRIGGER_LIVES
            self._triggers[key] = _Trigger(user=user, ends=ends)
        return key

    def exchange(self, key: object) -> tuple[str | None, str | None]:
        """Spend a trigger id: the person it was for, or Slack's code for what is wrong with it."""
        with self._lock:
            held = self._triggers.get(str(key))
            if held is None:
                return None, "invalid_trigger_id"
            if held.used:
                return None, "exchanged_trigger_id"
            if self._clock.now() > held.ends:
                return None, "expired_trigger_id"
            held.used = True
            return held.user, None

    def address(self, answer: Answer) -> str:
        """Return the secret part of a fresh response address."""
        key = secrets.token_urlsafe(24)
        with self._lock:
            self._addresses[key] = _Address(answer=answer, ends=self._clock.now() + _ANSWER_LIVES)
        return key

    def answer(self, key: str) -> Answer | None:
        """Take one answer at a response address; None where it takes no more."""
        with self._lock:
            held = self._addresses.get(key)
            if held is None or held.left == 0 or self._clock.now() > held.ends:
                return None
            held.left -= 1
            return held.answer

    def _forget(self) -> None:
        """Drop what ended long ago: long enough for "expired" to be told from "invalid"."""
        now = self._clock.now()
        self._triggers = {
            key: held for key, held in self._triggers.items() if now < held.ends + _ANSWER_LIVES
        }
        self._addresses = {key: held for key, held in self._addresses.items() if now < held.ends}
