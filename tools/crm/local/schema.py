"""The embedded CRM's tables, portable between SQLite and PostgreSQL.

Ids are text as vendors' ids are. Times are epoch microseconds in UTC (BIGINT): they compare the
same on every database, index well and lose nothing. Text that a person typed may be missing (NULL)
but is never the empty string: writers store NULL for blank. The names start with `crm_` so that the
CRM may share a database with Placet's own tables.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

__all__ = [
    "companies",
    "contacts",
    "deals",
    "effects",
    "events",
    "former_emails",
    "list_members",
    "lists",
    "metadata",
    "suppressions",
    "topics",
]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

companies = Table(
    "crm_companies",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("domain", Text),
    Column("industry", Text),
    Column("employees", Integer),
    Column("annual_revenue", Float),
    Column("company_type", Text),
    Column("country", Text),
    Column("state", Text),
    Column("city", Text),
    Column("phone", Text),
    Column("owner", Text),
    Column("created_at", BigInteger),
    Column("updated_at", BigInteger),
    Index(None, "domain"),
    Index(None, "name"),  # an import links by exact name where there is no domain
)

contacts = Table(
    "crm_contacts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("email", Text, nullable=False, unique=True),  # stored lower-cased
    Column("first_name", Text),
    Column("last_name", Text),
    Column("job_title", Text),
    Column("seniority", Text),  # picklist, derived from the title where it was not given
    Column("job_function", Text),  # picklist, derived from the title where it was not given
    Column("phone", Text),
    Column("country", Text),
    Column("state", Text),
    Column("city", Text),
    Column("language", Text),
    Column("lifecycle_stage", Text),
    Column("lead_status", Text),
    Column("lead_source", Text),
    Column("lead_score", Integer),
    Column("owner", Text),
    Column("company_name", Text),
    Column("company_id", ForeignKey("crm_companies.id")),
    Column("consent", Text),  # picklist: granted, denied; NULL is not known
    Column("created_at", BigInteger),
    Column("updated_at", BigInteger),
    Index(None, "company_id"),
    # The picklists: which values are stored, misspelt ones too, is asked of the index for every
    # segment, and an equality is then one of bytes.
    *(
        Index(None, name)
        for name in (
            "seniority", "job_function", "country", "language", "lifecycle_stage", "lead_status",
            "lead_source", "consent",
        )
    ),
)  # fmt: skip

events = Table(
    "crm_events",
    metadata,
    Column(
        "id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
    Column("contact_id", ForeignKey("crm_contacts.id"), nullable=False),
    Column("type", String(24), nullable=False),
    Column("occurred_at", BigInteger, nullable=False),
    Column("asset", Text),
    Column("key", String(64), unique=True, nullable=False),  # hash of the row: import is idempotent
    Index("ix_crm_events_cover", "type", "occurred_at", "contact_id", "asset"),
    Index("ix_crm_events_contact", "contact_id", "type", "occurred_at"),
    Index(None, "asset"),  # the distinct assets by skipping from one to the next, never by a scan
)

deals = Table(
    "crm_deals",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("contact_id", ForeignKey("crm_contacts.id")),
    Column("company_id", ForeignKey("crm_companies.id")),
    Column("stage", Text),
    Column("amount", Float),
    Column("close_date", BigInteger),
    Column("created_at", BigInteger),
    Index(None, "contact_id"),
    Index(None, "company_id"),
)

lists = Table(
    "crm_lists",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("definition", Text),  # canonical JSON of the Segment it was made from, if any
    Column("created_at", BigInteger, nullable=False),
    Column("archived", Boolean, nullable=False, default=False),
)

list_members = Table(
    "crm_list_members",
    metadata,
    Column("list_id", ForeignKey("crm_lists.id"), primary_key=True),
    Column("contact_id", ForeignKey("crm_contacts.id"), primary_key=True),
    Column("added_at", BigInteger, nullable=False),
    Index(None, "contact_id"),
)

suppressions = Table(
    "crm_suppressions",
    metadata,
    Column("email", Text, primary_key=True),  # lower-cased; outlives the contact
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

topics = Table(
    "crm_topics",
    metadata,
    Column("email", Text, primary_key=True),  # lower-cased; outlives the contact
    Column("topic", Text, primary_key=True),  # of the brand file; "" stands for everything
    Column("takes", Boolean, nullable=False),  # what the person said last
    Column("at", BigInteger, nullable=False),
)

former_emails = Table(
    "crm_former_emails",
    metadata,
    Column("email", Text, primary_key=True),  # lower-cased; an address the contact had before
    Column("contact_id", ForeignKey("crm_contacts.id"), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Index(None, "contact_id"),
)

effects = Table(
    "crm_effects",
    metadata,
    Column("key", String(120), primary_key=True),  # draft:revision:item, the idempotency key
    Column("result", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
