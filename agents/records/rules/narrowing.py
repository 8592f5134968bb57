"""Changes to the last draft: "only the certain ones", "not the customers", "leave out phones"."""

from __future__ import annotations

import re

from agents.port import Question, Refusal
from agents.records.port import Narrow
from tools.crm.port import CrmReader
from tools.records.order import Order

from .fields import field_named
from .repairs import level_in
from .safety import CONSENT
from .topics import find_topics
from .values import resolve
from .words import rx

__all__ = ["is_narrowing", "read_narrowing"]

_PLEASE = (
    r"^\W*(?:(?:please|now|and|but|also|ok(?:ay)?|actually|can you|could you|bitte|then|so|no|yes|"
    r"hm+|sorry|wait|,)\W*)*"
)
_WITHOUT = (
    r"(?:not|without|exclude|excluding|except(?: for)?|leave out|drop|remove|skip|all but|"
    r"everyone but|everything but|all except|don'?t (?:touch|change|include)|do not (?:touch|"
    r"change|include)|ignore|ohne|nicht|lass|minus)"
)
_ONLY = (
    r"(?:only|just|limit (?:it|this|that|them) to|restrict (?:it|this|that|them) to|nur|"
    r"narrow (?:it|this) (?:down )?to)"
)
_CHANGE = rx(
    rf"{_PLEASE}(?:{_WITHOUT}|{_ONLY}|(?:the )?(?:certain|sure|safe|doubtful|high[- ]confidence) "
    r"ones?|make (?:it|that|them)|set (?:it|that|them)|change (?:it|that|them)|use |instead|"
    r"(?:to )?\S+ instead|include|also the (?:doubtful|certain))\b|^.{2,60}\binstead\W*$"
)  # fmt: skip
_TAKE_OUT = rx(rf"{_PLEASE}{_WITHOUT}\s+(?P<rest>.+)$")
_KEEP = rx(rf"{_PLEASE}{_ONLY}\s+(?P<rest>.+?)(?:\s+(?:please|bitte))?$")
_VALUE = rx(
    rf"{_PLEASE}(?:(?:make|set|change) (?:it|that|them)(?: to)?|use)\s+(?P<value>.+?)"
    rf"(?:\s+instead)?\W*$|{_PLEASE}(?P<other>.+?)\s+instead\W*$"
)  # fmt: skip
_EVERYTHING = rx(r"\b(?:also|include|and)\b.{0,12}\b(?:doubtful|certain|others?|rest|everything)\b")
_RECORD = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+\w|\b(?:co|ct|cp|c|p)_?[\w-]*\d[\w-]*\b")
_MORE_WORDS = rx(r"\b(?:and|or|record|records|contact|contacts|the|those|of|,|;|und)\b|[,;.]")


def is_narrowing(text: str) -> bool:
    """Return whether a text reads as a change to the draft before it."""
    return _CHANGE.match(text) is not None


def read_narrowing(text: str, last: Order, crm: CrmReader) -> Narrow | Question | Refusal | None:
    """Return the change that words ask for; None where they ask for none."""
    if _EVERYTHING.search(text) and level_in(text) == "all" and last.level != "all":
        return Narrow(level="all")
    if (level := level_in(text)) != "all":
        return Narrow(level="all" if _EVERYTHING.search(text) else level)
    if (match := _TAKE_OUT.match(text)) is not None:
        return _without(match["rest"].strip(" .!?"), last)
    if last.work == "set" and (match := _VALUE.match(text)) is not None:
        return _value(match["value"] or match["other"], last, crm)
    if (match := _KEEP.match(text)) is not None:
        rest = match["rest"].strip(" .!?")
        fields = _fields(rest) if last.work in {"repair", "fill"} else ()
        return Narrow(only_fields=fields) if fields else Narrow(who=rest)
    return None


def _without(rest: str, last: Order) -> Narrow | Question:
    records = tuple(dict.fromkeys(_RECORD.findall(rest)))
    if records:
        left = _MORE_WORDS.sub(" ", _RECORD.sub(" ", rest)).split()
        if left:
            return Question(text=f"I read {', '.join(records)} as what to leave out. What is "
                            f"“{' '.join(left)}”?", about=" ".join(left))  # fmt: skip
        return Narrow(records=records)
    fields = _fields(rest) if last.work in {"repair", "fill"} else ()
    if fields:
        return Narrow(not_fields=fields)
    return Narrow(without=re.sub(r"^(?:the|any|all|those|die)\s+", "", rest, flags=re.IGNORECASE))


def _fields(words: str) -> tuple[str, ...]:
    """Return the fields that words name, where they name nothing else."""
    words = re.sub(r"^(?:the|their|all|any)\s+|\s+(?:fixes|changes|repairs|alone|aus|raus|"
                   r"weg)$", "",
                   words.strip(), flags=re.IGNORECASE)  # fmt: skip
    found: list[str] = []
    for part in re.split(r",|\band\b|\bor\b|&|\bund\b", words):
        named = field_named(part.strip())
        topics = find_topics(part)
        if topics and topics[0][2].fields and len(part.split()) <= 4:
            found.extend(topics[0][2].fields)
        elif named is not None:
            found.append(named.name)
        else:
            return ()
    return tuple(dict.fromkeys(found))


def _value(said: str, last: Order, crm: CrmReader) -> Narrow | Question | Refusal | None:
    catalogue = crm.catalogue()
    spec = catalogue.field(last.subjects[0], last.field)
    if spec is None:
        return None
    found = resolve(crm, spec, said)
    if isinstance(found, Question):
        return Refusal(text=CONSENT) if "own to give" in found.text else found
    if spec.name == "consent" and found.stored is None:
        return Refusal(text=CONSENT)
    return Narrow(value=found.stored, clears=found.stored is None)
