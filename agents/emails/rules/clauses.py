"""German subordinate clauses as main clauses, and asides to Placet as words to the reader."""

from __future__ import annotations

import re

__all__ = ["main_clause", "spoken"]

_SUBJECT = re.compile(
    r"^(?:(?:der|die|das|dieser?|dieses|ein|eine|unser|unsere|ihr|ihre|alle|viele|neue)\s+"
    r"(?:[a-zäöüß]+e[nrs]?\s+)*)?(?:[A-ZÄÖÜ][\w&'-]*)(?:\s+[A-ZÄÖÜ][\w&'-]*)*"
    r"|^(?:wir|ich|man|es|er|sie)\b"
)
_SEPARABLE = re.compile(r"^(?:statt|ab|an|auf|aus|ein|um|vor|zu|weg|mit|nach|her|hin|fest|teil)"
                        r"[a-zäöüß]{3,}$")  # fmt: skip
_TO_READER = (
    (re.compile(r"^(?:sie|Sie)\s+(?=(?:können|müssen|haben|erhalten|bekommen|sollten|dürfen)\b)"),
     "Sie "),
    (re.compile(r"\bihr(e[nmrs]?)? (?=(?:neue[nrsm]? )?(?:Ansprechpartner|Konto|Vertrag|Verträge|"
                r"Rechnung|Zugang|Daten|Anmeldung|Team|Abo))"), r"Ihr\1 "),
)  # fmt: skip


def main_clause(text: str) -> str | None:
    """Return "unser Support am 24. Mai geschlossen ist" as "unser Support ist am ... geschlossen".

    None where it cannot be done for sure: no subject at the front, or a verb that would separate.
    """
    said = text.strip(" ,.")
    for pattern, new in _TO_READER:
        said = pattern.sub(new, said)
    subject = _SUBJECT.match(said)
    front, _, verb = said.rpartition(" ")
    if subject is None or subject.end() >= len(front) or "," in said or not verb.islower():
        return None
    if _SEPARABLE.match(verb):
        return None
    return f"{said[: subject.end()]} {verb} {front[subject.end() :].strip()}"


_SPOKEN = tuple((re.compile(one, re.IGNORECASE), new) for one, new in (
    (r"(?:^|(?<=: ))(?:please )?ask (?:them )?(?:whether|if) ", "please tell us whether "),
    (r"(?:^|(?<=: ))(?:please )?ask (?:them )?to ", "please "),
    (r"(?:^|(?<=: ))(?:please )?(?:tell|inform|remind) them (?:that )?", ""),
    (r"(?:^|(?<=: ))(?:please )?(?:invite|encourage) them to ", "please "),
    (r"(?:^|(?<=: ))(?:please )?thank them for ", "thank you for "),
    (r"(?:^|(?<=: ))(?:please )?write: ?", ""),
))  # fmt: skip


def spoken(fact: str) -> str:
    """Return a statement to Placet about recipients as one to them: "ask them to reply"."""
    for pattern, new in _SPOKEN:
        fact = pattern.sub(new, fact)
    return fact
