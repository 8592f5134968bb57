"""Files beside a draft, items that are put off, schedules and stops.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and add the columns."""
    op.create_table(
        "placet_files",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_placet_files")),
    )
    # ADD COLUMN and no batch: SQLite would copy the tables, and their rows are many.
    op.add_column("placet_drafts", sa.Column("next_at", sa.BigInteger(), nullable=True))
    op.add_column("placet_drafts", sa.Column("stopped_by", sa.String(length=140), nullable=True))
    op.add_column("placet_drafts", sa.Column("stopped_at", sa.BigInteger(), nullable=True))
    op.add_column(
        "placet_items", sa.Column("tries", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("placet_items", sa.Column("next_at", sa.BigInteger(), nullable=True))
    op.drop_index(op.f("ix_placet_items_permit_id_state"), table_name="placet_items")
    op.create_index(
        op.f("ix_placet_items_permit_id_state_next_at"),
        "placet_items",
        ["permit_id", "state", "next_at"],
        unique=False,
    )
