"""The form in which a model writes a reading of a request about records, and its schema.

Servers that enforce a JSON schema know few of its features: every object closed, every key
required, null for what is not used. Code checks everything and says for the model what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agents.exchange import BadForm

__all__ = ["SCHEMA", "flag", "strings", "text_of"]


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


_STRING = _or_null({"type": "string"})
_STRINGS = {"type": "array", "items": {"type": "string"}}
_KEYS: dict[str, Any] = {
    "type": {"type": "string", "enum": ["work", "narrow", "question", "answer", "refusal"]},
    "work": _or_null(
        {"type": "string", "enum": ["repair", "set", "clear", "merge", "fill", "audit"]}
    ),
    "who": _STRING,
    "subjects": {"type": "array", "items": {"type": "string", "enum": ["contact", "company"]}},
    "detectors": _STRINGS,
    "fields": _STRINGS,
    "field": _STRING,
    "value": _STRING,
    "holds": _STRING,
    "level": {"type": "string", "enum": ["all", "certain", "others"]},
    "counting": {"type": "boolean"},
    "only_fields": _STRINGS,
    "not_fields": _STRINGS,
    "without": _STRING,
    "records": _STRINGS,
    "text": _STRING,
    "options": _STRINGS,
    "about": _STRING,
}
SCHEMA: dict[str, Any] = {
    "title": "reading", "type": "object", "properties": _KEYS, "required": list(_KEYS),
    "additionalProperties": False,
}  # fmt: skip
"""What the model is asked to follow."""


def text_of(data: Mapping[str, Any], key: str) -> str:
    """Return a text of the form without blanks around it; empty where there is none."""
    value = data.get(key)
    return " ".join(value.split())[:2_000] if isinstance(value, str) else ""


def strings(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Return a list of the form.

    Raises:
        BadForm: it is no list of texts.
    """
    value = data.get(key) or []
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise BadForm(f"`{key}` must be a list.")
    if not all(isinstance(one, str) for one in value):
        raise BadForm(f"`{key}` must hold texts only.")
    return tuple(dict.fromkeys(value))


def flag(data: Mapping[str, Any], key: str) -> bool:
    """Return a yes or no of the form."""
    return data.get(key) is True
