"""What a model may not decide: whom the use policy leaves out comes back only at a person's word.

The tree says who is meant; `use` and `include_anyway` say who may be written to although they did
not agree. A text from outside that talks a model into lifting that must find a wall of code here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tools.segments.tree import Segment, UseExclusion

from .port import Ask
from .rules.text import clean, fold

__all__ = ["unsaid"]

_MENTIONS: Mapping[UseExclusion, re.Pattern[str]] = {
    "unsubscribed": re.compile(
        r"unsub|\bopt(?:s|ed|ing)?[- ]?outs?|abgemeldet|ausgetragen|abmeld|desinscri|desabon|baja"
    ),
    "no_consent": re.compile(
        r"consent|permission|\bopt(?:s|ed|ing)?[- ]?ins?\b|einwillig|zustimm|consentement|agree"
    ),
    "bounced": re.compile(r"bounc|unzustell|undeliver|rebond"),
    "complained": re.compile(r"complain|complaint|spam|beschwer"),
    "suppressed": re.compile(r"suppress|block|gesperrt|sperr"),
    "frequency_cap": re.compile(r"cap\b|capped|frequen|too often|zu oft|haufig"),
}
_INTERNAL = re.compile(
    r"intern|analy|report|statist|figure|count|how many|number of|auswert|bericht|research"
    r"|not (?:for )?(?:a )?(?:mail|send|market)|no mail|kein(?:e)? mail"
)


def unsaid(segment: Segment, ask: Ask) -> str | None:
    """Return, for the model, what it lifts that no word of the person speaks of, or None."""
    problems = list(_unsaid(segment, _words_of(ask), ask.previous))
    return " ".join(problems) or None


def _unsaid(segment: Segment, said: str, previous: Segment | None) -> Iterator[str]:
    kept = set(previous.include_anyway) if previous is not None else set()
    for reason in segment.include_anyway:
        if reason not in kept and not _MENTIONS[reason].search(said):
            yield f"`include_anyway` names {reason}, which the person did not speak of."
    was = previous.use if previous is not None else "marketing"
    if segment.use == "internal" != was and not _INTERNAL.search(said):
        yield "`use` is internal, but the person did not say so: then it is marketing."


def _words_of(ask: Ask) -> str:
    """Return what the person said in this conversation; what they quote is somebody else's."""
    turns = [turn.text for turn in ask.history if turn.who == "person"]
    lines = "\n".join([*turns, ask.text]).splitlines()
    own = [line for line in lines if not line.lstrip().startswith((">", "&gt;"))]
    return fold(clean("\n".join(own)))
