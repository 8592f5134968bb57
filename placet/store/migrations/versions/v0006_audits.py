"""Audits of the CRM, and their schedule.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "placet_audits",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placet_audits")),
        sa.UniqueConstraint("due", name=op.f("uq_placet_audits_due")),
    )
    op.create_index(op.f("ix_placet_audits_at"), "placet_audits", ["at"], unique=False)
    op.create_table(
        "placet_audit_schedules",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("every", sa.String(length=8), nullable=False),
        sa.Column("person", sa.String(length=140), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_placet_audit_schedules")),
    )
