"""The sender: says what the outbox holds, one message a second a channel, each thing once.

Slack has no idempotency key for posting. Where a post may or may not have arrived (the connection
broke, the process died), the conversation is read back and looked through for the post's own key,
which travels in its metadata, before it is said again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from placet.errors import PlacetError
from placet.log import get_logger
from placet.store import outbox
from placet.store.outbox import Post

from .answers import code_of, is_passing, retry_after
from .posting import Gone, Poster

if TYPE_CHECKING:
    from placet.wiring import Placet

__all__ = ["Sender"]

_log = get_logger(__name__)
_POLL_SECONDS = 0.2
_TRIES = 12
_PRUNE_EVERY = 3_000  # polls: ten minutes


class Sender:
    """Sends until it is stopped; several may run side by side over one PostgreSQL."""

    def __init__(
        self,
        placet: Placet,
        client_for: Callable[[str], AsyncWebClient],
        *,
        per_second: float = 1.0,
        local: bool | None = None,
    ) -> None:
        """Take a home, a way to a workspace's client, and the pace of one channel (0: none).

        `local` keeps the sender to the console's rows, or to all others; None takes every row.
        """
        self._placet, self._per_second, self._local = placet, per_second, local
        self._poster = Poster(placet, client_for)
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False

    # --- running -------------------------------------------------------------------------------

    async def run(self) -> None:
        """Send what is due, until `stop`."""
        self._loop = asyncio.get_running_loop()
        polls = 0
        while not self._stopping:
            try:
                sent = await self._round()
            except Exception:  # noqa: BLE001 - one bad round must not end the sending
                _log.exception("a round of sending failed; it is tried again")
                sent = 0
            polls += 1
            if polls % _PRUNE_EVERY == 0:
                await asyncio.to_thread(self._prune)
            if not sent:
                await self._rest()

    async def drain(self) -> None:
        """Send everything that is due, and all that becomes due while it waits, then return."""
        self._loop = asyncio.get_running_loop()
        while await asyncio.to_thread(self._waiting):
            if not await self._round():
                await asyncio.sleep(0.01)

    def nudge(self) -> None:
        """Look at the outbox now; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    def stop(self) -> None:
        """Stop after what is being sent."""
        self._stopping = True
        self.nudge()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), _POLL_SECONDS)
        except TimeoutError:
            return
        finally:
            self._wake.clear()

    async def _round(self) -> int:
        """Send the first row of each lane; lanes go side by side."""
        posts = await asyncio.to_thread(self._due)
        done = await asyncio.gather(*(self._send(post) for post in posts))
        return sum(done)

    # --- one row -------------------------------------------------------------------------------

    async def _send(self, post: Post) -> bool:
        wait = await asyncio.to_thread(self._claim, post)
        if wait is None:
            return False
        if wait:
            await asyncio.sleep(wait)
        try:
            await self._poster.post(post)
        except Gone as gone:
            await asyncio.to_thread(self._finish, post, str(gone))
        except SlackApiError as error:
            await self._refused(post, error)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            await self._again(post, str(error) or type(error).__name__)
        except PlacetError as error:
            _log.warning("outbox %s: %s", post.key, error)
            await asyncio.to_thread(self._finish, post, str(error))
        else:
            await asyncio.to_thread(self._finish, post, None)
        return True

    async def _refused(self, post: Post, error: SlackApiError) -> None:
        """Wait as long as Slack says, try again later, or give up: whichever the refusal asks."""
        said = code_of(error)
        seconds = retry_after(error)
        if seconds is not None:
            await asyncio.to_thread(self._postpone, post, seconds, "ratelimited", counts=False)
        elif is_passing(error):
            await self._again(post, said)
        else:
            _log.warning("outbox %s: Slack refused: %s", post.key, said)
            await asyncio.to_thread(self._finish, post, said)

    async def _again(self, post: Post, why: str) -> None:
        if post.tries + 1 >= _TRIES:
            _log.error("outbox %s: given up after %d tries: %s", post.key, _TRIES, why)
            await asyncio.to_thread(self._finish, post, why)
        else:
            await asyncio.to_thread(self._postpone, post, min(2.0**post.tries, 60.0), why)

    # --- SQL -----------------------------------------------------------------------------------

    def _due(self) -> Sequence[Post]:
        with self._placet.book.reader.connect() as connection:
            return outbox.due(connection, now=self._placet.clock.now(), local=self._local)

    def _waiting(self) -> int:
        with self._placet.book.reader.connect() as connection:
            return outbox.waiting(connection)

    def _claim(self, post: Post) -> float | None:
        with self._placet.book.engine.begin() as connection:
            return outbox.claim(
                connection, post, now=self._placet.clock.now(), per_second=self._per_second
            )

    def _finish(self, post: Post, error: str | None) -> None:
        with self._placet.book.engine.begin() as connection:
            outbox.finish(connection, post, error=error)

    def _postpone(self, post: Post, seconds: float, why: str, *, counts: bool = True) -> None:
        until = self._placet.clock.now() + timedelta(seconds=seconds)
        with self._placet.book.engine.begin() as connection:
            outbox.postpone(connection, post, until=until, error=why, counts=counts)

    def _prune(self) -> None:
        with self._placet.book.engine.begin() as connection:
            outbox.prune(connection, now=self._placet.clock.now())
