"""The tables of the evals: runs, how each case of one ended, and looks at held-out parts."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from .schema import Instant, metadata

__all__ = ["cases", "looks", "runs"]

runs = Table(
    "placet_eval_runs",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("suite", String(60), nullable=False),
    Column("version", String(20), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("part", String(8), nullable=False),  # train, dev, test, all
    Column("tags", Text, nullable=False),  # JSON list; empty is every case
    Column("epochs", Integer, nullable=False),
    Column("drafter", String(20), nullable=False),
    Column("prompt", String(80)),  # its hash; empty for rules, and until the run has begun
    Column("model", String(200)),
    Column("head", Text),  # JSON of `evals.result.Head`; empty until the run has begun
    Column("state", String(12), nullable=False),  # running, incomplete, finished
    Column("verdict", String(16)),
    Column("summary", Text),  # JSON of `evals.result.Summary`
    Column("body", Text),  # JSON of `evals.result.SuiteResult`, each case as its id and epoch
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index(None, "suite", "started_at"),
)

cases = Table(
    "placet_eval_cases",
    metadata,
    Column("run_id", String(40), ForeignKey("placet_eval_runs.id"), primary_key=True),
    Column("case_id", String(60), primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("body", Text, nullable=False),  # JSON of `evals.result.CaseResult`
)

looks = Table(
    "placet_eval_looks",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("suite", String(60), nullable=False),
    Column("version", String(20), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("run_id", String(40)),  # empty where the run was not kept
    Column("at", Instant, nullable=False),
    Column("beyond", Text),  # why it was made although the limit was reached
    Index(None, "suite", "digest"),
)
