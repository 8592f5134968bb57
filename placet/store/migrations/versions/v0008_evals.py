"""Runs of suites, case by case, and looks at held-out parts.

Revision ID: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "placet_eval_runs",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("suite", sa.String(length=60), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=8), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("epochs", sa.Integer(), nullable=False),
        sa.Column("drafter", sa.String(length=20), nullable=False),
        sa.Column("prompt", sa.String(length=80), nullable=True),
        sa.Column("model", sa.String(length=200), nullable=True),
        sa.Column("head", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placet_eval_runs")),
    )
    op.create_index(
        op.f("ix_placet_eval_runs_suite_started_at"), "placet_eval_runs", ["suite", "started_at"]
    )
    op.create_table(
        "placet_eval_cases",
        sa.Column("run_id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=60), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "case_id", "epoch", name=op.f("pk_placet_eval_cases")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["placet_eval_runs.id"], name=op.f("fk_placet_eval_cases_run_id")
        ),
    )
    op.create_table(
        "placet_eval_looks",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("suite", sa.String(length=60), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("run_id", sa.String(length=40), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("beyond", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placet_eval_looks")),
    )
    op.create_index(
        op.f("ix_placet_eval_looks_suite_digest"), "placet_eval_looks", ["suite", "digest"]
    )
