"""Figures over time, and alarms.

Revision ID: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _decided()
    _judged()
    _watched()


def _decided() -> None:
    op.create_table(
        "placet_quality_outcomes",
        sa.Column("draft_id", sa.String(length=40), nullable=False),
        sa.Column("trade", sa.String(length=20), nullable=False),
        sa.Column("prompt", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_placet_quality_outcomes")),
    )
    op.create_index(
        op.f("ix_placet_quality_outcomes_decided_at"), "placet_quality_outcomes", ["decided_at"]
    )


def _judged() -> None:
    op.create_table(
        "placet_judge_verdicts",
        sa.Column("draft_id", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("prompt", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "draft_id", "about", "prompt", "model", name=op.f("pk_placet_judge_verdicts")
        ),
    )
    op.create_table(
        "placet_judge_labels",
        sa.Column("draft_id", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=140), nullable=False),
        sa.Column("verdict", sa.String(length=4), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_placet_judge_labels")),
    )
    op.create_table(
        "placet_judge_calibrations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("prompt", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placet_judge_calibrations")),
    )
    op.create_index(
        op.f("ix_placet_judge_calibrations_about_at"), "placet_judge_calibrations", ["about", "at"]
    )


def _watched() -> None:
    op.create_table(
        "placet_quality_replays",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("trade", sa.String(length=20), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placet_quality_replays")),
    )
    op.create_index(
        op.f("ix_placet_quality_replays_trade_at"), "placet_quality_replays", ["trade", "at"]
    )
    op.create_table(
        "placet_quality_alarms",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("trade", sa.String(length=20), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placet_quality_alarms")),
        sa.UniqueConstraint("key", name=op.f("uq_placet_quality_alarms_key")),
    )
    op.create_index(op.f("ix_placet_quality_alarms_at"), "placet_quality_alarms", ["at"])
    op.create_table(
        "placet_reply_thumbs",
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=140), nullable=False),
        sa.Column("value", sa.String(length=4), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", "person", name=op.f("pk_placet_reply_thumbs")),
    )
    op.create_table(
        "placet_quality_mutes",
        sa.Column("trade", sa.String(length=20), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.String(length=140), nullable=False),
        sa.PrimaryKeyConstraint("trade", name=op.f("pk_placet_quality_mutes")),
    )
    op.create_table(
        "placet_quality_turns",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_placet_quality_turns")),
    )
