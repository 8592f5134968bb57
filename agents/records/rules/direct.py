"""Direct changes: one value for one field of the records that words describe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from agents.port import Question, Refusal
from agents.records.port import Asked, Wish
from tools.crm.port import Catalogue, CrmReader, FieldSpec, RecordSubject

from .fields import FIELD, Named, field_named, spec_of
from .safety import CONSENT
from .topics import find_topics
from .values import Value, options_of, resolve
from .words import MANNERS, SCOPE, bare, everybody, rx, subjects_in

__all__ = ["Direct", "read_direct", "settle"]

_SET = (
    r"(?:set|change|update|switch|put|move|bump|adjust|turn|edit|modify|make|overwrite|raise|lower|"
    r"setze?n?|ändere?|stelle?|aktualisiere)"
)
_TO = r"(?:to|as|=|into|auf|zu|in)"
_CLEAR = (
    r"(?:clear(?: out)?|empty|blank(?: out)?|unset|wipe|remove|delete|erase|drop|null|leere|lösche|"
    r"entferne|reset)"
)
_MARK = (
    r"(?:mark|flag|tag|classify|label|set|make|move|promote|convert|turn|bump|change|upgrade|"
    r"downgrade|demote|put|update|markiere|setze|mache)"
)
_OWN = (
    r"(?:assign|reassign|give|transfer|hand(?: over)?|route|allocate|move|weise?|übertrage|"
    r"change|switch)"
)
_THE = r"(?:(?:the|all|their|every|any|its|a|die|das|den|der)\s+)*"
_FOR = rf"(?:{SCOPE}|whenever|wherever)"


class Direct(NamedTuple):
    """A request in its parts, in the person's words; None for what was not said."""

    field: str | None
    who: str
    value: str | None
    holds: str | None = None
    clears: bool = False


