"""A small CRM to change records in, and permits for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from gates.files import Attachment
from gates.permit import Permit, PermitRow, spent
from placet.clock import Clock
from placet.errors import NotFound
from placet.ids import DraftId, PermitId
from tools.crm.local.schema import (
    companies,
    contacts,
    deals,
    events,
    former_emails,
    list_members,
    lists,
    suppressions,
    topics,
)
from tools.hygiene.change import FieldChange

TABLES = (companies, contacts, events, deals, lists, list_members, suppressions, topics)


class KeptFiles:
    """`tools.files.Files` in memory."""

    def __init__(self, *files: Attachment) -> None:
        self.kept = {one.ref.sha256: one.data for one in files}

    def keep(self, *files: Attachment) -> None:
        self.kept |= {one.ref.sha256: one.data for one in files}

    def read(self, sha256: str) -> bytes:
        if sha256 not in self.kept:
            raise NotFound("There is no such file.")
        return self.kept[sha256]


def permit_for(clock: Clock, draft: str = "dr_1") -> Permit:
    row = PermitRow(
        id=PermitId(f"pm_{draft}"), draft_id=DraftId(draft), revision=1, digest="d" * 64,
        issued_at=clock.now(), valid_until=clock.now() + timedelta(hours=1), spent_by="run",
    )  # fmt: skip
    return spent(row, by="run", digest="d" * 64)


def contact(number: int, **fields: Any) -> dict[str, Any]:
    row: dict[str, Any] = {column.name: None for column in contacts.c}
    return row | {
        "id": f"c_{number:06}", "email": f"p{number}@x.example", "first_name": "Ada",
        "last_name": "Ørsted 山田", "phone": f"030 {number}", "country": "Germany",
        "created_at": 1_600_000_000_000_000, "updated_at": 1_700_000_000_000_000 + number,
    } | fields  # fmt: skip


def company(number: int, **fields: Any) -> dict[str, Any]:
    row: dict[str, Any] = {column.name: None for column in companies.c}
    return row | {"id": f"co_{number}", "name": f"Firm {number}", "updated_at": number} | fields


def fill(engine: sa.Engine, table: sa.Table, *rows: Mapping[str, Any]) -> None:
    with engine.begin() as connection:
        connection.execute(table.insert(), [dict(row) for row in rows])


def change(record: str, field: str, before: str | None, after: str | None, **rest: Any):
    return FieldChange(**{
        "record": record, "subject": "contact", "field": field, "before": before, "after": after,
        "rule": "test_rule", "confidence": 0.995, "why": "It is wrong.", "evidence": "The record.",
    } | rest)  # fmt: skip


def snapshot(
    engine: sa.Engine, tables: Sequence[sa.Table] = TABLES
) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of these tables, byte for byte; former addresses are not part of it."""
    assert former_emails not in tables
    with engine.connect() as connection:
        return {
            table.name: sorted(
                (tuple(row) for row in connection.execute(sa.select(table))), key=repr
            )
            for table in tables
        }
