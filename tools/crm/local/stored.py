"""Stored values as text and back: `str` of what a column holds, None where it is empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from gates.digest import digest_of
from tools.crm.port import RecordSubject

from .schema import companies, contacts

__all__ = ["TABLES", "differs", "fingerprint", "text_of", "value_of"]

TABLES: Mapping[RecordSubject, sa.Table] = {"contact": contacts, "company": companies}


def text_of(value: Any) -> str | None:
    """Return a stored value as text."""
    return None if value is None else str(value)


def value_of(column: sa.Column[Any], text: str | None) -> Any:
    """Return what the column held when `text_of` wrote it down.

    Raises:
        ValueError: the text is no value of this column.
    """
    if text is None or isinstance(column.type, sa.String):
        return text
    return float(text) if isinstance(column.type, sa.Float) else int(text)


def differs(column: sa.Column[Any], stored: Any, text: str | None) -> bool:
    """Return whether a column holds anything but what `text` says."""
    if stored is None or text is None:
        return stored is not text
    try:
        return bool(stored != value_of(column, text))
    except ValueError:
        return True


def fingerprint(mapping: Mapping[str, Any]) -> str:
    """Return the sha256 of a stored row, all its columns by name."""
    return digest_of(dict(mapping))