_P = rf"{MANNERS}"
_PATTERNS: tuple[re.Pattern[str], ...] = (
    # set the lifecycle to customer for everyone with a closed-won deal
    rx(
        rf"{_P}{_SET}\s+{_THE}(?P<field>{FIELD})(?: field| value)?(?:\s+from\s+(?P<holds>.+?))?\s+"
        rf"(?:to|as|=|auf)\s+(?P<value>.+?)\s+(?P<who>(?:for|where|whose|if|when|für|bei)\s+.+)$"
    ),
    rx(
        rf"{_P}{_SET}\s+{_THE}(?P<field>{FIELD})(?: field| value)?(?:\s+from\s+(?P<holds>.+?))?\s+"
        rf"(?:to|as|=|auf)\s+(?P<value>.+?)\s+(?P<who>(?:of|on|among|across|with|at)\s+.+)$"
    ),
    # change the country of contacts in Vienna (from X) to Austria
    rx(
        rf"{_P}{_SET}\s+{_THE}(?P<field>{FIELD})(?: field| value)?\s+(?P<who>{_FOR}\s+.+?)"
        rf"(?:\s+from\s+(?P<holds>.+?))?\s+(?:to|as|=|auf)\s+(?P<value>(?:(?!\sto\s).)+)$"
    ),
    rx(
        rf"{_P}{_SET}\s+(?P<who>.+?)(?:'s|s'|')\s+(?P<field>{FIELD})\s+(?:to|as|=|auf)\s+"
        rf"(?P<value>.+)$"
    ),
    # set the status to open (nobody named)
    rx(
        rf"{_P}{_SET}\s+{_THE}(?P<field>{FIELD})(?: field| value)?(?:\s+from\s+(?P<holds>.+?))?\s+"
        rf"(?:to|as|=|auf)\s+(?P<value>.+)$"
    ),
    # replace X with Y in the city field (for whom)
    rx(
        rf"{_P}(?:replace|swap|change|rename|ersetze)\s+(?P<holds>.+?)\s+(?:with|by|to|into|durch)\s+"
        rf"(?P<value>.+?)\s+in\s+{_THE}(?P<field>{FIELD})(?: field)?(?P<who>\s+{_FOR}\s+.+)?$"
    ),
    # rename the industry X to Y (for whom)
    rx(
        rf"{_P}(?:rename|change|replace|switch|update|move)\s+{_THE}(?P<field>{FIELD})\s+"
        rf"(?P<holds>(?!{_FOR}\b).+?)\s+(?:to|with|by|into)\s+(?P<value>.+?)"
        rf"(?P<who>\s+(?:for|of|where)\s+.+)?$"
    ),
)
_CLEARING = (
    rx(rf"{_P}{_CLEAR}\s+{_THE}(?P<field>{FIELD})(?: fields?| values?)?"
       rf"(?:\s+(?P<who>{_FOR}\s+.+))?$"),
    rx(rf"{_P}{_CLEAR}\s+{_THE}(?P<holds>.+?)\s+(?:from|in)\s+{_THE}(?P<field>{FIELD})"
       rf"(?: fields?)?(?:\s+(?P<who>{_FOR}\s+.+))?$"),
    rx(rf"{_P}{_CLEAR}\s+(?P<who>.+?)(?:'s|s'|')\s+(?P<field>{FIELD})$"),
)  # fmt: skip
_OWNING = (
    rx(rf"{_P}make\s+(?P<value>[\w .'-]+?)\s+(?:the\s+)?(?:new\s+)?owner\s+(?P<who>(?:of|"
       rf"for)\s+.+)$"),
    rx(rf"{_P}(?P<who>.+?)\s+(?:should|must|shall|need to|has to|have to)\s+(?:be owned by|"
       rf"belong to|"
       rf"go to)\s+(?P<value>.+)$"),
    rx(rf"{_P}{_OWN}\s+(?:the\s+)?owner(?:ship)?\s+(?P<who>(?:of|for)\s+.+)\s+to\s+(?P<value>.+)$"),
    rx(rf"{_P}(?:re-?assign|assign|give|transfer|hand(?: over)?|route|allocate|übertrage)\s+"
       rf"(?P<who>.+)\s+(?:to|an|over to)\s+(?P<value>.+?)(?:\s+as (?:the )?(?:new )?owner)?$"),
    rx(rf"{_P}weise\s+(?P<who>.+)\s+(?P<value>[\w'-]+\s+[\w'-]+)\s+zu$"),
)  # fmt: skip
_MARKING = (
    rx(rf"{_P}{_MARK}\s+(?P<who>.+)\s+{_TO}\s+(?P<value>.+)$"),
    rx(rf"{_P}(?P<who>.+?)\s+(?:should(?: all)?|must|shall|have to|need to)\s+(?:be|become|"
       rf"count as)"
       rf"(?:\s+(?:set to|marked as))?\s+(?P<value>.+)$"),
    rx(rf"{_P}(?P<who>.+?)\s+(?:are|is) (?:now|really|actually)\s+(?P<value>.+)$"),
    rx(rf"{_P}make\s+(?P<who>.+)\s+(?P<value>\S+)$"),
)  # fmt: skip
_UNKNOWN = rx(
    rf"{_P}(?:set|change|update|modify|edit|setze|ändere)\s+{_THE}(?P<field>[\w' -]{{2,50}}?)"
    rf"(?:\s+(?P<who>{_FOR}\s+.+?))?\s+(?:to|=|auf)\s+(?P<value>.+)$"
)
_STATUS = ("lifecycle_stage", "lead_status", "consent", "seniority", "job_function", "lead_source")
_COMPANY_STATUS = ("company_type", "industry")
_OPT_OUT = rx(rf"{_P}(?:unsubscribe|opt[- ]?out)\s+(?P<who>.+)$|{_P}opt\s+(?P<whom>.+)\s+out$")
_WORDS = {  # what people say for a value when they name no field
    "unsubscribed": ("consent", "denied"), "opted out": ("consent", "denied"),
    "opted-out": ("consent", "denied"), "do not contact": ("consent", "denied"),
    "do-not-contact": ("consent", "denied"), "do not mail": ("consent", "denied"),
    "not interested": ("lead_status", "unqualified"),
    "disqualified": ("lead_status", "unqualified"),
}  # fmt: skip
_TWO = rx(
    rf"\band (?:also |then )?(?:{_SET}|{_CLEAR}|assign|mark)\b|\band (?:the )?{FIELD} (?:to|as)\b"
)
_READ_ONLY = frozenset({"created_at", "updated_at"})


