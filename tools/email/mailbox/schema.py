"""The table of what arrived: one row per message and recipient, in the order of arrival.

It stands in Placet's own database and hangs from nothing: throw it away and every draft, receipt
and journal is still there. The store's migrations make it.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

__all__ = ["metadata", "posts"]

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"}
)

posts = Table(
    "placet_mailbox",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", BigInteger, nullable=False),  # epoch microseconds
    Column("recipient", String(320), nullable=False),  # of the envelope, lower-cased
    Column("sender", String(320), nullable=False),  # of the envelope
    Column("message_id", String(255), nullable=False),
    Column("author", Text, nullable=False),  # the From header
    Column("subject", Text, nullable=False),
    Column("campaign", String(80), nullable=False),  # cp_..., or empty
    Column("size", Integer, nullable=False),  # in bytes, as it arrived
    Column("raw", LargeBinary),  # zlib; none once it is too old to be kept whole
    Index(None, "message_id"),
    Index(None, "recipient"),
    Index(None, "campaign", "id"),
)
