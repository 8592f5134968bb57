"""Which prompt serves whom.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "placet_prompts",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("stable", sa.String(length=64), nullable=True),
        sa.Column("canary", sa.String(length=64), nullable=True),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", "scope", name=op.f("pk_placet_prompts")),
    )
    op.create_table(
        "placet_prompt_history",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("from_stable", sa.String(length=64), nullable=False),
        sa.Column("from_canary", sa.String(length=64), nullable=True),
        sa.Column("from_share", sa.Float(), nullable=False),
        sa.Column("to_stable", sa.String(length=64), nullable=False),
        sa.Column("to_canary", sa.String(length=64), nullable=True),
        sa.Column("to_share", sa.Float(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("draft_id", sa.String(length=40), nullable=True),
        sa.Column("person", sa.String(length=140), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_placet_prompt_history")),
        sa.UniqueConstraint("key", name=op.f("uq_placet_prompt_history_key")),
    )
    op.create_index(
        op.f("ix_placet_prompt_history_name_scope_seq"),
        "placet_prompt_history",
        ["name", "scope", "seq"],
        unique=False,
    )
