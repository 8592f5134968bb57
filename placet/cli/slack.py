"""`placet slack`: what connecting a workspace needs."""

from __future__ import annotations

import click

from .options import json_option
from .output import emit, say

__all__ = ["slack"]


@click.group()
def slack() -> None:
    r"""Connect a Slack workspace.

    \b
    1. `placet slack manifest`, pasted at api.slack.com/apps, "From a manifest".
    2. Install the app there; put its bot token into PLACET_SLACK_BOT_TOKEN.
    3. Make an app-level token (connections:write); put it into PLACET_SLACK_APP_TOKEN.
    4. Give people their Slack ids in policy.toml: team and user under [people.NAME].
    5. `placet doctor`, then `placet serve`.
    """


@slack.command()
@click.option("--url", metavar="URL", help="The public address, for HTTP instead of Socket Mode.")
@json_option
def manifest(*, url: str | None, as_json: bool) -> None:
    """Print the app manifest as JSON: exactly the scopes and events that Placet uses."""
    from placet.slack.manifest import build_manifest

    emit(build_manifest(url))


@slack.command()
@json_option
def key(*, as_json: bool) -> None:
    """Print a fresh key for PLACET_SLACK_TOKEN_KEY, which seals workspaces' tokens."""
    from cryptography.fernet import Fernet

    made = Fernet.generate_key().decode()
    if as_json:
        emit({"key": made})
    else:
        say(made)
