"""The tables of prompts: what serves whom, and how it came to.

The texts themselves are files by hash (`files`); a served hash without one is a file that ships.
"""

from sqlalchemy import Column, Float, Index, Integer, String, Table, Text

from .schema import Instant, metadata

__all__ = ["prompt_history", "prompt_serving"]

prompt_serving = Table(
    "placet_prompts",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("scope", String(64), primary_key=True),  # `default`, or a team id
    Column("stable", String(64)),  # empty: the file that ships; of a workspace: as everywhere
    Column("canary", String(64)),
    Column("share", Float, nullable=False),  # of the requests, that the canary gets
    Column("at", Instant, nullable=False),  # since when
)

prompt_history = Table(
    "placet_prompt_history",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("key", String(160), nullable=False, unique=True),  # a repeated step writes once
    Column("name", String(80), nullable=False),
    Column("scope", String(64), nullable=False),
    Column("event", String(16), nullable=False),  # promoted, rolled_back, went_back
    Column("from_stable", String(64), nullable=False),
    Column("from_canary", String(64)),
    Column("from_share", Float, nullable=False),
    Column("to_stable", String(64), nullable=False),
    Column("to_canary", String(64)),
    Column("to_share", Float, nullable=False),
    Column("why", Text, nullable=False),
    Column("draft_id", String(40)),
    Column("person", String(140)),  # who rolled it back; of a promotion the draft says who
    Column("at", Instant, nullable=False),
    Index(None, "name", "scope", "seq"),
)
