"""The connection to a model's server: an answer has a largest size and a last moment.

A read time-out alone never ends an answer that comes a byte at a time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx2
import openai

from .faults import MOST_BYTES, TooLarge

__all__ = ["http_client"]


class _Bounded(httpx2.SyncByteStream):
    """A body that is read so far and so long."""

    def __init__(self, inner: Any, until: float) -> None:
        self._inner, self._until = inner, until

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for piece in self._inner:
            size += len(piece)
            if size > MOST_BYTES:
                raise TooLarge
            if time.monotonic() > self._until:
                raise httpx2.ReadTimeout("the answer comes too slowly")
            yield piece

    def close(self) -> None:
        self._inner.close()


def http_client(seconds: float) -> httpx2.Client:
    """Return a client whose answers are whole within so many seconds after they begin."""

    def bound(response: httpx2.Response) -> None:
        response.stream = _Bounded(response.stream, time.monotonic() + seconds)

    return openai.DefaultHttpxClient(timeout=seconds, event_hooks={"response": [bound]})
