"""The tables of learning: candidate cases, rule cards, terms that were told, what was proposed."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from .schema import Instant, metadata

__all__ = ["candidates", "learned_cards", "proposals", "terms"]

candidates = Table(
    "placet_candidate_cases",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("draft_id", String(40), nullable=False, unique=True),  # one draft, one candidate
    Column("trade", String(40), nullable=False),
    Column("cluster", String(60), nullable=False),
    Column("part", String(8), nullable=False),  # train, dev; never test
    Column("state", String(10), nullable=False),  # waiting, accepted, dropped
    Column("body", Text, nullable=False),  # JSON of `evals.learning.Candidate`
    Column("at", Instant, nullable=False),
    Column("reviewed_by", String(140)),
    Column("reviewed_at", Instant),
    Column("note", Text),
    Index(None, "state", "trade"),
)

learned_cards = Table(
    "placet_rule_cards",
    metadata,
    Column("trade", String(40), primary_key=True),
    Column("key", String(200), primary_key=True),  # sha256 of the change that it makes needless
    Column("name", String(60), nullable=False),
    Column("state", String(10), nullable=False),  # drafted, dropped
    Column("decisions", Integer, nullable=False),
    Column("body", Text, nullable=False),  # JSON of `evals.learning.Card`
    Column("effect", Text),  # JSON of `evals.learning.Effect`: with it against without, on train
    Column("at", Instant, nullable=False),
    Column("measured_at", Instant),
    Column("note", Text),
)

terms = Table(
    "placet_told_terms",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("phrase", String(60), nullable=False),
    Column("meaning", Text, nullable=False),
    Column("person", String(140), nullable=False),
    Column("request_id", String(40)),  # empty where it was told on the command line
    Column("at", Instant, nullable=False, index=True),
)

proposals = Table(
    "placet_prompt_proposals",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("prompt", String(80), nullable=False, index=True),
    Column("optimizer", String(20), nullable=False),
    Column("before", String(64), nullable=False),
    Column("after", String(64)),  # empty where nothing better was found
    Column("text", Text),  # the proposed text; what is approved is kept as a file as well
    Column("draft_id", String(40)),  # empty where it never reached the gate
    Column("outcome", Text, nullable=False),  # in one line: found, or why not
    Column("body", Text, nullable=False),  # JSON of `evals.learning.Improved`, without the text
    Column("person", String(140), nullable=False),
    Column("at", Instant, nullable=False),
)
