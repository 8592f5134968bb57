"""Pictures on cards: uploaded once to each workspace, then named by Slack's id for them.

A picture that cannot be uploaded is no reason not to post: words stand in its place. Slack takes a
moment to look at an upload, and until then refuses blocks that show it (`invalid slack file`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from placet.errors import PlacetError
from placet.log import get_logger
from placet.store.files import SqlFiles

from .answers import code_of, told
from .blocks import Pictures
from .cards import Card
from .parts import Image

if TYPE_CHECKING:
    from placet.wiring import Placet

__all__ = ["Uploads", "with_pictures"]

T = TypeVar("T")
_log = get_logger(__name__)
_FAILS = (aiohttp.ClientError, SlackRequestError, TimeoutError, OSError, PlacetError, LookupError)
_REMEMBERED = 5_000
_WAITS_SECONDS = (0.5, 1.5, 3.0)


class Uploads:
    """Which pictures a workspace has already; forgotten with the process, then uploaded anew."""

    def __init__(self, placet: Placet) -> None:
        self._files = SqlFiles(placet.engine)
        self._known: dict[tuple[str, str], str] = {}
        self._turn = asyncio.Lock()

    async def of(self, client: AsyncWebClient, team: str, card: Card) -> Pictures:
        """Return the ids of a card's pictures, those that could be uploaded."""
        images = [image for part in card.parts for image in part.images]
        if not images:
            return {}
        found: dict[str, str] = {}
        async with self._turn:  # several copies of a card are posted side by side
            for image in images:
                known = self._known.get((team, image.sha256)) or await self._upload(client, image)
                if known is not None:
                    self._remember(team, image, known)
                    found[image.sha256] = known
        return found

    async def _upload(self, client: AsyncWebClient, image: Image) -> str | None:
        try:
            data = await asyncio.to_thread(self._files.read, image.sha256)
            answer = await client.files_upload_v2(
                filename=image.name, content=data, title=image.name, alt_txt=image.alt,
                request_file_info=False,
            )  # fmt: skip
            return told(answer, "file", "id")
        except SlackApiError as error:
            _log.warning("the picture %s was not taken: %s", image.name, code_of(error))
        except _FAILS as error:
            _log.warning("the picture %s was not uploaded: %s", image.name, error)
        return None

    def _remember(self, team: str, image: Image, file: str) -> None:
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[team, image.sha256] = file


async def with_pictures(pictures: Pictures, show: Callable[[Pictures], Awaitable[T]]) -> T:
    """Show something with its pictures as soon as Slack has looked at them, else without them."""
    for wait in _WAITS_SECONDS if pictures else ():
        try:
            return await show(pictures)
        except SlackApiError as error:
            if "slack file" not in str(error.response.data).lower().replace("_", " "):
                raise
        await asyncio.sleep(wait)
    return await show({})
