"""From a person's words for a value to what the CRM stores, or a question with options."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz import fuzz, process

from agents.port import Question
from agents.segments.rules.text import fold, singular
from placet.errors import BadInput
from tools.crm.fitting import fit, writable
from tools.crm.port import CrmReader, FieldSpec
from tools.crm.values import number, picklist

from .words import bare

__all__ = ["MOST_OPTIONS", "Value", "labelled", "options_of", "resolve"]

MOST_OPTIONS = 8
_NOTHING = frozenset(
    {"nothing", "empty", "blank", "none", "null", "nichts", "leer", "unset", "no value", "-"}
)
_GERMAN = {
    "kunde": "customer", "kunden": "customer", "interessent": "lead", "interessenten": "lead",
    "abonnent": "subscriber", "abonnenten": "subscriber", "verkaufschance": "opportunity",
}  # fmt: skip


class Value(NamedTuple):
    """A value the field may hold; None empties it."""

    stored: str | None


def labelled(spec: FieldSpec, stored: str | None) -> str:
    """Return a stored value as people call it."""
    if stored is None:
        return "nothing"
    labels = dict(zip(spec.values, spec.value_labels, strict=False))
    return labels.get(stored, stored)


def resolve(crm: CrmReader, spec: FieldSpec, said: str) -> Value | Question:
    """Return the value that words mean for a field; a question where they mean none or several."""
    plain = bare(said)
    if fold(plain) in _NOTHING:
        return _fitting(spec, None, said)
    if spec.type == "picklist":
        return _picked(spec, plain)
    if spec.type == "number":
        return _counted(spec, plain)
    if spec.name == "owner":
        return _owner(crm, spec, plain)
    return _fitting(spec, plain.lower() if spec.name in {"email", "domain"} else plain, said)


def _picked(spec: FieldSpec, said: str) -> Value | Question:
    forms = [said, *(said.removesuffix(tail) for tail in (" stage", " status", "s") if
                     said.lower().endswith(tail))]  # fmt: skip
    words = said.split()
    if words:
        forms.append(" ".join([*words[:-1], singular(words[-1])]))
    if spec.name == "lifecycle_stage":
        forms.append(_GERMAN.get(fold(said), said))
    for form in forms:
        if (found := picklist(spec, form)) is not None:
            return _fitting(spec, found, said)
    text = f"“{said}” is no value of {spec.label.lower()}. Which one should it be?"
    return Question(text=text, options=options_of(spec, said), about=said)


def options_of(spec: FieldSpec, said: str = "") -> tuple[str, ...]:
    """Return the values of a picklist as people call them, the nearest first; at most a few."""
    labels = list(spec.value_labels)
    if spec.name == "consent":
        labels = [one for one in labels if fold(one) != "granted"]
    if len(labels) <= MOST_OPTIONS:
        return tuple(labels)
    near = process.extract(said, labels, scorer=fuzz.WRatio, limit=MOST_OPTIONS)
    return tuple(label for label, _, _ in near)


def _counted(spec: FieldSpec, said: str) -> Value | Question:
    value = number(said)
    if value is None:
        return Question(text=f"{spec.label} is a number, and “{said}” is none. Which number?",
                        about=said)  # fmt: skip
    return _fitting(spec, str(int(value)) if float(value).is_integer() else str(value), said)


def _owner(crm: CrmReader, spec: FieldSpec, said: str) -> Value | Question:
    known = list(crm.values(spec.subject, "owner"))
    found = _people(known, said)
    if len(found) == 1:
        return Value(found[0])
    if found:
        text = f"There are {len(found)} owners called “{said}”. Which one?"
        return Question(text=text, options=tuple(found[:MOST_OPTIONS]), about=said)
    near = process.extract(said, known, scorer=fuzz.WRatio, limit=5)
    text = f"No owner here is called “{said}”. Who should it be?"
    return Question(text=text, options=tuple(name for name, _, _ in near), about=said)


def _people(known: Sequence[str], said: str) -> list[str]:
    wanted = fold(said)
    exact = [one for one in known if fold(one) == wanted]
    if exact or not wanted:
        return exact
    return [one for one in known if wanted in fold(one).split()]


def _fitting(spec: FieldSpec, value: str | None, said: str) -> Value | Question:
    try:
        assert spec.subject != "deal"  # noqa: S101 - fields of deals are refused before
        fit(writable_spec(spec), value)
    except BadInput as error:
        return Question(text=str(error), about=re.sub(r"\s+", " ", said)[:120])
    return Value(value)


def writable_spec(spec: FieldSpec) -> FieldSpec:
    """Return the field, if a change may write it; see `tools.crm.fitting`.

    Raises:
        BadInput: the CRM itself keeps it.
    """
    from tools.crm.port import Catalogue

    alone = Catalogue(fields=(spec,), event_types=())
    return writable(alone, "company" if spec.subject == "company" else "contact", spec.name)
