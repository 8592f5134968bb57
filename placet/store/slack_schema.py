"""The tables behind the chat doors: what is still to be said, where cards stand, who read what.

They belong to the same metadata as the rest, so that a decision and what is said about it are one
transaction.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from .schema import Instant, metadata

__all__ = ["bots", "cards", "feedback", "installations", "opened", "outbox", "seen"]

outbox = Table(
    "placet_outbox",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("key", String(240), nullable=False, unique=True),  # one thing is said once
    Column("lane", String(200), nullable=False),  # what is paced and kept in order: team/channel
    Column("kind", String(20), nullable=False),
    Column("body", Text, nullable=False),  # JSON: ids; what is said is rendered when it is sent
    Column("state", String(8), nullable=False),  # waiting, sent, dropped
    Column("tries", Integer, nullable=False, default=0),
    Column("due_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Column("error", Text),
    Index(None, "state", "lane", "seq"),
)

cards = Table(
    "placet_cards",
    metadata,
    Column("draft_id", ForeignKey("placet_drafts.id"), primary_key=True),
    Column("place", String(200), primary_key=True),  # team/channel/thread_ts, or team/@user
    Column("viewer", String(140)),  # whose eyes only, where one person alone sees the copy
    Column("channel", String(40)),  # where it was posted, once it was
    Column("ts", String(40)),
    Column("wanted", Integer, nullable=False),  # counts the changes of what it should show
    Column("shown", Integer, nullable=False),  # the last of them that it does show
)

opened = Table(
    "placet_opened",
    metadata,
    Column("person", String(140), primary_key=True),
    Column("digest", String(64), primary_key=True),  # the full view of this digest was read
    Column("at", Instant, nullable=False),
)

seen = Table(
    "placet_seen",
    metadata,
    Column("id", String(120), primary_key=True),  # an event that was taken in: once is enough
    Column("at", Instant, nullable=False, index=True),
)

feedback = Table(
    "placet_feedback",
    metadata,
    Column("draft_id", ForeignKey("placet_drafts.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("person", String(140), primary_key=True),
    Column("value", String(4), nullable=False),  # up, down
    Column("reason", Text),
    Column("at", Instant, nullable=False),
)

# As slack_sdk's installation store names and types its columns, except that tokens are sealed
# before they come here, and sealed they are longer than the 200 characters that it allows them.


def _bot() -> list[Column[Any]]:
    return [
        Column("id", Integer, primary_key=True, autoincrement=True),
        Column("client_id", String(32), nullable=False),
        Column("app_id", String(32), nullable=False),
        Column("enterprise_id", String(32)),
        Column("enterprise_name", String(200)),
        Column("team_id", String(32)),
        Column("team_name", String(200)),
        Column("bot_token", Text),
        Column("bot_id", String(32)),
        Column("bot_user_id", String(32)),
        Column("bot_scopes", String(1000)),
        Column("bot_refresh_token", Text),
        Column("bot_token_expires_at", sa.DateTime),
        Column("is_enterprise_install", sa.Boolean, default=False, nullable=False),
        Column("installed_at", sa.DateTime, nullable=False, default=sa.func.now()),
    ]


bots = Table(
    "placet_slack_bots",
    metadata,
    *_bot(),
    Index("placet_slack_bots_idx", "client_id", "enterprise_id", "team_id", "installed_at"),
)

installations = Table(
    "placet_slack_installations",
    metadata,
    *_bot(),
    Column("enterprise_url", String(200)),
    Column("user_id", String(32), nullable=False),
    Column("user_token", Text),
    Column("user_scopes", String(1000)),
    Column("user_refresh_token", Text),
    Column("user_token_expires_at", sa.DateTime),
    Column("incoming_webhook_url", String(200)),
    Column("incoming_webhook_channel", String(200)),
    Column("incoming_webhook_channel_id", String(200)),
    Column("incoming_webhook_configuration_url", String(200)),
    Column("token_type", String(32)),
    Index(
        "placet_slack_installations_idx",
        "client_id",
        "enterprise_id",
        "team_id",
        "user_id",
        "installed_at",
    ),
)
