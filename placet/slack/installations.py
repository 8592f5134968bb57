"""Workspaces that installed Placet: Bolt's installation store in our database, its tokens sealed.

slack_sdk's own store does the SQL, on threads. Tokens are sealed with Fernet (AES-128 and HMAC)
before they reach it and opened after; the key is kept outside the database.
"""

from __future__ import annotations

import asyncio
import copy
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from cryptography.fernet import Fernet, InvalidToken
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.web.async_client import AsyncWebClient
from typing_extensions import override

from placet.errors import BadSetting, NotFound
from placet.store.slack_schema import bots, installations

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = ["Installations", "Seal"]

_SEALED = ("bot_token", "bot_refresh_token", "user_token", "user_refresh_token")
_KEEP_SECONDS = 600.0

T = TypeVar("T", Bot, Installation)


class Seal:
    """Seals and opens short texts with one key."""

    def __init__(self, key: str) -> None:
        """Take a Fernet key.

        Raises:
            BadSetting: it is none.
        """
        try:
            self._fernet = Fernet(key.encode())
        except ValueError:
            raise BadSetting(
                "PLACET_SLACK_TOKEN_KEY is no Fernet key: 32 random bytes in URL-safe base64; "
                "`placet slack key` makes one."
            ) from None

    def close(self, text: str) -> str:
        """Return the text sealed."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str, *, within: int | None = None) -> str:
        """Return what was sealed, if need be no longer ago than `within` seconds.

        Raises:
            BadSetting: it was sealed with another key, or changed, or is too old.
        """
        try:
            return self._fernet.decrypt(sealed.encode(), ttl=within).decode()
        except InvalidToken:
            raise BadSetting(
                "A Slack token was sealed with another key; set the old PLACET_SLACK_TOKEN_KEY, or "
                "install Placet in the workspace again."
            ) from None


class Installations(AsyncInstallationStore):
    """Keeps installations, sealed, and hands out clients for what Placet says by itself."""

    def __init__(self, engine: sa.Engine, *, client_id: str, seal: Seal) -> None:
        self._seal = seal
        self._store = SQLAlchemyInstallationStore(
            client_id=client_id,
            engine=engine,
            bots_table_name=bots.name,
            installations_table_name=installations.name,
        )
        self._clients: dict[str, tuple[float, AsyncWebClient]] = {}

    @property
    @override
    def logger(self) -> logging.Logger:
        return self._store.logger

    def client_for(self, team_id: str) -> AsyncWebClient:
        """Return a client with the workspace's token, remembered for ten minutes.

        Raises:
            NotFound: Placet is not installed there (any more).
        """
        known = self._clients.get(team_id)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        bot = self._store.find_bot(enterprise_id=None, team_id=team_id)
        if bot is None:
            raise NotFound(f"Placet is not installed in the workspace {team_id}.")
        client = AsyncWebClient(token=self._opened(bot).bot_token)
        self._clients[team_id] = (time.monotonic() + _KEEP_SECONDS, client)
        return client

    # --- what Bolt asks for --------------------------------------------------------------------

    @override
    async def async_save(self, installation: Installation) -> None:
        await asyncio.to_thread(self._store.save, self._closed(installation))
        self._clients.pop(str(installation.team_id), None)

    @override
    async def async_save_bot(self, bot: Bot) -> None:
        await asyncio.to_thread(self._store.save_bot, self._closed(bot))
        self._clients.pop(str(bot.team_id), None)

    @override
    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        bot = await asyncio.to_thread(
            self._store.find_bot,
            enterprise_id=enterprise_id,
            team_id=team_id,
            is_enterprise_install=is_enterprise_install,
        )
        return None if bot is None else self._opened(bot)

    @override
    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        found = await asyncio.to_thread(
            self._store.find_installation,
            enterprise_id=enterprise_id,
            team_id=team_id,
            user_id=user_id,
            is_enterprise_install=is_enterprise_install,
        )
        return None if found is None else self._opened(found)

    @override
    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        await asyncio.to_thread(
            self._store.delete_bot, enterprise_id=enterprise_id, team_id=team_id
        )
        self._clients.pop(str(team_id), None)

    @override
    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        await asyncio.to_thread(
            self._store.delete_installation,
            enterprise_id=enterprise_id,
            team_id=team_id,
            user_id=user_id,
        )

    @override
    async def async_delete_all(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        await self.async_delete_bot(enterprise_id=enterprise_id, team_id=team_id)
        await self.async_delete_installation(enterprise_id=enterprise_id, team_id=team_id)

    # --- sealing -------------------------------------------------------------------------------

    def _closed(self, held: T) -> T:
        return self._with_tokens(held, self._seal.close)

    def _opened(self, held: T) -> T:
        return self._with_tokens(held, self._seal.open)

    def _with_tokens(self, held: T, turn: Callable[[str], str]) -> T:
        turned = copy.copy(held)
        for name in _SEALED:
            token: Any = getattr(held, name, None)
            if token:
                setattr(turned, name, turn(token))
        return turned
