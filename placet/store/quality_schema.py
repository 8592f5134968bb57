"""The tables of quality over time: what people decided, what judges said, replays and alarms."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from .schema import Instant, metadata

__all__ = [
    "alarms",
    "calibrations",
    "labels",
    "mutes",
    "outcomes",
    "replays",
    "reply_thumbs",
    "turns",
    "verdicts",
]

outcomes = Table(
    "placet_quality_outcomes",
    metadata,
    Column("draft_id", String(40), primary_key=True),
    Column("trade", String(20), nullable=False),
    Column("prompt", String(64)),
    Column("decided_at", Instant, nullable=False, index=True),
    Column("body", Text, nullable=False),  # JSON of `evals.quality.Outcome`
)

verdicts = Table(
    "placet_judge_verdicts",
    metadata,
    Column("draft_id", String(40), primary_key=True),  # of its first revision
    Column("about", String(20), primary_key=True),
    Column("prompt", String(64), primary_key=True),
    Column("model", String(200), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("body", Text, nullable=False),  # JSON of `evals.judge.Verdict`
)

labels = Table(
    "placet_judge_labels",
    metadata,
    Column("draft_id", String(40), primary_key=True),
    Column("person", String(140), nullable=False),  # who gave it last
    Column("verdict", String(4), nullable=False),  # pass, fail
    Column("reason", Text),
    Column("at", Instant, nullable=False),
)

calibrations = Table(
    "placet_judge_calibrations",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("about", String(20), nullable=False),
    Column("prompt", String(64), nullable=False),
    Column("model", String(200), nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", Text, nullable=False),  # JSON of `evals.judge.Calibration`
    Index(None, "about", "at"),
)

replays = Table(
    "placet_quality_replays",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("trade", String(20), nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", Text, nullable=False),  # JSON of `evals.quality.Replay`
    Index(None, "trade", "at"),
)

alarms = Table(
    "placet_quality_alarms",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("key", String(300), nullable=False, unique=True),  # source and crossing: alarmed once
    Column("trade", String(20), nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("body", Text, nullable=False),  # JSON of `placet.store.quality.Alarm`
)

reply_thumbs = Table(
    "placet_reply_thumbs",
    metadata,
    Column("request_id", String(40), primary_key=True),  # a reply that made no draft
    Column("person", String(140), primary_key=True),
    Column("value", String(4), nullable=False),  # up, down
    Column("at", Instant, nullable=False),
)

mutes = Table(
    "placet_quality_mutes",
    metadata,
    Column("trade", String(20), primary_key=True),
    Column("until", Instant, nullable=False),
    Column("person", String(140), nullable=False),
)

turns = Table(
    "placet_quality_turns",
    metadata,
    Column("name", String(20), primary_key=True),  # collect, replay, digest
    Column("next_at", Instant, nullable=False),
    Column("claimed_until", Instant),  # a worker is at it; after this another may be
    Column("position", Integer, nullable=False, server_default="0"),  # of collect: the ledger's row
    Column("place", String(200)),  # of digest: team/channel that hears of it besides the admins
)
