"""The first tables: requests, drafts, revisions, permits, items, receipts, ledger, tickets.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "placet_buckets",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_placet_buckets")),
    )
    op.create_table(
        "placet_drafts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=True),
        sa.Column("approvals", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=140), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("replaced_by", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placet_drafts")),
        sa.UniqueConstraint("source", name=op.f("uq_placet_drafts_source")),
    )
    op.create_index(
        op.f("ix_placet_drafts_request_id"), "placet_drafts", ["request_id"], unique=False
    )
    op.create_index(
        op.f("ix_placet_drafts_state_expires_at"),
        "placet_drafts",
        ["state", "expires_at"],
        unique=False,
    )
    op.create_table(
        "placet_ledger",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("draft_id", sa.String(length=40), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("person", sa.String(length=140), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_placet_ledger")),
    )
    op.create_index(op.f("ix_placet_ledger_draft_id"), "placet_ledger", ["draft_id"], unique=False)
    op.create_table(
        "placet_ledger_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placet_ledger_head")),
    )
    op.create_table(
        "placet_requests",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("thread_id", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=140), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("clarification", sa.Text(), nullable=True),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placet_requests")),
    )
    op.create_index(op.f("ix_placet_requests_state"), "placet_requests", ["state"], unique=False)
    op.create_index(
        op.f("ix_placet_requests_thread_id"), "placet_requests", ["thread_id"], unique=False
    )
    op.create_table(
        "placet_snapshots",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_placet_snapshots")),
    )
    op.create_table(
        "placet_switches",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=140), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_placet_switches")),
    )
    op.create_table(
        "placet_workers",
        sa.Column("slot", sa.String(length=80), nullable=False),
        sa.Column("life", sa.String(length=40), nullable=False),
        sa.Column("beat_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_placet_workers")),
    )
    op.create_table(
        "placet_permits",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("draft_id", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=False),
        sa.Column("spent_by", sa.String(length=160), nullable=True),
        sa.Column("spent_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["placet_drafts.id"], name=op.f("fk_placet_permits_draft_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placet_permits")),
    )
    op.create_index(
        op.f("ix_placet_permits_draft_id_revision"),
        "placet_permits",
        ["draft_id", "revision"],
        unique=True,
    )
    op.create_table(
        "placet_revisions",
        sa.Column("draft_id", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["placet_drafts.id"], name=op.f("fk_placet_revisions_draft_id")
        ),
        sa.PrimaryKeyConstraint("draft_id", "revision", name=op.f("pk_placet_revisions")),
    )
    op.create_table(
        "placet_items",
        sa.Column("permit_id", sa.String(length=40), nullable=False),
        sa.Column("item", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("token", sa.String(length=80), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["permit_id"], ["placet_permits.id"], name=op.f("fk_placet_items_permit_id")
        ),
        sa.PrimaryKeyConstraint("permit_id", "item", name=op.f("pk_placet_items")),
    )
    op.create_index(
        op.f("ix_placet_items_permit_id_state"),
        "placet_items",
        ["permit_id", "state"],
        unique=False,
    )
    op.create_table(
        "placet_receipts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("permit_id", sa.String(length=40), nullable=False),
        sa.Column("draft_id", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["placet_drafts.id"], name=op.f("fk_placet_receipts_draft_id")
        ),
        sa.ForeignKeyConstraint(
            ["permit_id"], ["placet_permits.id"], name=op.f("fk_placet_receipts_permit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placet_receipts")),
        sa.UniqueConstraint("permit_id", name=op.f("uq_placet_receipts_permit_id")),
    )
    op.create_index(
        op.f("ix_placet_receipts_draft_id"), "placet_receipts", ["draft_id"], unique=False
    )
    op.create_table(
        "placet_tickets",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("draft_id", sa.String(length=40), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("requester", sa.String(length=140), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("cause"),
    )
