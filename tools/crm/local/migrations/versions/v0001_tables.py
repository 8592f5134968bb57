"""The first tables: companies, contacts, events, deals, lists, suppressions, effects.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text()) for name in names]


def _moments(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger()) for name in names]


def _reference(name: str, table: str, target: str, *, nullable: bool = True) -> sa.Column[str]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{name}")
    return sa.Column(name, sa.String(40), key, nullable=nullable)


def upgrade() -> None:
    """Create the tables."""
    _people()
    _activity()
    _lists()


def _people() -> None:
    op.create_table(
        "crm_companies",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        *_text("domain", "industry"),
        sa.Column("employees", sa.Integer()),
        sa.Column("annual_revenue", sa.Float()),
        *_text("company_type", "country", "state", "city", "phone", "owner"),
        *_moments("created_at", "updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_crm_companies"),
    )
    op.create_index("ix_crm_companies_domain", "crm_companies", ["domain"])
    op.create_index("ix_crm_companies_name", "crm_companies", ["name"])
    op.create_table(
        "crm_contacts",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        *_text("first_name", "last_name", "job_title", "seniority", "job_function", "phone"),
        *_text("country", "state", "city", "language"),
        *_text("lifecycle_stage", "lead_status", "lead_source"),
        sa.Column("lead_score", sa.Integer()),
        *_text("owner", "company_name"),
        _reference("company_id", "crm_contacts", "crm_companies"),
        *_text("consent"),
        *_moments("created_at", "updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_crm_contacts"),
        sa.UniqueConstraint("email", name="uq_crm_contacts_email"),
    )
    op.create_index("ix_crm_contacts_company_id", "crm_contacts", ["company_id"])
    for name in (
        "seniority", "job_function", "country", "language", "lifecycle_stage", "lead_status",
        "lead_source", "consent",
    ):  # fmt: skip
        op.create_index(f"ix_crm_contacts_{name}", "crm_contacts", [name])


def _activity() -> None:
    op.create_table(
        "crm_events",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        _reference("contact_id", "crm_events", "crm_contacts", nullable=False),
        sa.Column("type", sa.String(24), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("asset", sa.Text()),
        sa.Column("key", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_crm_events"),
        sa.UniqueConstraint("key", name="uq_crm_events_key"),
    )
    cover = ["type", "occurred_at", "contact_id", "asset"]
    op.create_index("ix_crm_events_cover", "crm_events", cover)
    op.create_index("ix_crm_events_contact", "crm_events", ["contact_id", "type", "occurred_at"])
    op.create_index("ix_crm_events_asset", "crm_events", ["asset"])
    op.create_table(
        "crm_deals",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        _reference("contact_id", "crm_deals", "crm_contacts"),
        _reference("company_id", "crm_deals", "crm_companies"),
        *_text("stage"),
        sa.Column("amount", sa.Float()),
        *_moments("close_date", "created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_crm_deals"),
    )
    op.create_index("ix_crm_deals_contact_id", "crm_deals", ["contact_id"])
    op.create_index("ix_crm_deals_company_id", "crm_deals", ["company_id"])


def _lists() -> None:
    op.create_table(
        "crm_lists",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        *_text("definition"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_crm_lists"),
    )
    op.create_table(
        "crm_list_members",
        _reference("list_id", "crm_list_members", "crm_lists", nullable=False),
        _reference("contact_id", "crm_list_members", "crm_contacts", nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("list_id", "contact_id", name="pk_crm_list_members"),
    )
    op.create_index("ix_crm_list_members_contact_id", "crm_list_members", ["contact_id"])
    op.create_table(
        "crm_suppressions",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("email", name="pk_crm_suppressions"),
    )
    op.create_table(
        "crm_effects",
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_crm_effects"),
    )


def downgrade() -> None:
    """Drop the tables, youngest first."""
    for table in (
        "effects", "suppressions", "list_members", "lists", "deals", "events", "contacts",
        "companies",
    ):  # fmt: skip
        op.drop_table(f"crm_{table}")
