"""The audit of a whole CRM: six scores, the worst fields and records, and what would help most.

It may import the rest of `tools.hygiene`, `tools.crm`, `tools.sql` and the ground floor; it reads
once and writes nothing. Start at `run.audit`; `scores.SCORES` says what each score means.
"""

from .report import Audit, Help, Score
from .run import audit
from .trend import Trend, trend_of
from .words import headline, summary

__all__ = ["Audit", "Help", "Score", "Trend", "audit", "headline", "summary", "trend_of"]
