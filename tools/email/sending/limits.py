"""How fast, how patient, how often: every number of the sending in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

__all__ = ["Limits", "Patience"]


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long the SMTP client waits, in seconds; RFC 5321, 4.5.3.2 says how long one should."""

    connect: float = 30.0
    reply: float = 300.0
    """For each reply before the message's end."""
    final: float = 600.0
    """For the reply to the final dot: whoever hangs up early does not know whether it was taken."""
    idle: float = 20.0
    """An unused connection older than this is closed; servers hang up on idle clients."""
    per_connection: int = 200
    """Messages on one connection at most; many servers allow no more."""
    after_failure: float = 15.0
    """How long nobody knocks again after the server could not be reached."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The pace and the retries of a campaign."""

    per_minute: int = 600
    """Messages a minute at most, over all domains and campaigns."""
    per_domain_per_minute: int = 300
    """Messages a minute at most to one recipient domain."""
    longest_gap: float = 2.0
    """Seconds that a batch may sleep for its next message; a longer wait gives the batch back."""
    longest_sleep: float = 5.0
    """Seconds that one batch may sleep in all, so that a stop or a pause is soon obeyed."""
    horizon: timedelta = timedelta(minutes=2)
    """How far ahead messages that wait for their turn are spread."""
    retries: tuple[timedelta, ...] = (
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=15),
        timedelta(hours=1),
        timedelta(hours=2),
        timedelta(hours=4),
    )
    """The wait after each "not now" of the server; the last one repeats."""
    most_tries: int = 25
    give_up_after: timedelta = timedelta(hours=48)
    """Since the first try. A message is old news after that, and servers bounce by then too."""
    unreachable: timedelta = timedelta(minutes=1)
    """The wait where the mail server could not be reached, or would not take us as its client."""
    lease: float = 2.0
    """Seconds between `sending` in the journal and the final dot at most: a process that was
    stopped in between must not send what another one has meanwhile settled and sent."""
    settle_after: timedelta = timedelta(seconds=5)
    """How old `sending` must be before "it never arrived" is believed: longer than the lease, and
    time for a server to take in what was on the wire."""

    def retry(self, tries: int) -> timedelta:
        """Return the wait after the `tries`-th "not now" (from 1)."""
        return self.retries[min(max(tries, 1), len(self.retries)) - 1]
