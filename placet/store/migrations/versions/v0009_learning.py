"""Candidate cases, rule cards, terms that were told, what was proposed.

Revision ID: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "placet_candidate_cases",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("draft_id", sa.String(length=40), nullable=False),
        sa.Column("trade", sa.String(length=40), nullable=False),
        sa.Column("cluster", sa.String(length=60), nullable=False),
        sa.Column("part", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reviewed_by", sa.String(length=140), nullable=True),
        sa.Column("reviewed_at", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placet_candidate_cases")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_placet_candidate_cases_draft_id")),
    )
    op.create_index(
        op.f("ix_placet_candidate_cases_state_trade"),
        "placet_candidate_cases",
        ["state", "trade"],
        unique=False,
    )
    op.create_table(
        "placet_rule_cards",
        sa.Column("trade", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("measured_at", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("trade", "key", name=op.f("pk_placet_rule_cards")),
    )
    op.create_table(
        "placet_told_terms",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("phrase", sa.String(length=60), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=140), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placet_told_terms")),
    )
    op.create_index(op.f("ix_placet_told_terms_at"), "placet_told_terms", ["at"], unique=False)
    op.create_table(
        "placet_prompt_proposals",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("prompt", sa.String(length=80), nullable=False),
        sa.Column("optimizer", sa.String(length=20), nullable=False),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("after", sa.String(length=64), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("draft_id", sa.String(length=40), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=140), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placet_prompt_proposals")),
    )
    op.create_index(
        op.f("ix_placet_prompt_proposals_prompt"),
        "placet_prompt_proposals",
        ["prompt"],
        unique=False,
    )
