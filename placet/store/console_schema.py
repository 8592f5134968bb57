"""The console's own tables: the messages, views and files of a small local Slack.

They stand beside Placet's tables and hold nothing that decides anything: throw them away and every
draft, decision and receipt is still there. Times of messages are epoch microseconds, which is what
a Slack `ts` is with its point taken out.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text

from .schema import metadata as _placet

__all__ = ["files", "messages", "metadata", "sessions", "views"]

metadata = MetaData(naming_convention=_placet.naming_convention)

messages = Table(
    "placet_console_messages",
    metadata,
    Column("ts", BigInteger, primary_key=True, autoincrement=False),  # unique in the workspace
    Column("channel", String(160), nullable=False),
    Column("thread_ts", BigInteger),  # the first message of its thread; none for that one itself
    Column("author", String(140), nullable=False),
    Column("to_user", String(140)),  # an ephemeral message is for one person
    Column("client_msg_id", String(80)),
    Column("body", Text, nullable=False),  # the message as Slack's JSON
    Column("deleted", Boolean, nullable=False, default=False),
    Index(None, "channel", "ts"),
    Index(None, "channel", "thread_ts"),
    Index(None, "channel", "client_msg_id", unique=True),
)

views = Table(
    "placet_console_views",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("user", String(140), nullable=False),
    Column("kind", String(8), nullable=False),  # modal, home
    Column("depth", Integer, nullable=False),  # 1 to 3 in a stack of modals
    Column("root_id", String(40), nullable=False),
    Column("previous_id", String(40)),
    Column("external_id", String(255)),
    Column("hash", String(40), nullable=False),
    Column("body", Text, nullable=False),  # the view as Slack's JSON
    Column("open", Boolean, nullable=False),
    Index(None, "user", "open"),
)

files = Table(
    "placet_console_files",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(255), nullable=False),
    Column("title", Text, nullable=False),
    Column("content", Text),  # none until it was uploaded
    Column("size", Integer, nullable=False),
    Column("channel", String(160)),  # none until the upload was completed
)

sessions = Table(
    "placet_console_sessions",
    metadata,
    Column("channel", String(160), primary_key=True),
    Column("thread_ts", BigInteger, primary_key=True, autoincrement=False),  # 0: the channel
    Column("status", Text, nullable=False, default=""),  # "is drafting ..."
    Column("title", Text, nullable=False, default=""),
    Column("lifecycle", String(40), nullable=False, default=""),
    Column("prompts", Text, nullable=False, default="{}"),
)
