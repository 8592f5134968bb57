"""Whether a value may be written to a field, and as what: asked when drafting and when writing.

Nothing is turned into something else here: a value is the canonical one the CRM would store, or it
is refused with what is wrong with it. A country by its alias or a number with a thousands sign is
the business of whoever proposes the change.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping

from placet.errors import BadInput
from tools.crm.port import Catalogue, FieldSpec, RecordSubject
from tools.crm.values import domain, email
from tools.segments.inert import show

__all__ = ["Stored", "fit", "writable"]

Stored = str | int | float | None
"""What a column takes."""

_LONGEST = 2_000
_READ_ONLY = frozenset({"created_at", "updated_at"})
_REQUIRED = frozenset({("contact", "email"), ("company", "name")})
_WHOLE = frozenset({"lead_score", "employees"})
_LARGEST = 2**31 - 1
"""What an INTEGER column of PostgreSQL holds."""
_NOT_NEGATIVE = frozenset({"employees", "annual_revenue"})
_SHAPES: Mapping[str, str] = {
    "email": "an address in lower case, such as ana@example.com",
    "domain": "a bare domain in lower case, such as example.com",
}


def writable(catalogue: Catalogue, subject: RecordSubject, field: str) -> FieldSpec:
    """Return the field, if a change may write it.

    Raises:
        BadInput: there is none of that name, or the CRM itself keeps it.
    """
    spec = catalogue.field(subject, field)
    if spec is None:
        raise BadInput(
            f"A {subject} has no field {show(field)}; its fields are "
            f"{', '.join(one.name for one in catalogue.fields if one.subject == subject)}."
        )
    if field in _READ_ONLY or spec.type == "date":
        raise BadInput(f"The CRM keeps {spec.label.lower()} itself; nobody sets it.")
    return spec


def fit(spec: FieldSpec, text: str | None) -> Stored:
    """Return the stored form of a new value.

    Raises:
        BadInput: it is no value of this field.
    """
    if text is None:
        if (spec.subject, spec.name) in _REQUIRED:
            raise BadInput(f"{spec.label} cannot be emptied: every {spec.subject} has one.")
        return None
    match spec.type:
        case "picklist":
            return _picked(spec, text)
        case "number":
            return _number(spec, text)
        case _:
            return _text(spec, text)


def _picked(spec: FieldSpec, text: str) -> str:
    if text not in spec.values:
        few = f"; it is one of {', '.join(spec.values)}" if len(spec.values) <= 25 else ""
        raise BadInput(f"{show(text)} is no value of {spec.label.lower()}{few}.")
    if (spec.name, text) == ("consent", "granted"):
        raise BadInput(
            "Consent is the person's own to give: let them confirm it by a form, or import the "
            "proof with its source; a change never grants it."
        )
    return text


def _number(spec: FieldSpec, text: str) -> int | float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or text != text.strip() or "_" in text:
        raise BadInput(f"{show(text)} is no number, as {spec.label.lower()} must be.")
    if value < 0 and spec.name in _NOT_NEGATIVE:
        raise BadInput(f"{spec.label} cannot be negative, as {text} is.")
    if spec.name not in _WHOLE:
        return value
    if not value.is_integer() or abs(value) > _LARGEST:
        raise BadInput(f"{spec.label} is a whole number up to {_LARGEST:,}, and {text} is not.")
    return int(value)


def _text(spec: FieldSpec, text: str) -> str:
    if not text.strip():
        raise BadInput(f"{spec.label} would be blank; to empty a field, change it to nothing.")
    if len(text) > _LONGEST:
        raise BadInput(f"{spec.label} would be {len(text):,} characters long; {_LONGEST:,} fit.")
    odd = not text.isprintable()  # asked first, since it is quick and nearly always says no
    if odd and any(unicodedata.category(char) in ("Cc", "Cs") for char in text):
        raise BadInput(f"{spec.label} {show(text)} holds characters that are no text.")
    right = {"email": email, "domain": domain}.get(spec.name)
    if right is not None and right(text) != text:
        raise BadInput(f"{show(text)} is not {_SHAPES[spec.name]}.")
    return text