def read_direct(text: str, crm: CrmReader) -> Wish | Asked | Question | Refusal | None:
    """Return the direct change that words ask for; None where they ask for none."""
    catalogue = crm.catalogue()
    for parts in _readings(text):
        found = _build(parts, text, crm, catalogue)
        if found is not None:
            return found
    return _marked(text, crm, catalogue) or _unknown_field(text, catalogue)


def _readings(text: str) -> Iterator[Direct]:
    for pattern in _CLEARING:
        if match := pattern.search(text):
            found = match.groupdict()
            if found.get("holds") and find_topics(found["holds"]):
                continue  # "remove salutations from first names" is a repair
            yield Direct(found["field"], _who(found["who"]), None, found.get("holds"), clears=True)
    for pattern in _PATTERNS:
        if match := pattern.search(text):
            found = match.groupdict()
            yield Direct(found["field"], _who(found.get("who")),
                         found["value"], found.get("holds"))  # fmt: skip
    for pattern in _OWNING:
        if match := pattern.search(text):
            yield Direct("owner", _who(match["who"]), match["value"])


def _who(words: str | None) -> str:
    words = (words or "").strip(" ,")
    return re.sub(r"^(?:of|for|on|among|amongst|across|für|bei|von|if|when)\s+", "", words,
                  flags=re.IGNORECASE)  # fmt: skip


def _build(
    parts: Direct, text: str, crm: CrmReader, catalogue: Catalogue
) -> Wish | Asked | Question | Refusal | None:
    named = field_named(parts.field or "")
    if named is None:
        return None
    if parts.field == "owner" and parts.value and not parts.holds:
        parts = _owner_first(parts, crm)
    subject = _subject(named, parts.who)
    spec = spec_of(catalogue, named, subject)
    if named.name in _READ_ONLY:
        return Question(text="The CRM keeps that date itself; nobody sets it. Which other field "
                        "do you mean?", about=parts.field or "")  # fmt: skip
    if spec is None:
        return None
    if not parts.clears and parts.value and _TWO.search(parts.value + " "):
        return _one_by_one()
    wish = Wish(work="set", who=parts.who, subjects=(subject,), field=spec.name)
    if parts.holds is not None:
        held = _held(crm, spec, parts.holds)
        if isinstance(held, Question):
            return Asked(question=held, wish=wish, slot="holds")
        wish = wish.model_copy(update={"holds": held})
    return settle(wish, spec, None if parts.clears else parts.value, crm)


def settle(wish: Wish, spec: FieldSpec, said: str | None, crm: CrmReader) -> Wish | Asked | Refusal:
    """Return the wish with its value, or the question about it; `said` None empties the field."""
    if spec.name == "consent" and (said is None or _grants(crm, spec, said)):
        return Refusal(text=CONSENT)
    found = resolve(crm, spec, "nothing" if said is None else said)
    if isinstance(found, Question):
        return Asked(question=found, wish=wish, slot="value")
    whole = wish.model_copy(update={"value": found.stored})
    if not wish.who and wish.holds is None:
        text = f"Whose {spec.label.lower()} do you mean? For example: all contacts in France."
        return Asked(question=Question(text=text, about="who"), wish=whole, slot="who")
    if spec.name in {"email", "domain"} and found.stored is not None and wish.holds is None:
        one = "address" if spec.name == "email" else "domain"
        if "@" not in wish.who:
            text = f"One {one} cannot belong to several records. Which single record do you mean?"
            return Asked(question=Question(text=text, about=wish.who or spec.name), wish=whole,
                         slot="who")  # fmt: skip
    return whole.model_copy(update={"who": "" if everybody(wish.who) else wish.who})


def _grants(crm: CrmReader, spec: FieldSpec, said: str) -> bool:
    found = resolve(crm, spec, said)
    return isinstance(found, Question) and "own to give" in found.text


