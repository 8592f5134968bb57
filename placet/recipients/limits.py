"""How often strangers may ask: token buckets in memory, by who asks and by which link.

A link that is ours is never refused because of who else comes from there: mailbox providers send
all their one-click requests from a few addresses. What is limited by address is guessing.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Bucket", "Limits"]

_REMEMBERED = 20_000
_NETWORK_BITS = 64
"""One customer of a provider has a whole IPv6 network of this size."""


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """How many at once, and how many a second afterwards."""

    burst: int
    per_second: float


class Limits:
    """Counts; safe to use from several threads."""

    def __init__(
        self,
        *,
        guesses: Bucket = Bucket(burst=30, per_second=0.2),
        one_link: Bucket = Bucket(burst=40, per_second=1.0),
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self._guesses, self._one_link, self._tick = guesses, one_link, tick
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def may_guess(self, host: str) -> bool:
        """Return whether this address may bring one more link that is not ours."""
        return self._take(f"guess {_network(host)}", self._guesses)

    def may_use(self, token: str) -> bool:
        """Return whether this link may be used once more."""
        return self._take(f"link {token}", self._one_link)

    def _take(self, name: str, bucket: Bucket) -> bool:
        now = self._tick()
        with self._lock:
            left, since = self._held.pop(name, (float(bucket.burst), now))
            left = min(bucket.burst, left + (now - since) * bucket.per_second)
            allowed = left >= 1
            self._held[name] = (left - 1 if allowed else left, now)
            while len(self._held) > _REMEMBERED:
                self._held.popitem(last=False)
        return allowed


def _network(host: str) -> str:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((address, _NETWORK_BITS), strict=False))
