"""Which addresses a contact had before: an opt-out that arrives there is still theirs.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    reference = sa.ForeignKey("crm_contacts.id", name="fk_crm_former_emails_contact_id")
    op.create_table(
        "crm_former_emails",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.String(40), reference, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("email", "contact_id", name="pk_crm_former_emails"),
    )
    op.create_index("ix_crm_former_emails_contact_id", "crm_former_emails", ["contact_id"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("crm_former_emails")