def _held(crm: CrmReader, spec: FieldSpec, said: str) -> str | Question:
    """Return what the field holds now: exactly as stored where that is so, else the value meant."""
    said = bare(said)
    stored = list(crm.values(spec.subject, spec.name)) if spec.type in {"text", "picklist"} else []
    exact = [one for one in stored if one == said] or [
        one for one in stored if one.casefold() == said.casefold()
    ]
    if exact:
        return exact[0]
    found = resolve(crm, spec, said)
    if isinstance(found, Value) and found.stored is not None:
        return found.stored
    return found if isinstance(found, Question) else said


def _subject(named: Named, who: str) -> RecordSubject:
    if named.subject is not None and named.name != "company_name":
        return named.subject
    return subjects_in(who, ("contact",))[0]


def _owner_first(parts: Direct, crm: CrmReader) -> Direct:
    """Turn "assign Priya Nair to all contacts in France" round."""
    known = {one.casefold() for one in crm.values("contact", "owner")}
    first, then = bare(parts.who).casefold(), bare(parts.value or "").casefold()
    if first in known and then not in known:
        return parts._replace(who=parts.value or "", value=parts.who)
    return parts


def _one_by_one() -> Question:
    return Question(text="I draft one change at a time, so that each can be approved on its own. "
                    "Which one first?", about="and")  # fmt: skip


def _marked(
    text: str, crm: CrmReader, catalogue: Catalogue
) -> Wish | Asked | Question | Refusal | None:
    """Read "mark X as unqualified": the value tells the field."""
    denied = catalogue.field("contact", "consent")
    if denied is not None and (match := _OPT_OUT.search(text)) is not None:
        who = _who(match["who"] or match["whom"])
        wish = Wish(work="set", who=who, subjects=("contact",), field="consent")
        return settle(wish, denied, "denied", crm)
    for pattern in _MARKING:
        match = pattern.search(text)
        if match is None:
            continue
        who, said = match["who"], bare(match["value"])
        subject = subjects_in(who, ("contact",))[0]
        found = _fields_with(catalogue, subject, said, crm)
        if not found:
            continue
        if len(found) > 1 and found[0][0].name not in {"lifecycle_stage", "company_type"}:
            labels = tuple(spec.label for spec, _ in found)
            question = Question(text=f"Which field should become “{said}”?", options=labels,
                                about=said)  # fmt: skip
            wish = Wish(work="set", who=_who(who), subjects=(subject,), value=said)
            return Asked(question=question, wish=wish, slot="field")
        spec, value = found[0]
        wish = Wish(work="set", who=_who(who), subjects=(subject,), field=spec.name)
        return settle(wish, spec, value, crm)
    return None


def _fields_with(
    catalogue: Catalogue, subject: RecordSubject, said: str, crm: CrmReader
) -> Sequence[tuple[FieldSpec, str]]:
    """Return the status fields of which the words are a value."""
    if subject == "contact" and said.casefold() in _WORDS:
        name, value = _WORDS[said.casefold()]
        spec = catalogue.field("contact", name)
        return [(spec, value)] if spec is not None else []
    names = _STATUS if subject == "contact" else _COMPANY_STATUS
    found: list[tuple[FieldSpec, str]] = []
    for name in names:
        spec = catalogue.field(subject, name)
        meant = resolve(crm, spec, said) if spec is not None else None
        if spec is not None and isinstance(meant, Value) and meant.stored is not None:
            found.append((spec, said))
    return found


def _unknown_field(text: str, catalogue: Catalogue) -> Question | None:
    match = _UNKNOWN.search(text)
    if match is None:
        return None
    said = bare(match["field"])
    labels = [one.label for one in catalogue.fields if one.subject == "contact"]
    spec = FieldSpec(subject="contact", name="field", label="Field", type="picklist",
                     values=tuple(labels), value_labels=tuple(labels))  # fmt: skip
    return Question(text=f"I know no field “{said}” here. Which one do you mean?",
                    options=options_of(spec, said), about=said)  # fmt: skip
