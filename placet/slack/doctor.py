"""Is Slack connected soundly: tokens, scopes, Socket Mode, every template, a post and its end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from placet.errors import BadSetting
from placet.settings import Settings

from .answers import code_of
from .check import faults, view_faults
from .installations import Seal
from .manifest import bot_scopes
from .messages import QUIET, words_message
from .serving import door_of
from .templates import templates

__all__ = ["check_slack"]

Finding = tuple[str, Literal["ok", "warn", "error"], str]
_API = "https://slack.com/api/"


def check_slack(settings: Settings, *, base_url: str = _API) -> list[Finding]:
    """Return what was found, each with a name, `ok`, `warn` or `error`, and one line.

    Without a token nothing leaves this machine. With one, Slack is asked.
    """
    try:
        return list(_look(settings, base_url))
    except (BadSetting, OSError) as error:
        return [("slack", "error", str(error))]


def _look(settings: Settings, base_url: str) -> Iterator[Finding]:
    yield _templates()
    door = door_of(settings)
    if door is None:
        yield "slack", "ok", "not connected; `placet slack manifest` begins it."
        return
    yield "slack door", "ok", "Socket Mode." if door == "socket" else "HTTP, behind your proxy."
    if settings.slack_client_id is not None:
        yield _oauth(settings)
    if settings.slack_app_token is not None:
        yield _socket(settings.slack_app_token.get_secret_value(), base_url)
    if settings.slack_bot_token is not None:
        client = WebClient(token=settings.slack_bot_token.get_secret_value(), base_url=base_url)
        yield from _workspace(client, settings.slack_channel)


def _templates() -> Finding:
    """Hold every message and view against our own rules; needs no network."""
    wrong = [
        f"{name}: {fault}"
        for name, held in templates().items()
        for fault in (
            view_faults(held) if name.startswith("view/") else faults(held["blocks"], "message")
        )
    ]
    if wrong:
        return "slack templates", "error", f"{len(wrong)} fault(s), for example {wrong[0]}"
    return "slack templates", "ok", f"{len(templates())} cards and forms are well-formed."


def _oauth(settings: Settings) -> Finding:
    if settings.slack_client_secret is None or settings.slack_token_key is None:
        return "slack oauth", "error", (
            "PLACET_SLACK_CLIENT_SECRET or PLACET_SLACK_TOKEN_KEY is missing."
        )  # fmt: skip
    Seal(settings.slack_token_key.get_secret_value())
    return "slack oauth", "ok", "several workspaces may install; their tokens are sealed."


def _socket(token: str, base_url: str) -> Finding:
    try:
        WebClient(base_url=base_url).apps_connections_open(app_token=token)
    except SlackApiError as error:
        return "slack socket", "error", f"PLACET_SLACK_APP_TOKEN: Slack says {code_of(error)}."
    return "slack socket", "ok", "Socket Mode opens."


def _workspace(client: WebClient, channel: str | None) -> Iterator[Finding]:
    try:
        tested = client.auth_test()
    except SlackApiError as error:
        yield "slack token", "error", f"PLACET_SLACK_BOT_TOKEN: Slack says {code_of(error)}."
        return
    yield "slack token", "ok", f"{tested['user']} in {tested['team']} ({tested['team_id']})."
    yield _scopes(dict(tested.headers))
    yield _validated(client)
    yield _posted(client, channel)


def _scopes(headers: dict[str, str]) -> Finding:
    header = next((v for k, v in headers.items() if k.lower() == "x-oauth-scopes"), "")
    have = {scope.strip() for scope in header.split(",") if scope.strip()}
    missing = sorted(set(bot_scopes()) - have)
    spare = sorted(have - set(bot_scopes()))
    if missing:
        return "slack scopes", "error", (
            f"missing: {', '.join(missing)}; update the app with `placet slack manifest` and "
            "install it again."
        )  # fmt: skip
    if spare:
        return "slack scopes", "warn", f"more than needed: {', '.join(spare)}."
    return "slack scopes", "ok", "exactly those of the manifest."


def _validated(client: WebClient) -> Finding:
    """Have Slack itself validate every template."""
    for name, held in templates().items():
        try:
            if name.startswith("view/"):
                client.blocks_validate(view=json.dumps(held))
            else:
                client.blocks_validate(blocks=json.dumps(held["blocks"]))
        except SlackApiError as error:
            code = code_of(error)
            if code == "unknown_method":
                return "slack blocks", "warn", "this Slack has no blocks.validate."
            return "slack blocks", "error", f"{name}: Slack says {code}."
    return "slack blocks", "ok", f"Slack takes all {len(templates())} templates."


def _posted(client: WebClient, channel: str | None) -> Finding:
    if channel is None:
        return "slack post", "warn", "not tried: set PLACET_SLACK_CHANNEL to a test channel's id."
    try:
        message = words_message("placet doctor was here; this is deleted at once.")
        posted = client.chat_postMessage(channel=channel, **message, **QUIET)
        client.chat_delete(channel=str(posted["channel"]), ts=str(posted["ts"]))
    except SlackApiError as error:
        return "slack post", "error", f"in {channel}: Slack says {code_of(error)}."
    return "slack post", "ok", f"posted and deleted in {channel}."
