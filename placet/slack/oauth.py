"""OAuth: several workspaces install Placet, each with a token of its own."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from typing import TYPE_CHECKING, Any

from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from typing_extensions import override

from placet.errors import BadSetting
from placet.log import get_logger
from placet.store.outbox import first_time

from .installations import Installations, Seal
from .manifest import bot_scopes

if TYPE_CHECKING:
    from placet.wiring import Placet

__all__ = ["States", "open_oauth"]

_STATE_SECONDS = 600
_log = get_logger(__name__)


class States(AsyncOAuthStateStore):
    """The OAuth flow's `state`: a sealed, dated secret, good for ten minutes and for one use."""

    def __init__(self, placet: Placet, seal: Seal) -> None:
        self._placet, self._seal = placet, seal

    @property
    @override
    def logger(self) -> logging.Logger:
        return _log

    @override
    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        return self._seal.close(f"oauth:{secrets.token_hex(16)}")

    @override
    async def async_consume(self, state: str) -> bool:
        try:
            self._seal.open(state, within=_STATE_SECONDS)
        except BadSetting:
            return False
        return await asyncio.to_thread(self._first, hashlib.sha256(state.encode()).hexdigest())

    def _first(self, state: str) -> bool:
        with self._placet.book.engine.begin() as connection:
            return first_time(connection, f"oauth:{state}", at=self._placet.clock.now())


def open_oauth(placet: Placet) -> tuple[AsyncOAuthSettings, Installations] | None:
    """Return Bolt's OAuth settings and the installations; None where OAuth is not set up.

    Raises:
        BadSetting: it is set up by half; the message names the variable.
    """
    settings = placet.settings
    if settings.slack_client_id is None:
        return None
    if settings.slack_client_secret is None or settings.slack_token_key is None:
        raise BadSetting(
            "PLACET_SLACK_CLIENT_ID is set; OAuth also needs PLACET_SLACK_CLIENT_SECRET and "
            "PLACET_SLACK_TOKEN_KEY (`placet slack key` makes one)."
        )
    seal = Seal(settings.slack_token_key.get_secret_value())
    store = Installations(placet.book.engine, client_id=settings.slack_client_id, seal=seal)
    oauth = AsyncOAuthSettings(
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
        scopes=bot_scopes(),
        installation_store=store,
        installation_store_bot_only=True,
        state_store=States(placet, seal),
        state_expiration_seconds=_STATE_SECONDS,
    )
    return oauth, store
