"""The first tables: campaigns, messages, paces, bounces.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _string(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def upgrade() -> None:
    """Create the tables."""
    _campaigns()
    _messages()
    op.create_table(
        "placet_mail_paces",
        _text("name"),
        _moment("free_at"),
        _moment("hint_at"),
        sa.PrimaryKeyConstraint("name", name="pk_placet_mail_paces"),
    )
    _bounces()


def _campaigns() -> None:
    table = "placet_mail_campaigns"
    op.create_table(
        table,
        _string("campaign", 80),
        _string("key", 200),
        _text("name"),
        _text("topic"),
        _text("subject"),
        _string("content", 64),
        _number("members"),
        _string("members_sha256", 64),
        _text("sketch"),
        _text("brand"),
        _moment("at"),
        sa.PrimaryKeyConstraint("campaign", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_at", table, ["at"])


def _messages() -> None:
    table = "placet_mail_messages"
    op.create_table(
        table,
        _string("key", 200),
        _string("campaign", 80),
        _text("asset"),
        _string("contact", 80),
        _text("address"),
        _text("domain"),
        _string("message_id", 255),
        _string("tag", 32),
        _string("state", 8),
        _number("tries"),
        _moment("until", nullable=True),
        sa.Column("note", sa.Text()),
        _moment("first_at"),
        _moment("at"),
        _flag("logged"),
        sa.PrimaryKeyConstraint("key", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_campaign_state_logged", table, ["campaign", "state", "logged"])
    op.create_index(f"ix_{table}_message_id", table, ["message_id"])
    op.create_index(f"ix_{table}_tag", table, ["tag"], unique=True)


def _bounces() -> None:
    table = "placet_mail_bounces"
    op.create_table(
        table,
        _string("key", 64),
        _text("address"),
        _string("message", 200),
        _flag("hard"),
        _string("status", 12),
        _text("detail"),
        _moment("at"),
        sa.PrimaryKeyConstraint("key", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_address_at", table, ["address", "at"])
