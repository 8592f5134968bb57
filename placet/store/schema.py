"""Placet's own tables. The draft's row is the truth; everything else hangs from it.

Times are epoch microseconds in UTC (see `Instant`), bodies are canonical JSON text: what was hashed
is what is stored. Names start with `placet_`: DBOS's tables, which must be in the same database for
a click to be one transaction, and LangGraph's stand beside them.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from typing_extensions import override

__all__ = [
    "Instant",
    "buckets",
    "drafts",
    "files",
    "items",
    "ledger",
    "ledger_head",
    "metadata",
    "permits",
    "receipts",
    "requests",
    "revisions",
    "snapshots",
    "switches",
    "workers",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware moment, stored as epoch microseconds: exact, sortable, portable."""

    impl = sa.BigInteger
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("refusing to store a time without a zone")
        return (value - _EPOCH) // timedelta(microseconds=1)

    @override
    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(microseconds=value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

requests = Table(
    "placet_requests",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("thread_id", String(120), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("person", String(140), nullable=False),
    Column("place", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", String(12), nullable=False, index=True),  # drafting, done, failed
    Column("reply", Text),
    Column("clarification", Text),
    Column("refused", sa.Boolean, nullable=False, default=False),
)

snapshots = Table(
    "placet_snapshots",
    metadata,
    Column("sha256", String(64), primary_key=True),  # content-addressed: equal members, one row
    Column("count", Integer, nullable=False),
    Column("packed", LargeBinary, nullable=False),
)

files = Table(
    "placet_files",
    metadata,
    Column("sha256", String(64), primary_key=True),  # content-addressed: equal bytes, one row
    Column("size", sa.BigInteger, nullable=False),
    Column("packed", LargeBinary, nullable=False),  # deflated
)

drafts = Table(
    "placet_drafts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("request_id", String(40), nullable=False, index=True),
    Column("source", String(160), nullable=False, unique=True),  # run and ordinal: opened once
    Column("kind", String(40), nullable=False),
    Column("state", String(12), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("valid_until", Instant),
    Column("next_at", Instant),  # no job is started for it before; bookkeeping of the sweeps
    Column("stopped_by", String(140)),
    Column("stopped_at", Instant),
    Column("approvals", Text, nullable=False, default="[]"),  # JSON: who said yes, and when
    Column("decided_by", String(140)),
    Column("decided_at", Instant),
    Column("note", Text),
    Column("replaced_by", String(40)),
    Index(None, "state", "expires_at"),
)

revisions = Table(
    "placet_revisions",
    metadata,
    Column("draft_id", ForeignKey("placet_drafts.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("body", Text, nullable=False),
)

permits = Table(
    "placet_permits",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("draft_id", ForeignKey("placet_drafts.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("valid_until", Instant, nullable=False),
    Column("spent_by", String(160)),
    Column("spent_at", Instant),
    Index(None, "draft_id", "revision", unique=True),
)

items = Table(
    "placet_items",
    metadata,
    Column("permit_id", ForeignKey("placet_permits.id"), primary_key=True),
    Column("item", String(120), primary_key=True),
    Column("state", String(8), nullable=False),  # claimed, done, failed, unknown, deferred, stopped
    Column("token", String(80), nullable=False),  # whose claim it is
    Column("result", Text),
    Column("error", Text),
    Column("at", Instant, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),  # how often it was put off
    Column("next_at", Instant),  # of a deferred item: when it may be tried again
    Index(None, "permit_id", "state", "next_at"),
)

receipts = Table(
    "placet_receipts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("permit_id", ForeignKey("placet_permits.id"), nullable=False, unique=True),
    Column("draft_id", ForeignKey("placet_drafts.id"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("state", String(12), nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

ledger = Table(
    "placet_ledger",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("event", String(40), nullable=False),
    Column("draft_id", String(40), index=True),
    Column("revision", Integer),
    Column("digest", String(64)),
    Column("person", String(140)),
    Column("body", Text, nullable=False),
    Column("prev", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

ledger_head = Table(
    "placet_ledger_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # one row, number 1
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

switches = Table(
    "placet_switches",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("on", sa.Boolean, nullable=False),
    Column("turn", Integer, nullable=False),  # counts the changes; names the runs that resume
    Column("person", String(140)),
    Column("at", Instant, nullable=False),
)

buckets = Table(
    "placet_buckets",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("tokens", sa.Float, nullable=False),
    Column("at", Instant, nullable=False),
)

workers = Table(
    "placet_workers",
    metadata,
    Column("slot", String(80), primary_key=True),
    Column("life", String(40), nullable=False),  # a fresh word for each start of the slot
    Column("beat_at", Instant, nullable=False),
    Column("version", String(40), nullable=False),
)
