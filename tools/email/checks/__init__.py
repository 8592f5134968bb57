"""Checks: what a deliverability team, an editor and a fact checker would say about an email.

It may import the rest of `tools.email` and `gates`; it writes nothing and asks no network, but
for a spamd that an operator names. Start at `Inspector`: `see` every message, then `report`;
`CHECKS` is the list of all checks, `facts_of` what a text states.
"""

from .catalogue import CHECKS
from .duplicates import content_of
from .facts import NO_FACTS, Facts, Unsupported, facts_of, unsupported
from .inspector import Inspector, Report
from .port import EmailCheck, Finding, SentBefore
from .spamd import Spamd, SpamScore, spamd_at
from .tally import sketch_of

__all__ = [
    "CHECKS",
    "NO_FACTS",
    "EmailCheck",
    "Facts",
    "Finding",
    "Inspector",
    "Report",
    "SentBefore",
    "SpamScore",
    "Spamd",
    "Unsupported",
    "content_of",
    "facts_of",
    "sketch_of",
    "spamd_at",
    "unsupported",
]
