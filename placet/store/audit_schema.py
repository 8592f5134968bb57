"""The tables of the audit: what each one found, and when the next is due."""

from sqlalchemy import Column, String, Table, Text

from .schema import Instant, metadata

__all__ = ["audits", "schedules"]

audits = Table(
    "placet_audits",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("due", Instant, unique=True),  # of a scheduled one: which turn it is; one for each
    Column("body", Text, nullable=False),  # JSON of `tools.hygiene.audit.Audit`
)

schedules = Table(
    "placet_audit_schedules",
    metadata,
    Column("name", String(20), primary_key=True),  # what is audited: `crm`
    Column("every", String(8), nullable=False),  # daily, weekly, off
    Column("person", String(140), nullable=False),  # who set it, and hears of it
    Column("place", String(200)),  # team/channel that hears of it besides
    Column("next_at", Instant),  # empty where it is off
    Column("claimed_until", Instant),  # a worker is at it; after this another may be
)
