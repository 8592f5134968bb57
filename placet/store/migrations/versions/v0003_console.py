"""The console's tables: messages, views, files and sessions of a small local Slack.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "placet_console_messages",
        sa.Column("ts", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(length=160), nullable=False),
        sa.Column("thread_ts", sa.BigInteger(), nullable=True),
        sa.Column("author", sa.String(length=140), nullable=False),
        sa.Column("to_user", sa.String(length=140), nullable=True),
        sa.Column("client_msg_id", sa.String(length=80), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("ts", name=op.f("pk_placet_console_messages")),
    )
    for columns in (["channel", "ts"], ["channel", "thread_ts"]):
        name = op.f("ix_placet_console_messages_" + "_".join(columns))
        op.create_index(name, "placet_console_messages", columns, unique=False)
    op.create_index(
        op.f("ix_placet_console_messages_channel_client_msg_id"),
        "placet_console_messages",
        ["channel", "client_msg_id"],
        unique=True,
    )
    op.create_table(
        "placet_console_views",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("user", sa.String(length=140), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("root_id", sa.String(length=40), nullable=False),
        sa.Column("previous_id", sa.String(length=40), nullable=True),
        sa.Column("external_id", sa.String(length=255), nullable=True),
        sa.Column("hash", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placet_console_views")),
    )
    op.create_index(
        op.f("ix_placet_console_views_user_open"), "placet_console_views", ["user", "open"]
    )
    op.create_table(
        "placet_console_files",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=160), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placet_console_files")),
    )
    op.create_table(
        "placet_console_sessions",
        sa.Column("channel", sa.String(length=160), nullable=False),
        sa.Column("thread_ts", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("lifecycle", sa.String(length=40), nullable=False),
        sa.Column("prompts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "thread_ts", name=op.f("pk_placet_console_sessions")),
    )
