"""Put given records into a CRM as they are, flaws and all: for evals and demonstrations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tools.crm.local.schema import companies, contacts
from tools.portable import insert_rows, refresh_statistics

from .firms import COMPANY_COLUMNS
from .people import CONTACT_COLUMNS

__all__ = ["insert_flawed"]

_Rows = Sequence[Mapping[str, Any]]


def insert_flawed(engine: sa.Engine, *, contact_rows: _Rows, company_rows: _Rows = ()) -> None:
    """Insert these records, not one value repaired; a field that is not named is empty.

    Raises:
        KeyError: a record has no id.
    """
    parts = ((companies, COMPANY_COLUMNS, company_rows), (contacts, CONTACT_COLUMNS, contact_rows))
    with engine.begin() as connection:
        for table, columns, rows in parts:
            if rows:
                lines = [tuple(row["id"] if name == "id" else row.get(name) for name in columns)
                         for row in rows]  # fmt: skip
                insert_rows(connection, table, columns, lines)
    refresh_statistics(engine)
