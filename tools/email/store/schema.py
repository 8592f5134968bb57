"""The mail journal's tables, portable between SQLite and PostgreSQL.

One row per message, under the permit's idempotency key. Its state is committed before anything
irreversible leaves: `sending` stands in the database before the final dot does on the wire. Times
are epoch microseconds in UTC.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

__all__ = ["bounces", "campaigns", "messages", "metadata", "paces"]

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"}
)

campaigns = Table(
    "placet_mail_campaigns",
    metadata,
    Column("campaign", String(80), primary_key=True),  # cp_...
    Column("key", String(200), nullable=False),  # draft:revision:campaign
    Column("name", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("subject", Text, nullable=False),  # Liquid, as approved
    Column("content", String(64), nullable=False),  # hash of what recipients read
    Column("members", Integer, nullable=False),
    Column("members_sha256", String(64), nullable=False),
    Column("sketch", Text, nullable=False),  # JSON: stands for the members
    Column("brand", Text, nullable=False),  # the brand file as approved, so that all get the same
    Column("at", BigInteger, nullable=False),
    Index(None, "at"),
)

messages = Table(
    "placet_mail_messages",
    metadata,
    Column("key", String(200), primary_key=True),  # draft:revision:contact, the idempotency key
    Column("campaign", String(80), nullable=False),
    Column("asset", Text, nullable=False),  # how people call the campaign; empty for a test
    Column("contact", String(80), nullable=False),  # empty for a test
    Column("address", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("message_id", String(255), nullable=False),  # without its angle brackets
    Column("tag", String(32), nullable=False),  # of the envelope sender: proves a bounce ours
    Column("state", String(8), nullable=False),  # waiting, sending, sent, refused
    Column("tries", Integer, nullable=False),
    Column("until", BigInteger),  # while waiting: not before
    Column("note", Text),  # the server's reply, or why not
    Column("first_at", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),  # of the state
    Column("logged", Boolean, nullable=False),  # whether the CRM has its email_sent
    Index(None, "campaign", "state", "logged"),
    Index(None, "message_id"),
    Index("ix_placet_mail_messages_tag", "tag", unique=True),
)

paces = Table(
    "placet_mail_paces",
    metadata,
    Column("name", Text, primary_key=True),  # of a limit: everything, a domain, a campaign's own
    Column("free_at", BigInteger, nullable=False),  # when the next message may leave
    Column("hint_at", BigInteger, nullable=False),  # when the last of those waiting may come back
)

bounces = Table(
    "placet_mail_bounces",
    metadata,
    Column("key", String(64), primary_key=True),  # hash: the same report twice is one
    Column("address", Text, nullable=False),
    Column("message", String(200), nullable=False),  # the key of the message it answers
    Column("hard", Boolean, nullable=False),
    Column("status", String(12), nullable=False),
    Column("detail", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index(None, "address", "at"),
)
