"""Which workspaces Placet serves, with which token: cached, so that no click waits for Slack."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_sdk.web.async_client import AsyncWebClient
from typing_extensions import override

__all__ = ["Cached", "OneWorkspace"]

_KEEP_SECONDS = 600.0


class OneWorkspace(AsyncAuthorize):
    """Serves the workspace that one token belongs to, and no other."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._known: AuthorizeResult | None = None

    @override
    async def __call__(
        self,
        *,
        context: Any,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult | None:
        if self._known is None:
            tested = await self._client.auth_test()
            self._known = AuthorizeResult.from_auth_test_response(
                bot_token=self._client.token, auth_test_response=tested
            )
        return self._known if team_id == self._known.team_id else None


class Cached(AsyncAuthorize):
    """Remembers for ten minutes what another authorization said of a workspace."""

    def __init__(self, inner: Callable[..., Awaitable[AuthorizeResult | None]]) -> None:
        self._inner = inner
        self._known: dict[tuple[str | None, str | None], tuple[float, AuthorizeResult]] = {}

    @override
    async def __call__(
        self,
        *,
        context: Any,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult | None:
        key = (enterprise_id, team_id)
        known = self._known.get(key)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        found = await self._inner(
            context=context, enterprise_id=enterprise_id, team_id=team_id, user_id=user_id
        )
        if found is None:
            self._known.pop(key, None)
            return None
        self._known[key] = (time.monotonic() + _KEEP_SECONDS, found)
        return found
